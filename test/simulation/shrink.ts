import type { Fault } from './faults.ts';
import type { Act, Schedule } from './schedule.ts';

/** A schedule with its faults, as data that can be played again. */
export interface Case {
  readonly schedule: Schedule;
  readonly faults: readonly Fault[];
}

/**
 * The least of a failing case that still fails: whatever can be taken away of acts and faults is. Since chance is asked by
 * name, the rest stays as it was.
 */
export async function shrink(failing: Case, fails: (smaller: Case) => Promise<boolean>): Promise<Case> {
  let known = failing;
  for (let before = Number.POSITIVE_INFINITY; sizeOf(known) < before; ) {
    before = sizeOf(known);
    const { schedule } = known;
    const faults = await least(known.faults, (some) => fails({ schedule, faults: some }));
    const acts = await least(schedule.acts, (some: readonly Act[]) =>
      fails({ schedule: { ...schedule, acts: some }, faults }),
    );
    known = { schedule: { ...schedule, acts }, faults };
  }
  return known;
}
const sizeOf = ({ schedule, faults }: Case): number => schedule.acts.length + faults.length;

/** Delta debugging (Zeller): takes away halves, quarters … down to single ones, as long as it still fails. */
async function least<T>(all: readonly T[], fails: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  if (all.length > 0 && (await fails([]))) return [];
  let kept = all;
  for (let parts = 2; kept.length > 1; ) {
    const size = Math.ceil(kept.length / parts);
    let isSmaller = false;
    for (let from = 0; from < kept.length; from += size) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (rest.length === 0 || !(await fails(rest))) continue;
      kept = rest;
      parts = Math.max(2, parts - 1);
      isSmaller = true;
      break;
    }
    if (isSmaller) continue;
    if (size === 1) break;
    parts = Math.min(kept.length, parts * 2);
  }
  return kept;
}
