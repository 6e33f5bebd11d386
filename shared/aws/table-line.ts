import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Key, Table } from '../ports.ts';
import { backOff } from './back-off.ts';
import { keyAttributes, nameOf } from './table-item.ts';

const Moved = z.object({ data: z.object({ next: z.number() }) });
const TRIES = 8;

/**
 * Lines of numbers: the one item that is written without having been read, since DynamoDB adds by itself and so nobody
 * has to try again. Only where the line lies behind the floor does somebody put it there.
 */
export function lineTaker(client: DynamoDBDocumentClient, tableName: string): Table['take'] {
  const names = { '#data': 'data', '#next': 'next' };

  async function moved(input: Omit<UpdateCommandInput, 'TableName'>): Promise<number | undefined> {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({ TableName: tableName, ReturnValues: 'ALL_NEW', ...input }),
      );
      return Moved.parse(Attributes).data.next;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  async function added(line: Key, floor: number, stretch: number): Promise<number | undefined> {
    const next = await moved({
      Key: keyAttributes(line),
      UpdateExpression: 'SET #data.#next = #data.#next + :stretch ADD rev :one',
      ConditionExpression: '#data.#next >= :floor',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':stretch': stretch, ':one': 1, ':floor': floor },
    });
    return next === undefined ? undefined : next - stretch;
  }

  async function placed(line: Key, floor: number, stretch: number): Promise<number | undefined> {
    const next = await moved({
      Key: keyAttributes(line),
      UpdateExpression: 'SET #data = :data, #type = :type ADD rev :one',
      ConditionExpression: 'attribute_not_exists(pk) OR #data.#next < :floor',
      ExpressionAttributeNames: { ...names, '#type': 'type' },
      ExpressionAttributeValues: { ':data': { next: floor + stretch }, ':type': 'line', ':one': 1, ':floor': floor },
    });
    return next === undefined ? undefined : floor;
  }

  /** Where this process left each line: that one lies behind the floor is a guess, and a wrong one costs a write. */
  const left = new Map<string, number>();

  return async (line, floor, stretch) => {
    const name = nameOf(line);
    const isBehind = (left.get(name) ?? 0) < floor;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      for (const attempt of isBehind ? [placed, added] : [added, placed]) {
        const from = await attempt(line, floor, stretch);
        if (from === undefined) continue;
        left.set(name, from + stretch);
        return from;
      }
      await backOff(tries);
    }
    throw new Error(`a line was moved by others ${TRIES} times in between`);
  };
}
