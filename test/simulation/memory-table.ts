import { checkKey, checkRange, checkWrites, keyOf } from '../../local/table-limits.ts';
import { cursorOf, positionOf } from '../../shared/domain/cursor.ts';
import type { Change, Item, Key, Page, Query, Table, Write, Written } from '../../shared/ports.ts';

/** The Table port in memory, each call at once: whoever drives it decides when it is answered. */
export interface MemoryTable {
  get(key: Key): Item | undefined;
  getMany(keys: readonly Key[]): readonly (Item | undefined)[];
  query(query: Query): Page;
  queryIndex(query: Query): Page;
  countIndex(pk: string): number;
  take(line: Key, floor: number, stretch: number): number;
  write(writes: readonly Write[]): Written;
  /** Everything in it. */
  items(): Iterable<Item>;
}

export interface MemoryTableOptions {
  readonly now: () => number;
  /** What is in it at first: items of another such table, which nobody can change. */
  readonly items?: Iterable<Item>;
  /** Told of the changes of one write, in their order. */
  readonly changed?: (changes: readonly Change[]) => void;
  /** Refuses what DynamoDB would refuse; costs as much as all the rest. */
  readonly isStrict?: boolean;
}

interface Entry {
  /** What it sorts by: the sort key; in the index that, and the item's own key. */
  readonly place: readonly string[];
  item: Item;
}
interface Partition {
  readonly entries: Map<string, Entry>;
  /** In order, until one comes or goes. */
  sorted: readonly Entry[] | undefined;
}

/** What is stored is a frozen copy, so a reader may have the very object: nobody can change what another one reads. */
export function memoryTable({
  now,
  items = [],
  changed = () => {},
  isStrict = false,
}: MemoryTableOptions): MemoryTable {
  const partitions = new Map<string, Partition>();
  const indexed = new Map<string, Partition>();
  let position = 0;

  const partitionOf = (all: Map<string, Partition>, pk: string): Partition => {
    const known = all.get(pk);
    if (known) return known;
    const made: Partition = { entries: new Map(), sorted: undefined };
    all.set(pk, made);
    return made;
  };
  const put = (partition: Partition, name: string, place: readonly string[], item: Item): void => {
    const known = partition.entries.get(name);
    if (known) {
      known.item = item;
      return;
    }
    partition.entries.set(name, { place, item });
    partition.sorted = undefined;
  };
  const remove = (partition: Partition, name: string): void => {
    if (partition.entries.delete(name)) partition.sorted = undefined;
  };
  const store = (before: Item | undefined, after: Item | undefined): void => {
    const { pk, sk } = after ?? before ?? { pk: '', sk: '' };
    if (after) put(partitionOf(partitions, pk), sk, [sk], after);
    else remove(partitionOf(partitions, pk), sk);
    const was = before?.index;
    const is = after?.index;
    const name = (place: string) => JSON.stringify([place, pk, sk]);
    if (was && (was.pk !== is?.pk || was.sk !== is.sk)) remove(partitionOf(indexed, was.pk), name(was.sk));
    if (after && is) put(partitionOf(indexed, is.pk), name(is.sk), [is.sk, pk, sk], after);
  };
  for (const item of items) store(undefined, item);

  const find = ({ pk, sk }: Key): Item | undefined => partitions.get(pk)?.entries.get(sk)?.item;

  const written = ({ put: { pk, sk, type, data, index, expiresAt }, rev }: Extract<Write, { put: unknown }>): Item =>
    Object.freeze({
      ...{ pk, sk, type, rev: rev + 1, data: frozen(data) },
      ...(index && { index: Object.freeze({ pk: index.pk, sk: index.sk }) }),
      ...(expiresAt !== undefined && { expiresAt }),
    });

  function write(writes: readonly Write[]): Written {
    if (isStrict) checkWrites(writes);
    const found = writes.map((one) => find(keyOf(one)));
    const failed = writes.flatMap(({ rev }, at) => ((found[at]?.rev ?? 0) === rev ? [] : [at]));
    if (failed.length > 0) return { committed: false, failed };
    const changes: Change[] = [];
    writes.forEach((one, at) => {
      if ('check' in one) return;
      const before = found[at];
      const after = 'put' in one ? written(one) : undefined;
      if (!before && !after) return;
      store(before, after);
      position += 1;
      changes.push({ id: String(position), at: now(), ...(before && { before }), ...(after && { after }) });
    });
    if (changes.length > 0) changed(changes);
    return { committed: true };
  }

  const page = (partition: Partition | undefined, query: Query, after: readonly string[] | undefined): Page => {
    if (!partition) return { items: [] };
    partition.sorted ??= [...partition.entries.values()].sort((one, other) => inOrder(one.place, other.place));
    const { prefix = '', upTo, order, limit = Number.POSITIVE_INFINITY } = query;
    const way = order === 'descending' ? -1 : 1;
    const fits = ({ place }: Entry): boolean => {
      const [sk = ''] = place;
      return (
        sk.startsWith(prefix) &&
        (upTo === undefined || compare(sk, upTo) <= 0) &&
        (after === undefined || inOrder(place, after) * way > 0)
      );
    };
    const fitting = partition.sorted.filter(fits);
    if (way < 0) fitting.reverse();
    const found = fitting.length > limit ? fitting.slice(0, limit) : fitting;
    const last = fitting.length > limit ? found.at(-1) : undefined;
    return {
      items: found.map(({ item }) => item),
      ...(last && { next: cursorOf([query.pk, ...last.place]) }),
    };
  };

  return {
    get: (key) => {
      checkKey(key);
      return find(key);
    },
    getMany: (keys) => keys.map(find),
    query(query) {
      check(query);
      return page(partitions.get(query.pk), query, positionOf(query, 2)?.slice(1));
    },
    queryIndex(query) {
      check(query);
      return page(indexed.get(query.pk), query, positionOf(query, 4)?.slice(1));
    },
    countIndex: (pk) => indexed.get(pk)?.entries.size ?? 0,
    take(line, floor, stretch) {
      const found = find(line);
      const from = Math.max(floor, Number(found?.data['next'] ?? floor));
      write([{ put: { ...line, type: 'line', data: { next: from + stretch } }, rev: found?.rev ?? 0 }]);
      return from;
    },
    write,
    *items() {
      for (const { entries } of partitions.values()) for (const { item } of entries.values()) yield item;
    },
  };
}

/** As others see it: every answer a promise. */
export const asyncTable = (table: MemoryTable): Table => ({
  get: async (key) => table.get(key),
  getMany: async (keys) => table.getMany(keys),
  query: async (query) => table.query(query),
  queryIndex: async (query) => table.queryIndex(query),
  countIndex: async (pk) => table.countIndex(pk),
  take: async (line, floor, stretch) => table.take(line, floor, stretch),
  write: async (writes) => table.write(writes),
});

function check(query: Query): void {
  checkKey({ pk: query.pk, sk: query.prefix || 'any' });
  checkRange(query);
}

const SURROGATE = /[\ud800-\udfff]/;
/** In the order of UTF-8 bytes, which differs from that of UTF-16 units beyond the first plane. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  if (SURROGATE.test(one) || SURROGATE.test(other)) return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}

function inOrder(one: readonly string[], other: readonly string[]): number {
  for (const [at, part] of one.entries()) {
    const order = compare(part, other[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** A copy as JSON would make it: what is undefined is not there. */
function frozen<T>(value: T): T;
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((each) => frozen(each)));
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const inner: unknown = (value as Record<string, unknown>)[name];
    if (inner !== undefined) copy[name] = frozen(inner);
  }
  return Object.freeze(copy);
}
