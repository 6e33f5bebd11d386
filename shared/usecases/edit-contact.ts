import type { Consent, Contact, Profile } from '../domain/contact.ts';
import type { ContactId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import { placeOf } from '../domain/place.ts';
import { type Fault, type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports, Write } from '../ports.ts';
import { contacts, getContact, getPhoneOwner, phoneOwners } from '../store/contact-store.ts';
import { commit, contend, edit, fresh, put, remove, type Stored } from '../store/stored.ts';
import { type ContactSaid, contactAfter, profileOf, readContactPhone, typesFor, withProfile } from './contact-input.ts';
import { registerTags } from './register-tags.ts';
import { suppressedConsent, suppressionWrites } from './suppression.ts';

export interface ContactEdit extends ContactSaid {
  readonly phone?: string | undefined;
}

/** Patches a contact. It may opt out, which ends its runs as STOP does (through the change feed); an opt-out is not taken back here. */
export const editContact = (ports: Pick<Ports, 'table' | 'clock' | 'ids' | 'sms'>) => {
  const { table, clock, sms } = ports;
  const register = registerTags(ports);

  return async (
    id: ContactId,
    change: ContactEdit,
    revision: number | undefined,
  ): Promise<Outcome<Stored<Contact>>> => {
    const edited = await contend(`editing ${id}`, () => attempt(id, change, revision));
    if ('problem' in edited) return edited;
    const { value } = edited.ok;
    await register(value.tags);
    // Also where it had opted out before: a crash may have left this undone.
    if (change.consent?.status === 'optedOut') await sms.blockNumber(value.phone);
    return edited;
  };

  async function attempt(
    id: ContactId,
    change: ContactEdit,
    revision: number | undefined,
  ): Promise<Outcome<Stored<Contact>> | undefined> {
    const stored = await getContact(table, id);
    if (!stored) return refuse('NOT_FOUND', `There is no contact ${id}.`);
    if (revision !== undefined && revision !== stored.rev)
      return refuse('REVISION_MISMATCH', 'The contact has changed since you read it.');
    const now = clock.now();
    const { value: known } = stored;
    const [phone, types] = await Promise.all([
      change.phone === undefined ? { value: known.phone } : readContactPhone(table, change.phone),
      typesFor(table, change.profile),
    ]);
    const after = contactAfter({ profile: profileOf(known), consent: known.consent }, change, { types, now });
    const faults = ['faults' in phone ? phone.faults : [], 'faults' in after ? after.faults : []].flat();
    if ('faults' in phone || 'faults' in after || faults.length > 0)
      return refuse('INVALID_INPUT', 'The contact cannot be changed so.', faults);
    const { profile, consent } = after.value;
    if (!consent) return refuse('CONFLICT', 'The contact has opted out.', [OPTED_OUT]);
    const moved = await phoneWrites(ports, known, phone.value, instant(now));
    if (!moved) {
      return refuse('PHONE_TAKEN', 'Another contact has this number.', [
        { code: 'PHONE_TAKEN', path: ['phone'], detail: 'belongs to another contact' },
      ]);
    }
    const value: Contact = {
      ...editedContact({ ...known, phone: phone.value }, { profile, consent }, now),
      ...(phone.value !== known.phone && (await consentOf(phone.value))),
    };
    return (await commit(table, put(contacts, edit(stored, value)), ...moved))
      ? ok({ rev: stored.rev + 1, value })
      : undefined;
  }

  /** What another number brings along: that it has opted out. */
  async function consentOf(phone: Phone): Promise<Partial<Contact>> {
    const consent = await suppressedConsent(ports, phone);
    return consent ? { consent } : {};
  }
};

/** Why consent stays as it is where an opt-in was said. */
export const OPTED_OUT: Fault = {
  code: 'OPTED_OUT',
  path: ['consent', 'status'],
  detail: 'is optedOut',
  hint: 'only START, texted by the person, opts in again',
};

/** A known contact, as the API or an import has changed it. */
export function editedContact(
  known: Contact,
  { profile, consent }: { readonly profile: Profile; readonly consent: Consent },
  now: number,
): Contact {
  const changed: Pick<Contact, 'derived' | 'changedBy' | 'updatedAt'> = {
    derived: placeOf(known.phone),
    changedBy: { type: 'api' },
    updatedAt: instant(now),
  };
  return { ...withProfile(known, profile), consent, ...changed };
}

/** The writes that pass the number on; undefined where somebody else has it. */
async function phoneWrites(
  ports: Pick<Ports, 'table' | 'ids'>,
  { id, phone: old, consent }: Contact,
  phone: Phone,
  now: Instant,
): Promise<readonly Write[] | undefined> {
  const { table } = ports;
  if (old === phone) return [];
  const [mine, taken] = await Promise.all([getPhoneOwner(table, old), getPhoneOwner(table, phone)]);
  if (taken) return undefined;
  return [
    ...(mine?.value.contactId === id ? [remove(phoneOwners, mine)] : []),
    put(phoneOwners, fresh({ phone, contactId: id })),
    ...(await suppressionWrites(ports, old, consent, now)),
  ];
}
