import * as z from 'zod/mini';
import { MessageReceived } from '../../shared/domain/message-received.ts';
import type { Ports } from '../../shared/ports.ts';
import { receiveMessage } from '../../shared/usecases/receive-message.ts';
import { type Handler, wrapped } from './handler.ts';

/** An EventBridge event; what it is about lies in `detail`. */
const Envelope = z.looseObject({
  id: z.string(),
  'detail-type': z.literal('MessageReceived'),
  detail: MessageReceived,
});

/** Inbound texts, from the bus. A text that nobody can act on is logged and done with; a fault is told again by the bus. */
export const inboundMessage = (ports: Pick<Ports, 'table' | 'sms' | 'clock' | 'ids' | 'log'>): Handler<void> => {
  const receive = receiveMessage(ports);
  return wrapped(ports.log, 'INBOUND_FAILED', async (event) => {
    const { id, detail } = Envelope.parse(event);
    const received = await receive(detail);
    if (!('ignored' in received)) return;
    if (received.ignored === 'ERASED') ports.log.info('INBOUND_OF_ERASED', { event: id });
    else ports.log.error('INBOUND_IGNORED', { event: id, reason: received.ignored });
  });
};
