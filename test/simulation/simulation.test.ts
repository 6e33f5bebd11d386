import { env } from 'node:process';
import { expect, it } from 'vitest';
import {
  FOLLOWED as deployedFollowed,
  FOLLOWED_TO_THE_END as deployedToTheEnd,
} from '../../infra/constructs/change-feed.ts';
import { functions as deployed } from '../../infra/functions.ts';
import { FOLLOWED, FOLLOWED_TO_THE_END } from './deliveries.ts';
import { tableOf, thinCells } from './faults.ts';
import { FOUND } from './found.ts';
import { TIMEOUT_SECONDS } from './functions.ts';
import { figuresOf, simulateMany } from './many.ts';
import { scheduleOf } from './schedule.ts';
import { shrink } from './shrink.ts';
import { judge } from './simulate.ts';

/*
 * The whole product under every fault that its surroundings may have, one seed one schedule. `SCHEDULES=1000000 FROM=20001`
 * for others, or more; `npm run simulate -- --seed <n> --shrink --trace` to look at one.
 */

const SCHEDULES = Number(env['SCHEDULES'] ?? 20_000);
const FROM = Number(env['FROM'] ?? 1);
/** Each fault that can happen is to happen so often in a whole run. */
const LEAST_HITS = 50;
const WHOLE_RUN = 20_000;
/** A thousand schedules take half a minute on a slow machine that does other things too. */
const LONGEST_MS = 60_000 + SCHEDULES * 60;

it.each(FOUND)('what has shown that $found is as it must be', async ({ schedule, faults }) => {
  const { wrong, injected } = await judge(schedule, faults);
  expect({ wrong, injected }).toEqual({ wrong: [], injected: faults });
});

it('a seed plays the same again, effect for effect', async () => {
  for (const seed of [1, 2, 3, 5, 8, 13, 21, 34]) {
    const [one, other] = [
      await judge(scheduleOf(seed), undefined, true),
      await judge(scheduleOf(seed), undefined, true),
    ];
    expect(other.trace).toEqual(one.trace);
    expect(other.effects).toBe(one.effects);
  }
});

it('a schedule plays the same with its faults given as data', async () => {
  for (const seed of [1, 2, 3, 5, 8]) {
    const schedule = scheduleOf(seed);
    const one = await judge(schedule, undefined, true);
    expect((await judge(schedule, one.injected, true)).trace).toEqual(one.trace);
  }
});

it('shrinking finds the one act and the one fault that matter', async () => {
  const { injected } = await judge(scheduleOf(1));
  const [, fault] = injected;
  const least = await shrink(
    { schedule: scheduleOf(1), faults: injected },
    async ({ schedule, faults }) =>
      schedule.acts.some(({ id }) => id === 3) && faults.some(({ at }) => at === fault?.at),
  );
  expect([least.schedule.acts.map(({ id }) => id), least.faults]).toEqual([[3], [fault]]);
});

it('functions live as long here as where they are deployed, and follow the same changes', () => {
  const names = Object.keys(TIMEOUT_SECONDS) as (keyof typeof TIMEOUT_SECONDS)[];
  expect(TIMEOUT_SECONDS).toEqual(Object.fromEntries(names.map((name) => [name, deployed[name].timeout.toSeconds()])));
  expect([FOLLOWED, FOLLOWED_TO_THE_END]).toEqual([deployedFollowed, deployedToTheEnd]);
});

it(
  `under ${SCHEDULES} schedules of faults nothing is doubled, sent after STOP, lost or stuck, and every fault was tried`,
  async () => {
    const began = performance.now();
    const before = process.cpuUsage();
    const total = await simulateMany(FROM, SCHEDULES);
    const { user, system } = process.cpuUsage(before);
    console.log(`${tableOf(total.tally)}\n${figuresOf(total, performance.now() - began, user + system)}`);
    expect(total.failures.toSorted((one, other) => one.seed - other.seed).slice(0, 20)).toEqual([]);
    if (SCHEDULES >= WHOLE_RUN) expect(thinCells(total.tally, LEAST_HITS)).toEqual([]);
  },
  LONGEST_MS,
);
