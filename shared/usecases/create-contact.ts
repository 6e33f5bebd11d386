import { type Consent, type Contact, type OptInSource, Profile } from '../domain/contact.ts';
import { ContactId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { countryOf, type Phone } from '../domain/phone.ts';
import type { Ports } from '../ports.ts';
import { contacts, findContact, phoneOwners } from '../store/contact-store.ts';
import { commit, contend, fresh, put, type Stored } from '../store/stored.ts';

export interface NewContact {
  readonly phone: Phone;
  readonly source: OptInSource;
  readonly at?: Instant;
  readonly profile?: Profile;
  readonly consent?: Consent;
}

/** The one contact of a number: made now, or the one that somebody else has just made. */
export const createContact =
  ({ table, clock, ids }: Pick<Ports, 'table' | 'clock' | 'ids'>) =>
  ({ phone, source, at, profile, consent }: NewContact): Promise<Stored<Contact>> =>
    contend('creating a contact', async () => {
      const now = instant(clock.now());
      const country = countryOf(phone);
      const value: Contact = {
        ...(profile ?? Profile.parse({})),
        id: ContactId.parse(`ct_${ids.next()}`),
        phone,
        derived: { ...(country !== undefined && { country }) },
        optIn: { source, at: at ?? now },
        consent: consent ?? { status: 'unknown' },
        activity: {},
        changedBy: { type: source === 'inbound_message' ? 'inbound' : 'api' },
        createdAt: now,
        updatedAt: now,
      };
      const written = await commit(table, put(contacts, fresh(value)), put(phoneOwners, fresh({ phone, contactId: value.id })));
      return written ? { rev: 1, value } : findContact(table, phone);
    });
