import * as z from 'zod/mini';
import { type ContactId, MessageId } from '../domain/id.ts';
import { epoch, Instant } from '../domain/instant.ts';
import { Message } from '../domain/message.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind, type Listed, list, once } from './stored.ts';

export const messages: Kind<Message> = {
  type: 'message',
  parse: once((data) => Message.parse(data)),
  key: ({ id }) => keys.message(id),
};

/**
 * That an inbound message was recorded, and as which: providers and queues deliver more than once. It names nobody, and
 * outlives its contact: what is told again of who was erased is not somebody new.
 */
const Seen = z.strictObject({ hash: z.string(), messageId: MessageId, at: Instant });
const REMEMBERED_SECONDS = 30 * 86_400;
export const seenMessages: Kind<z.infer<typeof Seen>> = {
  type: 'seen',
  parse: (data) => Seen.parse(data),
  key: ({ hash }) => keys.seen('MESSAGE', hash),
  expiresAt: ({ at }) => Math.floor(epoch(at) / 1000) + REMEMBERED_SECONDS,
};

export const getMessage = (table: Table, id: MessageId) => get(table, messages, keys.message(id));

export const getSeen = (table: Table, hash: string) => get(table, seenMessages, keys.seen('MESSAGE', hash));

export function conversation(
  table: Table,
  contact: ContactId,
  page: { limit?: number; cursor?: string; order: 'ascending' | 'descending' },
): Promise<Listed<Message>> {
  const { pk } = keys.contact(contact);
  return list(table, messages, { pk, prefix: keys.messagePrefix, ...page });
}
