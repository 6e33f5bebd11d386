import type { Consent } from '../domain/contact.ts';
import type { Instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import type { Ports, Write } from '../ports.ts';
import { suppressions } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { fresh, get, put, read, remove } from '../store/stored.ts';
import { getSalt } from '../store/workspace-store.ts';
import { hashed, saltOf } from './salted-hash.ts';

type Needed = Pick<Ports, 'table' | 'ids'>;

/** The opt-out of a number whose contact is gone, as the consent of the contact that comes with it again. */
export const suppressedConsent = async (ports: Pick<Ports, 'table'>, phone: Phone): Promise<Consent | undefined> =>
  (await suppressedConsents(ports, [phone])).get(phone);

/** Those among many numbers that have opted out. */
export async function suppressedConsents(
  { table }: Pick<Ports, 'table'>,
  phones: readonly Phone[],
): Promise<ReadonlyMap<Phone, Consent>> {
  const salt = await getSalt(table);
  // Without a salt nothing has been suppressed yet.
  if (!salt) return new Map();
  const items = await table.getMany(phones.map((phone) => keys.suppression(hashed(phone, salt.value.salt))));
  return new Map(
    phones.flatMap((phone, at) => {
      const item = items[at];
      return item
        ? [[phone, { status: 'optedOut', source: 'suppression', at: read(suppressions, item).value.at }]]
        : [];
    }),
  );
}

/** What a number that a contact leaves behind needs to be written: its opt-out, or that there is none any more. */
export async function suppressionWrites(ports: Needed, phone: Phone, consent: Consent, now: Instant): Promise<Write[]> {
  const hash = hashed(phone, await saltOf(ports));
  const known = await get(ports.table, suppressions, keys.suppression(hash));
  if (consent.status === 'optedOut') return known ? [] : [put(suppressions, fresh({ hash, at: consent.at ?? now }))];
  return known ? [remove(suppressions, known)] : [];
}
