import { setImmediate as turn } from 'node:timers/promises';

/** Milliseconds of each contestant, round by round: the same place in each list is the same round. */
export type Timings<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Lets all have their turn in each round, in another order each time: whatever else the machine does meanwhile meets all
 * alike, so that what one takes of another's time within a round says more than either time does.
 */
export async function inTurns<Name extends string>(
  contestants: Readonly<Record<Name, (round: number) => unknown>>,
  rounds: number,
  between: (round: number) => unknown = () => {},
  before: () => unknown = () => {},
): Promise<Timings<Name>> {
  const names = keysOf(contestants);
  const timings = mapped(names, (): number[] => []);
  const random = seeded(1);
  for (let round = 0; round < rounds; round += 1) {
    await between(round);
    for (const name of shuffled(names, random)) {
      await before();
      const begun = performance.now();
      await contestants[name](round);
      timings[name].push(performance.now() - begun);
    }
  }
  return timings;
}

/** Before each turn: what one has left behind is not cleared away in another's time. */
export async function swept(): Promise<void> {
  await turn();
  globalThis.gc?.();
}

const shuffled = <Value>(values: readonly Value[], random: () => number): Value[] =>
  values
    .map((value) => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);

function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  const names: Name[] = [];
  for (const name in record) if (Object.hasOwn(record, name)) names.push(name);
  return names;
}

function mapped<Name extends string, Value>(names: readonly Name[], of: (name: Name) => Value): Record<Name, Value>;
function mapped(names: readonly string[], of: (name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * share)] ?? Number.NaN;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export interface Spread {
  readonly median: number;
  /** Half of the rounds lie between these. */
  readonly low: number;
  readonly high: number;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/** How many times `other` one is: of the rounds, the median. */
export const timesOf = (one: readonly number[], other: readonly number[]): number =>
  median(one.map((value, round) => value / (other[round] ?? Number.NaN)));

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
