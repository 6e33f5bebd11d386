import type { Item, Key, Page, Query, Table, Write } from '../ports.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A value as it was read, with the revision that a write of it must name. `rev` 0: not yet in the table. */
export interface Stored<T> {
  readonly rev: number;
  readonly value: T;
}

export const fresh = <T>(value: T): Stored<T> => ({ rev: 0, value });
/** The value to be, over the revision that was read. */
export const edit = <T>({ rev }: Stored<unknown>, value: T): Stored<T> => ({ rev, value });

/** One kind of item: how it is named, placed and read. What the table gives is parsed before anyone sees it. */
export interface Kind<T extends Fields> {
  readonly type: string;
  readonly parse: (data: unknown) => T;
  readonly key: (value: T) => Key;
  /** Kept as one JSON text: it may nest deeper than the 32 levels that DynamoDB takes. */
  readonly packed?: true;
  /** How it lies in the table, where that is not as it is: `parse` takes it back. */
  readonly stored?: (value: T) => Fields;
  /** Undefined: this one is in no index. */
  readonly index?: (value: T) => Key | undefined;
  readonly expiresAt?: (value: T) => number;
}

/** A change is looked at by several, one after another: what they look at is parsed once. Nobody alters what was parsed. */
export function once<Data, T>(parse: (data: Data) => T): (data: Data) => T {
  const known = new WeakMap<object, { readonly value: T }>();
  return (data) => {
    if (typeof data !== 'object' || data === null) return parse(data);
    const found = known.get(data) ?? { value: parse(data) };
    known.set(data, found);
    return found.value;
  };
}

export function put<T extends Fields>(kind: Kind<T>, { rev, value }: Stored<T>): Write {
  const index = kind.index?.(value);
  const item = {
    ...kind.key(value),
    type: kind.type,
    data: kind.packed ? { json: JSON.stringify(value) } : { ...(kind.stored?.(value) ?? value) },
    ...(index && { index }),
    ...(kind.expiresAt && { expiresAt: kind.expiresAt(value) }),
  };
  return { put: item, rev };
}

export const remove = <T extends Fields>(kind: Kind<T>, { rev, value }: Stored<T>): Write => ({
  delete: kind.key(value),
  rev,
});

/** The write goes through only if the item still is as it was read. */
export const unchanged = <T extends Fields>(kind: Kind<T>, { rev, value }: Stored<T>): Write => ({
  check: kind.key(value),
  rev,
});

export const read = <T extends Fields>(kind: Kind<T>, { rev, data }: Item): Stored<T> => ({
  rev,
  value: kind.parse(kind.packed ? unpacked(data) : data),
});
const unpacked = once((data: Item['data']): unknown => JSON.parse(String(data['json'])));

export async function get<T extends Fields>(table: Table, kind: Kind<T>, key: Key): Promise<Stored<T> | undefined> {
  const item = await table.get(key);
  return item && read(kind, item);
}

export interface Listed<T> {
  readonly items: readonly Stored<T>[];
  readonly next?: string;
}

const listed = <T extends Fields>(kind: Kind<T>, page: Page): Listed<T> => ({
  items: page.items.map((item) => read(kind, item)),
  ...(page.next !== undefined && { next: page.next }),
});

export const list = async <T extends Fields>(table: Table, kind: Kind<T>, query: Query): Promise<Listed<T>> =>
  listed(kind, await table.query(query));

export const listIndex = async <T extends Fields>(table: Table, kind: Kind<T>, query: Query): Promise<Listed<T>> =>
  listed(kind, await table.queryIndex(query));

export async function commit(table: Table, ...writes: readonly Write[]): Promise<boolean> {
  return (await table.write(writes)).committed;
}

/** A race that was lost again and again: a fault, to be tried again by whoever called. */
export class Contention extends Error {
  override readonly name = 'Contention';
}

const ATTEMPTS = 8;

/**
 * Read, decide, write; and again from the start when somebody else wrote in between. `attempt` answers `undefined`
 * to say that its write was lost.
 */
export async function contend<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < ATTEMPTS; tries += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new Contention(`gave up after ${ATTEMPTS} lost races: ${what}`);
}
