import * as z from 'zod';
import { WorkflowId } from './id.ts';

const page = { workflowId: WorkflowId, cursor: z.string().optional() };

/** Work on many contacts or runs, one page per call: each call leaves the next one in the queue. */
export const Job = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enroll-existing'), ...page, version: z.int(), by: z.enum(['publish', 'turn-on']), shard: z.int() }),
  z.strictObject({ type: z.literal('resume-parked'), ...page }),
  z.strictObject({ type: z.literal('end-parked'), ...page }),
  z.strictObject({ type: z.literal('end-runs'), ...page }),
]);
export type Job = z.infer<typeof Job>;
export type JobOf<Type extends Job['type']> = Extract<Job, { type: Type }>;
