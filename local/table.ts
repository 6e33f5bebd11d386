import * as z from 'zod/mini';
import { cursorOf, positionOf } from '../shared/domain/cursor.ts';
import type { Change, Clock, Item, Key, Page, Query, Table, Write, Written } from '../shared/ports.ts';
import { type Database, inTransaction } from './database.ts';
import { checkKey, checkRange, checkWrites, keyOf } from './table-limits.ts';

/** What was written, in the order of the writes. Each change comes again, under the same position, until it is acknowledged. */
export interface Feed {
  read(limit: number): readonly { readonly position: number; readonly change: Change }[];
  /** For good: neither this change nor any before it is given again. */
  acknowledge(position: number): void;
  /** Calls `listener` after each write that the feed tells of; answers how to stop that. */
  onWrite(listener: () => void): () => void;
}

export interface LocalTable {
  readonly table: Table;
  readonly feed: Feed;
  /** Deletes what has expired, as DynamoDB does by itself: a change like any other. Answers how many items. */
  removeExpired(): number;
  /** The lowest sort key that any of these partitions of the index has, remembered until one of them changes. */
  lowestOf(pks: readonly string[]): () => string | undefined;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, rev INTEGER NOT NULL,
    gpk TEXT, gsk TEXT, expires_at REAL,
    body TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS items_by_owner ON items (gpk, gsk, pk, sk) WHERE gpk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_expiring ON items (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, even after the last row is gone
    at INTEGER NOT NULL, before TEXT, after TEXT
  ) STRICT;
`;

const LowestRow = z.object({ gsk: z.nullable(z.string()) });
const LineData = z.object({ next: z.number() });
const CountRow = z.object({ count: z.int() });
const ChangeRow = z.object({
  position: z.int(),
  at: z.int(),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
});

/** Looked at by hand, as its row is: they are read a million times for a preview, and schemas take as long as the JSON. */
function itemOf(body: string): Item {
  const value: unknown = JSON.parse(body);
  if (!isItem(value)) throw new TypeError('the table holds something that is no item');
  return value;
}
function itemIn(row: unknown): Item {
  const body: unknown = Array.isArray(row) ? row[0] : undefined;
  if (typeof body !== 'string') throw new TypeError('an item has no body');
  return itemOf(body);
}

function isItem(value: unknown): value is Item {
  if (!isRecord(value)) return false;
  const { pk, sk, type, rev, data, index, expiresAt } = value;
  const isNamed = typeof pk === 'string' && typeof sk === 'string' && typeof type === 'string';
  const isPlaced =
    index === undefined || (isRecord(index) && typeof index['pk'] === 'string' && typeof index['sk'] === 'string');
  const isDated = expiresAt === undefined || typeof expiresAt === 'number';
  return isNamed && typeof rev === 'number' && rev > 0 && isRecord(data) && isPlaced && isDated;
}

/**
 * The table on SQLite. `database` may be shared with other modules; nobody else touches the tables `items` and
 * `changes`. The feed grows until somebody acknowledges.
 */
export function openTable(database: Database, clock: Pick<Clock, 'now'>): LocalTable {
  database.exec(SCHEMA);
  const sql = statements(database);
  const listeners = new Set<() => void>();

  const find = ({ pk, sk }: Key): Item | undefined => {
    checkKey({ pk, sk });
    const row = sql.get.get(pk, sk);
    return row && itemIn(row);
  };

  const store = ({ put: { pk, sk, type, data, index, expiresAt }, rev }: Extract<Write, { put: unknown }>): Item => {
    const item: Item = {
      ...{ pk, sk, type, rev: rev + 1, data },
      ...(index && { index: { pk: index.pk, sk: index.sk } }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const body = JSON.stringify(item);
    sql.put.run(pk, sk, item.rev, index?.pk ?? null, index?.sk ?? null, expiresAt ?? null, body);
    return item;
  };

  const tell = (before: Item | undefined, after: Item | undefined): boolean => {
    if (!before && !after) return false;
    sql.append.run(clock.now(), before ? JSON.stringify(before) : null, after ? JSON.stringify(after) : null);
    return true;
  };

  const lowest = new Map<string, { known: string | undefined; isStale: boolean }>();
  const apply = (write: Write, before: Item | undefined): boolean => {
    for (const pk of [before?.index?.pk, 'put' in write ? write.put.index?.pk : undefined]) {
      const place = pk === undefined ? undefined : lowest.get(pk);
      if (place) place.isStale = true;
    }
    if ('put' in write) return tell(before, store(write));
    if ('check' in write) return false;
    sql.delete.run(write.delete.pk, write.delete.sk);
    return tell(before, undefined);
  };

  const lowestIn = (pk: string): string | undefined => {
    const place = lowest.get(pk);
    if (place?.isStale) {
      place.known = LowestRow.parse(sql.lowest.get(pk)).gsk ?? undefined;
      place.isStale = false;
    }
    return place?.known;
  };

  const wake = () => {
    for (const listener of listeners) queueMicrotask(listener);
  };

  const write = (writes: readonly Write[]): Written => {
    checkWrites(writes);
    const { written, changed } = inTransaction(database, () => {
      const found = writes.map((one) => find(keyOf(one)));
      const failed = writes.flatMap(({ rev }, position) => ((found[position]?.rev ?? 0) === rev ? [] : [position]));
      if (failed.length > 0) return { written: { committed: false, failed } as const, changed: false };
      const told = writes.map((one, position) => apply(one, found[position]));
      return { written: { committed: true } as const, changed: told.includes(true) };
    });
    if (changed) wake();
    return written;
  };

  const removeExpired = (): number => {
    const removed = inTransaction(database, () => {
      const expired = sql.expired.all(clock.now() / 1000).map(itemIn);
      for (const item of expired) apply({ delete: item, rev: item.rev }, item);
      return expired.length;
    });
    if (removed > 0) wake();
    return removed;
  };

  return {
    table: {
      get: async (key) => find(key),
      getMany: async (keys) => keys.map(find),
      query: async (query) => {
        const { from, to, descending, limit, after } = rangeOf(query, 2);
        // Nothing lies between a string and the same with a NUL behind it.
        const first = after && !descending ? `${after[1]}\0` : from;
        const last = after && descending ? (after[1] ?? to) : to;
        const rows = (descending ? sql.descending : sql.ascending).all(query.pk, first, last, limit);
        return pageOf(rows, query, ({ pk, sk }) => [pk, sk]);
      },
      queryIndex: async (query) => {
        const { from, to, descending, limit, after } = rangeOf(query, 4);
        // No key is empty, so these lie just before everything under `from` and `to`.
        const first = after && !descending ? after.slice(1) : [from, '', ''];
        const last = after && descending ? after.slice(1) : [to, '', ''];
        const rows = (descending ? sql.indexDescending : sql.indexAscending).all(query.pk, ...first, ...last, limit);
        return pageOf(rows, query, ({ pk, sk, index }) => [query.pk, index?.sk ?? '', pk, sk]);
      },
      countIndex: async (pk) => CountRow.parse(sql.countIndex.get(pk)).count,
      take: async (line, floor, stretch) => {
        const found = find(line);
        const from = Math.max(floor, LineData.parse(found?.data ?? { next: floor }).next);
        write([{ put: { ...line, type: 'line', data: { next: from + stretch } }, rev: found?.rev ?? 0 }]);
        return from;
      },
      write: async (writes) => write(writes),
    },
    feed: {
      read: (limit) => sql.read.all(limit).map((row) => changeOf(ChangeRow.parse(row))),
      acknowledge: (position) => {
        sql.acknowledge.run(position);
      },
      onWrite: (listener) => {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
    },
    removeExpired,
    lowestOf: (pks) => {
      for (const pk of pks) lowest.set(pk, { known: undefined, isStale: true });
      return () => pks.flatMap((pk) => lowestIn(pk) ?? []).toSorted()[0];
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function statements(database: Database) {
  /** A row is an array of its one column. */
  const bodies = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const range = (order: 'ASC' | 'DESC') =>
    bodies(`SELECT body FROM items WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk ${order} LIMIT ?`);
  const indexRange = (order: 'ASC' | 'DESC') =>
    bodies(
      `SELECT body FROM items WHERE gpk = ? AND (gsk, pk, sk) > (?, ?, ?) AND (gsk, pk, sk) < (?, ?, ?)
       ORDER BY gsk ${order}, pk ${order}, sk ${order} LIMIT ?`,
    );
  return {
    get: bodies('SELECT body FROM items WHERE pk = ? AND sk = ?'),
    put: database.prepare(
      `INSERT INTO items (pk, sk, rev, gpk, gsk, expires_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (pk, sk) DO UPDATE SET
         rev = excluded.rev, gpk = excluded.gpk, gsk = excluded.gsk, expires_at = excluded.expires_at, body = excluded.body`,
    ),
    delete: database.prepare('DELETE FROM items WHERE pk = ? AND sk = ?'),
    ascending: range('ASC'),
    descending: range('DESC'),
    lowest: database.prepare('SELECT MIN(gsk) AS gsk FROM items WHERE gpk = ?'),
    countIndex: database.prepare('SELECT COUNT(*) AS count FROM items WHERE gpk = ?'),
    indexAscending: indexRange('ASC'),
    indexDescending: indexRange('DESC'),
    expired: bodies('SELECT body FROM items WHERE expires_at < ?'),
    append: database.prepare('INSERT INTO changes (at, before, after) VALUES (?, ?, ?)'),
    read: database.prepare('SELECT position, at, before, after FROM changes ORDER BY position LIMIT ?'),
    acknowledge: database.prepare('DELETE FROM changes WHERE position <= ?'),
  };
}

/** In SQLite every blob comes after every text. */
const AFTER_ALL_TEXT = new Uint8Array();

/** The first text, in the order of UTF-8 bytes (which is that of code points), behind all that begin with `prefix`. */
function behind(prefix: string): string | Uint8Array {
  const points = [...prefix];
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return AFTER_ALL_TEXT;
  if (last === 0x10ffff) return behind(points.join(''));
  return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}

function rangeOf(query: Query, places: number) {
  const { pk, prefix = '', upTo, order, limit } = query;
  checkKey({ pk, sk: prefix || 'any' });
  checkRange(query);
  const after = positionOf(query, places);
  // One more than asked for tells whether there is a next page; -1 is no limit to SQLite.
  const rows = limit === undefined ? -1 : limit + 1;
  return {
    from: prefix,
    to: upTo === undefined ? behind(prefix) : `${upTo}\0`,
    descending: order === 'descending',
    limit: rows,
    after,
  };
}

function pageOf(
  rows: readonly unknown[],
  { limit = rows.length }: Query,
  position: (item: Item) => readonly string[],
): Page {
  const items = rows.slice(0, limit).map(itemIn);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last && { next: cursorOf(position(last)) }) };
}

function changeOf({ position, at, before, after }: z.infer<typeof ChangeRow>) {
  const images = {
    ...(before !== null && { before: itemOf(before) }),
    ...(after !== null && { after: itemOf(after) }),
  };
  return { position, change: { id: String(position), at, ...images } };
}
