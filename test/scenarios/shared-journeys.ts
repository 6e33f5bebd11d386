import { expect, vi } from 'vitest';
import {
  addTag,
  type Business,
  done,
  enroll,
  INBOX,
  ifElse,
  newContact,
  newPhone,
  publish,
  runOf,
  send,
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { MINUTE, type ScenarioWorld } from '../support/world.ts';

/** What a business lives through, played in every world: on one machine (journeys.test.ts) and deployed (test/aws). */
export interface Journey {
  readonly title: string;
  /** In a workspace of its own or beside other journeys: everything it names is its own. */
  readonly play: (world: ScenarioWorld, studio: Business) => Promise<void>;
}

/** Deployed, what follows from a call follows a moment later; on one machine it has followed when the call answers. */
const eventually = <T>(read: () => Promise<T>, expected: T) =>
  vi.waitFor(async () => expect(await read()).toEqual(expected), { timeout: 40_000, interval: 250 });
const seesTexts = (world: ScenarioWorld, phone: string, expected: unknown[]) =>
  eventually<unknown[]>(() => world.texts(phone), expected);
const comesTo = (world: ScenarioWorld, run: string, expected: object) =>
  eventually<object>(async () => {
    const { status, reason } = await runOf(world, run);
    return { status, reason };
  }, expected);
const COMPLETED = { status: 'ENDED', reason: 'COMPLETED' };
const turn = (world: ScenarioWorld, workflow: string, how: 'on' | 'off', body: object) =>
  done(world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body));

const asking = (patience: object) => [
  send('ask', 'Shall we call you?'),
  wait('answer', patience),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [addTag('tag-yes', 'said-yes'), send('thanks', 'We will call.')],
    [send('no-thanks', 'Alright.')],
    [send('nudge', 'Still there?')],
  ),
];

async function asked(world: ScenarioWorld, studio: Business, patience: object = { days: 1 }) {
  const workflow = await publish(world, studio, { steps: asking(patience) });
  const contact = await newContact(world);
  const run = await enroll(world, workflow, contact);
  await seesTexts(world, contact.phone, ['Shall we call you?']);
  return { workflow, contact, run };
}

export const journeys: readonly Journey[] = [
  {
    title: 'an answer chooses its branch at once: the contact is tagged and texted, and the run ends',
    async play(world, studio) {
      const { contact, run } = await asked(world, studio);
      await world.says(contact.phone, 'YES!!!');
      await seesTexts(world, contact.phone, ['Shall we call you?', 'We will call.']);
      await comesTo(world, run, COMPLETED);
      expect(await tagsOf(world, contact)).toEqual(['said-yes']);
      expect(await timeline(world, run)).toEqual([
        'ENROLLED',
        'SENT',
        'WAITING',
        'REPLIED',
        'BRANCH',
        'TAG_ADDED',
        'SENT',
        'ENDED',
      ]);
    },
  },
  {
    title: 'another answer takes the other branch, and what is said after that changes nothing',
    async play(world, studio) {
      const { contact, run } = await asked(world, studio);
      await world.says(contact.phone, 'not now');
      await seesTexts(world, contact.phone, ['Shall we call you?', 'Alright.']);
      await world.says(contact.phone, 'yes');
      await comesTo(world, run, COMPLETED);
      await eventually(async () => {
        const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`));
        return items.map(({ text }: { text: string }) => text);
      }, ['Shall we call you?', 'not now', 'Alright.', 'yes']);
      expect(await tagsOf(world, contact)).toEqual([]);
    },
  },
  {
    title: 'silence has a branch of its own, and an answer after it is told as late',
    async play(world, studio) {
      const { contact, run } = await asked(world, studio, { minutes: 1 });
      await world.pass(MINUTE / 2);
      expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
      await world.pass(MINUTE / 2 + 5000);
      await seesTexts(world, contact.phone, ['Shall we call you?', 'Still there?']);
      await world.says(contact.phone, 'yes');
      await eventually(
        () => timeline(world, run),
        ['ENROLLED', 'SENT', 'WAITING', 'TIMED_OUT', 'BRANCH', 'SENT', 'ENDED', 'LATE_REPLY'],
      );
    },
  },
  {
    title: 'an answer that comes during an earlier pause counts when its wait is reached',
    async play(world, studio) {
      const pause = wait('pause', { minutes: 1 }, { orReply: false });
      const workflow = await publish(world, studio, {
        steps: [send('ask', 'Shall we call you?'), pause, ...asking({ days: 1 }).slice(1)],
      });
      const contact = await newContact(world);
      await enroll(world, workflow, contact);
      await seesTexts(world, contact.phone, ['Shall we call you?']);
      await world.says(contact.phone, 'yes');
      await world.pass(MINUTE / 2);
      expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
      await world.pass(MINUTE / 2 + 5000);
      await seesTexts(world, contact.phone, ['Shall we call you?', 'We will call.']);
    },
  },
  {
    title: 'STOP ends every run, is confirmed once, and lets nothing more out until START',
    async play(world, studio) {
      const { contact, run, workflow } = await asked(world, studio);
      const other = await publish(world, studio, {
        steps: [wait('later', { minutes: 1 }), send('hello', 'Hello again')],
      });
      const second = await enroll(world, other, contact);
      await world.says(contact.phone, 'Stop');
      await seesTexts(world, contact.phone, ['Shall we call you?', expect.stringContaining('unsubscribed')]);
      for (const id of [run, second]) await comesTo(world, id, { status: 'ENDED', reason: 'OPTED_OUT' });
      expect(await enroll(world, other, contact)).toBe('OPTED_OUT');
      await world.pass(MINUTE + 10_000);
      expect(await world.texts(contact.phone)).toHaveLength(2);
      await world.says(contact.phone, 'START');
      await seesTexts(world, contact.phone, [expect.any(String), expect.any(String), expect.any(String)]);
      expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).consent).toMatchObject({
        status: 'optedIn',
        source: 'keyword',
      });
      expect(await enroll(world, workflow, contact, { test: true })).toMatch(/^run_/);
    },
  },
  {
    title: 'HELP is answered and leaves the wait open',
    async play(world, studio) {
      const { contact } = await asked(world, studio);
      await world.says(contact.phone, 'help');
      await seesTexts(world, contact.phone, ['Shall we call you?', expect.stringContaining('STOP')]);
      await world.says(contact.phone, 'yes');
      await seesTexts(world, contact.phone, ['Shall we call you?', expect.any(String), 'We will call.']);
    },
  },
  {
    title: 'a change of a contact that makes it match enrols it, and no other',
    async play(world, studio) {
      const lead = { filter: { type: 'tag', op: 'has', tag: 'lead-on-change' } };
      await publish(world, studio, { steps: [send('hi', 'Hi')], trigger: lead });
      const created = await newContact(world, { tags: ['lead-on-change'] });
      const changed = await newContact(world);
      await seesTexts(world, created.phone, ['Hi']);
      expect(await world.texts(changed.phone)).toEqual([]);
      await done(world.api('PUT', `/v1/contacts/${changed.id}/tags/Lead-on-change`));
      await seesTexts(world, changed.phone, ['Hi']);
    },
  },
  {
    title: 'publishing enrols who matches already, if it is asked to',
    async play(world, studio) {
      const lead = { filter: { type: 'tag', op: 'has', tag: 'lead-before' } };
      const contacts = await Promise.all([1, 2, 3].map(() => newContact(world, { tags: ['lead-before'] })));
      await publish(world, studio, { steps: [send('hi', 'Hi')], trigger: lead });
      await publish(world, studio, { steps: [send('hi', 'Hi all')], trigger: lead, enrollExisting: true });
      for (const contact of contacts) await seesTexts(world, contact.phone, ['Hi all']);
    },
  },
  {
    title: 'a text from an unknown number makes a contact, and may enrol it',
    async play(world, studio) {
      const fresh = { filter: { all: [{ type: 'opt-in-source', op: 'is', value: 'inbound_message' }] } };
      await publish(world, studio, { steps: [send('welcome', 'Welcome')], trigger: fresh });
      const phone = newPhone();
      await world.says(phone, 'Hello?', { to: INBOX });
      await seesTexts(world, phone, ['Welcome']);
      const contact = await done(world.api('PUT', `/v1/contacts/by-phone/${phone}`, {}));
      expect(contact).toMatchObject({ phone, optIn: { source: 'inbound_message' }, consent: { status: 'unknown' } });
    },
  },
  {
    title: 'a workflow that is turned off parks its runs, and turned on again they go on',
    async play(world, studio) {
      const workflow = await publish(world, studio, {
        steps: [
          send('one', 'One'),
          wait('a-while', { minutes: 1 }),
          send('two', 'Two'),
          wait('more'),
          send('three', 'Three'),
        ],
      });
      const contact = await newContact(world);
      const run = await enroll(world, workflow, contact);
      await seesTexts(world, contact.phone, ['One']);
      await turn(world, workflow, 'off', {});
      await world.pass(MINUTE + 5000);
      await comesTo(world, run, { status: 'PARKED' });
      expect(await world.texts(contact.phone)).toEqual(['One']);
      await turn(world, workflow, 'on', { parked: 'resume' });
      await seesTexts(world, contact.phone, ['One', 'Two']);
      await world.says(contact.phone, 'hello');
      await seesTexts(world, contact.phone, ['One', 'Two', 'Three']);
      await comesTo(world, run, COMPLETED);
    },
  },
  {
    title: 'a published version does not change: who runs stays on it, who enters later gets the next',
    async play(world, studio) {
      const first = { name: 'Two versions', steps: asking({ days: 1 }) };
      const workflow = await publish(world, studio, first);
      const early = await newContact(world);
      await enroll(world, workflow, early);
      await seesTexts(world, early.phone, ['Shall we call you?']);
      const edited = {
        name: 'Two versions',
        trigger: { manualOnly: true },
        inboxId: studio.inboxId,
        steps: [send('ask', 'New one')],
      };
      expect(await world.api('PUT', `/v1/workflows/${workflow}`, edited)).toMatchObject({
        status: 409,
        body: { code: 'WORKFLOW_ON' },
      });
      await turn(world, workflow, 'off', { inFlight: 'finish' });
      await done(world.api('PUT', `/v1/workflows/${workflow}`, edited));
      await done(world.api('POST', `/v1/workflows/${workflow}/publish`, {}));
      const late = await newContact(world);
      await enroll(world, workflow, late);
      await seesTexts(world, late.phone, ['New one']);
      await world.says(early.phone, 'yes');
      await seesTexts(world, early.phone, ['Shall we call you?', 'We will call.']);
    },
  },
  {
    title: 'who would enrol is seen before it is done, and then is enrolled as it was seen',
    async play(world, studio) {
      const tag = `lead-${newPhone()}`;
      const [one, two, stopped] = [await lead(world, tag), await lead(world, tag), await lead(world, tag)];
      await done(world.api('PATCH', `/v1/contacts/${stopped.id}`, { consent: { status: 'optedOut' } }));
      const { id } = await done(world.api('POST', '/v1/workflows', { name: tag, template: 'blank' }));
      const draft = { name: tag, inboxId: studio.inboxId, steps: [send('hi', 'Hello')], trigger: tagged(tag) };
      await done(world.api('PUT', `/v1/workflows/${id}`, draft));
      const begun = await done(world.api('POST', `/v1/workflows/${id}/preview`));
      const preview = () => done(world.api('GET', `/v1/previews/${begun.id}`));
      await eventually(async () => (await preview()).status, 'DONE');
      expect((await preview()).audience).toEqual({
        matching: 3,
        optedOut: 1,
        alreadyIn: 0,
        goalReached: 0,
        reentryBlocked: 0,
        willEnrol: 2,
      });
      const { items } = await done(world.api('GET', `/v1/previews/${begun.id}/contacts?outcome=WILL_ENROL`));
      expect(items.map(({ contactId }: { contactId: string }) => contactId).toSorted()).toEqual(
        [one.id, two.id].toSorted(),
      );

      const options = { previewId: begun.id, enrollExisting: true };
      await done(world.api('POST', `/v1/workflows/${id}/publish`, options));
      for (const { phone } of [one, two]) await seesTexts(world, phone, ['Hello']);
      await eventually(async () => (await done(world.api('GET', `/v1/workflows/${id}/backfill`))).status, 'DONE');
      await eventually(async () => {
        const { totals } = await done(world.api('GET', `/v1/workflows/${id}/stats`));
        return [totals.enrolled, totals.completed, totals.delivery.delivered];
      }, [2, 2, 2]);
      expect(await world.texts(stopped.phone)).toEqual([]);
      const why = await done(world.api('GET', `/v1/workflows/${id}/explain?contactId=${stopped.id}`));
      expect([why.verdict, why.trigger.truth]).toEqual(['OPTED_OUT', true]);
    },
  },
  {
    title: 'a list stays as it is while a workflow that is on rests on it',
    async play(world, studio) {
      const tag = `listed-${newPhone()}`;
      const list = await done(world.api('POST', '/v1/lists', { name: tag, filter: tagged(tag).filter }));
      const filter = { type: 'list', op: 'in', listId: list.id };
      const workflow = await publish(world, studio, { name: tag, steps: [send('hi', 'Hello')], trigger: { filter } });
      const edited = { name: tag, filter: { type: 'tag', op: 'has', tag: `${tag}-2` } };
      const locked = await world.api('PUT', `/v1/lists/${list.id}`, edited);
      expect([locked.status, locked.body.code]).toEqual([409, 'IN_USE']);
      const contact = await lead(world, tag);
      await seesTexts(world, contact.phone, ['Hello']);
      await turn(world, workflow, 'off', { inFlight: 'exit' });
      await done(world.api('PUT', `/v1/lists/${list.id}`, edited));
      const later = await lead(world, `${tag}-2`);
      await turn(world, workflow, 'on', { enrollExisting: true });
      await seesTexts(world, later.phone, ['Hello']);
    },
  },
  {
    title: 'what happened elsewhere makes a contact and enrols it, once',
    async play(world, studio) {
      const tag = `chat-${newPhone()}`;
      const chatted = { all: [tagged(tag).filter, { type: 'opt-in-source', op: 'is', value: 'web_chat' }] };
      await publish(world, studio, { name: tag, steps: [send('hi', 'Hello')], trigger: { filter: chatted } });
      const phone = newPhone();
      const event = { eventId: tag, type: 'opt-in', phone, source: 'web_chat', evidence: 'chat 7', tags: [tag] };
      const first = await done(world.api('POST', '/v1/contact-events', event));
      expect(first).toMatchObject({ outcome: 'RECORDED', created: true });
      expect(await done(world.api('POST', '/v1/contact-events', event))).toMatchObject({
        contactId: first.contactId,
        outcome: 'ALREADY_RECORDED',
      });
      await seesTexts(world, phone, ['Hello']);
      expect(await done(world.api('GET', `/v1/contacts/${first.contactId}`))).toMatchObject({
        consent: { status: 'optedIn' },
        optIn: { source: 'web_chat' },
      });
    },
  },
  {
    title: 'what time alone turns true enrols on the next minute or two',
    async play(world, studio) {
      const tag = `renewal-${newPhone()}`;
      const field = `renews_${world.now()}`;
      await done(world.api('POST', '/v1/custom-fields', { key: field, label: 'Renews', type: 'date' }));
      const due = { type: 'custom-field', field, op: 'within-days', days: 1 };
      const contact = await lead(world, tag, { fields: { [field]: new Date(world.now() + 20_000).toISOString() } });
      const filter = { all: [tagged(tag).filter, due] };
      await publish(world, studio, { name: tag, steps: [send('hi', 'It is time')], trigger: { filter } });
      await world.pass(10_000);
      expect(await world.texts(contact.phone)).toEqual([]);
      await world.pass(80_000);
      await seesTexts(world, contact.phone, ['It is time']);
    },
  },
];

const tagged = (tag: string) => ({ filter: { type: 'tag', op: 'has', tag } });
const lead = (world: ScenarioWorld, tag: string, more: object = {}) => newContact(world, { tags: [tag], ...more });
