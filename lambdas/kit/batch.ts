import * as z from 'zod';
import { Job } from '../../shared/domain/job.ts';
import type { Change, Ports } from '../../shared/ports.ts';
import { followChange } from '../../shared/usecases/follow-change.ts';
import { runJob } from '../../shared/usecases/run-job.ts';
import { type Handler, wrapped } from './handler.ts';

/** What SQS and DynamoDB streams take for "these again, the others are done". */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const QueueEvent = z.looseObject({ Records: z.array(z.looseObject({ messageId: z.string(), body: z.string() })) });

/** Jobs from the queue. Each fails alone. */
export const jobs = (ports: Ports): Handler<BatchAnswer> => {
  const run = runJob(ports);
  return wrapped(ports.log, 'JOBS_FAILED', async (event) => {
    const failed: string[] = [];
    for (const { messageId, body } of QueueEvent.parse(event).Records) {
      try {
        await run(Job.parse(JSON.parse(body)));
      } catch (error) {
        ports.log.error('JOB_FAILED', { message: messageId, error: nameOf(error) });
        failed.push(messageId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
};

const StreamEvent = z.looseObject({ Records: z.array(z.unknown()) });

/**
 * Changes from the table's stream, in order. The first that fails stops the batch: what follows on the same contact
 * must not overtake it, and Lambda goes on from there.
 */
export const changes = (ports: Ports, read: (record: unknown) => Change): Handler<BatchAnswer> => {
  const follow = followChange(ports);
  return wrapped(ports.log, 'CHANGES_FAILED', async (event) => {
    for (const record of StreamEvent.parse(event).Records) {
      const change = read(record);
      try {
        await follow(change);
      } catch (error) {
        ports.log.error('CHANGE_FAILED', { change: change.id, error: nameOf(error) });
        return { batchItemFailures: [{ itemIdentifier: change.id }] };
      }
    }
    return { batchItemFailures: [] };
  });
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
