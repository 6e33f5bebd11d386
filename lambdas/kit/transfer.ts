import { TransferJob } from '../../shared/domain/job.ts';
import type { Ports } from '../../shared/ports.ts';
import { runTransfer } from '../../shared/usecases/run-transfer.ts';
import type { Handler } from './handler.ts';
import { type BatchAnswer, eachRecord } from './records.ts';

/** Imports and exports, from their queue. */
export const transfers = (ports: Omit<Ports, 'machines' | 'bus'>): Handler<BatchAnswer> => {
  const run = runTransfer(ports);
  return eachRecord(ports.log, 'TRANSFER', async (body) => {
    await run(TransferJob.parse(body));
  });
};
