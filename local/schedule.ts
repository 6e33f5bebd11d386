import type { Job } from '../shared/domain/job.ts';
import type { Clock } from '../shared/ports.ts';
import { dueAt, keys, SHARDS } from '../shared/store/keys.ts';
import type { Driven } from './clock.ts';
import type { LocalTable } from './table.ts';

const EVERY_MS = 60_000;

/**
 * Asks for a sweep on each full minute by which something has come due, and on no other. What AWS does by asking every
 * minute would keep a clock that is moved by a year busy half a million times.
 */
export function openSchedule(table: LocalTable, clock: Pick<Clock, 'now'>, send: (job: Job) => void): Driven {
  const first = table.lowestOf(Array.from({ length: SHARDS }, (_, shard) => keys.dueIndex(shard)));
  let asked = Number.NEGATIVE_INFINITY;

  /** Not twice in one minute: a sweep that was asked for finds what is due. */
  const nextDue = (): number | undefined => {
    const lowest = first();
    if (lowest === undefined) return undefined;
    const due = Math.ceil(dueAt(lowest) / EVERY_MS) * EVERY_MS;
    return Math.max(due, asked + EVERY_MS);
  };

  return {
    nextDue,
    work: async () => {
      const due = nextDue();
      if (due === undefined || due > clock.now()) return false;
      asked = Math.floor(clock.now() / EVERY_MS) * EVERY_MS;
      send({ type: 'sweep' });
      return true;
    },
  };
}
