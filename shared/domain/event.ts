import * as z from 'zod';
import { Instant } from './instant.ts';

/**
 * An inbound text, whoever tells of it: the bridge from AWS End User Messaging, another provider, a simulated phone.
 * Told more than once under the same `inboundMessageId`, it counts once.
 */
export const MessageReceived = z.object({
  inboundMessageId: z.string().min(1).max(200),
  /** The sender, as the network spells it. */
  originationNumber: z.string().min(1).max(40),
  /** The inbox's number. */
  destinationNumber: z.string().min(1).max(40),
  messageBody: z.string().max(10_000),
  receivedAt: Instant,
  /** The provider's id of the text that is answered, where it tells. */
  previousPublishedMessageId: z.string().max(200).optional(),
});
export type MessageReceived = z.infer<typeof MessageReceived>;
