import type { Contact } from '../domain/contact.ts';
import type { DomainEvent } from '../domain/event.ts';
import { instant } from '../domain/instant.ts';
import type { Message, OutboundMessage, OutboundStatus } from '../domain/message.ts';
import type { Run } from '../domain/run.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Change, Item } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { messages } from '../store/message-store.ts';
import { runs } from '../store/run-store.ts';
import { type Kind, read } from '../store/stored.ts';
import { workflows } from '../store/workflow-store.ts';

/** An event without the name that the change gives it. */
type Happened = DomainEvent extends infer Event ? (Event extends DomainEvent ? Omit<Event, 'id'> : never) : never;

/**
 * What a committed write says has happened. Each event is read off the one item that makes it true, so it was written
 * in that very transaction; told again, the change gives the same events under the same ids.
 */
export function eventsOf(change: Change): readonly DomainEvent[] {
  const happened = [
    ...ofContact(imagesOf(contacts, change), change.at),
    ...ofRun(imagesOf(runs, change)),
    ...ofMessage(imagesOf(messages, change)),
    ...ofWorkflow(imagesOf(workflows, change)),
  ];
  return happened.map((event) => ({ ...event, id: `${change.id}.${event.type}` }));
}

interface Images<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

function imagesOf<T extends Readonly<Record<string, unknown>>>(kind: Kind<T>, { before, after }: Change): Images<T> {
  const image = (item: Item | undefined) => (item?.type === kind.type ? read(kind, item).value : undefined);
  return { before: image(before), after: image(after) };
}

function ofContact({ before, after }: Images<Contact>, changedAt: number): readonly Happened[] {
  const { id: contactId } = after ?? before ?? {};
  if (contactId === undefined) return [];
  if (!after) return [{ type: 'ContactDeleted', at: instant(changedAt), contactId }];
  const { consent, createdAt, updatedAt } = after;
  const turned = consent.status !== (before?.consent.status ?? 'unknown');
  return [
    ...(before ? [] : [{ type: 'ContactCreated', at: createdAt, contactId } as const]),
    ...(turned && consent.status === 'optedOut'
      ? [{ type: 'ContactOptedOut', at: updatedAt, contactId } as const]
      : []),
    ...(turned && consent.status === 'optedIn' ? [{ type: 'ContactOptedIn', at: updatedAt, contactId } as const] : []),
  ];
}

function ofRun({ before, after }: Images<Run>): readonly Happened[] {
  if (!after) return [];
  const { id: runId, contactId, workflowId, version, enrolledBy, test, mailbox } = after;
  const run = { contactId, workflowId, version, runId };
  // The item of a pair of contact and workflow holds one run after the other.
  const earlier = before?.id === runId ? before : undefined;
  const happened: Happened[] = [];
  if (!earlier) happened.push({ type: 'ContactEnrolled', at: after.enrolledAt, ...run, enrolledBy, test });
  if (mailbox?.status === 'replied' && earlier?.mailbox?.status !== 'replied' && after.answer !== undefined) {
    happened.push({
      type: 'ReplyReceived',
      at: mailbox.closedAt ?? mailbox.openedAt,
      ...run,
      messageId: after.answer,
      step: mailbox.wait,
    });
  }
  if (after.status === 'ENDED' && earlier?.status !== 'ENDED') {
    happened.push({ type: 'RunEnded', at: after.endedAt, ...run, reason: after.reason, test });
  }
  return happened;
}

function ofMessage({ before, after }: Images<Message>): readonly Happened[] {
  if (!after) return [];
  const { id: messageId, contactId, inboxId } = after;
  if (after.direction === 'outbound')
    return ofText(before?.direction === 'outbound' ? before.status : 'CLAIMED', after);
  if (before) return [];
  const { at, meaning, flagged = false } = after;
  return [{ type: 'MessageRecorded', at, contactId, messageId, inboxId, meaning, flagged }];
}

type Told = 'MessageSent' | 'MessageDelivered' | 'MessageUndelivered' | 'MessageFailed' | 'MessageUnconfirmed';
/** What a text that has come to a status has gone through: a receipt may be the first to say that it left. */
const TOLD: { readonly [Status in OutboundStatus]: readonly Told[] } = {
  CLAIMED: [],
  UNCONFIRMED: ['MessageUnconfirmed'],
  ACCEPTED: ['MessageSent'],
  UNDELIVERED: ['MessageSent', 'MessageUndelivered'],
  FAILED: ['MessageFailed'],
  DELIVERED: ['MessageSent', 'MessageDelivered'],
};

function ofText(before: OutboundStatus, after: OutboundMessage): readonly Happened[] {
  const { id: messageId, contactId, inboxId, origin, statusAt: at, reason } = after;
  const { runId, workflowId, step } = origin.type === 'run' ? origin : {};
  const text = {
    at,
    contactId,
    messageId,
    inboxId,
    ...(runId && { runId, workflowId, step }),
  };
  return TOLD[after.status]
    .filter((type) => !TOLD[before].includes(type))
    .map((type) =>
      type === 'MessageSent' || type === 'MessageDelivered' ? { type, ...text } : { type, ...text, ...because(reason) },
    );
}

const because = (reason: string | undefined): { reason?: string } => (reason === undefined ? {} : { reason });

function ofWorkflow({ before, after }: Images<Workflow>): readonly Happened[] {
  if (!after) return [];
  const { id: workflowId, version, status, updatedAt: at, inFlight = 'pause' } = after;
  if (status === 'ON' && version !== (before?.version ?? 0))
    return [{ type: 'WorkflowPublished', at, workflowId, version }];
  if (status === 'ON' && before?.status === 'OFF') return [{ type: 'WorkflowTurnedOn', at, workflowId, version }];
  if (status === 'OFF' && before?.status === 'ON')
    return [{ type: 'WorkflowTurnedOff', at, workflowId, version, inFlight }];
  return [];
}
