import { setImmediate as turn } from 'node:timers/promises';
import type { Driven, MovableClock } from './clock.ts';

export interface Driver {
  /** Something may be ready. */
  readonly wake: () => void;
  /** Resolves when nothing is ready any more, or after `longest` milliseconds. */
  idle(longest: number): Promise<void>;
  /** Moves the clock on, stopping wherever something is due, so that everything happens in its order. */
  pass(milliseconds: number): Promise<void>;
  stop(): void;
}

const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** Turns of the event loop without any work, after which nothing is about to become ready. */
const QUIET_TURNS = 3;

/** Keeps a world going on a real clock: works what is ready, then sleeps until the next timer or wake. */
export function drive(clock: MovableClock, driven: readonly Driven[], failed: (error: unknown) => void): Driver {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  /** Who waits for the present work to end. Not by its promise, which under load stays open and would keep all who gave up. */
  const waiters = new Set<() => void>();

  const nextDue = () => Math.min(...driven.map((each) => each.nextDue() ?? Number.POSITIVE_INFINITY));

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS && !stopped; quiet += 1) {
      for (const each of driven) if (await each.work()) quiet = 0;
      await turn();
    }
  }

  function wake(): void {
    if (stopped || running) return;
    clearTimeout(timer);
    // Not at once: what it works on may wake it again before it is known to run.
    running = Promise.resolve()
      .then(settle)
      .catch(failed)
      .finally(() => {
        running = undefined;
        for (const ended of waiters) ended();
        if (stopped) return;
        const due = nextDue();
        if (due < Number.POSITIVE_INFINITY)
          timer = setTimeout(wake, Math.min(Math.max(due - clock.now(), 1), LONGEST_TIMEOUT));
      });
  }

  const endOrAbort = (gaveUp: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const over = () => {
        waiters.delete(over);
        gaveUp.removeEventListener('abort', over);
        resolve();
      };
      waiters.add(over);
      gaveUp.addEventListener('abort', over);
    });

  async function idle(longest: number): Promise<void> {
    const gaveUp = AbortSignal.timeout(longest);
    do {
      wake();
      if (running) await endOrAbort(gaveUp);
    } while (!gaveUp.aborted && nextDue() <= clock.now());
  }

  return {
    wake,
    idle,
    async pass(milliseconds) {
      const target = clock.now() + milliseconds;
      for (;;) {
        await idle(LONGEST_IDLE_MS);
        const now = clock.now();
        const next = Math.min(nextDue(), clock.nextAlarm() ?? Number.POSITIVE_INFINITY);
        if (now >= target) return;
        await clock.advance(Math.max(0, Math.min(next, target) - now));
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
const LONGEST_IDLE_MS = 5_000;
