import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Wanted {
  /** What is installed, to say so where it cannot be. */
  readonly what: string;
  /** Who needs it. */
  readonly suite: string;
  readonly requirements: string;
  readonly cache: string;
}

/** Python with these packages, in a folder of their own, made once per list of requirements; answers its `bin`. */
export function virtualEnvironment({ what, suite, requirements, cache }: Wanted): string {
  const list = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `venv-${list}`);
  const bin = join(folder, 'bin');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return bin;
  const run = (command: string, args: readonly string[]): void => {
    const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
    if (status === 0) return;
    throw new Error(
      `${what} could not be installed: \`${command} ${args.join(' ')}\` ended with ${error?.message ?? status}.\n` +
        `${suite} needs Python 3.10 or later with venv, and a Python package index.\n${stdout ?? ''}${stderr ?? ''}`,
    );
  };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  run('python3', ['-m', 'venv', folder]);
  run(join(bin, 'python'), [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements],
  ]);
  writeFileSync(complete, '');
  return bin;
}
