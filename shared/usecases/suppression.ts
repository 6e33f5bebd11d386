import type { Consent } from '../domain/contact.ts';
import type { Instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import type { Ports, Write } from '../ports.ts';
import { suppressions } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { fresh, get, put, remove } from '../store/stored.ts';
import { getSalt } from '../store/workspace-store.ts';
import { hashed, saltOf } from './salted-hash.ts';

type Needed = Pick<Ports, 'table' | 'ids'>;

/** The opt-out of a number whose contact is gone, as the consent of the contact that comes with it again. */
export async function suppressedConsent(ports: Pick<Ports, 'table'>, phone: Phone): Promise<Consent | undefined> {
  const salt = await getSalt(ports.table);
  // Without a salt nothing has been suppressed yet.
  const known = salt && (await get(ports.table, suppressions, keys.suppression(hashed(phone, salt.value.salt))));
  return known && { status: 'optedOut', source: 'suppression', at: known.value.at };
}

/** What a number that a contact leaves behind needs to be written: its opt-out, or that there is none any more. */
export async function suppressionWrites(ports: Needed, phone: Phone, consent: Consent, now: Instant): Promise<Write[]> {
  const hash = hashed(phone, await saltOf(ports));
  const known = await get(ports.table, suppressions, keys.suppression(hash));
  if (consent.status === 'optedOut') return known ? [] : [put(suppressions, fresh({ hash, at: consent.at ?? now }))];
  return known ? [remove(suppressions, known)] : [];
}
