import { checkPlainJson } from '../shared/domain/plain-json.ts';
import type { Item, Key, Query, Write } from '../shared/ports.ts';

/*
 * What DynamoDB refuses is refused here too, so that nothing works on one machine and fails in AWS.
 * Source: "Quotas" and "Item sizes and formats" in the DynamoDB developer guide.
 */
const WRITES = 100;
const PK_BYTES = 2048;
const SK_BYTES = 1024;
const ITEM_BYTES = 400 * 1024;
const TRANSACTION_BYTES = 4 * 1024 * 1024;
const DEPTH = 32;
/** As long as the nonce that the DynamoDB engine keeps in an item. */
const NONCE = 'x'.repeat(12);
const TOO_LARGE = 1e126;
const SMALLEST = 1e-130;

const bytes = (text: string) => Buffer.byteLength(text);
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

export const keyOf = (write: Write): Key =>
  'put' in write ? write.put : 'delete' in write ? write.delete : write.check;

export function checkKey({ pk, sk }: Key): void {
  if (pk === '' || sk === '') throw new RangeError('a key is not empty');
  if (bytes(pk) > PK_BYTES) throw new RangeError(`a partition key has at most ${PK_BYTES} bytes`);
  if (bytes(sk) > SK_BYTES) throw new RangeError(`a sort key has at most ${SK_BYTES} bytes`);
}

export function checkRange({ limit, prefix, upTo }: Query): void {
  if (prefix !== undefined && upTo !== undefined) throw new RangeError('a query has a prefix or an end, not both');
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new RangeError('a limit is a positive integer');
}

export function checkWrites(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.length > WRITES)
    throw new RangeError(`a write has 1 to ${WRITES} parts, not ${writes.length}`);
  const keys = writes.map(keyOf);
  for (const key of keys) checkKey(key);
  if (new Set(keys.map(({ pk, sk }) => JSON.stringify([pk, sk]))).size < keys.length) {
    throw new RangeError('each part of a write is for another key');
  }
  const total = sum(writes.map((write) => ('put' in write ? checkItem(write.put) : 0)));
  if (total > TRANSACTION_BYTES) throw new RangeError(`a write has at most ${TRANSACTION_BYTES} bytes, not ${total}`);
}

function checkItem(item: Omit<Item, 'rev'>): number {
  if (item.index) checkKey({ pk: item.index.pk, sk: item.index.sk });
  checkPlainJson(item.data);
  const size = sizeOf(item);
  if (size > ITEM_BYTES) throw new RangeError(`an item has at most ${ITEM_BYTES} bytes, not ${size}`);
  return size;
}

/** As DynamoDB counts an item, in bytes. */
export function sizeOf({ pk, sk, type, data, index, expiresAt }: Omit<Item, 'rev'>): number {
  const attributes = { pk, sk, type, rev: 1, gpk: index?.pk, gsk: index?.sk, expiresAt, nonce: NONCE };
  const named = Object.entries({ ...attributes, data }).filter(([, value]) => value !== undefined);
  return sum(named.map(([name, value]) => bytes(name) + sizeOfValue(value, 0)));
}

function sizeOfValue(value: unknown, depth: number): number {
  if (depth > DEPTH) throw new RangeError(`data is at most ${DEPTH} levels deep`);
  if (typeof value === 'string') return bytes(value);
  if (typeof value === 'number') return sizeOfNumber(value);
  if (Array.isArray(value)) return 3 + sum(value.map((element) => 1 + sizeOfValue(element, depth + 1)));
  if (typeof value === 'object' && value !== null) {
    const named = Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (named.some(([name]) => name === '')) throw new RangeError('no name in data is empty');
    return 3 + sum(named.map(([name, inner]) => 1 + bytes(name) + sizeOfValue(inner, depth + 1)));
  }
  return 1;
}

function sizeOfNumber(value: number): number {
  const magnitude = Math.abs(value);
  if (value !== 0 && !(magnitude >= SMALLEST && magnitude < TOO_LARGE))
    throw new RangeError(`${value} is out of a number's range`);
  // Two digits to a byte, in pairs that start from the decimal point: an even exponent leaves the first digit alone.
  const [mantissa = '', exponent] = magnitude.toExponential().split('e');
  const digits = mantissa.replace('.', '').length;
  const pairs = value === 0 ? 0 : Math.ceil((digits + (Number(exponent) % 2 === 0 ? 1 : 0)) / 2);
  return 1 + pairs + (value < 0 ? 1 : 0);
}
