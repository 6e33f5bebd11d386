import * as z from 'zod/mini';
import { ContactId, InboxId, MessageId, RunId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';
import { InboundMessage } from './message.ts';
import type { MessageReceived } from './message-received.ts';
import { EndReason, EnrolledBy } from './run.ts';

const ofContact = { contactId: ContactId };
const ofRun = { ...ofContact, workflowId: WorkflowId, version: z.int().check(z.gte(1)), runId: RunId };
const ofMessage = { ...ofContact, messageId: MessageId, inboxId: InboxId };
/** `runId` and what follows: only where a step of a run sent it. */
const ofText = {
  ...ofMessage,
  runId: z.optional(RunId),
  workflowId: z.optional(WorkflowId),
  step: z.optional(z.string()),
};
const reason = z.string().check(z.meta({ description: 'A code.' }));

/** `id` is the same however often the same event is told; `at` is when it became true. */
const event = <const Type extends string, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  description: string,
  shape: Shape,
) => z.strictObject({ type: z.literal(type), id: z.string(), at: Instant, ...shape }).check(z.meta({ description }));

/**
 * What we tell the world, in the past tense: ids and codes, never a number, a name or a text, so that whoever listens
 * asks the API with rights of its own.
 */
export const DomainEvent = z.discriminatedUnion('type', [
  event('ContactCreated', 'A contact came to be, through the API, an import or a first text.', ofContact),
  event('ContactDeleted', 'A contact was erased, and with it all that was said.', ofContact),
  event('ContactOptedOut', 'Nothing more may be texted to the contact.', ofContact),
  event('ContactOptedIn', 'The contact has agreed to be texted, for the first time or again.', ofContact),
  event('ContactEnrolled', 'A contact entered a workflow.', { ...ofRun, enrolledBy: EnrolledBy, test: z.boolean() }),
  event('RunEnded', 'A contact left a workflow, or came to its end.', {
    ...ofRun,
    reason: EndReason,
    test: z.boolean(),
  }),
  event('MessageRecorded', 'An inbound text was recorded and understood; `flagged`: a person had better read it.', {
    ...ofMessage,
    meaning: InboundMessage.shape.meaning,
    flagged: z.boolean(),
  }),
  event('ReplyReceived', 'An inbound text ended the wait of a run.', {
    ...ofRun,
    messageId: MessageId,
    step: z.string(),
  }),
  event('MessageSent', 'The carrier has accepted a text.', ofText),
  event('MessageDelivered', 'A text has reached the phone, or its carrier where phones do not tell.', ofText),
  event('MessageUndelivered', 'A text was sent and did not arrive.', { ...ofText, reason: z.optional(reason) }),
  event('MessageFailed', 'A text was refused and never left.', { ...ofText, reason: z.optional(reason) }),
  event('MessageUnconfirmed', 'Nobody can tell whether a text left; it is not sent again. A receipt may settle it.', {
    ...ofText,
    reason: z.optional(reason),
  }),
  event('WorkflowPublished', 'A workflow is on in a new version.', {
    workflowId: WorkflowId,
    version: z.int().check(z.gte(1)),
  }),
  event('WorkflowTurnedOn', 'A workflow is on again in the version it had.', {
    workflowId: WorkflowId,
    version: z.int().check(z.gte(1)),
  }),
  event('WorkflowTurnedOff', 'A workflow enrols nobody any more; `inFlight`: what becomes of those who are in it.', {
    workflowId: WorkflowId,
    version: z.int().check(z.gte(1)),
    inFlight: z.enum(['finish', 'pause', 'exit']),
  }),
]);
export type DomainEvent = z.infer<typeof DomainEvent>;

/** What travels on the bus: `type` is its detail-type there, the whole of it the detail. */
export type BusEvent = DomainEvent | (MessageReceived & { readonly type: 'MessageReceived'; readonly at: Instant });
