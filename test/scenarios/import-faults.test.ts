import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../local/database.ts';
import type { Write } from '../../shared/ports.ts';
import { cancelImport } from '../../shared/usecases/start-transfer.ts';
import { done } from '../support/business.ts';
import { contactsByPhone, importFile, putFile, rowsOf } from '../support/transfers.ts';
import { HOUR, localWorld, MINUTE } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;

const ROWS = Array.from({ length: 1200 }, (_, n) => `+1415555${1000 + n},Guest ${n},list`);
const FILE = `phone,firstName,tags\n${ROWS.join('\n')}\n`;

const typesOf = (writes: readonly Write[]) => writes.flatMap((write) => ('put' in write ? [write.put.type] : []));

/** Lets `before` be had before each write of the table. */
function onWrite(world: World, before: (types: readonly string[]) => void | Promise<void>): void {
  const { table } = world.world.ports;
  const write = table.write.bind(table);
  Object.assign(table, {
    write: async (writes: readonly Write[]) => {
      await before(typesOf(writes));
      return write(writes);
    },
  });
}

const isPage = (types: readonly string[]) => types.includes('import-rows');
const isBatch = (types: readonly string[]) => types.includes('phone') && types.includes('contact');

const withoutIds = (contacts: Awaited<ReturnType<typeof contactsByPhone>>) =>
  Object.fromEntries(
    Object.entries(contacts).map(([phone, { firstName, tags, optIn }]) => [phone, { firstName, tags, optIn }]),
  );

describe('an import goes on where it was', () => {
  it.each([
    ['in the middle of a page', (types: readonly string[]) => isBatch(types), 15],
    ['when a page was taken and not yet recorded', isPage, 2],
  ] as const)('after a crash %s, each row once', async (_, kind, nth) => {
    const world = localWorld();
    let seen = 0;
    onWrite(world, (types) => {
      if (kind(types)) seen += 1;
      if (kind(types) && seen === nth) throw new Error('killed');
    });
    const { id } = await importFile(world, FILE);
    await world.pass(HOUR);
    expect(world.faults.map((fault) => fault.split(' ')[0])).toEqual(['TRANSFER_FAILED', 'QUEUE_RETRY']);
    const imported = await done(world.api('GET', `/v1/imports/${id}`));
    expect(imported).toMatchObject({ status: 'DONE', counts: { rows: 1200, created: 1200, updated: 0, refused: 0 } });
    expect(await rowsOf(world, imported)).toEqual(ROWS.map((_, n) => `${n + 1} CREATED`));
    const clean = localWorld();
    await importFile(clean, FILE);
    expect(withoutIds(await contactsByPhone(world))).toEqual(withoutIds(await contactsByPhone(clean)));
  });

  it('in the next call, where one takes too long', async () => {
    const world = localWorld();
    const { clock } = world.world.ports;
    const now = clock.now.bind(clock);
    let ahead = 0;
    // Each page takes ten seconds.
    onWrite(world, (types) => {
      if (isPage(types)) ahead += 10_000;
    });
    Object.assign(clock, { now: () => now() + ahead });
    const sent: unknown[] = [];
    const { queue } = world.world.ports;
    const send = queue.send.bind(queue);
    Object.assign(queue, {
      send: async (...job: Parameters<typeof send>) => {
        sent.push(job[0].type);
        return send(...job);
      },
    });
    const { id } = await importFile(world, FILE);
    await world.pass(MINUTE);
    expect(await done(world.api('GET', `/v1/imports/${id}`))).toMatchObject({
      status: 'DONE',
      counts: { rows: 1200, created: 1200 },
    });
    // Begun, gone on after two pages of three, and cleared away.
    expect(sent).toEqual(['import-contacts', 'import-contacts', 'import-contacts']);
    expect(Object.keys(await contactsByPhone(world))).toHaveLength(1200);
  });

  it('wherever it was cut: in a cell, in a character', async () => {
    const row = (n: number) => `+1415555${1000 + n},"Grüße, ""${'😀'.repeat(n % 7)}""\r\nline two",list`;
    const rows = Array.from({ length: 1100 }, (_, n) => row(n));
    const world = localWorld();
    let pages = 0;
    onWrite(world, (types) => {
      if (isPage(types)) pages += 1;
      if (isPage(types) && pages <= 3) throw new Error('killed');
    });
    const { id } = await importFile(world, `\uFEFFphone,firstName,tags\r\n${rows.join('\r\n')}`);
    await world.pass(HOUR);
    expect((await done(world.api('GET', `/v1/imports/${id}`))).counts).toMatchObject({ rows: 1100, created: 1100 });
    const found = await contactsByPhone(world);
    for (const n of [0, 499, 500, 501, 999, 1000, 1099])
      expect(found[`+1415555${1000 + n}`].firstName).toBe(`Grüße, "${'😀'.repeat(n % 7)}"\r\nline two`);
  });
});

it('does not bring back whom somebody has erased while a page was taken again', async () => {
  const world = localWorld();
  let pages = 0;
  onWrite(world, (types) => {
    if (isPage(types)) pages += 1;
    if (isPage(types) && pages === 1) throw new Error('killed');
  });
  const { id } = await importFile(world, FILE);
  const erased = (await contactsByPhone(world))['+14155551005'];
  await done(world.api('DELETE', `/v1/contacts/${erased.id}`));
  await world.pass(HOUR);
  const rows = await rowsOf(world, { id });
  expect(rows.filter((row) => !row.endsWith('CREATED'))).toEqual(['6 REFUSED CONTACT_ERASED']);
  expect(await contactsByPhone(world)).not.toHaveProperty('+14155551005');
});

it('who writes the same contact meanwhile loses nothing, and neither does the import', async () => {
  const world = localWorld();
  const { id } = await done(world.api('POST', '/v1/contacts', { phone: '+14155551005', company: 'Before' }));
  let isFirst = true;
  const { table } = world.world.ports;
  const write = table.write.bind(table);
  Object.assign(table, {
    write: async (writes: readonly Write[]) => {
      if (isFirst && isBatch(typesOf(writes))) {
        isFirst = false;
        // As somebody else's PATCH would.
        const item = await table.get({ pk: `C#${id}`, sk: 'CONTACT' });
        if (item) await write([{ put: { ...item, data: { ...item.data, company: 'Meanwhile' } }, rev: item.rev }]);
      }
      return write(writes);
    },
  });
  const imported = await importFile(world, FILE);
  expect(imported.counts).toEqual({ rows: 1200, created: 1199, updated: 1, unchanged: 0, refused: 0 });
  expect((await contactsByPhone(world))['+14155551005']).toMatchObject({
    id,
    company: 'Meanwhile',
    firstName: 'Guest 5',
  });
  expect(world.faults).toEqual([]);
});

it('a job that is told again, or twice at once, changes nothing more', async () => {
  const database = openDatabase(':memory:');
  const world = localWorld({ database });
  const imported = await importFile(world, FILE);
  const items = () => database.prepare('SELECT pk, sk, rev, body FROM items ORDER BY pk, sk').all();
  const before = items();
  const job = { type: 'import-contacts', importId: imported.id } as const;
  await Promise.all([world.world.ports.queue.send(job), world.world.ports.queue.send(job)]);
  await world.pass(MINUTE);
  expect(items()).toEqual(before);
});

it('one that is cancelled stops, keeps what was taken and tells of it', async () => {
  const world = localWorld();
  const { ports } = world.world;
  const { id, upload } = await done(world.api('POST', '/v1/contacts/import', { format: 'csv' }));
  let pages = 0;
  onWrite(world, async (types) => {
    if (!isPage(types)) return;
    pages += 1;
    if (pages === 2) await cancelImport(ports)(id);
  });
  await putFile(world, upload, FILE);
  await done(world.api('POST', `/v1/imports/${id}/start`));
  await world.pass(MINUTE);
  expect(await done(world.api('GET', `/v1/imports/${id}`))).toMatchObject({
    status: 'CANCELLED',
    counts: { rows: 1000, created: 1000 },
  });
  expect(await rowsOf(world, { id })).toHaveLength(1000);
  expect(Object.keys(await contactsByPhone(world))).toHaveLength(1000);
  expect([await ports.files.size(`imports/${id}.csv`), world.faults]).toEqual([undefined, []]);
});

it('one whose file is another than it began with fails, and says so', async () => {
  const world = localWorld();
  const { files } = world.world.ports;
  const size = files.size.bind(files);
  let isBegun = false;
  // A client's link outlives the beginning: it is put once more in between.
  Object.assign(files, {
    size: async (name: string) => {
      const known = isBegun ? 7 : await size(name);
      isBegun = true;
      return known;
    },
  });
  const imported = await importFile(world, FILE);
  expect(imported).toMatchObject({ status: 'FAILED', faults: [{ code: 'FILE_CHANGED' }], counts: { rows: 0 } });
});
