import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { NOTHING, sum, type Total } from './simulate.ts';
import type { Share } from './worker.ts';

const SHARE = 250;

/** Many schedules on all processors. */
export async function simulateMany(
  from: number,
  schedules: number,
  told: (total: Total) => void = () => {},
): Promise<Total> {
  let next = from;
  let total = NOTHING;
  const end = from + schedules;
  const share = (): Share | undefined => {
    if (next >= end) return undefined;
    const begin = next;
    next = Math.min(end, next + SHARE);
    return { from: begin, to: next };
  };
  const one = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // A schedule leaves little behind: most of it need never be moved.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    try {
      for (let given = share(); given; given = share()) {
        worker.postMessage(given);
        // Rejected by what the worker throws.
        const [done] = (await once(worker, 'message')) as [Total];
        total = sum(total, done);
        told(total);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(availableParallelism(), schedules / SHARE)) }, one));
  return total;
}

/** What it was, for whoever reads the log. */
export const figuresOf = (
  { schedules, acts, effects, texts, runs, tally }: Total,
  milliseconds: number,
  cpu: number,
): string =>
  [
    `${schedules} schedules in ${(milliseconds / 1000).toFixed(1)} s: ${Math.round((schedules / milliseconds) * 1000)} a second, ${(cpu / 1000 / schedules).toFixed(1)} ms of processor each`,
    `${acts} acts, ${runs} runs, ${texts} texts handed over, ${effects} effects, ${[...tally.values()].reduce((all, count) => all + count, 0)} faults`,
  ].join('\n');
