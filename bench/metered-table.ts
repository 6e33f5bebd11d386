import { sizeOf } from '../local/table-limits.ts';
import type { Item, Key, Page, Table, Write } from '../shared/ports.ts';

/** What DynamoDB bills: write units of 1 KB, read units of 4 KB (read strongly; half of it from the index). */
export interface Units {
  writes: number;
  reads: number;
}

/**
 * How long a task token of Step Functions is: 664 and 684 characters were found in public logs of executions whose names
 * are shorter than ours. The local one is the name of an attempt.
 */
const TOKEN_CHARACTERS = 720;

/**
 * Counts what DynamoDB would bill for the calls of a table. Source: "DynamoDB read and write operations", "Item sizes
 * and formats", "Transactional APIs" and "Global secondary indexes" (write costs) in the DynamoDB developer guide: the
 * larger of the item before and after counts, in steps of 1 KB, doubled in a transaction, where a check costs as much as
 * a write; the index is written (1 unit: it holds keys alone) only where an entry comes, goes or moves.
 */
export function meter(table: Table, wrote: (writes: readonly Write[], units: number) => void = () => {}) {
  const units: Units = { writes: 0, reads: 0 };
  const inner = { ...table };
  /** As one process remembers it (`lineTaker`): a wrong guess costs one write more. */
  const lines = new Map<string, number>();

  const counting: Pick<Table, 'get' | 'getMany' | 'query' | 'queryIndex' | 'take' | 'write'> = {
    get: async (key) => {
      const item = await inner.get(key);
      units.reads += readUnits(item ? sizeOnAws(item) : 0);
      return item;
    },
    getMany: async (keys) => {
      const items = await inner.getMany(keys);
      for (const item of items) units.reads += readUnits(item ? sizeOnAws(item) : 0);
      return items;
    },
    query: async (query) => {
      const page = await inner.query(query);
      units.reads += readUnits(total(page, sizeOnAws));
      return page;
    },
    queryIndex: async (query) => {
      const page = await inner.queryIndex(query);
      units.reads += readUnits(total(page, keySize)) / 2;
      for (const item of page.items) units.reads += readUnits(sizeOnAws(item));
      return page;
    },
    take: async (line, floor, stretch) => {
      const from = await inner.take(line, floor, stretch);
      const isBehind = from === floor;
      const guessedBehind = (lines.get(line.pk) ?? 0) < floor;
      lines.set(line.pk, from + stretch);
      const spent = isBehind === guessedBehind ? 1 : 2;
      units.writes += spent;
      wrote([], spent);
      return from;
    },
    write: async (writes) => {
      const before = await Promise.all(writes.map((write) => inner.get(keyOf(write))));
      const written = await inner.write(writes);
      const isAlone = writes.length === 1 && 'put' in (writes[0] ?? {});
      if (writes.length === 1 && 'check' in (writes[0] ?? {})) {
        units.reads += readUnits(before[0] ? sizeOnAws(before[0]) : 0);
        return written;
      }
      const costs = writes.map((write, at) => {
        const old = before[at];
        const now = 'put' in write ? write.put : undefined;
        const bytes = Math.max(old ? sizeOnAws(old) : 0, now ? sizeOnAws(now) : 0);
        const base = Math.max(1, Math.ceil(bytes / 1024)) * (isAlone ? 1 : 2);
        return base + (written.committed && !('check' in write) ? indexUnits(old?.index, now?.index) : 0);
      });
      const spent = costs.reduce((sum, cost) => sum + cost, 0);
      units.writes += spent;
      wrote(writes, spent);
      return written;
    },
  };
  // The world has handed this very object to everybody.
  Object.assign(table, counting);
  return {
    units,
    reset: () => {
      units.writes = 0;
      units.reads = 0;
    },
  };
}

const keyOf = (write: Write): Key => ('put' in write ? write.put : 'delete' in write ? write.delete : write.check);

const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));

/** The item's size, with a token as long as AWS's in the place of ours. */
function sizeOnAws(item: Omit<Item, 'rev'>): number {
  const text = JSON.stringify(item.data);
  const token = /"(run_[0-9A-Z]{52}\.\d+\.\d+)"/.exec(text)?.[1];
  return sizeOf(item) + (token === undefined ? 0 : TOKEN_CHARACTERS - token.length);
}

const keySize = ({ pk, sk, index }: Item): number =>
  pk.length + sk.length + (index ? index.pk.length + index.sk.length : 0);

const total = ({ items }: Page, size: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + size(item), 0);

function indexUnits(old: Key | undefined, now: Key | undefined): number {
  if (old && now && old.pk === now.pk && old.sk === now.sk) return 0;
  return (old ? 1 : 0) + (now ? 1 : 0);
}
