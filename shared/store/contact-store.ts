import * as z from 'zod/mini';
import { Contact } from '../domain/contact.ts';
import type { Subject } from '../domain/filter-subject.ts';
import { ContactId } from '../domain/id.ts';
import { epoch, Instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import type { Query, Table, Write } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind, once, read, type Stored } from './stored.ts';

export const contacts: Kind<Contact> = {
  type: 'contact',
  parse: once((data) => Contact.parse(data)),
  key: ({ id }) => keys.contact(id),
  index: ({ id }) => keys.contactIndex(id),
};

/**
 * The contacts of a page for whom a filter may hold, and those alone parsed by their schema: that takes ten times as long
 * as the filter. Each was parsed before it was stored; what does not look like one is parsed here too, and says so.
 */
export async function listMatching(
  table: Table,
  query: Query,
  test: (contact: Subject) => boolean,
): Promise<{
  readonly read: number;
  readonly matching: readonly Stored<Contact>[];
  readonly next: string | undefined;
}> {
  const { items, next } = await table.queryIndex(query);
  const matching = items.flatMap((item) => (isWhole(item.data) && !test(item.data) ? [] : [read(contacts, item)]));
  return { read: items.length, matching: matching.filter(({ value }) => test(value)), next };
}

/** Whether all is there that a filter goes through; of what kind the values are it asks by itself. */
const isWhole = (data: unknown): data is Subject =>
  isRecord(data) &&
  Array.isArray(data['tags']) &&
  [data['fields'], data['address'], data['derived'], data['optIn'], data['consent'], data['activity']].every(isRecord);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Who a number belongs to: keeps numbers unique. */
const PhoneOwner = z.strictObject({ phone: z.string(), contactId: ContactId });
type PhoneOwner = z.infer<typeof PhoneOwner>;
export const phoneOwners: Kind<PhoneOwner> = {
  type: 'phone',
  parse: (data) => PhoneOwner.parse(data),
  key: ({ phone }) => keys.phone(phone),
};

export const getContact = (table: Table, id: ContactId): Promise<Stored<Contact> | undefined> =>
  get(table, contacts, keys.contact(id));

export const getPhoneOwner = (table: Table, phone: Phone) => get(table, phoneOwners, keys.phone(phone));

export async function findContact(table: Table, phone: Phone): Promise<Stored<Contact> | undefined> {
  const owner = await getPhoneOwner(table, phone);
  return owner && getContact(table, owner.value.contactId);
}

/**
 * That a number has opted out, kept when its contact goes: no import or form may bring it back as if nothing had been
 * said. Only a salted hash of the number stays.
 */
const Suppression = z.strictObject({ hash: z.string(), at: Instant });
export const suppressions: Kind<z.infer<typeof Suppression>> = {
  type: 'suppression',
  parse: (data) => Suppression.parse(data),
  key: ({ hash }) => keys.suppression(hash),
};

/**
 * That a contact was erased: whoever still holds it in memory writes nothing more about it. Longer than anyone does, and
 * longer than the change of it is told.
 */
const Erasure = z.strictObject({ contactId: ContactId, at: Instant });
const REMEMBERED_SECONDS = 30 * 86_400;
export const erasures: Kind<z.infer<typeof Erasure>> = {
  type: 'erasure',
  parse: (data) => Erasure.parse(data),
  key: ({ contactId }) => keys.erased(contactId),
  expiresAt: ({ at }) => Math.floor(epoch(at) / 1000) + REMEMBERED_SECONDS,
};

export const wasErased = async (table: Table, id: ContactId): Promise<boolean> =>
  (await table.get(keys.erased(id))) !== undefined;

/** The write goes through only if the contact was not erased, whatever else has become of it. */
export const notErased = (id: ContactId): Write => ({ check: keys.erased(id), rev: 0 });
