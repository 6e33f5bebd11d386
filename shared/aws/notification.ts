import * as z from 'zod/mini';
import { MessageId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { MessageReceived } from '../domain/message-received.ts';
import type { Receipt } from '../domain/receipt.ts';
import { CONTEXT_KEY } from './sms.ts';

/** What SNS puts around a message on its way into a queue, unless the subscription asks for raw messages: it must not. */
const Notification = z.looseObject({
  Type: z.literal('Notification'),
  Message: z.string(),
  /** When SNS took it. End User Messaging gives an inbound text no time of its own. */
  Timestamp: z.pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text) => instant(Date.parse(text))),
  ),
});

/** "Example of a two-way SMS message payload for Amazon SNS topics", AWS End User Messaging SMS user guide. */
const InboundText = z.looseObject({
  originationNumber: z.string(),
  destinationNumber: z.string(),
  messageKeyword: z.nullish(z.string()),
  messageBody: z.string(),
  inboundMessageId: z.string(),
  previousPublishedMessageId: z.nullish(z.string()),
});

/** An inbound text, out of the notification that carries it. */
export function inboundOf(body: unknown): MessageReceived {
  const { Message, Timestamp } = Notification.parse(body);
  const { messageKeyword: _, previousPublishedMessageId: answers, ...text } = InboundText.parse(JSON.parse(Message));
  return MessageReceived.parse({
    ...text,
    receivedAt: Timestamp,
    ...(answers !== null && answers !== undefined && answers !== '' && { previousPublishedMessageId: answers }),
  });
}

/** Voice and registration events come the same way and have other fields. */
const AnyEvent = z.looseObject({ eventType: z._default(z.string(), '') });
/** "Messaging events", AWS End User Messaging user guide. */
const DeliveryEvent = z.looseObject({
  /** Epoch milliseconds. */
  eventTimestamp: z.number(),
  isFinal: z._default(z.boolean(), false),
  messageId: z.string(),
  context: z.nullish(z.record(z.string(), z.string())),
});

/**
 * What AWS's event types mean, after their TEXT_ or MEDIA_. SUCCESSFUL is "accepted by the recipient's carrier"; where
 * it is final nothing more comes, as in many countries, and it stands for DELIVERED. UNKNOWN also comes by itself after
 * 72 hours without any receipt.
 */
const MEANING: Readonly<Record<string, Receipt['status']>> = {
  SENT: 'ACCEPTED',
  QUEUED: 'ACCEPTED',
  PENDING: 'ACCEPTED',
  SUCCESSFUL: 'ACCEPTED',
  DELIVERED: 'DELIVERED',
  INVALID: 'UNDELIVERED',
  INVALID_MESSAGE: 'UNDELIVERED',
  UNREACHABLE: 'UNDELIVERED',
  CARRIER_UNREACHABLE: 'UNDELIVERED',
  BLOCKED: 'UNDELIVERED',
  CARRIER_BLOCKED: 'UNDELIVERED',
  SPAM: 'UNDELIVERED',
  UNKNOWN: 'UNDELIVERED',
  TTL_EXPIRED: 'UNDELIVERED',
  PROTECT_BLOCKED: 'UNDELIVERED',
  FILE_INACCESSIBLE: 'UNDELIVERED',
  FILE_TYPE_UNSUPPORTED: 'UNDELIVERED',
  FILE_SIZE_EXCEEDED: 'UNDELIVERED',
};
const TYPE = /^(?:TEXT|MEDIA)_(\w+)$/;

/** A delivery event of the configuration set, out of its notification; undefined: it is not about a text. */
export function receiptOf(body: unknown): Receipt | undefined {
  const said: unknown = JSON.parse(Notification.parse(body).Message);
  const [, type = ''] = TYPE.exec(AnyEvent.parse(said).eventType) ?? [];
  const meaning = MEANING[type];
  if (meaning === undefined) return undefined;
  const event = DeliveryEvent.parse(said);
  const status = type === 'SUCCESSFUL' && event.isFinal ? 'DELIVERED' : meaning;
  const messageId = MessageId.safeParse(event.context?.[CONTEXT_KEY]).data;
  return {
    ...(messageId && { messageId }),
    providerId: event.messageId,
    status,
    at: instant(event.eventTimestamp),
    ...(status === 'UNDELIVERED' && { reason: type }),
  };
}
