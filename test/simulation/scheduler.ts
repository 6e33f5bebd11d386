/** `false`: it has woken nobody, so nobody need be waited for. */
export type Happening = () => unknown;

/** What is to happen, by instants: epoch milliseconds with fractions, so that hardly two things are at once. */
export interface Scheduler {
  now(): number;
  at(instant: number, act: Happening): void;
  after(milliseconds: number, act: Happening): void;
  /** Lets everything happen in its order up to an instant; all promises are settled between one thing and the next. */
  run(until: number): Promise<void>;
  /** How much has happened. */
  happened(): number;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly act: Happening;
}

export function openScheduler(start: number): Scheduler {
  const heap: Timer[] = [];
  let now = start;
  let order = 0;
  let happened = 0;

  const isBefore = (one: Timer, other: Timer): boolean =>
    one.at < other.at || (one.at === other.at && one.order < other.order);

  function push(timer: Timer): void {
    let place = heap.length;
    heap.push(timer);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, timer)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = timer;
  }

  function pop(): Timer | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      let least = heap[child];
      if (!least) break;
      const right = heap[child + 1];
      if (right && isBefore(right, least)) {
        least = right;
        child += 1;
      }
      if (isBefore(last, least)) break;
      heap[place] = least;
      place = child;
    }
    heap[place] = last;
    return first;
  }

  return {
    now: () => now,
    happened: () => happened,
    at: (instant, act) => push({ at: Math.max(instant, now), order: order++, act }),
    after: (milliseconds, act) => push({ at: now + Math.max(milliseconds, 0), order: order++, act }),
    run: (until) =>
      new Promise((resolve, reject) => {
        const step = (): void => {
          try {
            for (;;) {
              const next = heap[0];
              if (!next || next.at > until) {
                now = Math.max(now, until);
                resolve();
                return;
              }
              pop();
              now = next.at;
              happened += 1;
              if (next.act() !== false) break;
            }
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            return;
          }
          // Handlers await nothing but ports and one another: by the next turn all that this has set off has come to rest.
          setImmediate(step);
        };
        step();
      }),
  };
}
