import type { MessageReceived } from '../../shared/domain/message-received.ts';
import type { Receipt } from '../../shared/domain/receipt.ts';
import type { Ports } from '../../shared/ports.ts';
import { recordReceipt } from '../../shared/usecases/record-receipt.ts';
import type { Handler } from './handler.ts';
import { type BatchAnswer, eachRecord, NotYet } from './records.ts';

/** A carrier's inbound texts, from its queue: each goes on to the bus, where it is told apart from no other's. */
export const inboundBridge = (
  { bus, log }: Pick<Ports, 'bus' | 'log'>,
  read: (body: unknown) => MessageReceived,
): Handler<BatchAnswer> =>
  eachRecord(log, 'INBOUND_TEXT', async (body) => {
    const text = read(body);
    await bus.publish([{ type: 'MessageReceived', at: text.receivedAt, ...text }]);
  });

/** A carrier's receipts, from its queue; `undefined` is about something else than a text. One that nobody knows is done with. */
export const deliveryReceipts = (
  ports: Pick<Ports, 'table' | 'clock' | 'log'>,
  read: (body: unknown) => Receipt | undefined,
): Handler<BatchAnswer> => {
  const record = recordReceipt(ports);
  return eachRecord(ports.log, 'RECEIPT', async (body) => {
    const receipt = read(body);
    if (!receipt) return;
    const recorded = await record(receipt);
    if (recorded === 'too-early') throw new NotYet();
    if (recorded === 'unknown')
      ports.log.info('RECEIPT_UNKNOWN', { provider: receipt.providerId, status: receipt.status });
  });
};
