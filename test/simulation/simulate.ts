import { type Fault, tallyOf } from './faults.ts';
import { wrongWith } from './invariants.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { loadedParts, workspaceOf } from './workspace.ts';
import { type Played, play } from './world.ts';

// Nobody reads where the thousands of errors were thrown that the faults are made of.
Error.stackTraceLimit = 0;

/** What a schedule came to. */
export interface Judged extends Played {
  readonly wrong: readonly string[];
}

/** Plays a schedule, and judges it; `only` these faults, if they are given. */
export async function judge(schedule: Schedule, only?: readonly Fault[], isTraced = false): Promise<Judged> {
  const workspace = await workspaceOf(schedule.variant);
  const played = await play(schedule, { workspace, parts: await parts, isTraced, ...(only && { only }) });
  return { ...played, wrong: wrongWith(played.record) };
}
const parts = loadedParts();

export interface Failure {
  readonly seed: number;
  readonly wrong: readonly string[];
}

/** What many schedules came to. */
export interface Total {
  readonly schedules: number;
  readonly failures: readonly Failure[];
  /** How often each fault was thrown in, by cell. */
  readonly tally: ReadonlyMap<string, number>;
  readonly acts: number;
  readonly effects: number;
  readonly texts: number;
  readonly runs: number;
}

export const NOTHING: Total = { schedules: 0, failures: [], tally: new Map(), acts: 0, effects: 0, texts: 0, runs: 0 };

export const totalOf = (schedule: Schedule, { wrong, injected, effects, record }: Judged): Total => ({
  schedules: 1,
  failures: wrong.length === 0 ? [] : [{ seed: schedule.seed, wrong }],
  tally: tallyOf(injected),
  acts: record.asked.length + record.said.length,
  effects,
  texts: record.submissions.length,
  runs: record.items.filter(({ type }) => type === 'run' || type === 'past-run').length,
});

export function sum(one: Total, other: Total): Total {
  const tally = new Map(one.tally);
  for (const [cell, count] of other.tally) tally.set(cell, (tally.get(cell) ?? 0) + count);
  return {
    schedules: one.schedules + other.schedules,
    failures: [...one.failures, ...other.failures],
    tally,
    acts: one.acts + other.acts,
    effects: one.effects + other.effects,
    texts: one.texts + other.texts,
    runs: one.runs + other.runs,
  };
}

/** One after another, until one fails if that is enough. */
export async function simulate(seeds: Iterable<number>, isFirstEnough = false): Promise<Total> {
  let total = NOTHING;
  for (const seed of seeds) {
    const schedule = scheduleOf(seed);
    total = sum(total, totalOf(schedule, await judge(schedule)));
    if (isFirstEnough && total.failures.length > 0) break;
  }
  return total;
}
