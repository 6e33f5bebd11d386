import type { Contact, OptInSource } from '../domain/contact.ts';
import { ContactId } from '../domain/id.ts';
import type { Instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { findContact, wasErased } from '../store/contact-store.ts';
import type { Stored } from '../store/stored.ts';
import {
  type ContactSaid,
  contactAfter,
  futureFaults,
  NOTHING_KNOWN,
  readContactPhone,
  typesFor,
} from './contact-input.ts';
import { createContact } from './create-contact.ts';
import { type Effect, ulidOf } from './effect-id.ts';
import { registerTags } from './register-tags.ts';

export interface ContactGiven extends ContactSaid {
  /** As a person types it. */
  readonly phone: string;
  readonly optIn: { readonly source: OptInSource; readonly at?: Instant | undefined };
}

/** Makes a contact, whose number must be nobody's yet. */
export const addContact = (ports: Pick<Ports, 'table' | 'clock' | 'sms'>) => {
  const { table, clock, sms } = ports;
  const register = registerTags(ports);

  return async (given: ContactGiven, effect: Effect): Promise<Outcome<Stored<Contact>>> => {
    const now = clock.now();
    const [phone, types] = await Promise.all([readContactPhone(table, given.phone), typesFor(table, given.profile)]);
    const after = contactAfter(NOTHING_KNOWN, given, { types, now });
    const faults = [
      ...('faults' in phone ? phone.faults : []),
      ...futureFaults(given.optIn.at, ['optIn', 'at'], now),
      ...('faults' in after ? after.faults : []),
    ];
    if ('faults' in phone || 'faults' in after || faults.length > 0)
      return refuse('INVALID_INPUT', 'The contact cannot be taken as it is.', faults);

    const own = ulidOf(effect);
    // This very request has made a contact before, and somebody has erased it since.
    if (await wasErased(table, ContactId.parse(`ct_${own}`)))
      return refuse('CONFLICT', 'The contact that this request has made was erased.');
    const taken = await findContact(table, phone.value);
    const made =
      taken ??
      (await createContact({ table, clock, ids: { next: () => own } })({
        phone: phone.value,
        source: given.optIn.source,
        ...after.value,
        ...(given.optIn.at !== undefined && { at: given.optIn.at }),
      }));
    if (made.value.id !== `ct_${own}`) {
      const detail = `belongs to ${made.value.id}`;
      return refuse('PHONE_TAKEN', 'Another contact has this number.', [
        { code: 'PHONE_TAKEN', path: ['phone'], detail },
      ]);
    }
    await register(made.value.tags);
    if (made.value.consent.status === 'optedOut') await sms.blockNumber(made.value.phone);
    return ok(made);
  };
};
