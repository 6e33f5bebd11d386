// npm run bench -- simulation: how many schedules of the fault simulation are played a second, on all processors, and
// where the time of one of them goes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { type Parts, whereTimeGoes } from './profile.ts';
import { type Bench, digits, tableOf } from './report.ts';

/** The real run is of four times as many: start-up and warming up count for less there. */
const SCHEDULES = 5000;
const PROFILED = 200;
const PARTS: Parts = [
  ['the simulation: scheduler, faults, deliveries', /test\/simulation\//],
  ['the interpreter of state machines', /local\/|jsonata/],
  ['schemas', /node_modules\/zod\//],
  ['handlers and use cases', /lambdas\/|shared\/(?:usecases|http)\/|@middy/],
  ['stores and domain', /shared\//],
];

const play = (schedules: number, options: readonly string[] = [], words: readonly string[] = []): string =>
  execFileSync(
    execPath,
    [
      ...['--disable-warning=ExperimentalWarning', ...options, join(import.meta.dirname, '../test/simulation/main.ts')],
      ...['--schedules', String(schedules), '--from', '1000001', ...words],
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 24 },
  );

const found = (text: string, pattern: RegExp): number => {
  const [, figure] = pattern.exec(text) ?? [];
  if (figure === undefined) throw new Error(`nothing said of ${pattern.source}`);
  return Number(figure);
};

export const simulation: Bench = async () => {
  const began = performance.now();
  const told = play(SCHEDULES);
  const seconds = (performance.now() - began) / 1000;
  const folder = mkdtempSync(join(tmpdir(), 'bench-simulation-'));
  // In the process itself: what is profiled of workers is not written when they are ended.
  play(PROFILED, ['--cpu-prof', `--cpu-prof-dir=${folder}`], ['--first']);
  const shares = whereTimeGoes(folder, PARTS);
  rmSync(folder, { recursive: true });
  const perSecond = SCHEDULES / seconds;
  return {
    title: 'The fault simulation',
    text: `\`npm run bench -- simulation\`: ${SCHEDULES} schedules of \`npm run simulate\`, as many processes as processors (${availableParallelism()}), start-up and
workspaces included; each schedule is ${digits(found(told, /(\d+) effects/) / SCHEDULES)} effects of the real handlers, and takes ${digits(found(told, /, ([\d.]+) ms of processor/))} ms of a processor. Where they go:

${tableOf([shares])}`,
    figures: [{ what: 'schedules', value: perSecond, unit: 'a second', atLeast: 110 }],
  };
};
