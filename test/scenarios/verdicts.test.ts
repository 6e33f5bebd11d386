import { describe, expect, it } from 'vitest';
import { business, done, newContact, publish, send, wait } from '../support/business.ts';
import { DAY, localWorld, START } from '../support/world.ts';

const steps = [wait('w', { days: 30 }, { orReply: false })];
const at = (epoch: number) => new Date(epoch).toISOString();
const field = (name: string, op: string, more: object = {}) => ({ type: 'field', field: name, op, ...more });
const custom = (name: string, op: string, more: object = {}) => ({ type: 'custom-field', field: name, op, ...more });
const place = (name: string, op: string, more: object = {}) => ({ type: 'location', field: name, op, ...more });
const tag = (op: string, more: object) => ({ type: 'tag', op, ...more });

/** Claims and contacts, with the truth of the one about the other: unknown values, borders, zones, case and accents. */
const CASES: readonly (readonly [string, object, object, boolean])[] = [
  ['a tag, in whatever case', tag('has', { tag: 'VIP' }), { tags: ['vip'] }, true],
  ['no tag, of whom none is known', tag('has-not', { tag: 'vip' }), {}, true],
  ['any of no tags that it has', tag('any-of', { tags: ['a', 'b'] }), { tags: ['c'] }, false],
  ['a name with its accent', field('firstName', 'is', { value: 'JOSÉ' }), { firstName: 'José' }, true],
  ['a name without its accent', field('firstName', 'is', { value: 'jose' }), { firstName: 'José' }, false],
  ['a sharp s written out', field('lastName', 'is', { value: 'STRASSE' }), { lastName: 'Straße' }, true],
  ['an unknown name that is not', field('firstName', 'is-not', { value: 'x' }), {}, true],
  ['an unknown name that contains', field('firstName', 'contains', { value: 'x' }), {}, false],
  ['what is unknown', field('company', 'is-unknown'), {}, true],
  ['a number given as a text', custom('visits', 'is', { value: '5' }), { fields: { visits: 5 } }, true],
  ['a number at the bound', custom('visits', 'between', { from: 5, to: 9 }), { fields: { visits: 9 } }, true],
  ['an unknown number below', custom('visits', 'less-than', { value: 9 }), {}, false],
  ['an unknown number not among', custom('visits', 'not-in', { values: [9] }), {}, true],
  ['a state by its name', place('state', 'is', { value: 'Texas' }), { address: { state: 'tx', country: 'US' } }, true],
  ['a city denied, of whom none is known', { not: place('city', 'is', { value: 'Austin' }) }, {}, true],
  [
    'a point within reach',
    { type: 'location', op: 'within-km', latitude: 30, longitude: -97, km: 20 },
    { address: { coordinates: { latitude: 30.1, longitude: -97.1 } } },
    true,
  ],
  [
    'a point without coordinates',
    { type: 'location', op: 'within-km', latitude: 30, longitude: -97, km: 20 },
    {},
    false,
  ],
  [
    'a day that ended within',
    custom('renews', 'within-days', { days: 1 }),
    { fields: { renews: at(START - DAY) } },
    true,
  ],
  [
    'a moment just out of it',
    custom('renews', 'within-days', { days: 1 }),
    { fields: { renews: at(START - DAY - 1) } },
    false,
  ],
  ['a day yet to come', custom('renews', 'within-days', { days: 1 }), { fields: { renews: at(START + DAY) } }, false],
  ['an unknown day not within', custom('renews', 'not-within-days', { days: 1 }), {}, false],
  [
    'a day of the workspace’s zone',
    custom('renews', 'on', { value: '2026-03-02' }),
    { fields: { renews: '2026-03-03T04:59:59.999Z' } },
    true,
  ],
  [
    'the same moment a day on',
    custom('renews', 'on', { value: '2026-03-03' }),
    { fields: { renews: '2026-03-03T04:59:59.999Z' } },
    false,
  ],
  [
    'a source by its beginning',
    { type: 'opt-in-source', op: 'starts-with', value: 'crm:' },
    { optIn: { source: 'crm:hubspot' } },
    true,
  ],
  [
    'a source by part of it',
    { type: 'opt-in-source', op: 'is', value: 'crm' },
    { optIn: { source: 'crm:hubspot' } },
    false,
  ],
  ['nobody texted', { type: 'activity', activity: 'lastMessageSent', op: 'is-unknown' }, {}, true],
  ['either of two', { any: [tag('has', { tag: 'a' }), tag('has', { tag: 'b' })] }, { tags: ['b'] }, true],
  ['both of two', { all: [tag('has', { tag: 'a' }), tag('has', { tag: 'b' })] }, { tags: ['b'] }, false],
];

describe('one claim about one contact', () => {
  it('has one truth: for the trigger, a preview, a back-fill, an explanation and by hand', async () => {
    const world = localWorld();
    const studio = await business(world);
    for (const [key, type] of [
      ['visits', 'number'],
      ['renews', 'date'],
    ])
      await done(world.api('POST', '/v1/custom-fields', { key, label: key, type }));
    let phones = 1000;
    const contactWith = (profile: object): Promise<{ id: string }> =>
      done(world.api('POST', '/v1/contacts', { phone: `+1415555${phones++}`, ...profile }));
    const hasRun = async (workflow: string, { id }: { id: string }) =>
      (await done(world.api('GET', `/v1/workflows/${workflow}/explain?contactId=${id}`))).run !== undefined;

    const told: (() => Promise<[string, object]>)[] = [];
    for (const [name, filter, profile] of CASES) {
      const before = await contactWith(profile);
      const draft = await done(world.api('POST', '/v1/workflows', { name, template: 'blank' }));
      await done(
        world.api('PUT', `/v1/workflows/${draft.id}`, { name, inboxId: studio.inboxId, steps, trigger: { filter } }),
      );
      const preview = await done(world.api('POST', `/v1/workflows/${draft.id}/preview`));
      const listed: { contactId: string }[] = [];
      for (let cursor = ''; ; ) {
        const page = await done(world.api('GET', `/v1/previews/${preview.id}/contacts?limit=100${cursor}`));
        listed.push(...page.items);
        if (page.next === undefined) break;
        cursor = `&cursor=${page.next}`;
      }
      const explained = await done(world.api('GET', `/v1/workflows/${draft.id}/explain?contactId=${before.id}`));
      await done(world.api('POST', `/v1/workflows/${draft.id}/publish`, { enrollExisting: true }));
      const after = await contactWith(profile);
      const byHand = await publish(world, studio, {
        name: `${name}, by hand`,
        steps,
        trigger: { manualOnly: true, filter },
      });
      const { outcomes } = await done(
        world.api('POST', `/v1/workflows/${byHand}/enrollments`, { contactIds: [before.id] }),
      );
      told.push(async () => [
        name,
        {
          preview: listed.some(({ contactId }) => contactId === before.id),
          explanation: explained.trigger.truth,
          backfill: await hasRun(draft.id, before),
          trigger: await hasRun(draft.id, after),
          hand: outcomes[0].outcome === 'ENROLLED',
        },
      ]);
    }
    // Back-fills share a pace of starts: of so many in one instant the last ones wait for their turn.
    await world.pass(10_000);
    expect(await Promise.all(told.map((tell) => tell()))).toEqual(
      CASES.map(([name, , , truth]) => [
        name,
        { preview: truth, explanation: truth, backfill: truth, trigger: truth, hand: truth },
      ]),
    );
  });
});

describe('an explanation', () => {
  const filter = { all: [tag('has', { tag: 'lead' }), field('firstName', 'is-known')] };
  const explain = (world: ReturnType<typeof localWorld>, workflow: string, contact: { id: string }, more = '') =>
    world.api('GET', `/v1/workflows/${workflow}/explain?contactId=${contact.id}${more}`);

  it('shows each claim with what the contact has, and then what stands in the way', async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: [send('hi', 'Hi')], trigger: { filter } });
    const contact = await newContact(world, { tags: ['lead'] });
    expect(await done(explain(world, workflow, contact))).toMatchObject({
      workflowStatus: 'ON',
      version: 1,
      verdict: 'NOT_MATCHING',
      trigger: {
        truth: false,
        all: [
          { truth: true, leaf: { type: 'tag', op: 'has', tag: 'lead' }, actual: ['lead'] },
          { truth: false, leaf: { type: 'field', field: 'firstName', op: 'is-known' }, actual: null },
        ],
      },
      consent: { status: 'unknown', mayBeTexted: true },
    });
    await done(world.api('PATCH', `/v1/contacts/${contact.id}`, { firstName: 'A' }));
    const entered = await done(explain(world, workflow, contact));
    expect(entered).toMatchObject({
      verdict: 'REENTRY_NOT_ALLOWED',
      trigger: { truth: true },
      run: { status: 'ENDED', entry: 1 },
    });
    await world.says(contact.phone, 'STOP');
    expect(await done(explain(world, workflow, contact))).toMatchObject({
      verdict: 'OPTED_OUT',
      consent: { status: 'optedOut', mayBeTexted: false },
    });
  });

  it('goes by the draft or by the version, as asked for', async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, { name: 'W', steps: [send('hi', 'Hi')], trigger: { filter } });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    const edited = {
      name: 'W',
      inboxId: studio.inboxId,
      steps: [send('hi', 'Hi')],
      trigger: { filter: tag('has', { tag: 'vip' }) },
    };
    await done(world.api('PUT', `/v1/workflows/${workflow}`, edited));
    const contact = await newContact(world, { tags: ['vip'] });
    expect((await done(explain(world, workflow, contact))).verdict).toBe('WILL_ENROL');
    expect((await done(explain(world, workflow, contact, '&of=version'))).verdict).toBe('NOT_MATCHING');
  });

  it('foresees when time will turn the trigger true', async () => {
    const world = localWorld();
    const studio = await business(world);
    const week = { type: 'activity', activity: 'created', op: 'not-within-days', days: 7 };
    const workflow = await publish(world, studio, { steps, trigger: { filter: week } });
    const contact = await newContact(world);
    const { verdict, turnsTrueAt } = await done(explain(world, workflow, contact));
    expect([verdict, turnsTrueAt]).toEqual(['NOT_MATCHING', at(START + 7 * DAY + 1)]);
  });

  it('is refused for what does not exist', async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps });
    const nobody = { id: `ct_${'0'.repeat(26)}` };
    expect((await explain(world, workflow, nobody)).status).toBe(404);
    expect((await world.api('GET', `/v1/workflows/${workflow}/explain`)).body.errors[0].path).toBe('query.contactId');
    expect((await explain(world, `wf_${'0'.repeat(26)}`, await newContact(world))).status).toBe(404);
  });
});
