import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction, NewerDatabase, OlderDatabase, openDatabase } from '../../local/database.ts';
import { type LocalTable, openTable } from '../../local/table.ts';

const NOW = 1_800_000_000_000;
const put = (sk: string, rev = 0, expiresAt?: number) => ({
  put: { pk: 'P', sk, type: 'thing', data: { sk }, ...(expiresAt !== undefined && { expiresAt }) },
  rev,
});
const stored = (sk: string, rev = 1) => ({ pk: 'P', sk, type: 'thing', data: { sk }, rev });

describe('a table on disk', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sms-workflows-'));
    path = join(folder, 'table.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const withTable = async <T>(use: (opened: LocalTable) => Promise<T>): Promise<T> => {
    const database = openDatabase(path);
    try {
      return await use(openTable(database, { now: () => NOW }));
    } finally {
      database.close();
    }
  };

  it('outlives its process', async () => {
    await withTable(({ table }) => table.write([put('a'), put('b')]));
    await withTable(async ({ table }) => {
      expect((await table.query({ pk: 'P' })).items).toEqual([stored('a'), stored('b')]);
    });
  });

  it('has every write that was answered, and its change, after the process is killed', async () => {
    const program = `
      import { openDatabase } from ${JSON.stringify(new URL('../../local/database.ts', import.meta.url).href)};
      import { openTable } from ${JSON.stringify(new URL('../../local/table.ts', import.meta.url).href)};
      const { table } = openTable(openDatabase(${JSON.stringify(path)}), { now: Date.now });
      for (let n = 0; ; n += 1) {
        await table.write([{ put: { pk: 'P', sk: String(n).padStart(6, '0'), type: 'thing', data: {} }, rev: 0 }]);
        await new Promise((resolve) => process.stdout.write(n + '\\n', resolve));
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let answered = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      answered = Number(line);
      if (answered === 200) child.kill('SIGKILL');
    }
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    await withTable(async ({ table, feed }) => {
      const { items } = await table.query({ pk: 'P' });
      expect(items.length).toBeGreaterThan(answered);
      expect(feed.read(10_000).map(({ change }) => change.after)).toEqual(items);
    });
  });

  it('gives a change again, under the same id, until it is acknowledged, across a restart', async () => {
    const first = await withTable(async ({ table, feed }) => {
      for (const sk of ['a', 'b', 'c']) await table.write([put(sk)]);
      expect(feed.read(2).map(({ change }) => change.after?.sk)).toEqual(['a', 'b']);
      expect(feed.read(3)).toEqual(feed.read(3));
      return feed.read(3);
    });
    await withTable(async ({ feed }) => {
      expect(feed.read(10)).toEqual(first);
      feed.acknowledge(first[1]?.position ?? 0);
      expect(feed.read(10)).toEqual(first.slice(2));
    });
    await withTable(async ({ feed }) => {
      expect(feed.read(10)).toEqual(first.slice(2));
      feed.acknowledge(first[2]?.position ?? 0);
      expect(feed.read(10)).toEqual([]);
    });
  });

  it('never gives the same change id twice, though the feed was emptied', async () => {
    const ids: string[] = [];
    for (const sk of ['a', 'b', 'c']) {
      await withTable(async ({ table, feed }) => {
        await table.write([put(sk)]);
        for (const { position, change } of feed.read(10)) {
          ids.push(change.id);
          feed.acknowledge(position);
        }
      });
    }
    expect(new Set(ids).size).toBe(3);
  });

  it('of a newer schema is refused, and left alone', async () => {
    await withTable(({ table }) => table.write([put('a')]));
    const database = openDatabase(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openDatabase(path)).toThrow(NewerDatabase);
    expect(() => openDatabase(path)).toThrow(/schema version 99; this release knows \d+/);
  });

  it('of an older schema is refused, and left alone', async () => {
    await withTable(({ table }) => table.write([put('a')]));
    const database = openDatabase(path);
    database.exec('PRAGMA user_version = 1');
    database.close();
    expect(() => openDatabase(path)).toThrow(OlderDatabase);
    expect(() => openDatabase(path)).toThrow(/schema version 1; this release reads only \d+.*--reset/);
  });

  it('may be shared with another module, and another connection', async () => {
    const database = openDatabase(path);
    const { table } = openTable(database, { now: () => NOW });
    database.exec('CREATE TABLE other (n INTEGER) STRICT');
    inTransaction(database, () => database.exec('INSERT INTO other VALUES (1)'));
    await table.write([put('a')]);
    await withTable(async (second) => {
      expect(await second.table.write([put('a')])).toEqual({ committed: false, failed: [0] });
      expect(await second.table.write([put('a', 1)])).toEqual({ committed: true });
    });
    expect(await table.get({ pk: 'P', sk: 'a' })).toEqual(stored('a', 2));
    database.close();
  });
});

describe('a table in memory', () => {
  const open = () => openTable(openDatabase(':memory:'), { now: () => NOW });
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

  it('wakes listeners after a write that changed something, until they stop listening', async () => {
    const { table, feed } = open();
    let woken = 0;
    const stop = feed.onWrite(() => {
      woken += 1;
    });
    await table.write([put('a'), put('b')]);
    await nextTurn();
    expect(woken).toBe(1);
    await table.write([put('a')]);
    await table.write([{ check: { pk: 'P', sk: 'a' }, rev: 1 }]);
    await nextTurn();
    expect(woken).toBe(1);
    stop();
    await table.write([put('c')]);
    await nextTurn();
    expect(woken).toBe(1);
  });

  it("stamps changes with the clock's time", async () => {
    const { table, feed } = open();
    await table.write([put('a')]);
    expect(feed.read(1)).toEqual([{ position: 1, change: { id: '1', at: NOW, after: stored('a') } }]);
  });

  it('removes what has expired, and tells the feed', async () => {
    const { table, feed, removeExpired } = open();
    await table.write([put('past', 0, NOW / 1000 - 1), put('now', 0, NOW / 1000), put('never')]);
    feed.acknowledge(3);
    expect(removeExpired()).toBe(1);
    expect((await table.query({ pk: 'P' })).items.map(({ sk }) => sk)).toEqual(['never', 'now']);
    const before = { ...stored('past'), expiresAt: NOW / 1000 - 1 };
    expect(feed.read(10)).toEqual([{ position: 4, change: { id: '4', at: NOW, before } }]);
    expect(removeExpired()).toBe(0);
  });

  it('rolls a transaction back as a whole, and can go on', () => {
    const database = openDatabase(':memory:');
    database.exec('CREATE TABLE other (n INTEGER) STRICT');
    expect(() =>
      inTransaction(database, () => {
        database.exec('INSERT INTO other VALUES (1)');
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(inTransaction(database, () => database.prepare('SELECT count(*) AS n FROM other').get())).toEqual({ n: 0 });
  });
});
