import { env } from 'node:process';
import { expect, it } from 'vitest';
import { business, done, publish, send, wait } from '../support/business.ts';
import { HOUR, localWorld, MINUTE } from '../support/world.ts';

/* As many runs as go on at once: RUNS=10000 npm test -- starts */

const RUNS = Number(env['RUNS'] ?? 300);
/** Of StartExecution, in the smaller Regions. */
const QUOTA = 150;
const STEPS = [wait('a-while', { hours: 1 }), send('one', 'One')];
const ON_LEAD = { filter: { all: [{ type: 'tag', op: 'has', tag: 'lead' }] } };
const PHONES = Array.from({ length: RUNS }, (_, at) => `+1213${5_550_000 + at}`);

type World = ReturnType<typeof localWorld>;

async function withLeads(world: World) {
  const studio = await business(world);
  for (let from = 0; from < RUNS; from += 5000) {
    const rows = PHONES.slice(from, from + 5000).map((phone) => `${JSON.stringify({ phone, tags: ['lead'] })}\n`);
    await done(world.api('POST', '/v1/contacts/import', { format: 'ndjson', content: rows.join('') }));
  }
  await world.pass(MINUTE);
  return studio;
}

/** Notes when each execution was asked for; `refuses` stands for a service that is asked for too many. */
function startsOf({ world: { machines }, clock }: World, refuses: () => boolean = () => false) {
  const asked: number[] = [];
  const started: string[] = [];
  const { start } = machines;
  machines.start = async (execution) => {
    asked.push(clock.now());
    if (refuses()) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    const outcome = await start(execution);
    if (outcome === 'started') started.push(execution.name);
    return outcome;
  };
  return { asked, started };
}

/** The most that fall within any second, wherever it begins. */
function busiest(instants: readonly number[]): number {
  let [first, most] = [0, 0];
  for (const [at, instant] of instants.entries()) {
    while ((instants[first] ?? 0) <= instant - 1000) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

const textsOf = (world: World) =>
  PHONES.map((phone) => world.world.phones.messages(phone).filter(({ direction }) => direction === 'received').length);
const ONCE_EACH = PHONES.map(() => 1);

it(`${RUNS} contacts enter, pause and go on by at most ${QUOTA} starts a second, each once`, async () => {
  const world = localWorld();
  const studio = await withLeads(world);
  const entering = startsOf(world);
  const workflow = await publish(world, studio, { steps: STEPS, trigger: ON_LEAD, enrollExisting: true });
  await world.pass((RUNS / 100) * 1000 + MINUTE);
  expect(entering.started).toHaveLength(RUNS);
  expect(busiest(entering.asked)).toBeLessThanOrEqual(QUOTA);

  await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
  await world.pass(2 * HOUR);
  expect((await done(world.api('GET', `/v1/workflows/${workflow}/stats`))).totals.parked).toBe(RUNS);

  const entered = [...entering.started];
  const resuming = startsOf(world);
  await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
  const from = world.now();
  await world.pass((RUNS / 100) * 1000 + MINUTE);
  expect(resuming.started.toSorted()).toEqual(entered.map((name) => name.replace(/1$/, '2')).toSorted());
  expect(busiest(resuming.asked)).toBeLessThanOrEqual(QUOTA);
  // Not slower than it has to be, either.
  expect((resuming.asked.at(-1) ?? 0) - from).toBeLessThanOrEqual((RUNS / 100) * 1000 + 1000);
  await world.pass(2 * HOUR);
  expect(textsOf(world)).toEqual(ONCE_EACH);
  expect(world.faults).toEqual([]);
}, 600_000);

it('workflows that turn on together share the starts', async () => {
  const world = localWorld();
  const studio = await withLeads(world);
  const { asked, started } = startsOf(world);
  const ids: string[] = [];
  for (const name of ['One', 'Two', 'Three']) {
    const { id } = await done(world.api('POST', '/v1/workflows', { name, template: 'blank' }));
    await done(
      world.api('PUT', `/v1/workflows/${id}`, { name, trigger: ON_LEAD, inboxId: studio.inboxId, steps: STEPS }),
    );
    ids.push(id);
  }
  for (const id of ids) await done(world.api('POST', `/v1/workflows/${id}/publish`, { enrollExisting: true }));
  await world.pass(((3 * RUNS) / 100) * 1000 + MINUTE);
  expect(started).toHaveLength(3 * RUNS);
  expect(busiest(asked)).toBeLessThanOrEqual(QUOTA);
}, 600_000);

it('starts that are throttled come later: all go on, none twice', async () => {
  const world = localWorld();
  const studio = await withLeads(world);
  const workflow = await publish(world, studio, { steps: STEPS, trigger: ON_LEAD, enrollExisting: true });
  await world.pass((RUNS / 100) * 1000 + MINUTE);
  await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
  await world.pass(2 * HOUR);
  let count = 0;
  const { started } = startsOf(world, () => ++count % 40 === 0);
  await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
  await world.pass(2 * HOUR);
  expect([started.length, new Set(started).size, count > RUNS]).toEqual([RUNS, RUNS, true]);
  expect(textsOf(world)).toEqual(ONCE_EACH);
  expect(new Set(world.faults.map((fault) => fault.replace(/ .*/, '')))).toEqual(
    new Set(['CHANGE_FAILED', 'FEED_STUCK']),
  );
}, 600_000);
