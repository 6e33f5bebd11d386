import * as z from 'zod/mini';
import { RunId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';

/** What an execution is started with: ids only, so that no personal data enters its history. */
export const ExecutionInput = z.strictObject({ run: RunId, workflow: WorkflowId, execution: z.int().check(z.gte(1)) });
export type ExecutionInput = z.infer<typeof ExecutionInput>;

/** What a task state hands to the step function. */
export const StepTask = z.strictObject({
  execution: ExecutionInput,
  state: z.string(),
  input: z.looseObject({
    /** The wait that time has just ended. */
    closing: z.optional(z.string()),
    /** What a text has waited for, and the instant that was set apart for it (epoch milliseconds). */
    until: z.optional(Instant),
    slot: z.optional(z.number()),
  }),
  attempt: z.strictObject({ redrive: z.int(), enteredAt: z.string(), retry: z.int() }),
  /** Of a state that waits: what completes it, and after how many seconds it times out. */
  token: z.optional(z.string()),
  seconds: z.optional(z.number()),
});
export type StepTask = z.infer<typeof StepTask>;

const padded = (n: number) => String(n).padStart(6, '0');

/** Sorts by which attempt is the later one: attempts can overlap, and only a later one may replace a token. */
export const attemptOf = ({ execution, attempt }: StepTask): string =>
  `${padded(execution.execution)}.${padded(attempt.redrive)}.${attempt.enteredAt}.${padded(attempt.retry)}`;
