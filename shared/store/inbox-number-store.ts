import * as z from 'zod/mini';
import { InboxId } from '../domain/id.ts';
import type { Phone } from '../domain/phone.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind } from './stored.ts';

/** Which inbox a number is: keeps the numbers of the business unique. */
const InboxNumber = z.strictObject({ phone: z.string(), inboxId: InboxId });
export const inboxNumbers: Kind<z.infer<typeof InboxNumber>> = {
  type: 'inbox-number',
  parse: (data) => InboxNumber.parse(data),
  key: ({ phone }) => keys.inboxNumber(phone),
};

export const getInboxNumber = (table: Table, phone: Phone) => get(table, inboxNumbers, keys.inboxNumber(phone));
