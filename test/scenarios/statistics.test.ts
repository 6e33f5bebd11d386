import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Job } from '../../shared/domain/job.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { Item, Table } from '../../shared/ports.ts';
import { readStatistics, type Statistics } from '../../shared/usecases/read-statistics.ts';
import type { TallyOptions } from '../../shared/usecases/tally-runs.ts';
import { business, done, enroll, INBOX, newContact, publish, send, wait } from '../support/business.ts';
import { endedRun, seedRuns } from '../support/seeded-runs.ts';
import { staged } from '../support/template-story.ts';
import { DAY, HOUR, localWorld, MINUTE, type ScenarioWorld } from '../support/world.ts';

const statistics = (world: ScenarioWorld, workflow: string, query = '') =>
  done(world.api('GET', `/v1/workflows/${workflow}/stats${query}`));
const stepsOf = ({ steps }: { steps: { id: string }[] }) => Object.fromEntries(steps.map((step) => [step.id, step]));

const none = {
  ...{ enrolled: 0, active: 0, waiting: 0, parked: 0, completed: 0, texted: 0, replied: 0, optedOut: 0 },
  enrolledBy: { trigger: 0, publish: 0, 'turn-on': 0, manual: 0 },
  exited: {
    ...{ OPTED_OUT: 0, WORKFLOW_TURNED_OFF: 0, EXITED_MANUALLY: 0, CONTACT_DELETED: 0 },
    ...{ GOAL_REACHED: 0, REPLIED: 0, FAILED: 0 },
  },
  delivery: { accepted: 0, delivered: 0, undelivered: 0, failed: 0, unconfirmed: 0 },
  ...{ replyRate: null, optOutRate: null, deliveryRate: null },
};

describe('the statistics of a workflow', () => {
  it('are all there, and 0, for a draft, and unknown for a workflow or version that is not', async () => {
    const world = localWorld();
    const { id } = await done(world.api('POST', '/v1/workflows', { name: 'New', template: 'nps' }));
    expect(await statistics(world, id)).toEqual({
      workflowId: id,
      asOf: instant(world.now()),
      complete: true,
      totals: none,
      versions: [],
      steps: [],
    });
    const status = async (path: string) => (await world.api('GET', `/v1/workflows/${path}`)).status;
    expect(await status(`wf_${'0'.repeat(26)}/stats`)).toBe(404);
    expect(await status(`${id}/stats?version=1`)).toBe(404);
    expect(await status(`${id}/stats?version=none`)).toBe(400);
  });

  it('tell of a Nurture with answers, silence, STOP, a test and one that was ended', async () => {
    const stage = await staged('nurture');
    const { world, workflow } = stage;
    const lead = () => newContact(world, { tags: ['lead'] });
    const [booked, wants, declines, silent, stops] = [
      await lead(),
      await lead(),
      await lead(),
      await lead(),
      await lead(),
    ];
    await enroll(world, workflow, await newContact(world), { test: true });
    await world.says(booked.phone, 'yes', { to: INBOX });
    await world.says(booked.phone, 'done', { to: INBOX });
    await world.says(wants.phone, 'sure', { to: INBOX });
    await world.says(declines.phone, 'no thanks', { to: INBOX });
    await world.says(stops.phone, 'STOP', { to: INBOX });
    await world.pass(DAY + MINUTE);
    await world.says(silent.phone, 'sorry, was away', { to: INBOX });
    await lead();
    const before = await statistics(world, workflow);
    expect(before.totals).toEqual({
      ...none,
      enrolled: 6,
      enrolledBy: { ...none.enrolledBy, trigger: 6 },
      active: 1,
      waiting: 1,
      completed: 4,
      exited: { ...none.exited, OPTED_OUT: 1 },
      texted: 6,
      replied: 3,
      optedOut: 1,
      delivery: { ...none.delivery, accepted: 11, delivered: 11 },
      replyRate: 3 / 6,
      optOutRate: 1 / 6,
      deliveryRate: 1,
    });
    const texts = (count: number) => ({ ...none.delivery, accepted: count, delivered: count });
    const at = { waiting: 0, parked: 0 };
    const tagged = (id: string, code: string) => ({
      id,
      type: id.startsWith('untag') ? 'remove-tag' : 'add-tag',
      ...at,
      events: { [code]: 2 },
    });
    expect(before.steps).toEqual([
      { id: 'offer', type: 'send-message', ...at, events: { SENT: 6 }, delivery: texts(6) },
      {
        ...{ id: 'wait-for-answer', type: 'wait', waiting: 1, parked: 0 },
        events: { LATE_REPLY: 1, REPLIED: 3, TIMED_OUT: 1, WAITING: 6 },
      },
      {
        ...{ id: 'says-yes', type: 'if-else', ...at, events: { BRANCH: 4 } },
        branches: [
          { branch: 'then', name: 'Wants a demo', runs: 2, silent: 0 },
          { branch: 'else', name: 'Does not say yes', runs: 1, silent: 0 },
          { branch: 'noReply', name: 'No reply', runs: 1, silent: 1 },
        ],
      },
      tagged('tag-demo-interested', 'TAG_ADDED'),
      tagged('untag-lead', 'TAG_REMOVED'),
      { id: 'booking-link', type: 'send-message', ...at, events: { SENT: 2 }, delivery: texts(2) },
      { id: 'wait-for-booking', type: 'wait', ...at, events: { REPLIED: 1, TIMED_OUT: 1, WAITING: 2 } },
      {
        ...{ id: 'has-booked', type: 'if-else', ...at, events: { BRANCH: 2 } },
        branches: [
          { branch: 'then', name: 'Has booked', runs: 1, silent: 0 },
          { branch: 'else', name: 'Another reply', runs: 0, silent: 0 },
          { branch: 'noReply', name: 'No reply', runs: 1, silent: 1 },
        ],
      },
      { id: 'tag-needs-human-booking', type: 'add-tag', ...at, events: {} },
      { id: 'booking-reminder', type: 'send-message', ...at, events: { SENT: 1 }, delivery: texts(1) },
      {
        ...{ id: 'says-no', type: 'if-else', ...at, events: { BRANCH: 1 } },
        branches: [
          { branch: 'then', name: 'Says no', runs: 1, silent: 0 },
          { branch: 'else', name: 'Another reply', runs: 0, silent: 0 },
        ],
      },
      { id: 'tag-not-interested', type: 'add-tag', ...at, events: { TAG_ADDED: 1 } },
      { id: 'kind-close', type: 'send-message', ...at, events: { SENT: 1 }, delivery: texts(1) },
      { id: 'tag-needs-human', type: 'add-tag', ...at, events: {} },
      { id: 'last-note', type: 'send-message', ...at, events: { SENT: 1 }, delivery: texts(1) },
    ]);

    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'exit' }));
    await world.pass(MINUTE);
    const after = await statistics(world, workflow);
    expect(after.totals).toEqual({
      ...before.totals,
      ...{ active: 0, waiting: 0, exited: { ...before.totals.exited, WORKFLOW_TURNED_OFF: 1 } },
    });
    expect(world.faults).toEqual([]);
  });

  it('tell of an NPS how many became what, and count who is asked again as one more run', async () => {
    const { world, workflow } = await staged('nps', { allowReentry: true });
    const customer = async () => {
      const contact = await newContact(world, { tags: ['customer'] });
      await world.says(contact.phone, 'Are you open today?', { to: INBOX });
      return contact;
    };
    const [promoter, detractor] = [await customer(), await customer()];
    await customer();
    await world.says(promoter.phone, '10', { to: INBOX });
    await world.says(detractor.phone, '3', { to: INBOX });
    await world.pass(DAY + MINUTE);
    const first = await statistics(world, workflow);
    expect(first.totals).toMatchObject({ enrolled: 3, texted: 3, replied: 2, replyRate: 2 / 3 });
    const { 'is-promoter': fork, 'promoter-tag': tag, 'write-score': score } = stepsOf(first);
    expect(fork).toMatchObject({ branches: [{ runs: 1 }, { runs: 1 }, { runs: 1, silent: 1 }] });
    expect([tag, score]).toMatchObject([{ events: { TAG_ADDED: 1 } }, { events: { FIELD_SET: 2, FIELD_NOT_SET: 1 } }]);

    await world.pass(91 * DAY);
    await world.says(promoter.phone, 'Hello again', { to: INBOX });
    await world.says(promoter.phone, '8', { to: INBOX });
    const again = await statistics(world, workflow);
    expect(again.totals).toMatchObject({ enrolled: 4, replied: 3 });
    expect(stepsOf(again)['is-promoter']).toMatchObject({ branches: [{ runs: 1 }, { runs: 2 }, { runs: 1 }] });
    expect(world.faults).toEqual([]);
  });

  it('tell each version apart, and where runs are held while the workflow is off', async () => {
    const world = localWorld();
    const studio = await business(world);
    const steps = [send('ask', 'Shall we?'), wait('pause', { hours: 1 }), send('thanks', 'Fine.')];
    const workflow = await publish(world, studio, { steps });
    const [early, late] = [await newContact(world), await newContact(world)];
    await enroll(world, workflow, early);
    await world.pass(2 * HOUR);
    await enroll(world, workflow, late);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
    await world.pass(2 * HOUR);
    const off = await statistics(world, workflow);
    expect(off.totals).toMatchObject({ enrolled: 2, completed: 1, active: 1, waiting: 0, parked: 1 });
    expect(stepsOf(off)['thanks']).toMatchObject({ parked: 1, events: { SENT: 1 } });

    const { name, trigger, inboxId } = await done(world.api('GET', `/v1/workflows/${workflow}`));
    const shorter = { name, trigger, inboxId, steps: [send('ask', 'Shall we?')] };
    await done(world.api('PUT', `/v1/workflows/${workflow}`, shorter));
    await done(world.api('POST', `/v1/workflows/${workflow}/publish`, { parked: 'exit' }));
    await enroll(world, workflow, await newContact(world));
    await world.pass(MINUTE);
    const both = await statistics(world, workflow);
    expect(both.totals).toMatchObject({ enrolled: 3, completed: 2, exited: { WORKFLOW_TURNED_OFF: 1 } });
    expect(both.versions).toMatchObject([
      { version: 2, enrolled: 1, completed: 1, texted: 1 },
      { version: 1, enrolled: 2, completed: 1, texted: 2 },
    ]);
    expect(both.steps).toMatchObject([{ id: 'ask', events: { SENT: 3 } }]);
    const one = await statistics(world, workflow, '?version=1');
    expect(one.totals).toMatchObject({ enrolled: 2, completed: 1 });
    expect(one.versions).toHaveLength(1);
    expect(one.steps.map(({ id }: { id: string }) => id)).toEqual(['ask', 'pause', 'thanks']);
  });

  it('stay when a contact is deleted, and when the workflow is', async () => {
    const world = localWorld();
    const workflow = await publish(world, await business(world), { steps: [send('hello', 'Hello')] });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await world.pass(MINUTE);
    await done(world.api('DELETE', `/v1/contacts/${contact.id}`));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`));
    await done(world.api('DELETE', `/v1/workflows/${workflow}`));
    expect((await statistics(world, workflow)).totals).toMatchObject({
      ...{ enrolled: 1, completed: 1, texted: 1, delivery: { accepted: 1, delivered: 0 } },
    });
  });
});

/** A workflow through which so many runs have gone, a millisecond apart, without having been run here. */
async function crowded(count: number) {
  const world = localWorld();
  const workflowId = WorkflowId.parse(await publish(world, await business(world), { steps: [send('hello', 'Hello')] }));
  const { ports } = world.world;
  const runs = Array.from({ length: count }, (_, n): Run => endedRun(n, world.now(), { workflowId }));
  await seedRuns(ports.table, runs);
  await world.pass(MINUTE);
  const read = async (options?: TallyOptions): Promise<Statistics> => {
    const outcome = await readStatistics(ports, options)(workflowId);
    if ('problem' in outcome) throw new Error(outcome.problem.code);
    return outcome.ok;
  };
  return { world, workflowId, ports, runs, read, table: watched(ports.table) };
}

/** Counts the items that a table has given, and may hide one of them from the index. */
function watched(table: Table) {
  const { queryIndex } = { ...table };
  const seen = { indexed: 0, hidden: '' };
  Object.assign(table, {
    queryIndex: async (query: Parameters<Table['queryIndex']>[0]) => {
      const isHidden = ({ data }: Item) => data['id'] === seen.hidden;
      const page = await queryIndex(query);
      seen.indexed += page.items.length;
      if (!page.items.some(isHidden)) return page;
      const instead = await queryIndex({ ...query, limit: (query.limit ?? 0) + 1 });
      return { ...instead, items: instead.items.filter((item) => !isHidden(item)) };
    },
  });
  return {
    hide: (id: string) => {
      seen.hidden = id;
    },
    /** How many rows of the index `act` has read. */
    rows: async (act: () => Promise<unknown>) => {
      seen.indexed = 0;
      await act();
      return seen.indexed;
    },
  };
}

describe('of very many runs', () => {
  it('those that are over for three days are read no more, and count all the same', async () => {
    const { world, workflowId, table } = await crowded(1200);
    const get = () => statistics(world, workflowId);
    expect(await table.rows(get)).toBe(1200);
    const { totals } = await get();
    expect(totals).toMatchObject({ enrolled: 1200, completed: 1200 });
    await world.pass(72 * HOUR);
    expect(await table.rows(get)).toBe(1200);
    await world.pass(10 * MINUTE);
    expect(await table.rows(get)).toBe(1200);
    expect(await table.rows(get)).toBe(200);
    expect(await get()).toMatchObject({ totals, complete: true, asOf: instant(world.now()) });
    expect((await statistics(world, workflowId, '?version=1')).totals).toEqual(totals);
  });

  it('those that are not at their end are counted again and again', async () => {
    const { world, workflowId, read, table, ports } = await crowded(0);
    const { endedAt: _, reason: __, ...run } = endedRun(0, world.now(), { workflowId });
    const held: Run = { ...run, status: 'PARKED', parkedAt: run.enrolledAt };
    await seedRuns(ports.table, [held, ...[1, 2, 3, 4].map((n) => endedRun(n, world.now(), { workflowId }))]);
    const options = { runsPerBlock: 2 };
    for (const passed of [80 * HOUR, 11 * MINUTE, 11 * MINUTE]) {
      await world.pass(passed);
      await read(options);
    }
    // The first two, of which one is held, and the last, which is not a full block.
    expect(await table.rows(() => read(options))).toBe(3);
    expect((await read(options)).totals).toMatchObject({ enrolled: 5, active: 1, completed: 4 });
  });

  it('one that the index shows late is counted, though the block around it was full', async () => {
    const { world, read, runs, table } = await crowded(7);
    const options = { runsPerBlock: 3 };
    const enrolled = async () => (await read(options)).totals.enrolled;
    await world.pass(73 * HOUR);
    table.hide(runs[1]?.id ?? '');
    expect(await enrolled()).toBe(6);
    table.hide('');
    await world.pass(11 * MINUTE);
    expect(await enrolled()).toBe(7);
    await world.pass(11 * MINUTE);
    expect(await enrolled()).toBe(7);
    expect(await table.rows(async () => expect(await enrolled()).toBe(7))).toBeLessThan(7);
  });

  it('one that the index does not show just when its block would be sealed is counted from then on', async () => {
    const { world, read, runs, table } = await crowded(7);
    const options = { runsPerBlock: 3 };
    const enrolled = async () => (await read(options)).totals.enrolled;
    await world.pass(73 * HOUR);
    expect(await enrolled()).toBe(7);
    await world.pass(11 * MINUTE);
    table.hide(runs[1]?.id ?? '');
    expect(await enrolled()).toBe(6);
    table.hide('');
    for (let looks = 0; looks < 3; looks += 1) {
      await world.pass(11 * MINUTE);
      expect(await enrolled()).toBe(7);
    }
  });

  it('more than a request may count are counted by the queue, which is asked once', async () => {
    const { world, workflowId, read, ports } = await crowded(1200);
    const sends = ports.queue.send;
    const jobs: Job[] = [];
    Object.assign(ports.queue, {
      send: (job: Job, delay?: number) => {
        jobs.push(job);
        return sends(job, delay);
      },
    });
    const options = { liveRuns: 600, runsPerBlock: 100 };
    expect(await read(options)).toMatchObject({ complete: false, totals: { enrolled: 600 } });
    await read(options);
    await world.pass(MINUTE);
    expect(jobs).toEqual([{ type: 'tally', workflowId }]);
    const countedAt = instant(world.now() - MINUTE);

    const full = await read({ liveRuns: 0 });
    expect(full).toMatchObject({ complete: true, asOf: countedAt, totals: { enrolled: 1200 } });
    await seedRuns(ports.table, [endedRun(1200, world.now(), { workflowId })]);
    expect((await read({ liveRuns: 0 })).totals.enrolled).toBe(1200);
    expect((await statistics(world, workflowId)).totals.enrolled).toBe(1201);
    expect(jobs).toHaveLength(1);

    await world.pass(5 * MINUTE);
    expect(await read({ liveRuns: 0 })).toMatchObject({ asOf: countedAt, totals: { enrolled: 1200 } });
    await world.pass(MINUTE);
    expect(await read({ liveRuns: 0 })).toMatchObject({
      ...{ complete: true, asOf: instant(world.now() - MINUTE), totals: { enrolled: 1201 } },
    });
    expect(jobs).toHaveLength(2);
    expect(world.faults).toEqual([]);
  });

  it('a job that is told again, or goes on page by page, leaves the same figures', async () => {
    const { world, workflowId, read, ports } = await crowded(2300);
    const job: Job = { type: 'tally', workflowId };
    await ports.queue.send(job);
    await world.pass(MINUTE);
    const told = await read({ liveRuns: 0 });
    expect(told).toMatchObject({ complete: true, totals: { enrolled: 2300 } });
    await ports.queue.send(job);
    await world.pass(0);
    expect(await read({ liveRuns: 0 })).toEqual({ ...told, asOf: instant(world.now()) });
  });

  it('blocks of any size come to the same', async () => {
    const { read } = await crowded(40);
    const whole = await read();
    expect(whole.totals.enrolled).toBe(40);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 45 }), async (runsPerBlock) => {
        expect(await read({ runsPerBlock })).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});
