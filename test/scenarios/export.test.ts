import { describe, expect, it } from 'vitest';
import { ExportId } from '../../shared/domain/id.ts';
import { SMALLEST_PART, type Write } from '../../shared/ports.ts';
import { cancelExport } from '../../shared/usecases/start-transfer.ts';
import { business, done, INBOX } from '../support/business.ts';
import { contactsByPhone, exportOf, getFile, importFile } from '../support/transfers.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;

async function withPeople(): Promise<World> {
  const world = localWorld();
  await business(world);
  for (const [key, type] of Object.entries({ note: 'text', score: 'number', vip: 'boolean', seen: 'date' }))
    await done(world.api('POST', '/v1/custom-fields', { key, label: key, type }));
  await done(
    world.api('POST', '/v1/contacts', {
      phone: '+12025550111',
      firstName: '=HYPERLINK("https://example.com")',
      lastName: '@cmd',
      company: 'ACME; "Inc."\nline two',
      email: 'ada@example.com',
      birthday: '1990-05-01',
      language: 'en-US',
      timeZone: 'America/Los_Angeles',
      address: { country: 'US', state: 'CA', city: '-Oakland', coordinates: { latitude: 37.8, longitude: -122.27 } },
      tags: ['+vip', 'lead'],
      fields: { note: '+1 for "quotes"', score: -5, vip: false, seen: '2026-01-31' },
      optIn: { source: 'crm:hub', at: '2026-01-01T00:00:00Z' },
      consent: { status: 'optedIn', source: 'form', at: '2026-01-01T00:00:00Z', evidence: '=form 7' },
    }),
  );
  await done(world.api('POST', '/v1/contacts', { phone: '+447400123456', fields: { note: "'=as it is" } }));
  await done(world.api('POST', '/v1/contacts', { phone: '+12025550113' }));
  await world.says('+12025550113', 'STOP', { to: INBOX });
  return world;
}

const bare = (contacts: Record<string, object>) =>
  Object.fromEntries(
    Object.entries(contacts).map(([phone, contact]) => {
      const { id: _, createdAt: __, updatedAt: ___, activity: ____, ...rest } = contact as Record<string, unknown>;
      return [phone, rest];
    }),
  );

describe('an export of contacts', () => {
  it.each(['csv', 'ndjson'])('as %s comes in again as it was, and as it is elsewhere', async (format) => {
    const world = await withPeople();
    const { download, counts, status } = await exportOf(world, 'contacts', format);
    expect([status, counts]).toEqual(['DONE', { rows: 3 }]);
    const { text } = await getFile(world, download);
    expect(Buffer.byteLength(text)).toBe(download.bytes);
    const before = await contactsByPhone(world);
    expect((await importFile(world, text, { format })).counts).toEqual({
      ...{ rows: 3, created: 0, updated: 0, unchanged: 3, refused: 0 },
    });
    expect(await contactsByPhone(world)).toEqual(before);

    const elsewhere = localWorld();
    for (const [key, type] of Object.entries({ note: 'text', score: 'number', vip: 'boolean', seen: 'date' }))
      await done(elsewhere.api('POST', '/v1/custom-fields', { key, label: key, type }));
    expect((await importFile(elsewhere, text, { format })).counts).toMatchObject({ created: 3 });
    expect(bare(await contactsByPhone(elsewhere))).toEqual(bare(before));
  });

  it('holds no formula, and phones as they are', async () => {
    const world = await withPeople();
    const { text } = await getFile(world, (await exportOf(world, 'contacts', 'csv')).download);
    expect(text).toContain(`"'=HYPERLINK(""https://example.com"")"`);
    expect(text).toMatch(/,\+12025550111,/);
    expect(text).toContain(`,'@cmd,`);
    expect(text).toContain(`,'-Oakland,`);
    expect(text).toContain(`,"'+vip;lead",`);
    // Numbers are numbers.
    expect(text).toContain(',-122.27,');
    expect(text).toMatch(/,-5,/);
    expect(text.split('\r\n')[0]).toMatch(
      /^id,phone,firstName,.*,fields\.note,fields\.score,fields\.seen,fields\.vip$/,
    );
  });

  it('shows what the API shows', async () => {
    const world = await withPeople();
    const { text } = await getFile(world, (await exportOf(world, 'contacts', 'ndjson')).download);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual((await done(world.api('GET', '/v1/contacts'))).items);
  });

  it.each(['csv', 'ndjson'])('of nobody is an empty %s', async (format) => {
    const world = localWorld();
    const { download, counts } = await exportOf(world, 'contacts', format);
    const { status, text } = await getFile(world, download);
    expect([counts.rows, status, text.split('\r\n').length]).toEqual([0, 200, format === 'csv' ? 2 : 1]);
  });
});

describe('an export of messages', () => {
  it.each(['csv', 'ndjson'])('as %s holds every conversation in its order', async (format) => {
    const world = localWorld();
    const { inboxId } = await business(world);
    const ids: string[] = [];
    for (const [phone, many] of [
      ['+12025550111', 260],
      ['+12025550112', 1],
    ] as const) {
      const { id } = await done(world.api('POST', '/v1/contacts', { phone }));
      for (let n = 0; n < many; n += 1) {
        const message = await done(world.api('POST', '/v1/messages', { contactId: id, inboxId, text: `=${n},"` }));
        ids.push(message.id);
      }
    }
    await world.says('+12025550112', 'Hi', { to: INBOX });
    const { counts, download } = await exportOf(world, 'messages', format);
    expect(counts.rows).toBe(262);
    const { text } = await getFile(world, download);
    const told = [...text.matchAll(/msg_[0-9A-Z]{52}/g)].map(([id]) => id);
    expect(told).toHaveLength(262);
    expect(told.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
    const first = told.filter((id) => id.startsWith(ids[0]?.slice(0, 30) ?? '?'));
    expect(first).toEqual(first.toSorted());
    if (format === 'csv') expect(text).toContain(`"'=0,"""`);
    else expect(JSON.parse(text.split('\n')[0] ?? '')).toHaveProperty('direction');
  });
});

/** More than two parts of contacts. */
async function crowded(): Promise<World> {
  const world = localWorld();
  for (let n = 0; n < 10; n += 1)
    await done(world.api('POST', '/v1/custom-fields', { key: `f${n}`, label: `f${n}`, type: 'text' }));
  const fields = Array.from({ length: 10 }, (_, n) => `fields.f${n}`).join(',');
  const cells = `,${'x'.repeat(900)}`.repeat(10);
  const rows = Array.from({ length: 1700 }, (_, n) => `+1415555${1000 + n}${cells}`);
  await importFile(world, `phone,${fields}\n${rows.join('\n')}\n`);
  return world;
}

const phonesIn = (text: string) => [...text.matchAll(/\+1415555\d{4}/g)].map(([phone]) => phone);

describe('an export of many', () => {
  it.each([
    ['before a part is recorded', 2],
    ['before the last part is recorded', 3],
    ['when the parts were put together', 4],
  ])('is put together of parts, each person once, also where it is killed %s', async (_, nth) => {
    const world = await crowded();
    const { table, files } = world.world.ports;
    const write = table.write.bind(table);
    let recorded = 0;
    Object.assign(table, {
      write: async (writes: readonly Write[]) => {
        if (writes.some((each) => 'put' in each && each.put.type === 'export')) {
          recorded += 1;
          if (recorded === nth) throw new Error('killed');
        }
        return write(writes);
      },
    });
    const sizes: number[] = [];
    const putPart = files.putPart.bind(files);
    Object.assign(files, {
      putPart: async (...part: Parameters<typeof putPart>) => {
        sizes.push(part[3].length);
        return putPart(...part);
      },
    });
    const { id } = await done(world.api('POST', '/v1/exports', { kind: 'contacts', format: 'csv' }));
    await world.pass(HOUR);
    expect(world.faults.map((fault) => fault.split(' ')[0])).toEqual(['TRANSFER_FAILED', 'QUEUE_RETRY']);
    const { status, counts, download } = await done(world.api('GET', `/v1/exports/${id}`));
    expect([status, counts.rows]).toEqual(['DONE', 1700]);
    expect(sizes.filter((size) => size >= SMALLEST_PART).length).toBeGreaterThan(1);
    const { text } = await getFile(world, download);
    expect(Buffer.byteLength(text)).toBe(download.bytes);
    expect(new Set(phonesIn(text)).size).toBe(1700);
    expect(phonesIn(text)).toHaveLength(1700);
    expect(text.split('\r\n')).toHaveLength(1702);
  });

  it('goes on in the next call, where one takes too long', async () => {
    const world = await crowded();
    const { clock, table, files } = world.world.ports;
    const now = clock.now.bind(clock);
    const query = table.queryIndex.bind(table);
    let ahead = 0;
    Object.assign(clock, { now: () => now() + ahead });
    // Each page takes longer than a call.
    Object.assign(table, {
      queryIndex: (...asked: Parameters<typeof query>) => {
        ahead += 20_000;
        return query(...asked);
      },
    });
    const tails: string[] = [];
    const put = files.put.bind(files);
    Object.assign(files, {
      put: (...file: Parameters<typeof put>) => {
        tails.push(file[0]);
        return put(...file);
      },
    });
    const { id } = await done(world.api('POST', '/v1/exports', { kind: 'contacts', format: 'ndjson' }));
    await world.pass(MINUTE);
    const { status, download } = await done(world.api('GET', `/v1/exports/${id}`));
    expect(status).toBe('DONE');
    const { text } = await getFile(world, download);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line): string => JSON.parse(line).phone)
        .toSorted(),
    ).toEqual(Object.keys(await contactsByPhone(world)).toSorted());
    expect(tails.length).toBeGreaterThan(0);
    for (const tail of tails) expect(await files.size(tail)).toBeUndefined();
    expect(world.faults).toEqual([]);
  });

  it('cannot be cancelled when it has ended', async () => {
    const world = await crowded();
    const made = await world.api('POST', '/v1/exports', { kind: 'contacts', format: 'csv' });
    expect([made.status, made.headers['location']]).toEqual([202, `/v1/exports/${made.body.id}`]);
    const late = await world.api('POST', `/v1/exports/${made.body.id}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'TRANSFER_ENDED']);
  });
});

it('an export that is cancelled leaves no file', async () => {
  const world = await crowded();
  const { table, files } = world.world.ports;
  const write = table.write.bind(table);
  let recorded = 0;
  Object.assign(table, {
    write: async (writes: readonly Write[]) => {
      const [id] = writes.flatMap((each) => ('put' in each && each.put.type === 'export' ? [each.put.data['id']] : []));
      if (id !== undefined) recorded += 1;
      // One part was recorded, the next is just being.
      if (id !== undefined && recorded === 3) await cancelExport(world.world.ports)(ExportId.parse(id));
      return write(writes);
    },
  });
  const abandoned: string[] = [];
  const abandon = files.abandon.bind(files);
  Object.assign(files, {
    abandon: async (name: string, upload: string) => {
      abandoned.push(name);
      await abandon(name, upload);
    },
  });
  const { id } = await done(world.api('POST', '/v1/exports', { kind: 'contacts', format: 'csv' }));
  await world.pass(MINUTE);
  expect(await done(world.api('GET', `/v1/exports/${id}`))).toMatchObject({ status: 'CANCELLED' });
  expect([abandoned, await files.size(`exports/${id}.csv`)]).toEqual([[`exports/${id}.csv`], undefined]);
});

describe('the file of an export', () => {
  it('is behind a link that nobody can guess and that ends', async () => {
    const world = await withPeople();
    const made = await exportOf(world, 'contacts', 'csv');
    const { download } = made;
    expect(download).toMatchObject({ method: 'GET', headers: {} });
    const guessed = download.url.replace(/token=./, 'token=~');
    for (const url of [guessed, download.url.replace('.csv', '.ndjson'), download.url.replace('until=1', 'until=2')])
      expect((await getFile(world, { url })).status).toBe(403);
    await world.pass(HOUR);
    expect((await getFile(world, download)).status).toBe(403);
    const again = await done(world.api('GET', `/v1/exports/${made.id}`));
    expect((await getFile(world, again.download)).status).toBe(200);
  });

  it('is kept for a week', async () => {
    const world = await withPeople();
    const { id } = await exportOf(world, 'contacts', 'csv');
    await world.pass(7 * DAY - 1);
    expect(await done(world.api('GET', `/v1/exports/${id}`))).toHaveProperty('download');
    await world.pass(1);
    expect(await done(world.api('GET', `/v1/exports/${id}`))).not.toHaveProperty('download');
    expect((await done(world.api('GET', '/v1/exports'))).items).toMatchObject([{ id, status: 'DONE' }]);
  });
});
