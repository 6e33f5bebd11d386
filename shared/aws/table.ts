import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import type { Item, Key, Query, Table } from '../ports.ts';
import { backOff } from './back-off.ts';
import { itemOf, keyAttributes, nameOf } from './table-item.ts';
import { lineTaker } from './table-line.ts';
import { tableSchema } from './table-schema.ts';
import { tableWriter } from './table-write.ts';

type Row = Readonly<Record<string, unknown>>;

const BATCH = 100;
const PARALLEL_BATCHES = 8;
const BATCH_TRIES = 10;

/** The table on DynamoDB, as `tableSchema` describes it. */
export function dynamoTable(client: DynamoDBClient, tableName: string): Table {
  const documents = DynamoDBDocumentClient.from(client, {
    // Seventeen digits carry any number that JavaScript has, and DynamoDB keeps 38: none is imprecise.
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: Number },
  });

  const get = async (key: Key): Promise<Item | undefined> => {
    const input = { TableName: tableName, Key: keyAttributes(key), ConsistentRead: true };
    const { Item: found } = await documents.send(new GetCommand(input));
    return found && itemOf(found);
  };

  const getBatch = async (keys: readonly Key[]): Promise<readonly Item[]> => {
    const found: Item[] = [];
    let asked: Record<string, unknown>[] = keys.map(keyAttributes);
    for (let tries = 1; tries <= BATCH_TRIES; tries += 1) {
      const input = { RequestItems: { [tableName]: { Keys: asked, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await documents.send(new BatchGetCommand(input));
      found.push(...(Responses?.[tableName] ?? []).map(itemOf));
      asked = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (asked.length === 0) return found;
      await backOff(tries);
    }
    throw new Error(`DynamoDB left ${asked.length} keys unread ${BATCH_TRIES} times`);
  };

  const getMany = async (keys: readonly Key[]): Promise<readonly (Item | undefined)[]> => {
    // DynamoDB refuses to be asked for the same key twice.
    const distinct = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
    const found = new Map<string, Item>();
    for (const group of chunks(chunks(distinct, BATCH), PARALLEL_BATCHES)) {
      for (const item of (await Promise.all(group.map(getBatch))).flat()) found.set(nameOf(item), item);
    }
    return keys.map((key) => found.get(nameOf(key)));
  };

  /** One more than asked for, as DynamoDB's own `LastEvaluatedKey` does not tell whether anything comes after it. */
  const read = async (query: Query, place: Place): Promise<{ rows: readonly Row[]; next?: string }> => {
    const { limit = Number.POSITIVE_INFINITY } = query;
    if (query.limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
      throw new RangeError('a limit is a positive integer');
    }
    if (query.prefix !== undefined && query.upTo !== undefined)
      throw new RangeError('a query has a prefix or an end, not both');
    const rows: Row[] = [];
    let start = startOf(query, place);
    do {
      const missing = limit + 1 - rows.length;
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({
          TableName: tableName,
          ...place.source,
          ...rangeOf(query, place),
          ScanIndexForward: query.order !== 'descending',
          ...(Number.isFinite(missing) && { Limit: missing }),
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const row of Items) rows.push(row);
      start = LastEvaluatedKey;
    } while (start && rows.length <= limit);
    const last = rows.length > limit && rows[limit - 1];
    const next = last && cursorOf(place.position.map((name) => String(last[name])));
    return { rows: rows.slice(0, limit), ...(next && { next }) };
  };

  return {
    get,
    getMany,
    query: async (query) => {
      const { rows, ...next } = await read(query, BASE);
      return { items: rows.map(itemOf), ...next };
    },
    queryIndex: async (query) => {
      const { rows, ...next } = await read(query, INDEX);
      const entries = rows.map((row) => Entry.parse(row));
      const found = await getMany(entries);
      // The index lags: what has gone or moved since is left out, or it would be given in a place where it no longer is.
      const items = entries.flatMap(({ gpk, gsk }, n) => {
        const item = found[n];
        return item?.index?.pk === gpk && item.index.sk === gsk ? [item] : [];
      });
      return { items, ...next };
    },
    countIndex: async (pk) => {
      let count = 0;
      let start: Record<string, unknown> | undefined;
      do {
        const input = { TableName: tableName, ...INDEX.source, ...rangeOf({ pk }, INDEX), Select: 'COUNT' } as const;
        const page = await documents.send(new QueryCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }));
        count += page.Count ?? 0;
        start = page.LastEvaluatedKey;
      } while (start);
      return count;
    },
    take: lineTaker(documents, tableName),
    write: tableWriter(documents, tableName, get),
  };
}

const Entry = z.object({ pk: z.string(), sk: z.string(), gpk: z.string(), gsk: z.string() });

/** What a query goes over: `position` names the attributes that say where a row stands, the partition's and sort key first. */
interface Place {
  readonly source: { readonly ConsistentRead: true } | { readonly IndexName: string };
  readonly position: readonly [string, string, ...string[]];
}
const { partitionKey, sortKey, index } = tableSchema;
const BASE: Place = { source: { ConsistentRead: true }, position: [partitionKey, sortKey] };
const INDEX: Place = {
  source: { IndexName: index.name },
  position: [index.partitionKey, index.sortKey, partitionKey, sortKey],
};

function rangeOf({ pk, prefix = '', upTo }: Query, { position: [partition, sort] }: Place) {
  const own = `${partition} = :pk`;
  if (upTo !== undefined)
    return {
      KeyConditionExpression: `${own} AND ${sort} <= :upTo`,
      ExpressionAttributeValues: { ':pk': pk, ':upTo': upTo },
    };
  // DynamoDB takes no empty prefix.
  return prefix === ''
    ? { KeyConditionExpression: own, ExpressionAttributeValues: { ':pk': pk } }
    : {
        KeyConditionExpression: `${own} AND begins_with(${sort}, :prefix)`,
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      };
}

function startOf(query: Query, { position }: Place): Record<string, unknown> | undefined {
  const values = positionOf(query, position.length);
  return values && Object.fromEntries(position.map((name, n) => [name, values[n]]));
}

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
