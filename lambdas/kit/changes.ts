import * as z from 'zod/mini';
import type { Change, Ports } from '../../shared/ports.ts';
import { followChange } from '../../shared/usecases/follow-change.ts';
import { type Handler, wrapped } from './handler.ts';
import { type BatchAnswer, nameOf } from './records.ts';

const StreamEvent = z.looseObject({ Records: z.array(z.unknown()) });

/**
 * Changes from the table's stream, in order. The first that fails stops the batch: what follows on the same contact
 * must not overtake it, and Lambda goes on from there. `placeOf` says where in the stream a record stands, whether or
 * not it can be read.
 */
export const changes = (
  ports: Omit<Ports, 'sms' | 'files'>,
  read: (record: unknown) => Change,
  placeOf: (record: unknown) => string,
): Handler<BatchAnswer> => {
  const follow = followChange(ports);
  return wrapped(ports.log, 'CHANGES_FAILED', async (event) => {
    for (const record of StreamEvent.parse(event).Records) {
      const place = placeOf(record);
      try {
        await follow(read(record));
      } catch (error) {
        ports.log.error('CHANGE_FAILED', { change: place, error: nameOf(error) });
        return { batchItemFailures: [{ itemIdentifier: place }] };
      }
    }
    return { batchItemFailures: [] };
  });
};
