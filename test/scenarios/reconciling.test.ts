import { describe, expect, it } from 'vitest';
import { WorkflowId } from '../../shared/domain/id.ts';
import type { Machines } from '../../shared/ports.ts';
import { getRunsOver } from '../../shared/store/run-store.ts';
import { reconcileRuns } from '../../shared/usecases/reconcile.ts';
import {
  addTag,
  business,
  done,
  enroll,
  INBOX,
  ifElse,
  newContact,
  publish,
  runOf,
  send,
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

const STEPS = [
  addTag('in', 'asked'),
  send('ask', 'Interested?'),
  wait('answer'),
  ifElse('yes', { keywords: { anyOf: ['yes'] } }, [addTag('y', 'yes'), send('great', 'Great!')], [send('bye', 'Bye')]),
];

async function studioWith(steps: object[] = STEPS) {
  const world = localWorld();
  const { machines } = world.world.ports;
  const logged: string[] = [];
  Object.assign(world.world.ports.log, {
    error: (code: string, { finding }: { finding?: string }) => logged.push(finding ?? code),
  });
  const studio = await business(world);
  const workflow = await publish(world, studio, { steps });
  const contact = await newContact(world);
  /** Looks after runs or executions, as the schedule has it done. */
  const reconcile = async (of: 'runs' | 'executions' = 'runs') => {
    logged.length = 0;
    await world.world.ports.queue.send({ type: 'reconcile', of });
    await world.pass(0);
    return [...logged];
  };
  /** While `broken` is in its place, the port does not do this. */
  const without = <Name extends keyof Machines>(name: Name, broken: Machines[Name]) => {
    const { [name]: works } = machines;
    Object.assign(machines, { [name]: broken });
    return () => Object.assign(machines, { [name]: works });
  };
  const execution = async (run: string, n = 1) => world.world.machines.describe(`${run}.${n}`)?.status;
  const kill = async (run: string, n = 1) => {
    const { items } = await done(world.api('GET', `/v1/workflows/${workflow}/versions`));
    expect(items).toHaveLength(1);
    await world.world.ports.machines.stop({
      machine: `arn:aws:states:local:000000000000:stateMachine:${workflow}:1`,
      name: `${run}.${n}`,
    });
  };
  return { world, studio, workflow, contact, reconcile, without, execution, kill };
}

describe('a look at all runs', () => {
  it('starts a run whose execution was never started', async () => {
    const { world, workflow, contact, reconcile, without, execution } = await studioWith();
    const mended = without('start', async () => 'started');
    const run = await enroll(world, workflow, contact);
    mended();
    expect(await reconcile()).toEqual([]);
    await world.pass(16 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual([]);
    expect(await reconcile()).toEqual(['START_MISSING']);
    expect(await world.texts(contact.phone)).toEqual(['Interested?']);
    expect([await execution(run), await execution(run, 2)]).toEqual([undefined, 'RUNNING']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'RESTARTED', 'TAG_ADDED', 'SENT', 'WAITING']);
    expect(await reconcile()).toEqual([]);
  });

  it('lets a run go on whose execution has ended, as soon as it is late, from where it stands', async () => {
    const { world, workflow, contact, reconcile, kill } = await studioWith();
    const run = await enroll(world, workflow, contact);
    await kill(run);
    await world.pass(23 * HOUR);
    expect(await reconcile()).toEqual([]);
    await world.pass(2 * HOUR);
    expect(await reconcile()).toEqual(['EXECUTION_OVER']);
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Interested?', 'Bye']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('hears an answer that came while there was no execution', async () => {
    const { world, workflow, contact, reconcile, kill } = await studioWith();
    const run = await enroll(world, workflow, contact);
    await kill(run);
    await world.says(contact.phone, 'yes', { to: INBOX });
    await world.pass(16 * MINUTE);
    expect(await reconcile()).toEqual(['EXECUTION_OVER']);
    expect(await world.texts(contact.phone)).toEqual(['Interested?', 'Great!']);
    expect(await tagsOf(world, contact)).toEqual(['asked', 'yes']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('goes on with an answer that the execution has not heard of', async () => {
    const { world, workflow, contact, reconcile, without } = await studioWith();
    const run = await enroll(world, workflow, contact);
    const mended = without('complete', async () => 'completed');
    await world.says(contact.phone, 'yes', { to: INBOX });
    mended();
    await world.pass(16 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Interested?']);
    expect(await reconcile()).toEqual(['ANSWER_LEFT']);
    expect(await world.texts(contact.phone)).toEqual(['Interested?', 'Great!']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('leaves a run to its execution where that goes on, and says that it is late', async () => {
    const { world, workflow, contact, reconcile } = await studioWith();
    const { table } = world.world.ports;
    const { write } = table;
    const run = await enroll(world, workflow, contact);
    table.write = async (writes) => {
      if (writes.some((each) => 'put' in each && each.put.type === 'run')) throw new Error('refused');
      return write(writes);
    };
    await world.pass(DAY + HOUR);
    expect(await reconcile()).toEqual(['RUN_LATE']);
    Object.assign(table, { write });
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Interested?', 'Bye']);
    expect(await timeline(world, run)).not.toContain('RESTARTED');
  });

  it('gives a run up that has lost its execution three times within a day, and frees its contact', async () => {
    const { world, workflow, contact, reconcile, without } = await studioWith();
    without('start', async () => 'started');
    const run = await enroll(world, workflow, contact);
    const findings: string[][] = [];
    for (let look = 0; look < 5; look += 1) {
      await world.pass(HOUR);
      findings.push(await reconcile());
    }
    expect(findings).toEqual([['START_MISSING'], ['START_MISSING'], ['START_MISSING'], ['RUN_GIVEN_UP'], []]);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'FAILED' });
    expect(await done(world.api('GET', `/v1/workflows/${workflow}/stats`))).toMatchObject({
      totals: { active: 0, exited: { FAILED: 1 } },
    });
    expect(await world.texts(contact.phone)).toEqual([]);
  });

  it('lets runs go on that are still held though nothing holds them', async () => {
    const { world, workflow, contact, reconcile } = await studioWith();
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    await world.pass(2 * DAY);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    expect(await reconcile()).toEqual([]);
    // The job that lets them go on is lost.
    const { queue } = world.world.ports;
    const { send: queued } = queue;
    queue.send = async (job, delay) => (job.type === 'resume-parked' ? undefined : queued(job, delay));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    expect(await reconcile()).toEqual(['PARK_LEFT']);
    expect(await world.texts(contact.phone)).toEqual(['Interested?', 'Bye']);
  });

  it('tells what became of a text whose run was ended and whose function died', async () => {
    const world = localWorld({
      carrier: (phones) => ({
        ...phones,
        send: async () => {
          throw new Error('the function died');
        },
      }),
    });
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: STEPS });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/runs/${run}/exit`));
    await world.world.ports.machines.stop({
      machine: `arn:aws:states:local:000000000000:stateMachine:${workflow}:1`,
      name: `${run}.1`,
    });
    await world.pass(HOUR);
    const messages = async () => (await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items;
    expect(await messages()).toEqual([]);
    await world.world.ports.queue.send({ type: 'reconcile', of: 'runs' });
    await world.pass(0);
    expect(await messages()).toMatchObject([{ status: 'UNCONFIRMED', reason: 'ABANDONED', text: 'Interested?' }]);
    expect(world.faults.filter((fault) => fault.includes('RECONCILED'))).toEqual([
      `RECONCILED ${JSON.stringify({ finding: 'CLAIM_LEFT', run, workflow })}`,
    ]);
  });

  it('goes through all runs, from the first that has not ended', async () => {
    const { world, studio, workflow, contact, reconcile, kill } = await studioWith([send('one', 'One')]);
    const long = await publish(world, studio, { steps: [send('a', 'A'), wait('w', { hours: 1 }), send('b', 'B')] });
    for (let n = 0; n < 210; n += 1) await enroll(world, workflow, contact, { test: true });
    await world.pass(2 * HOUR);
    const run = await enroll(world, long, contact);
    await kill(run);
    const read: number[] = [];
    const { table } = world.world.ports;
    const { queryIndex } = table;
    table.queryIndex = async (query) => {
      const page = await queryIndex(query);
      if (query.pk === `RUNS#${workflow}`) read.push(page.items.length);
      return page;
    };
    await reconcile();
    await reconcile();
    expect(read).toEqual([200, 10, 10]);
  });

  it('never passes over a run that has not ended, whatever comes after it', async () => {
    const { world, workflow, contact } = await studioWith();
    await enroll(world, workflow, contact);
    const { table } = world.world.ports;
    const { queryIndex } = table;
    const page = await queryIndex({ pk: `RUNS#${workflow}` });
    const { items } = page;
    table.queryIndex = async () => ({ items: [], next: 'somewhere' });
    const reconcilePage = reconcileRuns(world.world.ports);
    const workflowId = WorkflowId.parse(workflow);
    const marked = () => getRunsOver(table, workflowId);
    const behind = { type: 'reconcile-runs', workflowId, cursor: 'somewhere', leading: false } as const;
    expect(await reconcilePage(behind)).toEqual({ ...behind, leading: false });
    expect(await marked()).toBeUndefined();
    table.queryIndex = async () => ({ items, next: 'somewhere' });
    expect(await reconcilePage({ type: 'reconcile-runs', workflowId, leading: true })).toEqual(behind);
    expect(await marked()).toBeUndefined();
  });
});

describe('a look at all executions', () => {
  it('stops those that no run wants, and no other', async () => {
    const { world, workflow, contact, reconcile, without, execution } = await studioWith();
    const other = await newContact(world);
    const wanted = await enroll(world, workflow, contact);
    const run = await enroll(world, workflow, other);
    const mended = without('stop', async () => {});
    await done(world.api('POST', `/v1/runs/${run}/exit`));
    mended();
    expect(await reconcile('executions')).toEqual([]);
    await world.pass(2 * HOUR);
    expect([await execution(wanted), await execution(run)]).toEqual(['RUNNING', 'RUNNING']);
    expect(await reconcile('executions')).toEqual(['EXECUTION_LEFT']);
    expect([await execution(wanted), await execution(run)]).toEqual(['RUNNING', 'ABORTED']);
  });
});

it('runs and executions are looked after every day by themselves', async () => {
  const { world, workflow, contact, without } = await studioWith();
  const mended = without('start', async () => 'started');
  await enroll(world, workflow, contact);
  mended();
  await world.pass(DAY);
  expect(await world.texts(contact.phone)).toEqual(['Interested?']);
});
