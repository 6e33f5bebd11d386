import { createHash } from 'node:crypto';
import { decodeTime, encodeTime } from 'ulid';
import * as z from 'zod/mini';

/** ULID: 26 characters of Crockford's base 32 (https://github.com/ulid/spec). */
const ULID = '[0-9A-HJKMNP-TV-Z]{26}';
const id = <Prefix extends string, Brand extends string>(prefix: Prefix, brand: Brand, length = 1) =>
  z
    .string()
    .check(z.regex(new RegExp(`^${prefix}_(?:${ULID}){${length}}$`), `is not an id of the form ${prefix}_…`))
    .brand(brand);

export const ContactId = id('ct', 'ContactId');
export type ContactId = z.infer<typeof ContactId>;
export const WorkflowId = id('wf', 'WorkflowId');
export type WorkflowId = z.infer<typeof WorkflowId>;
export const InboxId = id('inb', 'InboxId');
export type InboxId = z.infer<typeof InboxId>;
export const ListId = id('lst', 'ListId');
export type ListId = z.infer<typeof ListId>;
export const ImportId = id('imp', 'ImportId');
export type ImportId = z.infer<typeof ImportId>;
export const ExportId = id('exp', 'ExportId');
export type ExportId = z.infer<typeof ExportId>;

export const PassId = id('pass', 'PassId');
export type PassId = z.infer<typeof PassId>;

/** Runs and messages carry their contact, so that the id alone leads to the partition they lie in. */
export const RunId = id('run', 'RunId', 2);
export type RunId = z.infer<typeof RunId>;
export const MessageId = id('msg', 'MessageId', 2);
export type MessageId = z.infer<typeof MessageId>;

export const contactOf = (child: RunId | MessageId): ContactId => ContactId.parse(`ct_${child.slice(4, 30)}`);

const ulidOf = (contact: ContactId) => contact.slice(3);

export const runIdOf = (contact: ContactId, ulid: string): RunId => RunId.parse(`run_${ulidOf(contact)}${ulid}`);

/**
 * Sorts by `at`, and within a millisecond what came in before what went out in answer. The same instant and seed give
 * the same id, so that a repeated attempt meets its own record.
 */
export const messageIdOf = (
  contact: ContactId,
  direction: 'inbound' | 'outbound',
  at: number,
  seed: string,
): MessageId =>
  MessageId.parse(`msg_${ulidOf(contact)}${encodeTime(at)}${direction === 'inbound' ? '0' : 'Z'}${hashed(seed, 15)}`);

/** The `at` of `messageIdOf`: when a text was claimed, epoch milliseconds. */
export const atOf = (message: MessageId): number => decodeTime(message.slice(30));

/** The ULID of something asked for once: the same whenever it is asked for again. */
export const seededUlid = (at: number, seed: string): string => `${encodeTime(at)}${hashed(seed, 16)}`;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Five bits of a hash per character, as the random part of a ULID is spelled. */
function hashed(seed: string, length: number): string {
  const bytes = createHash('sha256').update(seed).digest();
  return Array.from({ length }, (_, at) => ALPHABET[bytes.readUInt8(at) % 32]).join('');
}
