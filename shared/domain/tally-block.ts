import * as z from 'zod/mini';
import { type MessageId, WorkflowId } from './id.ts';
import { epoch, Instant, instant } from './instant.ts';
import type { OutboundStatus } from './message.ts';
import type { Run } from './run.ts';
import { SETTLES_MS, sum, Tally, tallyOf } from './tally.ts';

/** The index may lag behind the table; by this much it does not. */
export const INDEX_LAG_MS = 10 * 60 * 1000;

/** A slice of a workflow's runs in the order of their enrolment, and what they come to. */
export const Block = z.strictObject({
  workflowId: WorkflowId,
  /** The position after which it begins; empty: at the first run. */
  from: z.string(),
  /** Its last position, fixed once it is full; without it, it is the last block and grows. */
  to: z.optional(z.string()),
  /** The cursor of what comes after it. */
  next: z.optional(z.string()),
  /** How many there are, test runs included. */
  runs: z.int(),
  /** Runs that have not ended; test runs aside, as in what follows. */
  open: z.int(),
  newestEnd: z.optional(Instant),
  /** By version. */
  tallies: z.record(z.string(), Tally),
  asOf: Instant,
  /** Since when it has been found full and at rest, always with as many runs. */
  settledSince: z.optional(Instant),
  /** Nothing in it changes any more: it is not counted again. */
  sealed: z.boolean(),
});
export type Block = z.infer<typeof Block>;

export type Bounds = Pick<Block, 'workflowId' | 'from'> & { readonly to?: string; readonly next?: string };

/** The block as it is now. `before`: as it was counted last. */
export function blockOf(
  bounds: Bounds,
  runs: readonly Run[],
  statuses: ReadonlyMap<MessageId, OutboundStatus>,
  now: number,
  before: Block | undefined,
): Block {
  const byVersion = Map.groupBy(runs, ({ version }) => String(version));
  const tallies = Array.from(
    byVersion,
    ([version, own]) => [version, sum(own.map((run) => tallyOf(run, statuses)))] as const,
  );
  const real = runs.filter(({ test }) => !test);
  const ends = real.flatMap((run) => (run.status === 'ENDED' ? [run.endedAt] : []));
  const newestEnd = ends.toSorted().at(-1);
  const block = {
    ...bounds,
    runs: runs.length,
    open: real.length - ends.length,
    ...(newestEnd !== undefined && { newestEnd }),
    tallies: Object.fromEntries(tallies),
    asOf: instant(now),
    sealed: false,
  };
  const rests = newestEnd === undefined || epoch(newestEnd) + SETTLES_MS < now;
  if (bounds.to === undefined || block.open > 0 || !rests) return block;
  // While a run makes room for the contact's next one, the index may show neither place: so it is looked at twice.
  const settledSince = before?.runs === block.runs ? (before.settledSince ?? block.asOf) : block.asOf;
  return { ...block, settledSince, sealed: epoch(settledSince) + INDEX_LAG_MS <= now };
}
