import { randomBytes, randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Table, Write, Written } from '../ports.ts';
import { backOff } from './back-off.ts';
import { itemAttributes, keyAttributes, nameOf } from './table-item.ts';

type Put = Extract<Write, { put: unknown }>;
/** Another transaction was at these items just then, or there was no capacity: worth another try. */
type Contended = { readonly contended: readonly number[]; readonly error: Error };

const TRIES = 6;
const COMMITTED: Written = { committed: true };
const lost = (failed: readonly number[]): Written => ({ committed: false, failed });

/** The writes of the table. Throttled requests and lost answers are the SDK's to repeat; each repeat is harmless. */
export function tableWriter(client: DynamoDBDocumentClient, tableName: string, get: Table['get']): Table['write'] {
  return async (writes) => {
    const keys = writes.map((write) =>
      nameOf('put' in write ? write.put : 'delete' in write ? write.delete : write.check),
    );
    // AWS refuses this too, DynamoDB Local only sometimes.
    if (new Set(keys).size < keys.length) throw new RangeError('each part of a write is for another key');
    const [first, ...others] = writes;
    if (first && others.length === 0) {
      if ('put' in first) return put(client, tableName, first);
      if ('check' in first) return ((await get(first.check))?.rev ?? 0) === first.rev ? COMMITTED : lost([0]);
      // A deleted item leaves nothing to know our own lost answer by, and a transaction's token does: twice the
      // price, but lone deletions are rare.
    }
    return transact(client, tableName, writes);
  };
}

/**
 * One conditional put, at half the price of a transaction. If the answer to it is lost, the SDK asks again and the
 * condition fails on our own write; so each carries a nonce, and a refusal shows the item that stands there. An equal
 * item is no proof: two callers who count from 5 to 6 write the same.
 */
function put(client: DynamoDBDocumentClient, tableName: string, { put: item, rev }: Put): Promise<Written> {
  const nonce = randomBytes(9).toString('base64url');
  let repeated = false;
  return untilSettled(async () => {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...itemAttributes({ ...item, rev: rev + 1 }), nonce },
          ...conditionOn(rev),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return COMMITTED;
    } catch (error) {
      if (error instanceof TransactionConflictException) {
        repeated ||= (error.$metadata.attempts ?? 1) > 1;
        return { contended: [0], error };
      }
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      repeated ||= (error.$metadata.attempts ?? 1) > 1;
      // In an error the item is as DynamoDB gave it.
      if (error.Item?.['nonce']?.S === nonce) return COMMITTED;
      // Somebody else's write in the very place of ours proves that ours never was. Anything else may have come after it.
      if (repeated && error.Item?.['rev']?.N !== String(rev + 1)) {
        throw new Error('a write was repeated and overtaken: whether it got in is unknown', { cause: error });
      }
      return lost([0]);
    }
  });
}

function transact(client: DynamoDBDocumentClient, tableName: string, writes: readonly Write[]): Promise<Written> {
  // One token for all tries: should an earlier one have gone through unheard, DynamoDB says so instead of refusing.
  const command = new TransactWriteCommand({
    TransactItems: writes.map((write) => partOf(tableName, write)),
    ClientRequestToken: randomUUID(),
  });
  return untilSettled(async () => {
    try {
      await client.send(command);
      return COMMITTED;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      return reasonsOf(error);
    }
  });
}

const CONFLICT = 'TransactionConflict';
/** Inside a cancelled transaction the SDK does not see these, so it does not repeat them. */
const PASSING = ['None', CONFLICT, 'ThrottlingError', 'ProvisionedThroughputExceeded'];

function reasonsOf(error: TransactionCanceledException): Written | Contended {
  const codes = (error.CancellationReasons ?? []).map(({ Code = 'None' }) => Code);
  const positionsOf = (wanted: string) => codes.flatMap((code, position) => (code === wanted ? [position] : []));
  const failed = positionsOf('ConditionalCheckFailed');
  if (failed.length > 0) return lost(failed);
  if (codes.some((code) => !PASSING.includes(code))) throw error;
  return { contended: positionsOf(CONFLICT), error };
}

async function untilSettled(attempt: () => Promise<Written | Contended>): Promise<Written> {
  for (let tries = 1; ; tries += 1) {
    const result = await attempt();
    if ('committed' in result) return result;
    if (tries === TRIES) {
      if (result.contended.length === 0) throw result.error;
      return lost(result.contended);
    }
    await backOff(tries);
  }
}

function partOf(tableName: string, write: Write) {
  const on = { TableName: tableName, ...conditionOn(write.rev) };
  if ('put' in write) return { Put: { ...on, Item: itemAttributes({ ...write.put, rev: write.rev + 1 }) } };
  if ('delete' in write) return { Delete: { ...on, Key: keyAttributes(write.delete) } };
  return { ConditionCheck: { ...on, Key: keyAttributes(write.check) } };
}

const conditionOn = (rev: number) =>
  rev === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': rev } };
