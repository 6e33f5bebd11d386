import type { Contact } from '../domain/contact.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { findContact } from '../store/contact-store.ts';
import { contend, type Stored } from '../store/stored.ts';
import { addContact, type ContactGiven } from './add-contact.ts';
import { readContactPhone } from './contact-input.ts';
import { editContact } from './edit-contact.ts';
import type { Effect } from './effect-id.ts';

export interface Upserted {
  readonly contact: Stored<Contact>;
  readonly created: boolean;
}

/** Patches the contact of a number, or makes one: its opt-in source counts only then, since the first touch wins. */
export const upsertContact = (ports: Pick<Ports, 'table' | 'clock' | 'ids' | 'sms'>) => {
  const add = addContact(ports);
  const edit = editContact(ports);

  return async (given: ContactGiven, effect: Effect, revision: number | undefined): Promise<Outcome<Upserted>> => {
    const phone = await readContactPhone(ports.table, given.phone);
    if ('faults' in phone) {
      return refuse(
        'INVALID_INPUT',
        'The path has no valid phone number.',
        phone.faults.map((fault) => ({ ...fault, path: ['path', 'phone'] })),
      );
    }
    return contend('upserting a contact', async (): Promise<Outcome<Upserted> | undefined> => {
      const known = await findContact(ports.table, phone.value);
      if (known) {
        const { profile, consent } = given;
        const edited = await edit(known.value.id, { profile, consent }, revision);
        // Deleted in between.
        if ('problem' in edited) return edited.problem.code === 'NOT_FOUND' ? undefined : edited;
        return ok({ contact: edited.ok, created: false });
      }
      if (revision !== undefined) return refuse('REVISION_MISMATCH', 'There is no contact with this number.');
      const added = await add({ ...given, phone: phone.value }, effect);
      // Made in between.
      if ('problem' in added) return added.problem.code === 'PHONE_TAKEN' ? undefined : added;
      return ok({ contact: added.ok, created: true });
    });
  };
};
