import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { putBeside } from '../infra/constructs/beside-bundle.ts';
import { functions } from '../infra/functions.ts';
import { bundle, lambda } from './bundle.ts';
import { environment } from './environment.ts';
import { inTurns, median, spreadOf, timesOf } from './measure.ts';
import { type Bench, digits, type Figure, tableOf, versionOf } from './report.ts';

const root = join(import.meta.dirname, '..');
const ROUNDS = 15;
const KB = 1024;
/** KB gzip that we hold ourselves to (docs/decisions/0008). */
const mostOf = (name: string) => (name === 'api' ? 180 : 110);

/** What others start from: nothing but a client; and an HTTP function as one would begin it, with the clients that our API has. */
const BARE =
  'import { DynamoDBClient } from "@aws-sdk/client-dynamodb"; export const handler = new DynamoDBClient({});';
const USUAL = `
  import middy from "@middy/core";
  import * as z from "zod";
  import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
  import { SFNClient } from "@aws-sdk/client-sfn";
  const Body = z.object({ name: z.string() });
  const clients = [new DynamoDBClient({}), new SFNClient({})];
  export const handler = middy(async (event) => [Body.parse(JSON.parse(event.body)), clients.length]);`;

/** The same with all that our API uses: its three clients, plain documents, and phone numbers read by the full metadata. */
const EQUAL = `
  import middy from "@middy/core";
  import * as z from "zod";
  import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
  import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
  import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from "@aws-sdk/client-pinpoint-sms-voice-v2";
  import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
  import { parsePhoneNumber } from "libphonenumber-js/max";
  const Body = z.object({ phone: z.string() });
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const clients = [table, new PinpointSMSVoiceV2Client({}), new SFNClient({})];
  const commands = [GetCommand, SendTextMessageCommand, StartExecutionCommand];
  export const handler = middy(async (event) => [parsePhoneNumber(Body.parse(JSON.parse(event.body)).phone), clients, commands]);`;
const RIVALS = { bare: 'bare client', usual: 'middy, zod, two clients', equal: 'the same with what our API uses' };

const written = (contents: string): BuildOptions => ({ stdin: { contents, resolveDir: import.meta.dirname } });

/** As NodejsFunction bundles where one asks for ESM and minification, and for nothing else. */
async function usually(entry: BuildOptions): Promise<Uint8Array> {
  const { outputFiles = [] } = await build({
    ...entry,
    ...{ bundle: true, minify: true, platform: 'node', format: 'esm', target: 'node24', write: false },
    outfile: 'index.mjs',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as requireAt } from 'node:module'; const require = requireAt(import.meta.url);",
    },
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** Our own source as one file, and the packages as they lie in node_modules. */
async function unbundled(entry: BuildOptions): Promise<Uint8Array> {
  const { outputFiles = [] } = await build({
    ...entry,
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node24', write: false },
    absWorkingDir: root,
    outfile: 'index.mjs',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** Milliseconds that the script says it took, in a process of its own. */
function timed(script: string): number {
  const options = { env: { ...env, ...environment }, encoding: 'utf8' } as const;
  return Number(execFileSync(execPath, ['--input-type=module', '--eval', script], options));
}
const urlOf = (path: string) => JSON.stringify(pathToFileURL(path).href);

const importTime = (path: string): number =>
  timed(`const start = performance.now(); await import(${urlOf(path)}); console.log(performance.now() - start);`);

/** What the first phone number costs: its metadata is no part of the bundle, but a file beside it. */
async function firstNumberTime(folder: string): Promise<number> {
  const { code } = await bundle(written('export { readPhone } from "../shared/domain/phone.ts";'));
  const path = join(folder, 'phone.mjs');
  writeFileSync(path, code);
  putBeside(path);
  const script = `const { readPhone } = await import(${urlOf(path)});
    const start = performance.now();
    if (readPhone('(202) 555-0171', 'US').phone !== '+12025550171') throw new Error('the number was not read');
    console.log(performance.now() - start);`;
  return median(Array.from({ length: 5 }, () => timed(script)));
}

/** Where the bytes of a bundle come from, in KB minified. */
async function sourcesOf(name: string): Promise<ReadonlyMap<string, number>> {
  const { metafile } = await bundle(lambda(name));
  const sizes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const origin = originOf(path);
      sizes.set(origin, (sizes.get(origin) ?? 0) + bytesInOutput / KB);
    }
  }
  return sizes;
}

/** What each origin buys; all that is not named here is told by its package's name. */
const BUYS: Readonly<Record<string, string>> = {
  'ours: domain': 'what things are and mean, schemas among them',
  'ours: all else': 'verbs, stores, routes, handlers, ports',
  '@smithy/core': 'requests, retries, protocols and schemas of the SDK',
  '@aws-sdk/core': 'protocols of AWS, and signing',
  zod: 'reading what comes from outside',
  '@aws-sdk/client-dynamodb': 'the table',
  '@aws-sdk/client-sfn': 'state machines and executions',
  '@aws-sdk/client-pinpoint-sms-voice-v2': 'texts',
  '@smithy/signature-v4': 'signing',
  '@smithy/node-http-handler': 'connections',
  '@aws-sdk/lib-dynamodb': 'plain documents in place of attribute values',
  '@aws-sdk/util-dynamodb': 'the same',
  aws4fetch: 'links to files, and what is asked of S3 and SQS by hand',
  'libphonenumber-js': 'phone numbers as people write them, where a function reads them',
};
function originOf(path: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path) ?? [];
  return name ?? (path.startsWith('shared/domain/') ? 'ours: domain' : 'ours: all else');
}

export const coldStart: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
  const names = Object.values(functions).map(({ entry }) => entry);
  const codes: [string, Uint8Array][] = [
    [RIVALS.bare, await usually(written(BARE))],
    [RIVALS.usual, await usually(written(USUAL))],
    [RIVALS.equal, await usually(written(EQUAL))],
    ...(await Promise.all(
      names.map(async (name): Promise<[string, Uint8Array]> => [name, (await bundle(lambda(name))).code]),
    )),
    ['api, not bundled', await unbundled(lambda('api'))],
    ['run-step, not bundled', await unbundled(lambda('run-step'))],
  ];
  const sizes = new Map<string, { kb: number; gzip: number }>();
  const contestants: [string, () => number][] = [];
  const taken = new Map<string, number[]>();
  for (const [name, code] of codes) {
    const place = join(folder, name.replaceAll(/[ ,]+/g, '-'));
    mkdirSync(place);
    const path = join(place, 'index.mjs');
    writeFileSync(path, code);
    if (name.endsWith('not bundled')) symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
    else putBeside(path);
    sizes.set(name, { kb: code.length / KB, gzip: gzipSync(code, { level: 9 }).length / KB });
    contestants.push([name, () => taken.get(name)?.push(importTime(path)) ?? 0]);
    taken.set(name, []);
  }
  // What counts is what each process says, not how long it lives.
  await inTurns(Object.fromEntries(contestants), ROUNDS);
  const firstNumber = await firstNumberTime(folder);
  rmSync(folder, { recursive: true });

  const timesFor = (name: string) => taken.get(name) ?? [];
  const sizeOf = (name: string) => sizes.get(name) ?? { kb: Number.NaN, gzip: Number.NaN };
  const table = tableOf(
    codes.map(([name]) => {
      const { median, low, high } = spreadOf(timesFor(name));
      const { kb, gzip } = sizeOf(name);
      const whole = !name.endsWith('not bundled');
      return {
        '': name,
        'KB minified': whole ? digits(kb) : '',
        'KB gzip': whole ? digits(gzip) : '',
        'at most': names.some((each) => each === name) ? String(mostOf(name)) : '',
        'import, ms': digits(median),
        'half of the rounds': `${digits(low)} – ${digits(high)}`,
        '× bare client': digits(timesOf(timesFor(name), timesFor(RIVALS.bare))),
        '× middy, zod, two clients': digits(timesOf(timesFor(name), timesFor(RIVALS.usual))),
      };
    }),
  );
  const api = await sourcesOf('api');
  const step = await sourcesOf('run-step');
  const least = 4;
  const origins = [...new Set([...api.keys(), ...step.keys()])].toSorted(
    (a, b) => (api.get(b) ?? 0) - (api.get(a) ?? 0) || (step.get(b) ?? 0) - (step.get(a) ?? 0),
  );
  const large = origins.filter((name) => (api.get(name) ?? 0) >= least || (step.get(name) ?? 0) >= least);
  const rest = (of: ReadonlyMap<string, number>) =>
    origins.filter((name) => !large.includes(name)).reduce((sum, name) => sum + (of.get(name) ?? 0), 0);
  const bytes = tableOf([
    ...large.map((name) => ({
      'KB minified, of': name,
      api: digits(api.get(name) ?? 0),
      'run-step': digits(step.get(name) ?? 0),
      buys: BUYS[name] ?? '',
    })),
    { 'KB minified, of': 'all else', api: digits(rest(api)), 'run-step': digits(rest(step)), buys: '' },
  ]);
  const workers = names.filter((name) => name !== 'api');
  const most = (name: string) => (name === 'api' ? 1.25 : 1.1);
  const ratio = (name: string, rival: string): Figure => ({
    what: `${name}, import ÷ ${rival}`,
    value: timesOf(timesFor(name), timesFor(rival)),
    unit: '×',
    atMost: most(name),
  });
  const weight = (name: string, rival: string): Figure => ({
    what: `${name}, KB gzip ÷ ${rival}`,
    value: sizeOf(name).gzip / sizeOf(rival).gzip,
    unit: '×',
    atMost: most(name),
  });
  return {
    title: 'Cold start',
    text: `\`npm run bench -- cold-start\`: what each function weighs as it is deployed, and how long Node takes to import it: ${ROUNDS} processes each, in turns. Beside
them a function that does nothing but make a DynamoDB client; one of middy ${versionOf('@middy/core')}, classic zod ${versionOf('zod')} and two clients, with one
route; and the same with what our API uses besides: a third client, plain documents, phone numbers with the full metadata of libphonenumber-js
${versionOf('libphonenumber-js')}. All three are bundled as CDK's NodejsFunction does with ESM and minification asked for. Where nothing is bundled, our own source is one file and the
packages are those of node_modules. The first phone number that the API reads takes it ${digits(firstNumber)} ms more: what a number is tells a file beside the bundle.

${table}

${bytes}`,
    figures: [
      ratio('api', RIVALS.usual),
      ratio('api', RIVALS.equal),
      weight('api', RIVALS.equal),
      ...workers.map((name) => ratio(name, RIVALS.bare)),
      ...workers.map((name) => weight(name, RIVALS.bare)),
    ],
  };
};
