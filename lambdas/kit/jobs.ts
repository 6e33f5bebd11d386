import type * as z from 'zod/mini';
import { DueJob, type JobKind, ReconcileJob, TransferJob, WorkflowJob } from '../../shared/domain/job.ts';
import type { Log } from '../../shared/ports.ts';
import { runDueJob } from '../../shared/usecases/run-due-job.ts';
import { runReconcileJob } from '../../shared/usecases/run-reconcile-job.ts';
import { runTransfer } from '../../shared/usecases/run-transfer.ts';
import { runWorkflowJob } from '../../shared/usecases/run-workflow-job.ts';
import type { Handler } from './handler.ts';
import { type BatchAnswer, eachRecord } from './records.ts';

// Jobs of each kind, from their queue.

const jobs = <Job>(log: Log, code: string, schema: z.ZodMiniType<Job>, run: (job: Job) => Promise<void>) =>
  eachRecord(log, code, async (body) => {
    await run(schema.parse(body));
  });

type PortsOf<Run extends (ports: never) => unknown> = Parameters<Run>[0] & { readonly log: Log };

export const workflowJobs = (ports: PortsOf<typeof runWorkflowJob>): Handler<BatchAnswer> =>
  jobs(ports.log, 'JOB', WorkflowJob, runWorkflowJob(ports));
export const dueJobs = (ports: PortsOf<typeof runDueJob>): Handler<BatchAnswer> =>
  jobs(ports.log, 'JOB', DueJob, runDueJob(ports));
export const reconcileJobs = (ports: PortsOf<typeof runReconcileJob>): Handler<BatchAnswer> =>
  jobs(ports.log, 'JOB', ReconcileJob, runReconcileJob(ports));
export const transfers = (ports: PortsOf<typeof runTransfer>): Handler<BatchAnswer> =>
  jobs(ports.log, 'TRANSFER', TransferJob, runTransfer(ports));

/** All of them, where one program does everything. */
export const jobsByKind = (
  ports: Parameters<typeof workflowJobs>[0] & Parameters<typeof dueJobs>[0] & Parameters<typeof transfers>[0],
): Readonly<Record<JobKind, Handler<BatchAnswer>>> => ({
  'workflow-job': workflowJobs(ports),
  'due-job': dueJobs(ports),
  'reconcile-job': reconcileJobs(ports),
  transfer: transfers(ports),
});
