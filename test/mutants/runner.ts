import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunOptions,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import { freshLoader } from './fresh-loader.ts';
import { type Case, casesOf } from './suite.ts';

/** What measures time says nothing of changed code; the validator takes seconds, and finds what others find. */
const LEFT_OUT = /in proportion|linear time|endless|independent validator/;
/** Tests that are not known to reach a mutant are run after those that are, if they are as quick, and for so long. */
const QUICK_MS = 50;
const MOST_MS = 2000;

/** What the first run tells of a file of tests: what it loads, and how long each test takes. */
interface Known {
  readonly loads: readonly string[];
  readonly spent: Readonly<Record<string, number>>;
}
const isKnown = (value: unknown): value is Record<string, Known> => typeof value === 'object' && value !== null;

class InProcess implements TestRunner {
  readonly root = `${process.cwd()}${sep}`;
  /** Each process after the first reads it. */
  readonly notes = join(this.root, 'tests-of-mutants.json');
  readonly loader = freshLoader(this.root);
  known: Record<string, Known> = {};
  context: InstrumenterContext = {};

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.context = Object.assign(globalThis, { __stryker__: {} }).__stryker__;
    // Nobody reads a mutant's smallest counterexample.
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    process.on('unhandledRejection', () => {});
    try {
      const notes: unknown = JSON.parse(readFileSync(this.notes, 'utf8'));
      if (isKnown(notes)) this.known = notes;
    } catch {
      // This is the first.
    }
  }

  async dryRun({ testFiles = [] }: DryRunOptions) {
    const tests: TestResult[] = [];
    for (const file of testFiles) {
      const spent: Record<string, number> = {};
      const { cases, loads } = await this.open(file);
      for (const one of cases) {
        const told = toldOf(file, one.name);
        this.context.currentTestId = told.id;
        const { failure, time } = await outcomeOf(one);
        Object.assign(this.context, { currentTestId: undefined });
        spent[one.name] = time;
        tests.push({ ...told, timeSpentMs: time, ...(failure ?? { status: TestStatus.Success }) });
      }
      this.known[file] = { loads: loads(), spent };
    }
    writeFileSync(this.notes, JSON.stringify(this.known));
    const mutantCoverage = this.context.mutantCoverage ?? { static: {}, perTest: {} };
    return { status: DryRunStatus.Complete as const, tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter = [], hitLimit, sandboxFileName }: MutantRunOptions) {
    Object.assign(this.context, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const tests: TestResult[] = [];
    for (const file of this.filesFor(sandboxFileName, testFilter)) {
      tests.push(...(await this.untilOneFails(file, testFilter)));
      if (tests.at(-1)?.status === TestStatus.Failed) break;
    }
    const tooMany = determineHitLimitReached(this.context.hitCount, hitLimit);
    Object.assign(this.context, { activeMutant: undefined, hitCount: undefined });
    return toMutantRunResult(tooMany ?? { status: DryRunStatus.Complete, tests });
  }

  /** Whole files are asked for where the mutant acts as code is loaded: nobody knows which tests that reaches. */
  isOfFiles(testFilter: readonly string[]) {
    return testFilter.every((asked) => asked in this.known);
  }

  /** Those that reach the mutant or, where it acts as code is loaded, load its file: its own tests first, then the quickest. */
  filesFor(mutated: string, testFilter: readonly string[]): readonly string[] {
    const isStatic = this.isOfFiles(testFilter);
    const reaches = (file: string) => testFilter.some((id) => id.startsWith(toldOf(file, '').id));
    const cost = (file: string) =>
      basename(file, '.test.ts') === basename(mutated, '.ts') ? 0 : sum(Object.values(this.known[file]?.spent ?? {}));
    return Object.keys(this.known)
      .filter((file) => (isStatic ? this.known[file]?.loads.includes(mutated) : reaches(file)))
      .toSorted((one, other) => cost(one) - cost(other));
  }

  /** Also of tests that are not known to reach the mutant: what is made once and kept is only seen under the first that asks. */
  async untilOneFails(file: string, testFilter: readonly string[]): Promise<TestResult[]> {
    const spent = this.known[file]?.spent ?? {};
    const isStatic = this.isOfFiles(testFilter);
    const isSure = ({ name }: Case) => isStatic || testFilter.includes(toldOf(file, name).id);
    const cost = (one: Case) => (isSure(one) ? 0 : 1_000_000) + (spent[one.name] ?? 0);
    const results: TestResult[] = [];
    try {
      const { cases } = await this.open(file);
      const worthIt = cases.filter((one) => isSure(one) || (spent[one.name] ?? 0) < QUICK_MS);
      let last = Number.POSITIVE_INFINITY;
      for (const one of worthIt.toSorted((a, b) => cost(a) - cost(b))) {
        if (!isSure(one)) last = Math.min(last, performance.now() + MOST_MS);
        if (performance.now() > last) break;
        const { failure } = await outcomeOf(one);
        results.push({ ...toldOf(file, one.name), timeSpentMs: 0, ...(failure ?? { status: TestStatus.Success }) });
        if (failure) break;
      }
    } catch (error) {
      const [name = ''] = Object.keys(spent);
      results.push({ ...toldOf(file, name), timeSpentMs: 0, ...failureOf(error) });
    }
    return results;
  }

  async open(file: string) {
    const { load, loads } = this.loader.next();
    const cases = await casesOf(() => load(file));
    return { cases: cases.filter(({ name }) => !LEFT_OUT.test(name)), loads };
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const toldOf = (file: string, name: string) => ({ id: `${file} ${name}`, name, fileName: file });
const failureOf = (error: unknown) => ({ status: TestStatus.Failed as const, failureMessage: String(error) });

async function outcomeOf({ run }: Case) {
  const started = performance.now();
  let failure: ReturnType<typeof failureOf> | undefined;
  try {
    await run();
  } catch (error) {
    failure = failureOf(error);
  }
  return { failure, time: performance.now() - started };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcess)];
