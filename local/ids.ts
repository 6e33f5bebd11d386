import { monotonicFactory } from 'ulid';
import type { Clock, Ids } from '../shared/ports.ts';

/** ULIDs of the clock's time; those of one millisecond still sort in the order they were made. */
export function localIds(clock: Pick<Clock, 'now'>): Ids {
  const next = monotonicFactory();
  return { next: () => next(clock.now()) };
}

/** From 0 up to 1: jitter, where tests do not give their own. */
export const chance = (): number => Math.random();
