import * as z from 'zod/mini';
import { Notice, RecordedEvent } from '../domain/contact-event.ts';
import { ContactId } from '../domain/id.ts';
import { epoch, Instant } from '../domain/instant.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind, type Listed, list } from './stored.ts';

export const contactEvents: Kind<RecordedEvent> = {
  type: 'contact-event',
  parse: (data) => RecordedEvent.parse(data),
  key: ({ contactId, at, eventId }) => keys.event(contactId, at, eventId),
};

/** How long an event that is told again is known. */
export const REMEMBERED_MS = 30 * 86_400_000;

/** That an event was recorded, and what was answered. It names nobody, and outlives its contact. */
const SeenEvent = z.strictObject({
  hash: z.string(),
  at: Instant,
  contactId: ContactId,
  created: z.boolean(),
  notices: z.array(Notice),
});
export const seenEvents: Kind<z.infer<typeof SeenEvent>> = {
  type: 'seen-event',
  parse: (data) => SeenEvent.parse(data),
  key: ({ hash }) => keys.seen('EVENT', hash),
  expiresAt: ({ at }) => Math.ceil((epoch(at) + REMEMBERED_MS) / 1000),
};

export const getSeenEvent = (table: Table, hash: string) => get(table, seenEvents, keys.seen('EVENT', hash));

export const getContactEvent = (table: Table, { contactId, at, eventId }: RecordedEvent) =>
  get(table, contactEvents, keys.event(contactId, at, eventId));

export function eventsOfContact(
  table: Table,
  contact: ContactId,
  page: { limit?: number; cursor?: string; order: 'ascending' | 'descending' },
): Promise<Listed<RecordedEvent>> {
  const { pk } = keys.contact(contact);
  return list(table, contactEvents, { pk, prefix: keys.eventPrefix, ...page });
}
