import { stdout } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { monotonicFactory } from 'ulid';
import type { Clock, Ids, Log } from '../ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};

export function ulids(): Ids {
  const next = monotonicFactory();
  return { next: () => next() };
}

const line = (entry: object) => {
  stdout.write(`${JSON.stringify(entry)}\n`);
};

/** A line of JSON per entry, as CloudWatch reads it. */
export const jsonLog: Log = {
  info: (code, facts) => line({ level: 'INFO', code, ...facts }),
  error: (code, facts) => line({ level: 'ERROR', code, ...facts }),
};
