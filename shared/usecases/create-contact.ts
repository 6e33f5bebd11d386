import { type Consent, type Contact, type OptInSource, Profile } from '../domain/contact.ts';
import { ContactId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import { placeOf } from '../domain/place.ts';
import type { Ports, Write } from '../ports.ts';
import { contacts, findContact, phoneOwners } from '../store/contact-store.ts';
import { commit, contend, fresh, put, type Stored } from '../store/stored.ts';
import { suppressedConsent } from './suppression.ts';

export interface NewContact {
  readonly phone: Phone;
  readonly source: OptInSource;
  readonly at?: Instant;
  readonly profile?: Profile;
  readonly consent?: Consent;
}

export function newContact(
  { clock, ids }: Pick<Ports, 'clock' | 'ids'>,
  { phone, source, at, profile, consent }: NewContact,
): Contact {
  const now = instant(clock.now());
  return {
    ...(profile ?? Profile.parse({})),
    id: ContactId.parse(`ct_${ids.next()}`),
    phone,
    derived: placeOf(phone),
    optIn: { source, at: at ?? now },
    consent: consent ?? { status: 'unknown' },
    activity: {},
    changedBy: { type: 'api' },
    createdAt: now,
    updatedAt: now,
  };
}

/** A contact that is new takes its number with it. */
export const putContact = (contact: Stored<Contact>): Write[] => {
  const { phone, id: contactId } = contact.value;
  return [put(contacts, contact), ...(contact.rev === 0 ? [put(phoneOwners, fresh({ phone, contactId }))] : [])];
};

/** The one contact of a number: made now, or the one that somebody else has just made. */
export const createContact =
  (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) =>
  (given: NewContact): Promise<Stored<Contact>> =>
    contend('creating a contact', async () => {
      const suppressed = await suppressedConsent(ports, given.phone);
      const value = newContact(ports, { ...given, ...(suppressed && { consent: suppressed }) });
      return (await commit(ports.table, ...putContact(fresh(value))))
        ? { rev: 1, value }
        : findContact(ports.table, given.phone);
    });
