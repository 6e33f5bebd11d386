import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { virtualEnvironment } from '../support/virtual-environment.ts';

export const CACHE = join(import.meta.dirname, '../../node_modules/.cache/test-fuzz');

declare module 'vitest' {
  interface ProvidedContext {
    /** The program `schemathesis`; empty where it cannot run. A suite asks `inject('schemathesis')`. */
    schemathesis: string;
  }
}

/** Schemathesis needs Python: without it the suite is skipped, aloud, and in CI it fails. */
export function setup(project: TestProject) {
  const python = spawnSync('python3', ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))']);
  if (python.status === 0) {
    const requirements = join(import.meta.dirname, 'requirements.txt');
    const bin = virtualEnvironment({ what: 'Schemathesis', suite: 'test:fuzz', requirements, cache: CACHE });
    project.provide('schemathesis', join(bin, 'schemathesis'));
    return;
  }
  const message = 'test:fuzz needs Python 3.10 or later with venv, and there is none here.';
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stderr.write(`\n${message} It is SKIPPED.\n\n`);
  project.provide('schemathesis', '');
}
