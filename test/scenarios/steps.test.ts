import { describe, expect, it } from 'vitest';
import {
  addTag,
  business,
  done,
  enroll,
  newContact,
  publish,
  runOf,
  send,
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE, type ScenarioWorld, START } from '../support/world.ts';

const setField = (id: string, field: string, value: object) => ({ id, type: 'set-field', field, value });
const declare = (world: ScenarioWorld, ...fields: (readonly [string, string])[]) =>
  Promise.all(fields.map(([key, type]) => done(world.api('POST', '/v1/custom-fields', { key, label: key, type }))));

/** A run of these steps, from the start. */
async function started(steps: object[], profile: object = {}, fields: (readonly [string, string])[] = []) {
  const world = localWorld();
  const studio = await business(world);
  await declare(world, ...fields);
  const contact = await newContact(world, profile);
  const run = await enroll(world, await publish(world, studio, { steps }), contact);
  return { world, contact, run };
}

describe('a wait for time alone', () => {
  const steps = [
    send('one', 'One'),
    wait('a-while', { hours: 2, minutes: 30 }, { orReply: false }),
    send('two', 'Two'),
  ];

  it('is not ended by an answer', async () => {
    const { world, contact, run } = await started(steps);
    await world.says(contact.phone, 'yes');
    await world.pass(2.5 * HOUR - 2000);
    expect(await world.texts(contact.phone)).toEqual(['One']);
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'TIMED_OUT', 'SENT', 'ENDED']);
  });

  const lasting = async (steps: object[], lasts: number) => {
    const { world, contact } = await started([...steps, send('late', 'At last')]);
    await world.pass(lasts - 1);
    expect(await world.texts(contact.phone)).toEqual([]);
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['At last']);
  };
  const silently = { orReply: false };

  it.each([
    [{ minutes: 1 }, MINUTE],
    [{ days: 364 }, 364 * DAY],
  ])('may last %j', (duration, lasts) => lasting([wait('long', duration, silently)], lasts));

  // An execution ends with its first year, and takes the wake-up of its run along: it has to be followed by another.
  it('may last 365 days', () => lasting([wait('long', { days: 365 }, silently)], 365 * DAY));
  it('may be one of several that last more than a year together', () =>
    lasting([wait('one', { days: 200 }, silently), wait('other', { days: 200 }, silently)], 400 * DAY));
});

describe('a field is set', () => {
  const fields = [
    ['note', 'text'],
    ['visits', 'number'],
    ['vip', 'boolean'],
    ['since', 'date'],
    ['asked_at', 'date'],
    ['said', 'text'],
    ['rating', 'number'],
  ] as const;
  const literals = [
    setField('set-note', 'note', { literal: 'by workflow' }),
    setField('set-visits', 'visits', { literal: 3 }),
    setField('set-vip', 'vip', { literal: false }),
    setField('set-since', 'since', { literal: '2026-01-31' }),
    setField('set-asked-at', 'asked_at', { from: 'now' }),
  ];
  const fixed = {
    note: 'by workflow',
    visits: 3,
    vip: false,
    since: '2026-01-31',
    asked_at: new Date(START).toISOString(),
  };
  const asks = [
    ...literals,
    send('ask', 'How was it?'),
    wait('answer'),
    setField('set-said', 'said', { from: 'reply' }),
    setField('set-rating', 'rating', { from: 'score' }),
  ];
  const fieldsAfter = async (answer: string | null, profile: object = {}) => {
    const { world, contact, run } = await started(asks, profile, [...fields]);
    await (answer === null ? world.pass(DAY + MINUTE) : world.says(contact.phone, answer));
    const set = (await runOf(world, run)).timeline.flatMap(({ code, step, detail }: Record<string, string>) =>
      step === 'set-said' || step === 'set-rating' ? [`${code} ${detail}`] : [],
    );
    return { fields: (await done(world.api('GET', `/v1/contacts/${contact.id}`))).fields, set };
  };

  it('to what was said, its score, the time and fixed values', async () => {
    expect(await fieldsAfter('9 out of 10 🎉')).toEqual({
      fields: { ...fixed, said: '9 out of 10 🎉', rating: 9 },
      set: ['FIELD_SET said', 'FIELD_SET rating'],
    });
  });

  it('to no score where there is none', async () => {
    expect(await fieldsAfter('great')).toEqual({
      fields: { ...fixed, said: 'great' },
      set: ['FIELD_SET said', 'FIELD_NOT_SET rating'],
    });
  });

  it('to nothing by silence: what was known stays', async () => {
    expect(await fieldsAfter(null, { fields: { said: 'before', rating: 5 } })).toEqual({
      fields: { ...fixed, said: 'before', rating: 5 },
      set: ['FIELD_NOT_SET said', 'FIELD_NOT_SET rating'],
    });
  });

  it('before the text that tells it', async () => {
    const { world, contact } = await started(
      [setField('set-note', 'note', { literal: 'gold' }), send('tell', 'Your plan: {{contact.fields.note | "none"}}')],
      {},
      [['note', 'text']],
    );
    expect(await world.texts(contact.phone)).toEqual(['Your plan: gold']);
  });
});

describe('a text that is too long once its fields are filled in', () => {
  const steps = [
    send('long', '{{contact.fields.story | "-"}}{{contact.fields.story | "-"}}'),
    addTag('tag', 'went-on'),
    send('short', 'Short'),
  ];
  const storyOf = (units: number) => started(steps, { fields: { story: 'x'.repeat(units) } }, [['story', 'text']]);

  it('is skipped with its reason, and the run goes on', async () => {
    const { world, contact, run } = await storyOf(801);
    expect(await world.texts(contact.phone)).toEqual(['Short']);
    expect(await tagsOf(world, contact)).toEqual(['went-on']);
    const { timeline: entries, reason } = await runOf(world, run);
    expect([entries[1], reason]).toEqual([
      { at: new Date(START).toISOString(), code: 'SEND_SKIPPED', step: 'long', detail: 'TOO_LONG' },
      'COMPLETED',
    ]);
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items).toHaveLength(1);
  });

  it('leaves at exactly 1600 units', async () => {
    const { world, contact } = await storyOf(800);
    expect(await world.texts(contact.phone)).toEqual(['x'.repeat(1600), 'Short']);
  });
});
