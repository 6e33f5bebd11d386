import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS, type Mutation } from './mutations.ts';

/* Each mutation in a copy of the tree, until the simulation fails there. `npm run test:mutations [-- <part of a name> …]` */

const SCHEDULES = 2_000;
const TREE = ['shared', 'lambdas', 'local', 'statemachines', 'test/simulation', 'test/support', 'package.json'];
const root = join(import.meta.dirname, '../..');

/** As it was when this began: somebody may go on writing. */
const tree = mkdtempSync(join(tmpdir(), 'tree-'));
for (const part of TREE) cpSync(join(root, part), join(tree, part), { recursive: true });

interface Found {
  readonly schedules: number;
  readonly failures: readonly { readonly seed: number; readonly wrong: readonly string[] }[];
}

async function tried({ file, text, replacement, from = 1 }: Mutation): Promise<Found> {
  const copy = mkdtempSync(join(tmpdir(), 'mutation-'));
  try {
    cpSync(tree, copy, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const source = readFileSync(join(copy, file), 'utf8');
    if (source.split(text).length !== 2) throw new Error(`${file} does not have once: ${text}`);
    writeFileSync(
      join(copy, file),
      source.replace(text, () => replacement),
    );
    const answer = await output(copy, ['--first', '--from', String(from), '--schedules', String(SCHEDULES)]);
    return JSON.parse(answer) as Found;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function output(folder: string, options: readonly string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(folder, 'test/simulation/main.ts'), ...options],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => (text === '' ? reject(new Error('it does not even begin')) : resolve(text)));
  });
}

const asked = process.argv.slice(2);
const open = MUTATIONS.filter(({ name }) => asked.length === 0 || asked.some((part) => name.includes(part)));
let missed = 0;
async function work(): Promise<void> {
  for (let mutation = open.shift(); mutation; mutation = open.shift()) {
    const { name, breaks } = mutation;
    const { schedules, failures } = await tried(mutation);
    const [failure] = failures;
    if (!failure) missed += 1;
    const outcome = failure ? `${String(schedules).padStart(5)} schedules` : 'NOT NOTICED    ';
    console.log(`${outcome}  ${breaks.padEnd(16)}  ${name}\n${' '.repeat(35)}${failure?.wrong[0] ?? ''}`);
  }
}
try {
  await Promise.all(Array.from({ length: availableParallelism() }, work));
} finally {
  rmSync(tree, { recursive: true });
}
console.log(missed === 0 ? 'every one was noticed' : `${missed} not noticed`);
process.exitCode = missed === 0 ? 0 : 1;
