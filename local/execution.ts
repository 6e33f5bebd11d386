import * as z from 'zod/mini';

/** Where a running execution stands; persisted as JSON. Instants are epoch milliseconds. */
export const Position = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('ready'), state: z.string(), input: z.unknown() }),
  z.strictObject({
    phase: z.literal('waiting'),
    state: z.string(),
    input: z.unknown(),
    enteredAt: z.int(),
    until: z.int(),
  }),
  z.strictObject({
    /** A function runs, a callback's function has returned, or the next attempt is yet to come. */
    phase: z.enum(['invoking', 'submitted', 'backing-off']),
    state: z.string(),
    input: z.unknown(),
    enteredAt: z.int(),
    /** `State.RetryCount` of the attempt. */
    retryCount: z.int(),
    /** How often each of the state's retriers was used. */
    retries: z.array(z.int()),
    attempt: z.string(),
    until: z.int(),
  }),
]);
export type Position = z.infer<typeof Position>;

export interface Execution {
  readonly id: string;
  readonly name: string;
  readonly machine: { readonly id: string; readonly name: string };
  readonly input: unknown;
  readonly startedAt: number;
  readonly position: Position;
  /** What AWS bills: states entered, and retries. */
  readonly transitions: number;
  /** How many entries AWS's history would have. */
  readonly events: number;
}

export type Event =
  | { readonly type: 'due' }
  | { readonly type: 'returned'; readonly attempt: string; readonly result: unknown }
  | { readonly type: 'failed'; readonly attempt: string; readonly error: unknown }
  | { readonly type: 'completed'; readonly output: unknown }
  /** The process died while the function ran. */
  | { readonly type: 'interrupted' };

export interface Invocation {
  readonly attempt: string;
  readonly functionName: string;
  readonly payload: unknown;
}

export type Outcome =
  | {
      readonly status: 'RUNNING';
      readonly position: Position;
      /** When the next `due` is to come. */
      readonly due: number;
      /** What `complete` may name, while the state waits for it. */
      readonly token: string | undefined;
      /** To be begun once the position is durable. */
      readonly invoke: Invocation | undefined;
    }
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED' | 'TIMED_OUT'; readonly error: string; readonly cause: string | undefined };

export type Transition = Outcome & { readonly transitions: number; readonly events: number };

export interface World {
  readonly now: number;
  /** 0 ≤ x < 1, for the jitter. */
  readonly random: () => number;
}

/** "256 KiB of data as a UTF-8 encoded string", and as much for a completion. */
const PAYLOAD_LIMIT = 262_144;

/** In UTF-8 a character of a string takes one to three bytes. */
export const exceedsLimit = (json: string): boolean =>
  json.length > PAYLOAD_LIMIT || (json.length * 3 > PAYLOAD_LIMIT && Buffer.byteLength(json) > PAYLOAD_LIMIT);
