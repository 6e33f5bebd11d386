import * as z from 'zod/mini';
import { AnyInstant } from '../../shared/domain/any-instant.ts';
import { ContactEventReceived } from '../../shared/domain/contact-event.ts';
import type { Ports } from '../../shared/ports.ts';
import { receiveContactEvent } from '../../shared/usecases/receive-contact-event.ts';
import { type Handler, wrapped } from './handler.ts';

/** An EventBridge event; told again, it bears the same id and time. */
const Envelope = z.looseObject({
  id: z.string(),
  time: AnyInstant,
  'detail-type': z.literal('ContactEventReceived'),
  detail: ContactEventReceived,
});

/** An event that cannot be taken as things are: somebody has to look, and may hand it over again. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/** What happened elsewhere, from the bus. An event about nobody is done with; whatever else is wrong with one sets it aside. */
export const contactEvent = (ports: Pick<Ports, 'table' | 'clock' | 'ids' | 'log'>): Handler<void> => {
  const receive = receiveContactEvent(ports);
  return wrapped(ports.log, 'CONTACT_EVENT_FAILED', async (event) => {
    const { id, time, detail } = Envelope.parse(event);
    const heard = await receive(detail, time);
    if ('ok' in heard) return;
    const { code, errors = [] } = heard.problem;
    ports.log.info('CONTACT_EVENT_REFUSED', { event: id, problem: code, faults: errors.map((fault) => fault.code) });
    // Erased, mostly: nobody could ever take it.
    if (code !== 'NOT_FOUND') throw new Refused(code);
  });
};
