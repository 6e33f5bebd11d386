import type { Job } from '../shared/domain/job.ts';
import type { Clock } from '../shared/ports.ts';
import { dueAt, keys, SHARDS } from '../shared/store/keys.ts';
import type { Driven } from './clock.ts';
import type { LocalTable } from './table.ts';

const EVERY_MS = 60_000;
const DAY_MS = 24 * 60 * EVERY_MS;

/**
 * Asks for a sweep on each full minute by which something has come due, and on no other; and once a day whether all runs
 * go on. What AWS does by asking every minute and every hour would keep a clock that is moved by a year busy half a
 * million times.
 */
export function openSchedule(table: LocalTable, clock: Pick<Clock, 'now'>, send: (job: Job) => void): Driven {
  const first = table.lowestOf(Array.from({ length: SHARDS }, (_, shard) => keys.dueIndex(shard)));
  let asked = Number.NEGATIVE_INFINITY;

  /** Not twice in one minute: a sweep that was asked for finds what is due. */
  const nextSweep = (): number => {
    const lowest = first();
    if (lowest === undefined) return Number.POSITIVE_INFINITY;
    const due = Math.ceil(dueAt(lowest) / EVERY_MS) * EVERY_MS;
    return Math.max(due, asked + EVERY_MS);
  };
  let midnight = nextMidnight(clock.now());

  return {
    nextDue: () => Math.min(nextSweep(), midnight),
    work: async () => {
      const now = clock.now();
      const [sweeps, reconciles] = [nextSweep() <= now, midnight <= now];
      if (sweeps) {
        asked = Math.floor(now / EVERY_MS) * EVERY_MS;
        send({ type: 'sweep' });
      }
      if (reconciles) {
        midnight = nextMidnight(now);
        send({ type: 'reconcile', of: 'runs' });
        send({ type: 'reconcile', of: 'executions' });
      }
      return sweeps || reconciles;
    },
  };
}

const nextMidnight = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS;
