import * as z from 'zod/mini';
import { Instant } from './instant.ts';

/**
 * An inbound text, whoever tells of it: the bridge from AWS End User Messaging, another provider, a simulated phone.
 * Told more than once under the same `inboundMessageId`, it counts once.
 */
export const MessageReceived = z
  .object({
    inboundMessageId: z.string().check(z.minLength(1), z.maxLength(200)),
    /** The sender, as the network spells it. */
    originationNumber: z.string().check(z.minLength(1), z.maxLength(40)),
    /** The inbox's number. */
    destinationNumber: z.string().check(z.minLength(1), z.maxLength(40)),
    messageBody: z.string().check(z.maxLength(10_000)),
    receivedAt: Instant,
    /** The provider's id of the text that is answered, where it tells. */
    previousPublishedMessageId: z.optional(z.string().check(z.maxLength(200))),
  })
  .check(
    z.meta({
      description:
        'An inbound text. Whoever puts this event on the bus is believed: the bridge from AWS does, and so may another provider. Told more than once under the same `inboundMessageId`, it counts once.',
    }),
  );
export type MessageReceived = z.infer<typeof MessageReceived>;
