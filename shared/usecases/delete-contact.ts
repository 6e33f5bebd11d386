import type { ContactId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { contacts, erasures, getContact, getPhoneOwner, phoneOwners } from '../store/contact-store.ts';
import { commit, contend, fresh, put, remove } from '../store/stored.ts';
import { endRunsOfContact } from './end-runs-of-contact.ts';
import { eraseContact } from './erase-contact.ts';
import { suppressionWrites } from './suppression.ts';

/**
 * Erases a person: the contact, its number, and all that lies around it. Its runs end, and stay as ids; of an opt-out a
 * salted hash of the number stays. From the moment that the contact is gone nobody writes about it any more, and what a
 * crash leaves is taken by the next call, or by the change feed.
 */
export const deleteContact = (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) => {
  const { table, clock } = ports;
  const endRuns = endRunsOfContact(ports);
  const erase = eraseContact(ports);

  return async (id: ContactId, revision: number | undefined): Promise<Outcome<null>> => {
    const stale = await contend(`deleting ${id}`, async () => {
      const contact = await getContact(table, id);
      if (contact && revision !== undefined && revision !== contact.rev) return 'stale';
      await endRuns(id, 'CONTACT_DELETED');
      if (!contact) return 'gone';
      const owner = await getPhoneOwner(table, contact.value.phone);
      const isOwner = owner?.value.contactId === id;
      const { phone, consent } = contact.value;
      const at = instant(clock.now());
      const written = await commit(
        table,
        remove(contacts, contact),
        put(erasures, fresh({ contactId: id, at })),
        ...(isOwner ? [remove(phoneOwners, owner)] : []),
        ...(await suppressionWrites(ports, phone, consent, at)),
      );
      return written ? 'gone' : undefined;
    });
    if (stale === 'stale') return refuse('REVISION_MISMATCH', 'The contact has changed since you read it.');
    await erase(id);
    return ok(null);
  };
};
