// `npm run test:mutants` changes the code in thousands of ways, one at a time, and counts the ways that no test notices.
// `npm run test:mutants -- shared/domain/run.ts` does so for some files only.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { tests: { type: 'string', multiple: true }, report: { type: 'string', default: 'reports/mutants' } },
});

await new Stryker({
  mutate: positionals.length > 0 ? positionals : ['shared/domain/**/*.ts', 'statemachines/*.ts'],
  // Scenarios would find more, at a hundred times the cost. The document of the API tells what a schema admits.
  testFiles: values.tests ?? ['test/domain/*.test.ts', 'test/statemachines/*.test.ts', 'test/local/documents.test.ts'],
  testRunner: 'in-process',
  ignorers: ['not-worth-it'],
  plugins: ['runner.ts', 'ignored.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url))),
  // The tool would read tsconfig.json by means of TypeScript 6; Biome takes a second biome.json for a second project.
  ignorePatterns: ['tsconfig.json', 'biome.json', 'cdk.out', '.sms-workflows', 'reports'],
  concurrency: 1,
  // What is loaded anew for each mutant is never given back.
  maxTestRunnerReuse: 150,
  // Endless loops are noticed by counting; this is for what is merely slow, on a machine that does more than this.
  timeoutMS: 8_000,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `${values.report}.html` },
  jsonReporter: { fileName: `${values.report}.json` },
  thresholds: { high: 95, low: 85, break: 85 },
}).runMutationTest();
