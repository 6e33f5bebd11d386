// npm run soak: the served product under a steady load, watched from outside. It ends with 0 if its memory was flat, every
// event was taken and nothing was left to do, and with 1 if not. SOAK_MINUTES (30), SOAK_RATE (200 events a second), SOAK_PEOPLE (2000).
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { numbers } from '../support/numbers.ts';
import { percentile } from '../support/percentile.ts';
import { serveProduct, worldAt } from '../support/served.ts';
import { type Kind, openLoad } from './load.ts';
import { trend } from './trend.ts';

const MINUTES = Number(env['SOAK_MINUTES'] ?? 30);
const RATE = Number(env['SOAK_RATE'] ?? 200);
const PEOPLE = Number(env['SOAK_PEOPLE'] ?? 2000);

const TICK_MS = 10;
/** More open requests than that, and the product does not keep up: events are then put off, and the rate tells. */
const MOST_OPEN = 64;
/** Caches fill, and the compiler is not done, in the first part of a run. */
const WARM_UP = 0.3;
/** What a flat process may rise, by the line through its samples: so many bytes for each event, or what it goes up and down by anyway. */
const MOST_BYTES = { heapUsed: { anEvent: 16, inAll: 1e6 }, rss: { anEvent: 64, inAll: 4e6 } } as const;
const LONGEST_SETTLING_MS = 120_000;

const Memory = z.object({ at: z.number(), rss: z.number(), heapUsed: z.number() });
type Memory = z.infer<typeof Memory>;
const Lag = z.object({ changes: z.int(), oldest: z.nullable(z.int()) });
const Left = z.object({ dead: z.int() });

const folder = mkdtempSync(join(tmpdir(), 'sms-workflows-soak-'));
const memoryFile = join(folder, 'memory.jsonl');
const state = join(folder, 'state');
const faults: string[] = [];
/** A receipt may come before its text has been written down, and is told again. */
const EARLY = /^QUEUE_RETRY \{"queue":"receipts"/;

const served = await serveProduct(state, {
  node: ['--expose-gc', '--import', join(import.meta.dirname, 'memory-probe.ts')],
  environment: { SOAK_MEMORY: memoryFile },
  complain: (words) => faults.push(...words.split('\n').filter((line) => line !== '' && !EARLY.test(line))),
});
const gone = new Promise<never>((_, reject) => {
  served.process.once('exit', () => reject(new Error('the product has died')));
});
gone.catch(() => {});
process.once('exit', () => {
  served.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const database = new DatabaseSync(join(state, 'state.db'), { readOnly: true });
const lag = () => Lag.parse(database.prepare('SELECT COUNT(*) AS changes, MIN(at) AS oldest FROM changes').get());
const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
const databaseSize = () =>
  ['', '-wal'].reduce(
    (sum, suffix) => sum + (statSync(join(state, `state.db${suffix}`), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
const memory = (): Memory[] =>
  (statSync(memoryFile, { throwIfNoEntry: false }) ? readFileSync(memoryFile, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Memory.parse(JSON.parse(line)));

try {
  const load = await openLoad(worldAt(served.url), PEOPLE, numbers(1));
  console.log(`${MINUTES} min at ${RATE} events/s, ${PEOPLE} people, Node ${process.version}`);
  console.log('  min  events/s   open   RSS MB  heap MB    db MB   lag ms  changes   p99 ms  (change, enrolment)');

  const begun = Date.now();
  const end = begun + MINUTES * 60_000;
  let [sent, taken, refused, open] = [0, 0, 0, 0];
  let took: { readonly kind: Kind; readonly milliseconds: number }[] = [];
  let told = { at: begun, taken: 0 };
  let worst = 0;

  const happen = (): void => {
    const from = performance.now();
    const { kind, happens } = load.next();
    sent += 1;
    open += 1;
    happens
      .then(
        () => {
          taken += 1;
        },
        (error: unknown) => {
          refused += 1;
          if (refused <= 5) console.error(String(error).slice(0, 300));
        },
      )
      .finally(() => {
        open -= 1;
        took.push({ kind, milliseconds: performance.now() - from });
      });
  };
  const tell = (now: number): void => {
    const held = memory().at(-1) ?? { rss: 0, heapUsed: 0 };
    const { changes } = lag();
    const p99 = (kind: Kind) =>
      Math.round(
        percentile(
          took.filter((one) => one.kind === kind).map(({ milliseconds }) => milliseconds),
          0.99,
        ),
      );
    const cells = [
      Math.round((now - begun) / 60_000),
      Math.round(((taken - told.taken) * 1000) / (now - told.at)),
      open,
      megabytes(held.rss),
      megabytes(held.heapUsed),
      megabytes(databaseSize()),
      worst,
      changes,
      `${p99('change')}, ${p99('enrolment')}`,
    ];
    console.log(cells.map((cell, at) => String(cell).padStart(at === 0 ? 5 : 8)).join(' '));
    told = { at: now, taken };
    [took, worst] = [[], 0];
  };

  let nextLook = begun + 1000;
  for (let now = begun; now < end; now = Date.now()) {
    const due = Math.floor(((now - begun) * RATE) / 1000);
    while (sent < due && open < MOST_OPEN) happen();
    if (now >= nextLook) {
      const { oldest } = lag();
      worst = Math.max(worst, oldest === null ? 0 : now - oldest);
      nextLook += 1000;
    }
    if (now - told.at >= 60_000) tell(now);
    await Promise.race([sleep(TICK_MS), gone]);
  }
  const pushed = Date.now();
  while (open > 0 && Date.now() - pushed < LONGEST_SETTLING_MS) await Promise.race([sleep(50), gone]);
  tell(Date.now());
  // Waits of a minute end by themselves; only then is nothing left to follow.
  while (lag().changes > 0 && Date.now() - pushed < LONGEST_SETTLING_MS) await Promise.race([sleep(50), gone]);

  const samples = memory().filter(({ at }) => at >= begun + (end - begun) * WARM_UP && at <= end);
  const lasted = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);
  const rate = (taken * 1000) / (pushed - begun);
  const flat = (['heapUsed', 'rss'] as const).map((what) => {
    const { slope, mean } = trend(samples.map(({ at, [what]: value }) => ({ at, value })));
    const rise = slope * lasted;
    const events = (rate * lasted) / 1000;
    const most = Math.max(MOST_BYTES[what].inAll, MOST_BYTES[what].anEvent * events);
    const isFlat = rise <= most;
    const facts = `${megabytes(rise)} MB over ${Math.round(events)} events (at most ${megabytes(most)} MB), about ${megabytes(mean)} MB`;
    console.log(`${what}: ${isFlat ? 'flat' : 'RISES'}: ${facts}`);
    return isFlat;
  });
  const { dead } = Left.parse(database.prepare('SELECT COUNT(*) AS dead FROM queue WHERE dead = 1').get());
  const facts = {
    sent,
    taken,
    refused,
    left: lag().changes,
    dead,
    faults: faults.length,
    'events/s': Math.round(rate),
  };
  console.log(JSON.stringify(facts));
  for (const fault of faults.slice(0, 10)) console.log(fault);
  if (rate < RATE * 0.99) console.log(`The product has not kept up with ${RATE} events/s on this machine.`);
  const isWell =
    flat.every(Boolean) && samples.length > 2 && refused === 0 && facts.left === 0 && dead === 0 && faults.length === 0;
  process.exitCode = isWell ? 0 : 1;
} finally {
  database.close();
}
// The product would be waited for.
process.exit();
