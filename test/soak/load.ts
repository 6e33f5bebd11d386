import { addTag, business, done, INBOX, ifElse, publish, send, wait } from '../support/business.ts';
import type { ScenarioWorld } from '../support/world.ts';

const ASKED = [
  send('ask', 'Shall we call you?'),
  wait('answer', { minutes: 1 }),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [addTag('tag-yes', 'said-yes'), send('thanks', 'We will call.')],
    [send('no', 'Alright.')],
    [send('nudge', 'Still there?')],
  ),
];
const WELCOMED = [send('welcome', 'Welcome, {{contact.firstName | "friend"}}.'), wait('a-while', { minutes: 1 })];

/** What is said, and how often of a hundred times. */
const SAID = [
  ...new Array<string>(50).fill('yes please'),
  ...new Array<string>(28).fill('no'),
  ...new Array<string>(20).fill('when do you open on Sundays?'),
  ...['STOP', 'START'],
];

export type Kind = 'text' | 'change' | 'enrolment';
/** One event of each in turn. */
const TURN = [
  'text',
  'change',
  'enrolment',
  'text',
  'change',
  'text',
  'change',
  'enrolment',
  'text',
  'change',
] as const;

interface Person {
  readonly id: string;
  readonly phone: string;
}

/** A studio with people, and what happens to them: event after event, each by one request. */
export async function openLoad(world: ScenarioWorld, people: number, random: () => number) {
  const studio = await business(world);
  const asking = await publish(world, studio, { steps: ASKED, allowReentry: true });
  await publish(world, studio, {
    steps: WELCOMED,
    trigger: { filter: { all: [{ type: 'tag', op: 'has', tag: 'lead' }] } },
    allowReentry: true,
  });
  const contacts: Person[] = [];
  for (let n = 0; n < people; n += 1)
    contacts.push(await done(world.api('POST', '/v1/contacts', { phone: `+1213${2_000_000 + n}` })));

  const any = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new Error('there is none');
    return value;
  };
  let count = 0;
  const events: { readonly [K in Kind]: (person: Person) => Promise<unknown> } = {
    text: ({ phone }) => done(world.api('POST', '/local/events', received(`soak-${count}`, phone, any(SAID)))),
    enrolment: ({ id }) =>
      done(world.api('POST', `/v1/workflows/${asking}/enrollments`, { contactIds: [id], applyFilters: false })),
    change: ({ id }) => {
      const how = random();
      if (how < 0.4) return done(world.api('PUT', `/v1/contacts/${id}/tags/lead`));
      if (how < 0.8) return done(world.api('DELETE', `/v1/contacts/${id}/tags/lead`));
      return done(world.api('PATCH', `/v1/contacts/${id}`, { firstName: `Guest ${count}` }));
    },
  };
  return {
    next(): { readonly kind: Kind; readonly happens: Promise<unknown> } {
      const kind = TURN[count % TURN.length] ?? 'change';
      count += 1;
      return { kind, happens: events[kind](any(contacts)) };
    },
  };
}

const received = (inboundMessageId: string, phone: string, messageBody: string) => ({
  'detail-type': 'MessageReceived',
  detail: {
    inboundMessageId,
    originationNumber: phone,
    destinationNumber: INBOX,
    messageBody,
    receivedAt: new Date().toISOString(),
  },
});
