import * as z from 'zod/mini';
import { ExportId, ImportId, MessageId, PassId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';

/** The executions that its next page starts have had their room set apart: it may start them now. */
const mayStart = z.optional(z.literal(true));
const page = { workflowId: WorkflowId, cursor: z.optional(z.string()) };

/** Work on many contacts or runs, one page per call: each call leaves the next one in the queue. */
export const Job = z.discriminatedUnion('type', [
  /** Goes on in one shard of a pass over all contacts, at this page. */
  z.strictObject({ type: z.literal('pass'), passId: PassId, shard: z.int(), page: z.int(), mayStart }),
  z.strictObject({ type: z.literal('finish-publishing'), ...page }),
  z.strictObject({ type: z.literal('resume-parked'), ...page, mayStart }),
  z.strictObject({ type: z.literal('end-parked'), ...page, since: Instant }),
  z.strictObject({ type: z.literal('end-runs'), ...page }),
  z.strictObject({ type: z.literal('tally'), ...page }),
  /** A text outside of runs was claimed: by then it is known what became of it, or nobody can tell any more. */
  z.strictObject({ type: z.literal('settle-text'), messageId: MessageId }),
  /** Comes by a schedule: do all runs go on, does every execution have its run? */
  z.strictObject({ type: z.literal('reconcile'), of: z.enum(['runs', 'executions']) }),
  /** `leading`: every run before the cursor has ended. */
  z.strictObject({ type: z.literal('reconcile-runs'), ...page, leading: z.boolean() }),
  z.strictObject({ type: z.literal('reconcile-executions'), ...page }),
  /** Comes by a schedule: whom has time turned a trigger true of? */
  z.strictObject({ type: z.literal('sweep') }),
  z.strictObject({ type: z.literal('sweep-shard'), shard: z.int(), until: Instant, cursor: z.optional(z.string()) }),
  /** Foresees for every contact when time will turn a trigger true of it. */
  z.strictObject({ type: z.literal('watch-shard'), shard: z.int(), cursor: z.optional(z.string()) }),
]);
export type Job = z.infer<typeof Job>;
export type JobOf<Type extends Job['type']> = Extract<Job, { type: Type }>;

/** Work on one file, some seconds of it per call; how far it has come stands in the import or export itself. */
export const TransferJob = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('import-contacts'), importId: ImportId }),
  z.strictObject({ type: z.literal('export'), exportId: ExportId }),
]);
export type TransferJob = z.infer<typeof TransferJob>;

export const isTransfer = (job: Job | TransferJob): job is TransferJob =>
  job.type === 'import-contacts' || job.type === 'export';

/** A queue holds a job back for a quarter of an hour at most. */
export const LONGEST_DELAY_SECONDS = 900;
