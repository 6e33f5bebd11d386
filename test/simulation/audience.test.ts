import { env } from 'node:process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { business, done, wait } from '../support/business.ts';
import { localWorld, MINUTE } from '../support/world.ts';
import { audienceModel, type Person, type Rule } from './audience-model.ts';

/*
 * Contacts come, change and go, workflows are published, turned off and on, the list is edited, time passes: the runs
 * that there are, and when each began, are those of the model. SEED=<n> RUNS=<n> for others, or more.
 */

const SEED = Number(env['SEED'] ?? 1);
const RUNS = Number(env['RUNS'] ?? 60);

const tag = (op: string, name: string) => ({ type: 'tag', op, tag: name });
const created = (op: string, days: number) => ({ type: 'activity', activity: 'created', op, days });
const seen = (op: string, days: number) => ({ type: 'custom-field', field: 'seen', op, days });
const inList = (op: string, listId: string) => ({ type: 'list', op, listId });
const filterOf = (rule: Rule, list: string): object =>
  ({
    a: tag('has', 'a'),
    'a-not-b': { all: [tag('has', 'a'), tag('has-not', 'b')] },
    listed: inList('in', list),
    'not-listed': { any: [inList('not-in', list)] },
    old: created('not-within-days', 2),
    'a-and-unseen': { all: [tag('has', 'a'), seen('not-within-days', 1)] },
    'not-fresh': { not: { any: [seen('within-days', 1), created('within-days', 1)] } },
  })[rule];

const who = fc.integer({ min: 0, max: 1 });
const flow = fc.integer({ min: 0, max: 1 });
const timed = ['old', 'a-and-unseen', 'not-fresh'] as const;
const rule = fc.constantFrom<Rule>('a', 'a-not-b', 'listed', 'not-listed', ...timed, ...timed);
const listRule = fc.constantFrom<Rule>('a', 'a-not-b', 'old', 'a-and-unseen');
const enrolling = fc.boolean();
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('tag' as const), who, tag: fc.constantFrom('a', 'b'), isOn: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('see' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('publish' as const), flow, rule, mayReenter: fc.boolean(), enrolling }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('turn-off' as const), flow }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn-on' as const), flow, enrolling }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('list' as const), rule: listRule }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      // A day or two, and then some seconds: time has just turned something that no sweep has seen yet.
      minutes: fc.constantFrom(1, 31, 200, 1440, 1440, 2880),
    }),
  },
);
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

async function play(events: readonly Event[]) {
  const world = localWorld();
  const { inboxId } = await business(world);
  await done(world.api('POST', '/v1/custom-fields', { key: 'seen', label: 'Seen', type: 'date' }));
  const list = (await done(world.api('POST', '/v1/lists', { name: 'L', filter: filterOf('a', '') }))).id;
  const flows: string[] = [];
  for (const name of ['One', 'Two']) {
    flows.push((await done(world.api('POST', '/v1/workflows', { name, template: 'blank' }))).id);
  }
  const model = audienceModel(world.now());
  const people = new Map<number, { id: string; person: Person }>();
  let phones = 1000;
  const nextPhone = () => {
    phones += 1;
    return `+1415555${phones}`;
  };
  /** Off the full minute, so that nothing happens at once with a sweep. */
  await world.pass(13_137);

  /** Tells the model what a request has done, at the instant at which it was made; some take a while. */
  const told = async (request: Promise<{ status: number }>, tell: () => void) => {
    model.pass(world.now());
    const { status } = await request;
    expect(status).toBeLessThan(500);
    if (status < 300) tell();
    model.pass(world.now());
    return status;
  };
  const change = async (
    n: number,
    request: (id: string) => Promise<{ status: number }>,
    next: (person: Person) => Person,
  ) => {
    const known = people.get(n);
    if (!known) {
      model.pass(world.now());
      const { id } = await done(world.api('POST', '/v1/contacts', { phone: nextPhone() }));
      const person = { tags: new Set<string>(), createdAt: world.now() };
      people.set(n, { id, person });
      model.write(id, person);
      return;
    }
    const person = next(known.person);
    people.set(n, { ...known, person });
    await told(request(known.id), () => model.write(known.id, person));
  };

  const happen = async (one: Event): Promise<void> => {
    switch (one.do) {
      case 'tag': {
        const request = (id: string) => world.api(one.isOn ? 'PUT' : 'DELETE', `/v1/contacts/${id}/tags/${one.tag}`);
        return change(one.who, request, (person) => {
          const tags = new Set(person.tags);
          if (one.isOn) tags.add(one.tag);
          else tags.delete(one.tag);
          return { ...person, tags };
        });
      }
      case 'see': {
        const at = world.now();
        const fields = { seen: new Date(at).toISOString() };
        return change(
          one.who,
          (id) => world.api('PATCH', `/v1/contacts/${id}`, { fields }),
          (person) => ({ ...person, seenAt: at }),
        );
      }
      case 'forget': {
        const known = people.get(one.who);
        people.delete(one.who);
        if (known) await told(world.api('DELETE', `/v1/contacts/${known.id}`), () => model.forget(known.id));
        return;
      }
      case 'publish': {
        const id = flows[one.flow] ?? '';
        if (model.isOn(id)) return;
        const name = `Flow ${one.flow}`;
        const steps = [wait('w', { minutes: 30 }, { orReply: false })];
        const trigger = { filter: filterOf(one.rule, list) };
        await done(world.api('PUT', `/v1/workflows/${id}`, { name, inboxId, steps, trigger }));
        const options = { allowReentry: one.mayReenter, enrollExisting: one.enrolling };
        await told(world.api('POST', `/v1/workflows/${id}/publish`, options), () => model.turnOn(id, one));
        return;
      }
      case 'turn-off': {
        const id = flows[one.flow] ?? '';
        if (!model.isOn(id)) return;
        // What it answers comes some seconds after it is off.
        model.pass(world.now());
        model.turnOff(id);
        await told(world.api('POST', `/v1/workflows/${id}/turn-off`, { inFlight: 'exit' }), () => {});
        return;
      }
      case 'turn-on': {
        const id = flows[one.flow] ?? '';
        const { enrolling } = one;
        await told(world.api('POST', `/v1/workflows/${id}/turn-on`, { enrollExisting: enrolling }), () =>
          model.turnOn(id, { enrolling }),
        );
        return;
      }
      case 'list': {
        const isLocked = model.isListLocked();
        const edited = { name: 'L', filter: filterOf(one.rule, list) };
        const status = await told(world.api('PUT', `/v1/lists/${list}`, edited), () => model.setList(one.rule));
        expect(status).toBe(isLocked ? 409 : 200);
        return;
      }
      case 'pass':
        await world.pass(one.minutes * MINUTE + 7_001);
        model.pass(world.now());
        return;
      default:
        one satisfies never;
    }
  };

  for (const one of events) {
    await happen(one);
    for (const id of flows) {
      const { items } = await done(world.api('GET', `/v1/workflows/${id}/enrollments?limit=100`));
      const runs = items.map(({ contactId, enrolledAt }: { contactId: string; enrolledAt: string }) => ({
        person: contactId,
        at: enrolledAt,
      }));
      const expected = model.entries(id).map(({ person, at }) => ({ person, at: new Date(at).toISOString() }));
      expect(sorted(runs)).toEqual(sorted(expected));
    }
  }
  expect(world.faults).toEqual([]);
}

const sorted = (entries: readonly { person: string; at: string }[]) =>
  entries.map(({ person, at }) => `${at} ${person}`).toSorted();

it('enrols whom the model enrols, whatever happens in whatever order', async () => {
  await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 40 }), play), {
    seed: SEED,
    numRuns: RUNS,
  });
}, 300_000);
