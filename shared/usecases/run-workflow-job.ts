import { goesOn } from '../domain/admission.ts';
import type { JobOf, WorkflowJob } from '../domain/job.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { parkedRuns, runs } from '../store/run-store.ts';
import { list, listIndex } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { doJob, following } from './do-job.ts';
import { endRun } from './end-run.ts';
import { paceStarts, STARTS_PER_PAGE } from './pace-starts.ts';
import { finishPublishing } from './publish-workflow.ts';
import { resumeRun } from './resume-run.ts';
import { runPass } from './run-pass.ts';
import { recountRuns } from './tally-runs.ts';

const RUNS_PER_CALL = 100;

/** The quota refills by one machine a second; many may be waiting. */
const QUOTA_SECONDS = 5;

/** What follows for contacts and runs when a workflow is previewed, published, turned on or off, or counted anew. */
export const runWorkflowJob = (ports: Pick<Ports, 'table' | 'machines' | 'queue' | 'clock' | 'log'>) => {
  const { table } = ports;
  const end = endRun(ports);
  const resume = resumeRun(ports);
  const finish = finishPublishing(ports);
  const recount = recountRuns(ports);
  const pace = paceStarts(ports);

  const parkedPage = ({ workflowId, cursor }: JobOf<'resume-parked' | 'end-parked'>, limit = RUNS_PER_CALL) =>
    list(table, parkedRuns, { pk: keys.parkedRuns(workflowId), limit, cursor });

  return doJob<WorkflowJob['type']>(ports, {
    pass: runPass(ports),
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
  });
};
