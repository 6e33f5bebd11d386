import type { Contact } from '../domain/contact.ts';
import type { ContactId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import { placeOf } from '../domain/place.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports, Write } from '../ports.ts';
import { contacts, getContact, getPhoneOwner, phoneOwners } from '../store/contact-store.ts';
import { commit, contend, edit, fresh, put, remove, type Stored } from '../store/stored.ts';
import {
  type ConsentSaid,
  consentAfter,
  futureFaults,
  type ProfilePatch,
  profileOf,
  readContactPhone,
  readProfile,
} from './contact-input.ts';
import { registerTags } from './register-tags.ts';
import { suppressedConsent, suppressionWrites } from './suppression.ts';

export interface ContactEdit {
  readonly phone?: string | undefined;
  readonly profile: ProfilePatch;
  readonly consent?: ConsentSaid | undefined;
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
    const [phone, profile] = await Promise.all([
      change.phone === undefined ? { value: known.phone } : readContactPhone(table, change.phone),
      readProfile(table, profileOf(known), change.profile),
    ]);
    const faults = [
      ...('faults' in phone ? phone.faults : []),
      ...('faults' in profile ? profile.faults : []),
      ...futureFaults(change.consent?.at, ['consent', 'at'], now),
    ];
    if ('faults' in phone || 'faults' in profile || faults.length > 0)
      return refuse('INVALID_INPUT', 'The contact cannot be changed so.', faults);
    const consent = consentAfter(known.consent, change.consent, now);
    if (!consent) {
      const fault = {
        code: 'OPTED_OUT',
        path: ['consent', 'status'],
        detail: 'is optedOut',
        hint: 'only START, texted by the person, opts in again',
      };
      return refuse('CONFLICT', 'The contact has opted out.', [fault]);
    }
    const moved = await phoneWrites(ports, known, phone.value, instant(now));
    if (!moved) {
      return refuse('PHONE_TAKEN', 'Another contact has this number.', [
        { code: 'PHONE_TAKEN', path: ['phone'], detail: 'belongs to another contact' },
      ]);
    }
    const { id: _, optIn, activity, createdAt } = known;
    const value: Contact = {
      ...profile.value,
      id,
      phone: phone.value,
      derived: placeOf(phone.value),
      optIn,
      consent: (phone.value !== known.phone && (await suppressedConsent(ports, phone.value))) || consent,
      activity,
      changedBy: { type: 'api' },
      createdAt,
      updatedAt: instant(now),
    };
    return (await commit(table, put(contacts, edit(stored, value)), ...moved))
      ? ok({ rev: stored.rev + 1, value })
      : undefined;
  }
};

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
