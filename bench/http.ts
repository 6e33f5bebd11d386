// npm run bench -- http: the API on one machine, on disk, beside a bare node:http server that answers with the same JSON
// after one statement on SQLite; and where the product's time goes, from a profile of its process.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { argv, execPath, exit } from 'node:process';
import autocannon from 'autocannon';
import * as z from 'zod/mini';
import { openDatabase } from '../local/database.ts';
import { openLocal } from '../local/open-local.ts';
import { type Parts, whereTimeGoes } from './profile.ts';
import { type Bench, type Figure, tableOf } from './report.ts';

const REQUESTS = 1200;
const WARM_UP = 100;
const ROUNDS = 4;
const CONNECTIONS = 8;

type Server = 'product' | 'bare';
const PATHS = ['create a contact', 'get a contact', 'list 20 contacts', 'enrol by hand'] as const;
type Path = (typeof PATHS)[number];

// ---------------------------------------------------------------- the servers, each in a process of its own

async function serveProduct(folder: string): Promise<string> {
  const { url } = await openLocal({ folder, port: 0, complain: console.error });
  return url;
}

/** Reads the body as JSON, runs one statement, and answers with what the product has answered. */
function serveBare(folder: string): Promise<string> {
  const database = openDatabase(join(folder, 'bare.db'));
  database.exec('CREATE TABLE one (n INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO one (body) VALUES (?)');
  const select = database.prepare('SELECT body FROM one WHERE n = 1');
  let answers: Readonly<Record<string, string>> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (request.url === '/answers') answers = Answers.parse(body);
      else if (request.method === 'POST') insert.run(JSON.stringify(body));
      else select.get();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(JSON.parse(answers[`${request.method} ${request.url?.split('?')[0]}`] ?? 'null')));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
}
const Answers = z.record(z.string(), z.string());

// ---------------------------------------------------------------- what is asked of them

interface Running {
  readonly url: string;
  /** Milliseconds that its processor has worked so far. */
  spent(): Promise<number>;
  end(): Promise<void>;
}

function start(server: Server, folder: string, profile?: string): Promise<Running> {
  const options = [
    '--disable-warning=ExperimentalWarning',
    ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []),
  ];
  const child: ChildProcess = spawn(execPath, [...options, import.meta.filename, '--serve', server, folder], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve) => {
    child.stdout?.once('data', (line: Buffer) =>
      resolve({
        url: line.toString().trim(),
        spent: () =>
          new Promise((told) => {
            child.once('message', (usage) => told(Usage.parse(usage)));
            child.send('spent');
          }),
        end: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      }),
    );
  });
}

const Usage = z.pipe(
  z.object({ user: z.number(), system: z.number() }),
  z.transform(({ user, system }) => (user + system) / 1000),
);
const JSON_TYPE = { 'content-type': 'application/json' };
const Made = z.looseObject({ id: z.string() });
async function call(url: string, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: JSON_TYPE,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text;
}
const made = (text: string): string => Made.parse(JSON.parse(text)).id;

const phoneOf = (n: number) => `+1202${2_000_000 + n}`;
const contactOf = (n: number) => ({
  ...{ phone: phoneOf(n), firstName: 'Guest', lastName: `Number ${n}`, email: `guest${n}@example.com` },
  ...{ tags: ['from-list'], address: { city: 'Albany', state: 'NY' } },
});

interface Scene {
  readonly contact: string;
  readonly workflow: string;
  readonly contacts: readonly string[];
}

async function prepared(url: string): Promise<Scene> {
  const inbox = made(await call(url, 'POST', '/v1/inboxes', { name: 'Front desk', phone: '+12025550100' }));
  const workflow = made(await call(url, 'POST', '/v1/workflows', { name: 'Measured', template: 'blank' }));
  const steps = [{ id: 'wait', type: 'wait', duration: { days: 30 }, orReply: false }];
  const draft = { name: 'Measured', inboxId: inbox, trigger: { manualOnly: true }, steps };
  await call(url, 'PUT', `/v1/workflows/${workflow}`, draft);
  await call(url, 'POST', `/v1/workflows/${workflow}/publish`, {});
  const contacts: string[] = [];
  for (let n = 0; n < REQUESTS + (ROUNDS + 1) * WARM_UP; n += 1)
    contacts.push(made(await call(url, 'POST', '/v1/contacts', contactOf(n))));
  return { contact: contacts[0] ?? '', workflow, contacts };
}

let phones = 1_000_000;
/** By server: nobody is asked to enter twice. */
const entered = new Map<string, number>();
const requestOf = (path: Path, { contact, workflow, contacts }: Scene, url: string) => {
  const next = (): number => {
    const n = entered.get(url) ?? 0;
    entered.set(url, n + 1);
    return n;
  };
  const requests: Readonly<Record<Path, { method: 'GET' | 'POST'; path: string; body?: () => unknown }>> = {
    'create a contact': { method: 'POST', path: '/v1/contacts', body: () => contactOf(phones++) },
    'get a contact': { method: 'GET', path: `/v1/contacts/${contact}` },
    'list 20 contacts': { method: 'GET', path: '/v1/contacts?limit=20' },
    'enrol by hand': {
      method: 'POST',
      path: `/v1/workflows/${workflow}/enrollments`,
      body: () => ({ contactIds: [contacts[next()]], applyFilters: false }),
    },
  };
  return requests[path];
};

interface Measured {
  /** Of each request, in milliseconds. */
  readonly took: readonly number[];
  /** Milliseconds of all of them together. */
  readonly wall: number;
  readonly processor: number;
}

async function fired({ url, spent }: Running, path: Path, scene: Scene, requests: number): Promise<Measured> {
  const { method, path: at, body } = requestOf(path, scene, url);
  const setupRequest = (request: autocannon.Request): autocannon.Request => ({
    ...request,
    ...(body && { body: JSON.stringify(body()) }),
  });
  const fire = async (amount: number) => {
    const took: number[] = [];
    const begun = performance.now();
    let last = begun;
    const options = { url: `${url}${at}`, method, headers: JSON_TYPE, connections: CONNECTIONS, amount };
    const result = await new Promise<autocannon.Result>((resolve, reject) => {
      const fired = autocannon({ ...options, requests: [{ setupRequest }] }, (error, told) =>
        error ? reject(new Error(String(error))) : resolve(told),
      );
      // Its own clock goes by seconds.
      fired.on('response', (_client, _status, _bytes, time) => {
        took.push(time);
        last = performance.now();
      });
    });
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${path}: ${result.non2xx} refused, ${result.errors} failed`);
    return { took, wall: last - begun };
  };
  await fire(WARM_UP);
  const before = await spent();
  const told = await fire(requests);
  return { ...told, processor: (await spent()) - before };
}

/** Turn by turn, so that what else the machine does meets both alike. */
async function inTurns(one: Running, other: Running, path: Path, scene: Scene): Promise<readonly [Measured, Measured]> {
  const rounds: (readonly [Measured, Measured])[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = await fired(one, path, scene, REQUESTS / ROUNDS);
    rounds.push([first, await fired(other, path, scene, REQUESTS / ROUNDS)]);
  }
  const sum = (of: 0 | 1): Measured => ({
    took: rounds.flatMap((round) => round[of].took).toSorted((a, b) => a - b),
    wall: rounds.reduce((all, round) => all + round[of].wall, 0),
    processor: rounds.reduce((all, round) => all + round[of].processor, 0),
  });
  return [sum(0), sum(1)];
}

const cellOf = ({ took, wall, processor }: Measured): string => {
  const quantile = (share: number) => (took[Math.ceil(took.length * share) - 1] ?? Number.NaN).toFixed(1);
  const each = (processor / took.length).toFixed(2);
  return `${Math.round(took.length / (wall / 1000))} a second, p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, processor ${each} ms`;
};

// ---------------------------------------------------------------- where the time goes

/** By the file that is nearest above, and named here, in the order of what claims a sample first. */
const PARTS: Parts = [
  ['writing: transactions and SQLite', /local\/(?:database|table|table-limits|queue|machine-store|bus|phones)\.ts$/],
  ['validation: zod and our schemas', /node_modules\/zod\//],
  ['the state machines', /local\/(?:machines|interpreter|expressions|definition|execution)\.ts$|jsonata/],
  [
    'what follows from changes',
    /usecases\/(?:follow-change|match-contact|triggers|events-of|watch-contact|stamp-texted)\.ts$/,
  ],
  ['routing, request and answer', /shared\/http\/|lambdas\/kit\/|@middy|local\/(?:server|local-routes)\.ts$/],
  ['use cases, stores, domain', /shared\//],
  ['node:http, streams, JSON by the engine', /^node:/],
];

// ---------------------------------------------------------------- the bench

export const http: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-http-'));
  const inFolder = (name: string) => mkdtempSync(join(folder, name));
  const product = await start('product', inFolder('product-'));
  const bare = await start('bare', inFolder('bare-'));
  const scene = await prepared(product.url);
  const own = await call(product.url, 'GET', `/v1/contacts/${scene.contact}`);
  const enrollments = `/v1/workflows/${scene.workflow}/enrollments`;
  const answers = {
    'POST /v1/contacts': own,
    [`GET /v1/contacts/${scene.contact}`]: own,
    'GET /v1/contacts': await call(product.url, 'GET', '/v1/contacts?limit=20'),
    [`POST ${enrollments}`]: JSON.stringify({
      outcomes: [{ contactId: scene.contact, outcome: 'ENROLLED', runId: scene.contact }],
    }),
  };
  await call(bare.url, 'POST', '/answers', answers);
  await call(bare.url, 'POST', '/v1/contacts', contactOf(0));
  const rows: Record<string, string>[] = [];
  const figures: Figure[] = [];
  for (const path of PATHS) {
    const [ours, theirs] = await inTurns(product, bare, path, scene);
    rows.push({ '': path, 'the product': cellOf(ours), bare: cellOf(theirs) });
    figures.push({ what: `processor, ${path}`, value: ours.processor / theirs.processor, unit: '×' });
  }
  await product.end();
  await bare.end();
  const shares: Record<string, string>[] = [];
  for (const path of PATHS) {
    const profile = inFolder('profile-');
    const profiled = await start('product', inFolder('profiled-'), profile);
    const stage = path === 'enrol by hand' ? await prepared(profiled.url) : await small(profiled.url);
    await fired(profiled, path, stage, REQUESTS);
    await profiled.end();
    shares.push({ '': path, ...whereTimeGoes(profile, PARTS) });
  }
  rmSync(folder, { recursive: true });
  return { title: 'The API', text: textOf(tableOf(rows), tableOf(shares)), figures };
};

const textOf = (
  rows: string,
  shares: string,
): string => `\`npm run bench -- http\`: ${REQUESTS} requests of each kind on ${CONNECTIONS} connections (autocannon), the product on disk, and beside it a bare \`node:http\` server that
reads the body as JSON, runs one statement on SQLite (an insert for a POST, on disk as safely) and answers with the very JSON that the product answers. Each is a process
of its own, and they have their turns round by round. Times of the wall are with what else the machine did; the ratios are of the processor's time of the two servers.

${rows}

Where the product's time goes, by a profile of its process, without idleness:

${shares}

Writing is waiting for the disk as a rule: each commit is made safe before it is answered, the request's own and those of what follows from it (a transaction of the table, the change that is
followed, the events).`;

/** As few as a list shows. */
async function small(url: string): Promise<Scene> {
  const contacts: string[] = [];
  for (let n = 0; n < 30; n += 1) contacts.push(made(await call(url, 'POST', '/v1/contacts', contactOf(n))));
  return { contact: contacts[0] ?? '', workflow: '', contacts };
}

if (import.meta.main && argv[2] === '--serve') {
  // A profile is written by a process that ends by itself.
  process.on('SIGTERM', () => exit(0));
  process.on('message', () => process.send?.(process.cpuUsage()));
  console.log(await (argv[3] === 'bare' ? serveBare : serveProduct)(argv[4] ?? ''));
}
