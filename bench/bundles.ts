// npm run bench:bundles: what each function weighs as it is deployed, and how long Node takes to import it: the median
// of fresh processes, in turns with a bundle of nothing but a DynamoDB client, which tells how fast the machine is.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { putBeside } from '../infra/constructs/beside-bundle.ts';
import { functions } from '../infra/functions.ts';
import { bundle, lambda } from './bundle.ts';
import { environment } from './environment.ts';

const ROUNDS = 15;
const MOST = { api: 190, worker: 120, milliseconds: 60 };

const BARE =
  'import { DynamoDBClient } from "@aws-sdk/client-dynamodb"; export const handler = new DynamoDBClient({});';
const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
const bundles = await Promise.all([
  ...Object.values(functions).map(({ entry }) => built(entry, entry === 'api' ? MOST.api : MOST.worker)),
  built('bare client'),
]);

async function built(name: string, most?: number) {
  const { code } = await bundle(
    most === undefined ? { stdin: { contents: BARE, resolveDir: import.meta.dirname } } : lambda(name),
  );
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  putBeside(path);
  return { name, path, most, bytes: code.length, gzip: gzipSync(code, { level: 9 }).length };
}

/** Milliseconds that the script says it took, in a process of its own. */
function timed(script: string): number {
  const options = { env: { ...env, ...environment }, encoding: 'utf8' } as const;
  return Number(execFileSync(execPath, ['--input-type=module', '--eval', script], options));
}

const importTime = (path: string) =>
  timed(
    `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(path).href)}); console.log(performance.now() - start);`,
  );

/** What the first phone number costs: its metadata is no part of the bundle, but a file beside it. */
async function firstNumberTime(): Promise<number> {
  const { code } = await bundle({
    stdin: { contents: 'export { readPhone } from "../shared/domain/phone.ts";', resolveDir: import.meta.dirname },
  });
  const path = join(folder, 'phone.mjs');
  writeFileSync(path, code);
  putBeside(path);
  return timed(
    `const { readPhone } = await import(${JSON.stringify(pathToFileURL(path).href)});
     const start = performance.now();
     if (readPhone('(202) 555-0171', 'US').phone !== '+12025550171') throw new Error('the number was not read');
     console.log(performance.now() - start);`,
  );
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
const times = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1)
  for (const { name, path } of bundles) times.get(name)?.push(importTime(path));
const firstNumber = await firstNumberTime();
rmSync(folder, { recursive: true });

const bare = bundles.at(-1);
const timeOf = (name: string) => median(times.get(name) ?? []);
const kb = (bytes: number) => Math.round(bytes / 1024);
console.table(
  Object.fromEntries(
    bundles.map(({ name, bytes, gzip, most }) => [
      name,
      {
        'KB minified': kb(bytes),
        'KB gzip': kb(gzip),
        'at most': most ?? '',
        '× bare': Number((gzip / (bare?.gzip ?? Number.NaN)).toFixed(2)),
        'import ms': Math.round(timeOf(name)),
        'at most ms': most === undefined ? '' : MOST.milliseconds,
        '× bare ': Number((timeOf(name) / timeOf(bare?.name ?? '')).toFixed(2)),
      },
    ]),
  ),
);
console.log(`The first phone number that the API reads takes it ${Math.round(firstNumber)} ms more.`);
