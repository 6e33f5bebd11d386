import type { Finding } from '../domain/finding.ts';
import { contactOf, RunId } from '../domain/id.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { JobOf, ReconcileJob } from '../domain/job.ts';
import { ended, executionName, type Run, type RunningRun, restarted } from '../domain/run.ts';
import { isGivenUp, standsStill, whereItStands } from '../domain/standstill.ts';
import { stepsById } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getPastRun, getRunOf, getRunsOver, runs, runsOver } from '../store/run-store.ts';
import { commit, contend, edit, fresh, listIndex, put, read, type Stored } from '../store/stored.ts';
import { getWorkflow, workflows } from '../store/workflow-store.ts';
import { resumeIfFree } from './resume-run.ts';
import { settleAbandoned } from './settle-text.ts';
import { versionCache } from './version-cache.ts';

type Reconciling = Pick<Ports, 'table' | 'machines' | 'clock' | 'queue' | 'log'>;

const RUNS_PER_CALL = 200;
/** What is younger may still be on its way: into the index, or to where it is expected. */
const SETTLED_MS = 60 * 60 * 1000;

/** Asks for every workflow that has been published to be looked through. */
export const reconcile =
  ({ table, queue }: Pick<Reconciling, 'table' | 'queue'>) =>
  async (of: 'runs' | 'executions'): Promise<void> => {
    const { items } = await listIndex(table, workflows, { pk: keys.workflowsIndex });
    for (const { value } of items) {
      if (value.version === 0) continue;
      const { id: workflowId } = value;
      const job: ReconcileJob =
        of === 'runs'
          ? { type: 'reconcile-runs', workflowId, leading: true }
          : { type: 'reconcile-executions', workflowId };
      await queue.send(job);
    }
  };

/**
 * Looks through a page of a workflow's runs for those that should have moved on and have not, and lets them go on. All that
 * a run rests on follows from its item, so it begins anew where it stands, under a new execution; one that has
 * been lost and turns up again finds that it is no longer meant. Answers the job that goes on.
 */
export const reconcileRuns = (ports: Reconciling) => {
  const { table, clock } = ports;
  const mend = mendRun(ports);

  return async (job: JobOf<'reconcile-runs'>): Promise<ReconcileJob | undefined> => {
    const { workflowId } = job;
    const over = await getRunsOver(table, workflowId);
    const cursor = job.cursor ?? over?.value.cursor;
    const page = await listIndex(table, runs, { pk: keys.runsIndex(workflowId), limit: RUNS_PER_CALL, cursor });
    const now = clock.now();
    for (const { value: run } of page.items) {
      const finding = standsStill(run, now) ? await mend(run) : 'fine';
      if (finding !== 'fine') ports.log.error('RECONCILED', { finding, run: run.id, workflow: workflowId });
    }
    if (page.next === undefined) return undefined;
    const leading = job.leading && page.items.every(({ value }) => isOver(value, now));
    if (leading) {
      const mark = { workflowId, cursor: page.next };
      // Lost: another pass is as far.
      await commit(table, put(runsOver, over ? edit(over, mark) : fresh(mark)));
    }
    return { type: 'reconcile-runs', workflowId, cursor: page.next, leading };
  };
};

/** Nothing becomes of it any more. */
const isOver = ({ status, claim, enrolledAt }: Run, now: number): boolean =>
  status === 'ENDED' && claim?.status !== 'claimed' && epoch(enrolledAt) + SETTLED_MS <= now;

const mendRun = (ports: Reconciling) => {
  const { table, machines, clock } = ports;
  const versionOf = versionCache(table);
  const resume = resumeIfFree(ports);

  return ({ id, workflowId }: Run): Promise<Finding | 'fine'> =>
    contend(`reconciling ${id}`, async () => {
      const latest = await getRunOf(table, contactOf(id), workflowId);
      const run = latest?.value.id === id ? latest : await getPastRun(table, id);
      if (!run || !standsStill(run.value, clock.now())) return 'fine';
      const { rev, value } = run;
      return value.status === 'RUNNING' ? mendRunning({ rev, value }) : mendOther(value);
    });

  async function mendRunning({ rev, value: run }: Stored<RunningRun>): Promise<Finding | undefined> {
    const { plan, machine } = await versionOf(run.workflowId, run.version);
    const status = await machines.status({ machine, name: executionName(run) });
    const state = whereItStands(run, plan);
    const isUnheard = run.mailbox?.status === 'replied' && run.mailbox.state === state;
    if (status === 'running' && !isUnheard) return 'RUN_LATE';
    const now = clock.now();
    const found = status === 'running' ? 'ANSWER_LEFT' : status === 'unknown' ? 'START_MISSING' : 'EXECUTION_OVER';
    // The other execution, should it wake, finds that it is no longer meant.
    const isLost = status !== 'running' && isGivenUp(run, now);
    const next: Run = isLost ? ended(run, instant(now), 'FAILED') : restarted(run, instant(now), state, found);
    if (!(await commit(table, put(runs, { rev, value: next })))) return undefined;
    return isLost ? 'RUN_GIVEN_UP' : found;
  }

  async function mendOther(run: Run): Promise<Finding | 'fine'> {
    if (run.claim?.status === 'claimed') {
      const version = await versionOf(run.workflowId, run.version);
      const steps = stepsById(version.steps);
      return (await settleAbandoned(ports, version, steps, run)) === 'settled' ? 'CLAIM_LEFT' : 'fine';
    }
    if (run.status !== 'PARKED') return 'fine';
    return (await resume(run)) === 'resumed' ? 'PARK_LEFT' : 'fine';
  }
};

/** Stops executions that no run wants: of what ended, or goes on under another one. Answers the job that goes on. */
export const reconcileExecutions = (ports: Reconciling) => {
  const { table, machines, clock, log } = ports;
  const versionOf = versionCache(table);

  return async ({ workflowId, cursor }: JobOf<'reconcile-executions'>): Promise<ReconcileJob | undefined> => {
    const workflow = await getWorkflow(table, workflowId);
    if (!workflow) return undefined;
    const { machine } = await versionOf(workflowId, workflow.value.version);
    const page = await machines.listRunning(machine, cursor);
    const old = page.executions.flatMap(({ name, startedAt }) => {
      const run = RunId.safeParse(name.slice(0, name.lastIndexOf('.')));
      // Somebody may have started one by hand, to look.
      return run.success && startedAt + SETTLED_MS <= clock.now() ? [{ name, run: run.data }] : [];
    });
    const found = await table.getMany(old.map(({ run }) => keys.run(contactOf(run), workflowId)));
    for (const [at, { name, run }] of old.entries()) {
      const item = found[at];
      if (item && isWanted(read(runs, item).value, name)) continue;
      await machines.stop({ machine, name });
      log.error('RECONCILED', { finding: 'EXECUTION_LEFT', run, workflow: workflowId });
    }
    return page.next === undefined ? undefined : { type: 'reconcile-executions', workflowId, cursor: page.next };
  };
};

/** While a text is on its way, its execution tells what became of it, whatever has become of the run. */
const isWanted = (run: Run, name: string): boolean =>
  executionName(run) === name && (run.status === 'RUNNING' || run.claim?.status === 'claimed');
