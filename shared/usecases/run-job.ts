import { goesOn } from '../domain/admission.ts';
import { compileFilter } from '../domain/filter.ts';
import type { Job, JobOf } from '../domain/job.ts';
import type { Ports } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { parkedRuns, runs } from '../store/run-store.ts';
import { list, listIndex } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { endRun } from './end-run.ts';
import { enroll } from './enroll.ts';
import { finishPublishing } from './publish-workflow.ts';
import { resumeRun } from './resume-run.ts';
import { versionCache } from './version-cache.ts';
import { readWorkspace } from './workspace.ts';

const CONTACTS_PER_CALL = 250;
const RUNS_PER_CALL = 100;

/** The quota refills by one machine a second; many may be waiting. */
const QUOTA_SECONDS = 5;

type Next = Job | undefined;

/** Does one page of a job and queues the next. A page done twice changes nothing more. */
export const runJob = (ports: Omit<Ports, 'sms' | 'bus'>) => {
  const { table } = ports;
  const versionOf = versionCache(table);

  const work: { [Type in Job['type']]: (job: JobOf<Type>) => Promise<Next> } = {
    'enroll-existing': async (job) => {
      const workflow = await onSince(job);
      if (!workflow) return undefined;
      const version = await versionOf(workflow.id, workflow.version);
      const { settings, filters } = await readWorkspace(ports);
      const { test: matches } = compileFilter(version.trigger.filter, filters);
      const page = await listIndex(table, contacts, {
        pk: keys.contactsIndex(job.shard),
        limit: CONTACTS_PER_CALL,
        ...from(job),
      });
      for (const contact of page.items) {
        if (!matches(contact.value, filters.now)) continue;
        await enroll(ports)({ contact, version, settings, by: job.by, test: false, since: job.since });
      }
      return following(job, page.next);
    },
    'finish-publishing': async (job) => ((await finishPublishing(ports)(job.workflowId)) === 'waits' ? job : undefined),
    'resume-parked': async (job) => {
      const workflow = await getWorkflow(table, job.workflowId);
      if (!workflow || !goesOn(workflow.value)) return undefined;
      const page = await parkedPage(job);
      for (const { value } of page.items) await resumeRun(ports)(value.runId, job.workflowId);
      return following(job, page.next);
    },
    'end-parked': async (job) => {
      if (!(await onSince(job))) return undefined;
      const page = await parkedPage(job);
      for (const { value } of page.items) await endRun(ports)(value.runId, 'WORKFLOW_TURNED_OFF');
      return following(job, page.next);
    },
    'end-runs': async (job) => {
      const workflow = await getWorkflow(table, job.workflowId);
      if (workflow?.value.inFlight !== 'exit') return undefined;
      const page = await listIndex(table, runs, {
        pk: keys.runsIndex(job.workflowId),
        limit: RUNS_PER_CALL,
        ...from(job),
      });
      for (const { value } of page.items)
        if (value.status !== 'ENDED') await endRun(ports)(value.id, 'WORKFLOW_TURNED_OFF');
      return following(job, page.next);
    },
  };

  /** The workflow, if it is still on as it was when the job was asked for: nothing that is on is edited. */
  const onSince = async ({ workflowId, since }: JobOf<'enroll-existing' | 'end-parked'>) => {
    const workflow = (await getWorkflow(table, workflowId))?.value;
    return workflow?.status === 'ON' && workflow.updatedAt === since ? workflow : undefined;
  };

  const parkedPage = (job: Job) =>
    list(table, parkedRuns, { pk: keys.parkedRuns(job.workflowId), limit: RUNS_PER_CALL, ...from(job) });

  return async (job: Job): Promise<void> => {
    const next = await dispatch(work, job);
    if (next) await ports.queue.send(next, next.type === 'finish-publishing' ? QUOTA_SECONDS : 0);
  };
};

const dispatch = <Type extends Job['type']>(
  work: { [T in Job['type']]: (job: JobOf<T>) => Promise<Next> },
  job: JobOf<Type> & { type: Type },
) => work[job.type](job);

const from = ({ cursor }: Job) => (cursor === undefined ? {} : { cursor });
const following = (job: Job, cursor: string | undefined): Next =>
  cursor === undefined ? undefined : { ...job, cursor };
