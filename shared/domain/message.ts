import * as z from 'zod/mini';
import { ContactId, InboxId, MessageId, RunId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';
import { Purpose } from './purpose.ts';

const shared = {
  id: MessageId,
  contactId: ContactId,
  inboxId: InboxId,
  text: z.string(),
  /** When it was claimed for sending, or received. */
  at: Instant,
  /** The provider's own id. */
  providerId: z.optional(z.string()),
};

/** What caused a text: a step of a run, a person, or the one answer to STOP, HELP or START. */
export const Origin = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('run'), runId: RunId, workflowId: WorkflowId, step: z.string() }),
  z.strictObject({ type: z.literal('manual') }),
  z.strictObject({ type: z.enum(['stop-confirmation', 'help', 'start-confirmation']), answers: MessageId }),
]);
export type Origin = z.infer<typeof Origin>;

/**
 * CLAIMED: about to be submitted. ACCEPTED: by the provider. UNCONFIRMED: it may have been submitted, nobody can tell;
 * never sent again. DELIVERED and UNDELIVERED come from receipts. FAILED: refused, with the reason.
 */
export const OutboundStatus = z.enum(['CLAIMED', 'ACCEPTED', 'UNCONFIRMED', 'DELIVERED', 'UNDELIVERED', 'FAILED']);
export type OutboundStatus = z.infer<typeof OutboundStatus>;

export const OutboundMessage = z.strictObject({
  ...shared,
  direction: z.literal('outbound'),
  mediaUrl: z.optional(z.string()),
  origin: Origin,
  /** Of a run's text. */
  purpose: z.optional(Purpose),
  status: OutboundStatus,
  statusAt: Instant,
  reason: z.optional(z.string()),
  /** The text, of which nobody could tell whether it left, in whose place this one went out. */
  resends: z.optional(MessageId),
  /** It was already submitted when the contact's STOP came. */
  crossed: z.optional(z.literal(true)),
});
export type OutboundMessage = z.infer<typeof OutboundMessage>;

export const InboundMessage = z.strictObject({
  ...shared,
  direction: z.literal('inbound'),
  /** How it was understood, in the order of the rules; only a `message` is shown to waits and triggers. */
  meaning: z.enum(['opt-out', 'help', 'opt-in', 'message']),
  /** A person should look: it may be a wish to opt out that is not said in so many words. */
  flagged: z.optional(z.literal(true)),
  /** The run whose wait it ended. */
  takenBy: z.optional(RunId),
  /** A person had taken the conversation over: no run took it, and it triggers nothing. */
  takenOver: z.optional(z.literal(true)),
  /** The run that had stopped waiting for it. */
  lateFor: z.optional(RunId),
});
export type InboundMessage = z.infer<typeof InboundMessage>;

export const Message = z.discriminatedUnion('direction', [OutboundMessage, InboundMessage]);
export type Message = z.infer<typeof Message>;
