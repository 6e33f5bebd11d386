import { neverAfterStop } from './invariants/never-after-stop.ts';
import { neverLost } from './invariants/never-lost.ts';
import { neverStuck } from './invariants/never-stuck.ts';
import { neverTwice } from './invariants/never-twice.ts';
import { nothingMissing } from './invariants/nothing-missing.ts';
import { whenItMay } from './invariants/when-it-may.ts';
import type { Record as Everything } from './record.ts';
import { type Check, viewOf } from './view.ts';

/*
 * What must be so once everything has come to rest, whatever was done and whatever has failed: read off what has happened and
 * what there is, by rules of their own and not by the product's code. Each fault found is a line.
 */

const CHECKS: readonly Check[] = [
  ...neverTwice,
  ...neverAfterStop,
  ...whenItMay,
  ...neverLost,
  ...neverStuck,
  ...nothingMissing,
];

/** What is wrong with all that has happened; nothing, if it is as it must be. */
export function wrongWith(record: Everything): readonly string[] {
  const view = viewOf(record);
  return CHECKS.flatMap((check) => [...check(view)]);
}
