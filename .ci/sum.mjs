// Adds up what .ci/run did: `node .ci/sum.mjs <folder> <step>… <suite>=tests…`. For each step the folder holds `<step>.exit`,
// and for each suite vitest's report, `<suite>.json`. A step that ended badly without naming a failed test counts as one
// failure, and so does one that never ran, so that "0 failed" and exit code 0 always go together.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...steps] = process.argv.slice(2);
const read = (name) => {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
};

const total = { passed: 0, failed: 0 };
console.log('\n── sum');
for (const step of steps) {
  const [name, kind] = step.split('=');
  const exit = read(`${name}.exit`) || 'did not run';
  const { passed, failed, skipped, whole } =
    kind === 'tests' ? tests(name) : { passed: 0, failed: 0, skipped: 0, whole: true };
  const fault = failed === 0 && (exit !== '0' || !whole) ? 1 : 0;
  total.passed += passed;
  total.failed += failed + fault;
  const counts = kind === 'tests' ? `${passed} passed, ${failed} failed, ${skipped} skipped` : '';
  const ending = exit === '0' ? (whole ? 'ok' : 'no report') : exit === 'did not run' ? exit : `exit code ${exit}`;
  console.log(`${name}: ${[counts, ending].filter(Boolean).join('; ')}`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

function tests(name) {
  try {
    const report = JSON.parse(read(`${name}.json`));
    // A file that could not even be loaded is failed and has no failed test in it.
    const unloadable = report.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloadable.length,
      skipped: report.numPendingTests + report.numTodoTests,
      whole: report.numTotalTests > 0,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, whole: false };
  }
}
