// npm run bench:import -- 100000: how many rows of a CSV one machine takes in per second of its processor, the same rows
// once more, when nothing in them is new, and how many it gives out; then what follows from them (the change feed).
// What a disk takes to make each transaction safe comes on top.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, cpuUsage, memoryUsage, resourceUsage } from 'node:process';
import { realClock, storedOffset } from '../local/clock.ts';
import { openDatabase } from '../local/database.ts';
import { openWorld } from '../local/world.ts';
import { exportRecords } from '../shared/usecases/export-records.ts';
import { importContacts } from '../shared/usecases/import-contacts.ts';
import { readImport } from '../shared/usecases/read-transfers.ts';
import { beginImport, startExport, startImport } from '../shared/usecases/start-transfer.ts';

const rows = Number(argv[2] ?? 50_000);
const folder = mkdtempSync(join(tmpdir(), 'bench-import-'));
const database = openDatabase(join(folder, 'state.db'));
const clock = realClock(storedOffset(database));
const world = openWorld({ database, clock, folder: () => folder, log: { info: () => {}, error: console.error } });
const { ports } = world;

/** Of the processor: what else the machine does meanwhile is not counted. */
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = cpuUsage();
  await work();
  const { user, system } = cpuUsage(begun);
  return (user + system) / 1e6;
};

async function* csv() {
  yield Buffer.from('phone,first name,last name,email,company,city,state,tags\r\n');
  for (let at = 0; at < rows; at += 1000) {
    let text = '';
    for (let n = at; n < Math.min(at + 1000, rows); n += 1) {
      const phone = `+1${202 + Math.floor(n / 8_000_000)}${2000000 + (n % 8_000_000)}`;
      text += `${phone},Guest,Number ${n},guest${n}@example.com,"Sample, Inc.",Oakland,CA,lead;from-list\r\n`;
    }
    yield Buffer.from(text);
  }
}

async function bring(seed: string): Promise<number> {
  const made = await startImport(ports)(
    { format: 'csv', mapping: {}, optIn: { source: 'import' }, consent: 'unknown', tags: [] },
    { seed, at: clock.now() },
  );
  if ('problem' in made) throw new Error(made.problem.detail);
  const { url } = await ports.files.uploadLink(`imports/${made.ok.id}.csv`, 'text/csv');
  await world.files.answer({
    method: 'PUT',
    url,
    body: csv(),
  });
  await beginImport(ports)(made.ok.id);
  const took = await seconds(async () => {
    while ((await importContacts(ports)(made.ok.id)) === 'more');
  });
  const read = await readImport(ports)(made.ok.id);
  console.log(JSON.stringify('ok' in read && 'counts' in read.ok && read.ok.counts));
  return took;
}

const first = await bring('first');
const again = await bring('again');
const feed = await seconds(async () => {
  for (const driven of world.driven) while (await driven.work());
});
const out = await startExport(ports)({ kind: 'contacts', format: 'csv' }, { seed: 'out', at: clock.now() });
if ('problem' in out) throw new Error(out.problem.detail);
const exported = await seconds(async () => {
  while ((await exportRecords(ports)(out.ok.id)) === 'more');
});
const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
console.table({
  'new contacts, rows/s': Math.round(rows / first),
  'the same again, rows/s': Math.round(rows / again),
  'followed, changes/s': Math.round(rows / feed),
  'exported, rows/s': Math.round(rows / exported),
  'peak memory, MB': megabytes(resourceUsage().maxRSS * 1024),
  'heap at the end, MB': megabytes(memoryUsage().heapUsed),
});
database.close();
rmSync(folder, { recursive: true });
