import type { Contact } from '../domain/contact.ts';
import { cursorOf, InvalidCursor, positionOf } from '../domain/cursor.ts';
import type { ContactId } from '../domain/id.ts';
import type { Message } from '../domain/message.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { keys, SHARDS } from '../store/keys.ts';
import { conversation } from '../store/message-store.ts';
import { type Listed, listIndex, type Stored } from '../store/stored.ts';

type Reading = Pick<Ports, 'table'>;
export interface PageAsked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const readContact =
  ({ table }: Reading) =>
  async (id: ContactId): Promise<Outcome<Stored<Contact>>> => {
    const contact = await getContact(table, id);
    return contact ? ok(contact) : refuse('NOT_FOUND', `There is no contact ${id}.`);
  };

const PLACE = 'CONTACTS';
/** Before the first contact of a shard. */
const START = '-';

/** All contacts, shard after shard: an order that stays as it is while contacts come and go. */
export const listContacts =
  ({ table }: Reading) =>
  async ({ limit, cursor }: PageAsked): Promise<Listed<Contact>> => {
    const [, shardText = '0', start = START] = positionOf({ pk: PLACE, cursor }, 3) ?? [];
    const items: Stored<Contact>[] = [];
    let inner = start === START ? undefined : start;
    let shard = /^\d{1,2}$/.test(shardText) ? Number(shardText) : SHARDS;
    if (shard >= SHARDS) throw new InvalidCursor('no such shard');
    while (shard < SHARDS && items.length < limit) {
      const page = await listIndex(table, contacts, {
        pk: keys.contactsIndex(shard),
        limit: limit - items.length,
        cursor: inner,
      });
      items.push(...page.items);
      inner = page.next;
      if (inner === undefined) shard += 1;
    }
    return shard < SHARDS ? { items, next: cursorOf([PLACE, String(shard), inner ?? START]) } : { items };
  };

/** What was said between the business and a contact. */
export const readConversation =
  ({ table }: Reading) =>
  async (
    id: ContactId,
    { order, limit, cursor }: PageAsked & { readonly order: 'asc' | 'desc' },
  ): Promise<Outcome<Listed<Message>>> => {
    if (!(await getContact(table, id))) return refuse('NOT_FOUND', `There is no contact ${id}.`);
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    return ok(await conversation(table, id, { ...page, order: order === 'asc' ? 'ascending' : 'descending' }));
  };
