import * as z from 'zod/mini';
import type { Log } from '../../shared/ports.ts';
import { type Handler, wrapped } from './handler.ts';

/** What SQS and DynamoDB streams take for "these again, the others are done". */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const QueueEvent = z.looseObject({ Records: z.array(z.looseObject({ messageId: z.string(), body: z.string() })) });

/** Something that is to be told again, and is no fault: the queue tries later. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** The messages of a queue, each read as JSON. Each fails alone: a poisoned one goes its way to the dead letters by itself. */
export const eachRecord = (log: Log, code: string, work: (body: unknown) => Promise<void>): Handler<BatchAnswer> =>
  wrapped(log, `${code}S_FAILED`, async (event) => {
    const failed: string[] = [];
    for (const { messageId, body } of QueueEvent.parse(event).Records) {
      try {
        await work(JSON.parse(body));
      } catch (error) {
        if (error instanceof NotYet) log.info(`${code}_NOT_YET`, { message: messageId });
        else log.error(`${code}_FAILED`, { message: messageId, error: nameOf(error) });
        failed.push(messageId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
