import * as z from 'zod/mini';
import { ExportId, ImportId, MessageId, PassId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';

/** The executions that its next page starts have had their room set apart: it may start them now. */
const mayStart = z.optional(z.literal(true));
const page = { workflowId: WorkflowId, cursor: z.optional(z.string()) };

/** What becomes of a workflow's contacts and runs, one page per call: each call leaves the next one in the queue. */
export const WorkflowJob = z.discriminatedUnion('type', [
  /** Goes on in one shard of a pass over all contacts, at this page. */
  z.strictObject({ type: z.literal('pass'), passId: PassId, shard: z.int(), page: z.int(), mayStart }),
  z.strictObject({ type: z.literal('finish-publishing'), ...page }),
  z.strictObject({ type: z.literal('resume-parked'), ...page, mayStart }),
  z.strictObject({ type: z.literal('end-parked'), ...page, since: Instant }),
  z.strictObject({ type: z.literal('end-runs'), ...page }),
  z.strictObject({ type: z.literal('tally'), ...page }),
]);
export type WorkflowJob = z.infer<typeof WorkflowJob>;

/** What time brings. */
export const DueJob = z.discriminatedUnion('type', [
  /** Comes by a schedule: whom has time turned a trigger true of? */
  z.strictObject({ type: z.literal('sweep') }),
  z.strictObject({ type: z.literal('sweep-shard'), shard: z.int(), until: Instant, cursor: z.optional(z.string()) }),
  /** Foresees for every contact when time will turn a trigger true of it. */
  z.strictObject({ type: z.literal('watch-shard'), shard: z.int(), cursor: z.optional(z.string()) }),
  /** A text outside of runs was claimed: by then it is known what became of it, or nobody can tell any more. */
  z.strictObject({ type: z.literal('settle-text'), messageId: MessageId }),
]);
export type DueJob = z.infer<typeof DueJob>;

/** Do all runs go on, does every execution have its run? */
export const ReconcileJob = z.discriminatedUnion('type', [
  /** Comes by a schedule. */
  z.strictObject({ type: z.literal('reconcile'), of: z.enum(['runs', 'executions']) }),
  /** `leading`: every run before the cursor has ended. */
  z.strictObject({ type: z.literal('reconcile-runs'), ...page, leading: z.boolean() }),
  z.strictObject({ type: z.literal('reconcile-executions'), ...page }),
]);
export type ReconcileJob = z.infer<typeof ReconcileJob>;

/** Work on one file, some seconds of it per call; how far it has come stands in the import or export itself. */
export const TransferJob = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('import-contacts'), importId: ImportId }),
  z.strictObject({ type: z.literal('export'), exportId: ExportId }),
]);
export type TransferJob = z.infer<typeof TransferJob>;

/** What turning something on or off may leave to be done. */
export const TurnJob = z.discriminatedUnion('type', [WorkflowJob, DueJob]);
export type TurnJob = z.infer<typeof TurnJob>;

export type Job = WorkflowJob | DueJob | ReconcileJob | TransferJob;
export type JobOf<Type extends Job['type']> = Extract<Job, { type: Type }>;

/** Each kind waits in a queue of its own, for a function of its own: none holds up another. */
export const JOB_KINDS = ['workflow-job', 'due-job', 'reconcile-job', 'transfer'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

const KIND: { readonly [Type in Job['type']]: JobKind } = {
  pass: 'workflow-job',
  'finish-publishing': 'workflow-job',
  'resume-parked': 'workflow-job',
  'end-parked': 'workflow-job',
  'end-runs': 'workflow-job',
  tally: 'workflow-job',
  sweep: 'due-job',
  'sweep-shard': 'due-job',
  'watch-shard': 'due-job',
  'settle-text': 'due-job',
  reconcile: 'reconcile-job',
  'reconcile-runs': 'reconcile-job',
  'reconcile-executions': 'reconcile-job',
  'import-contacts': 'transfer',
  export: 'transfer',
};
export const kindOf = ({ type }: Job): JobKind => KIND[type];

/** A queue holds a job back for a quarter of an hour at most. */
export const LONGEST_DELAY_SECONDS = 900;
