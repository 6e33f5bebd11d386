import type { BatchAnswer } from '../lambdas/kit/records.ts';
import type { Clock, Log } from '../shared/ports.ts';
import type { Driven } from './clock.ts';
import type { Feed } from './table.ts';

const BATCH = 100;
const LONGEST_PAUSE_MS = 60_000;
const ATTEMPTS = 20;

/**
 * Hands the table's changes to their consumer as a stream does: in order, acknowledged when done, again from the
 * first that failed after a growing pause. What keeps failing is set aside, and told: the others go on.
 */
export function followFeed({
  feed,
  clock,
  log,
  consume,
  settle,
}: {
  readonly feed: Feed;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly consume: (records: readonly unknown[]) => Promise<BatchAnswer>;
  /** Makes durable what the consumer has only noted. */
  readonly settle: () => void;
}): Driven {
  let failures = 0;
  let pausedUntil = 0;
  let working: Promise<boolean> | undefined;

  async function batch(): Promise<boolean> {
    if (clock.now() < pausedUntil) return false;
    const entries = feed.read(BATCH);
    if (entries.length === 0) return false;
    const { batchItemFailures } = await consume(entries.map(({ change }) => change));
    settle();
    const [failed] = batchItemFailures;
    const stuck = failed ? entries.findIndex(({ change }) => change.id === failed.itemIdentifier) : entries.length;
    const done = entries[stuck - 1];
    if (done) feed.acknowledge(done.position);
    failures = failed ? (done ? 1 : failures + 1) : 0;
    if (!failed) return true;
    const poison = failures < ATTEMPTS ? undefined : entries[stuck];
    if (poison) {
      feed.acknowledge(poison.position);
      failures = 0;
      log.error('FEED_SET_ASIDE', { change: failed.itemIdentifier });
      return true;
    }
    pausedUntil = clock.now() + Math.min(1000 * 2 ** failures, LONGEST_PAUSE_MS);
    log.error('FEED_STUCK', { change: failed.itemIdentifier, failures });
    return true;
  }

  return {
    nextDue: () => (feed.read(1).length === 0 ? undefined : pausedUntil),
    // One batch, and others have their turn: under load the feed may never be empty.
    work: () =>
      (working ??= batch().finally(() => {
        working = undefined;
      })),
  };
}
