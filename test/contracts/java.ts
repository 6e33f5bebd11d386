import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether DynamoDB Local can run here. A suite asks `inject('java')`. */
    java: boolean;
  }
}

/** DynamoDB Local needs Java 17: without it the DynamoDB side of a contract is skipped, aloud, and in CI it fails. */
export function setup(project: TestProject) {
  const version = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '';
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  const java = major >= 17;
  if (!java) {
    const found = major === 0 ? 'there is no Java' : `this is Java ${major}`;
    const message = `DynamoDB Local needs Java 17 or later, and ${found} here.`;
    if (process.env['CI'] === 'true') throw new Error(message);
    process.stderr.write(`\n${message} Its side of the contract suite is SKIPPED; only SQLite is tested.\n\n`);
  }
  project.provide('java', java);
}
