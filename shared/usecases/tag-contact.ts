import { type Contact, MOST_TAGS, type Tag } from '../domain/contact.ts';
import type { ContactId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { commit, contend, edit, put, type Stored } from '../store/stored.ts';
import { registerTags } from './register-tags.ts';

/** Puts a tag on a contact, or takes it off. Doing so twice changes nothing more. */
export const tagContact = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const { table, clock } = ports;
  const register = registerTags(ports);

  return async (id: ContactId, tag: Tag, state: 'on' | 'off'): Promise<Outcome<Stored<Contact>>> => {
    const tagged = await contend(`tagging ${id}`, async (): Promise<Outcome<Stored<Contact>> | undefined> => {
      const stored = await getContact(table, id);
      if (!stored) return refuse('NOT_FOUND', `There is no contact ${id}.`);
      const { tags } = stored.value;
      if (tags.includes(tag) === (state === 'on')) return ok(stored);
      if (state === 'on' && tags.length >= MOST_TAGS)
        return refuse('CONFLICT', `The contact has ${MOST_TAGS} tags, which is the most there may be.`);
      const value: Contact = {
        ...stored.value,
        tags: state === 'on' ? [...tags, tag].sort() : tags.filter((other) => other !== tag),
        changedBy: { type: 'api' },
        updatedAt: instant(clock.now()),
      };
      return (await commit(table, put(contacts, edit(stored, value)))) ? ok({ rev: stored.rev + 1, value }) : undefined;
    });
    if (state === 'on' && 'ok' in tagged) await register([tag]);
    return tagged;
  };
};
