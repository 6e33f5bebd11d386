import { goesOn } from '../domain/admission.ts';
import type { Job, JobOf } from '../domain/job.ts';
import { timedOf } from '../domain/triggers-by-key.ts';
import type { Ports } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { parkedRuns, runs } from '../store/run-store.ts';
import { list, listIndex } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { endRun } from './end-run.ts';
import { paceStarts, STARTS_PER_PAGE } from './pace-starts.ts';
import { finishPublishing } from './publish-workflow.ts';
import { reconcile, reconcileExecutions, reconcileRuns } from './reconcile.ts';
import { resumeRun } from './resume-run.ts';
import { runPass } from './run-pass.ts';
import { settleClaim } from './send-once.ts';
import { sweep, sweepShard } from './sweep.ts';
import { recountRuns } from './tally-runs.ts';
import { triggersReader } from './triggers.ts';
import { watchContact } from './watch-contact.ts';

const CONTACTS_PER_CALL = 500;
const RUNS_PER_CALL = 100;

/** The quota refills by one machine a second; many may be waiting. */
const QUOTA_SECONDS = 5;

interface Next {
  readonly job: Job;
  readonly delaySeconds: number;
}

/** Does one page of a job and queues the next. A page done twice changes nothing more. */
export const runJob = (ports: Omit<Ports, 'bus' | 'files'>) => {
  const { table } = ports;
  const end = endRun(ports);
  const resume = resumeRun(ports);
  const finish = finishPublishing(ports);
  const sweepAll = sweep(ports);
  const sweepOne = sweepShard(ports);
  const readTriggers = triggersReader(ports);
  const watch = watchContact(ports);
  const recount = recountRuns(ports);
  const pace = paceStarts(ports);
  const settle = settleClaim(ports);
  const reconcileAll = reconcile(ports);
  const reconcilePage = reconcileRuns(ports);
  const reconcileExecutionsPage = reconcileExecutions(ports);

  const work: { [Type in Job['type']]: (job: JobOf<Type>) => Promise<Next | undefined> } = {
    pass: runPass(ports),
    sweep: async () => {
      await sweepAll();
      return undefined;
    },
    'sweep-shard': async (job) => following(job, await sweepOne(job)),
    'watch-shard': async (job) => {
      const triggers = await readTriggers();
      if (!triggers.hasTimed()) return undefined;
      const range = { pk: keys.contactsIndex(job.shard), limit: CONTACTS_PER_CALL, cursor: job.cursor };
      const page = await listIndex(table, contacts, range);
      for (const { value } of page.items) await watch(value, timedOf(triggers.candidates(value)));
      return following(job, page.next);
    },
    'finish-publishing': async (job) =>
      (await finish(job.workflowId)) === 'waits' ? { job, delaySeconds: QUOTA_SECONDS } : undefined,
    'resume-parked': async (job) => {
      const workflow = await getWorkflow(table, job.workflowId);
      if (!workflow || !goesOn(workflow.value)) return undefined;
      const page = await parkedPage(job, STARTS_PER_PAGE);
      const { mayStart, ...next } = job;
      const delaySeconds = mayStart ? 0 : await pace(page.items.length);
      if (delaySeconds > 0) return { job: { ...next, mayStart: true }, delaySeconds };
      for (const { value } of page.items) await resume(value.runId, job.workflowId);
      return following(next, page.next);
    },
    'end-parked': async (job) => {
      const workflow = (await getWorkflow(table, job.workflowId))?.value;
      // Only while it is on as it was when this was asked for.
      if (workflow?.status !== 'ON' || workflow.updatedAt !== job.since) return undefined;
      const page = await parkedPage(job);
      for (const { value } of page.items) await end(value.runId, 'WORKFLOW_TURNED_OFF');
      return following(job, page.next);
    },
    'end-runs': async (job) => {
      const workflow = await getWorkflow(table, job.workflowId);
      if (workflow?.value.inFlight !== 'exit') return undefined;
      const range = { pk: keys.runsIndex(job.workflowId), limit: RUNS_PER_CALL, cursor: job.cursor };
      const page = await listIndex(table, runs, range);
      for (const { value } of page.items) if (value.status !== 'ENDED') await end(value.id, 'WORKFLOW_TURNED_OFF');
      return following(job, page.next);
    },
    tally: async (job) => following(job, await recount(job)),
    'settle-text': async ({ messageId }) => {
      await settle(messageId);
      return undefined;
    },
    reconcile: async ({ of }) => {
      await reconcileAll(of);
      return undefined;
    },
    'reconcile-runs': async (job) => atOnce(await reconcilePage(job)),
    'reconcile-executions': async (job) => atOnce(await reconcileExecutionsPage(job)),
  };

  const parkedPage = ({ workflowId, cursor }: JobOf<'resume-parked' | 'end-parked'>, limit = RUNS_PER_CALL) =>
    list(table, parkedRuns, { pk: keys.parkedRuns(workflowId), limit, cursor });

  return async (job: Job): Promise<void> => {
    const next = await dispatch(work, job);
    if (next) await ports.queue.send(next.job, next.delaySeconds);
  };
};

const dispatch = <Type extends Job['type']>(
  work: { [T in Job['type']]: (job: JobOf<T>) => Promise<Next | undefined> },
  job: JobOf<Type> & { type: Type },
) => work[job.type](job);

const atOnce = (job: Job | undefined): Next | undefined => job && { job, delaySeconds: 0 };

type Paged = Extract<Job, { cursor?: string | undefined }>;
const following = (job: Paged, cursor: string | undefined): Next | undefined =>
  atOnce(cursor === undefined ? undefined : { ...job, cursor });
