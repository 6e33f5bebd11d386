import { setImmediate as turn } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Clock } from '../shared/ports.ts';
import type { Database } from './database.ts';

/** A clock that can be moved forward by hand; whoever keeps timers outside `sleep` learns of it. */
export interface MovableClock extends Clock {
  /** Resolves when those who slept until then have been woken. */
  advance(milliseconds: number): Promise<void>;
  /** Called after every move by hand; answers how to stop listening. */
  onMove(moved: () => void): () => void;
  /** When the next sleeper wakes. */
  nextAlarm(): number | undefined;
  /** How many sleep now. */
  sleepers(): number;
}

/** Where the real clock's offset (milliseconds) outlives the process: timers that have fired must not lie ahead again. */
export interface Offset {
  read(): number;
  write(milliseconds: number): void;
}

export function storedOffset(database: Database): Offset {
  database.exec(
    'CREATE TABLE IF NOT EXISTS clock_offset (id INTEGER PRIMARY KEY CHECK (id = 1), milliseconds INTEGER NOT NULL)',
  );
  const read = database.prepare('SELECT milliseconds FROM clock_offset');
  const write = database.prepare(
    'INSERT INTO clock_offset VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET milliseconds = excluded.milliseconds',
  );
  return {
    read: () => z.optional(z.object({ milliseconds: z.int() })).parse(read.get())?.milliseconds ?? 0,
    write: (milliseconds) => {
      write.run(milliseconds);
    },
  };
}

/** The system's time, plus an offset that only grows. */
export function realClock(offset: Offset): MovableClock {
  let ahead = offset.read();
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const alarms = openAlarms();
  const now = (): number => Date.now() + ahead;

  const ring = (): void => {
    clearTimeout(timer);
    timer = undefined;
    alarms.ring(now());
    const next = alarms.next();
    if (next !== undefined) timer = setTimeout(ring, Math.min(Math.max(0, next - now()), LONGEST_TIMEOUT));
  };

  return {
    now,
    sleep: (milliseconds) => {
      if (!(milliseconds > 0)) return Promise.resolve();
      const woken = alarms.add(now() + milliseconds);
      ring();
      return woken;
    },
    advance: async (milliseconds) => {
      forwards(milliseconds);
      offset.write(ahead + milliseconds);
      ahead += milliseconds;
      ring();
      for (const moved of listeners) moved();
      await turn();
    },
    onMove: (moved) => listen(listeners, moved),
    nextAlarm: () => alarms.next(),
    sleepers: () => alarms.size(),
  };
}

/** Something with timers of its own, which the virtual clock works through as it passes them. */
export interface Driven {
  nextDue(): number | undefined;
  /** Does what is ready; says whether there was anything. */
  work(): Promise<boolean>;
}

export interface VirtualClock extends MovableClock {
  /** From now on `advance` stops at each of its timers and lets it work. */
  drive(driven: Driven): void;
}

/**
 * Time stands still but for `advance`, which goes from one sleeper or timer to the next in their order: whoever wakes reads
 * the instant it was set for, and what it does then happens before anything later. Thirty days cost milliseconds.
 */
export function virtualClock(start: number): VirtualClock {
  let now = start;
  let advancing = Promise.resolve();
  const listeners = new Set<() => void>();
  const alarms = openAlarms();
  const driven: Driven[] = [];

  const settle = async (): Promise<void> => {
    let worked = true;
    while (worked) {
      await turn();
      worked = false;
      for (const each of driven) worked = (await each.work()) || worked;
    }
  };
  const moveTo = async (target: number): Promise<void> => {
    for (;;) {
      await settle();
      // What is due already and yet was left alone has to wait for something else than time.
      const timers = driven.flatMap((each) => each.nextDue() ?? []).filter((due) => due > now);
      const next = Math.min(alarms.next() ?? Infinity, ...timers);
      if (next > target) break;
      now = next;
      alarms.ring(now);
    }
    now = target;
    for (const moved of listeners) moved();
  };

  return {
    now: () => now,
    sleep: (milliseconds) => (milliseconds > 0 ? alarms.add(now + Math.ceil(milliseconds)) : Promise.resolve()),
    advance: (milliseconds) => {
      forwards(milliseconds);
      advancing = advancing.then(() => moveTo(now + milliseconds));
      return advancing;
    },
    drive: (each) => {
      driven.push(each);
    },
    onMove: (moved) => listen(listeners, moved),
    nextAlarm: () => alarms.next(),
    sleepers: () => alarms.size(),
  };
}

/** setTimeout takes 31 bits. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

function forwards(milliseconds: number): void {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0)
    throw new RangeError(`a clock moves forward by whole milliseconds, not by ${milliseconds}`);
}

function listen(listeners: Set<() => void>, moved: () => void): () => void {
  listeners.add(moved);
  return () => listeners.delete(moved);
}

/** Sleepers in the order of their time, and of their coming where it is the same. */
function openAlarms() {
  const queue: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    add: (at: number): Promise<void> =>
      new Promise((wake) => {
        let position = queue.length;
        while (position > 0 && (queue[position - 1]?.at ?? 0) > at) position -= 1;
        queue.splice(position, 0, { at, wake });
      }),
    ring: (now: number): void => {
      const behind = queue.findIndex(({ at }) => at > now);
      for (const { wake } of queue.splice(0, behind === -1 ? queue.length : behind)) wake();
    },
    next: (): number | undefined => queue[0]?.at,
    size: (): number => queue.length,
  };
}
