import type { ContactId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Key, Ports, Table } from '../ports.ts';
import { contacts, getContact, getPhoneOwner, phoneOwners } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { commit, contend, remove } from '../store/stored.ts';
import { endRunsOfContact } from './end-runs-of-contact.ts';
import { suppressionWrites } from './suppression.ts';

/**
 * Erases a person: the contact, its number and its messages. Its runs end, and stay as ids; of
 * an opt-out a salted hash of the number stays. May be repeated: what a
 * crash has left, the next one takes.
 */
export const deleteContact = (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) => {
  const { table, clock } = ports;
  const endRuns = endRunsOfContact(ports);

  return async (id: ContactId, revision: number | undefined): Promise<Outcome<null>> => {
    const stale = await contend(`deleting ${id}`, async () => {
      const contact = await getContact(table, id);
      if (contact && revision !== undefined && revision !== contact.rev) return 'stale';
      await endRuns(id, 'CONTACT_DELETED');
      if (!contact) return 'gone';
      const owner = await getPhoneOwner(table, contact.value.phone);
      const isOwner = owner?.value.contactId === id;
      const { phone, consent } = contact.value;
      const written = await commit(
        table,
        remove(contacts, contact),
        ...(isOwner ? [remove(phoneOwners, owner)] : []),
        ...(await suppressionWrites(ports, phone, consent, instant(clock.now()))),
      );
      return written ? 'gone' : undefined;
    });
    if (stale === 'stale') return refuse('REVISION_MISMATCH', 'The contact has changed since you read it.');
    // Who was enrolled while the contact still was there.
    await endRuns(id, 'CONTACT_DELETED');
    const { pk } = keys.contact(id);
    await erase(table, { pk, sk: keys.messagePrefix });
    await erase(table, { pk, sk: keys.seen(id, '').sk });
    return ok(null);
  };
};

const BATCH = 100;

/** Deletes all items of the partition under the prefix. */
async function erase(table: Table, { pk, sk: prefix }: Key): Promise<void> {
  await contend('erasing what was said', async () => {
    for (;;) {
      const { items, next } = await table.query({ pk, prefix, limit: BATCH });
      if (items.length === 0) return true;
      const { committed } = await table.write(items.map(({ pk, sk, rev }) => ({ delete: { pk, sk }, rev })));
      // A receipt has come in between: once more.
      if (!committed) return undefined;
      if (next === undefined) return true;
    }
  });
}
