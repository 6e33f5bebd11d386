import * as z from 'zod/mini';
import { MessageId } from './id.ts';
import { Instant } from './instant.ts';
import type { OutboundMessage, OutboundStatus } from './message.ts';

/** What the network tells about a text of ours, later: minutes as a rule, up to 72 hours, twice, in any order. */
export const Receipt = z.strictObject({
  /** Our own id, where the network gives it back. */
  messageId: z.optional(MessageId),
  providerId: z.string().check(z.minLength(1), z.maxLength(200)),
  status: z.enum(['ACCEPTED', 'DELIVERED', 'UNDELIVERED']),
  at: Instant,
  /** Why it was not delivered: a code. */
  reason: z.optional(z.string().check(z.maxLength(200))),
});
export type Receipt = z.infer<typeof Receipt>;

/**
 * From what we know least to what is certain. A text only ever moves on, so receipts give the same status in whatever
 * order and however often they come. Delivered comes last: a network may give up on a text that arrives later, and never
 * the other way about. FAILED stands against "not delivered", which a refused text was not either, and keeps its reason.
 */
const CERTAINTY: readonly OutboundStatus[] = [
  'CLAIMED',
  'UNCONFIRMED',
  'ACCEPTED',
  'UNDELIVERED',
  'FAILED',
  'DELIVERED',
];
const certainty = (status: OutboundStatus): number => CERTAINTY.indexOf(status);

/** The text as the receipt leaves it: the very same object where it tells nothing new. */
export function received(message: OutboundMessage, { status, at, reason, providerId }: Receipt): OutboundMessage {
  if (certainty(status) <= certainty(message.status)) return message;
  const { reason: _, ...rest } = message;
  return {
    ...rest,
    providerId: message.providerId ?? providerId,
    status,
    statusAt: at,
    ...(reason !== undefined && { reason }),
  };
}

/** Whether the provider is known to have taken it. */
export const wasAccepted = ({ status }: OutboundMessage): boolean =>
  status === 'ACCEPTED' || status === 'UNDELIVERED' || status === 'DELIVERED';
