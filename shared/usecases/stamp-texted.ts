import { afterText } from '../domain/after-text.ts';
import { instant } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import { wasAccepted } from '../domain/receipt.ts';
import type { Ports } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { commit, contend, edit, put } from '../store/stored.ts';
import { eraseContact } from './erase-contact.ts';

/** That a text of ours has been accepted is written on its contact; one that was on its way to who was erased goes too, whatever became of it. */
export const stampTexted = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const { table, clock } = ports;
  const erase = eraseContact(ports);

  return async (before: Message | undefined, text: Message): Promise<void> => {
    if (text.direction !== 'outbound') return;
    const isAccepted = wasAccepted(text) && !(before?.direction === 'outbound' && wasAccepted(before));
    if (before && !isAccepted) return;
    await contend(`stamping ${text.contactId}`, async () => {
      const contact = await getContact(table, text.contactId);
      if (!contact) {
        await erase(text.contactId);
        return true;
      }
      if (!isAccepted) return true;
      const told = afterText(contact.value, text, 'sent', instant(clock.now()));
      return told === contact.value || (await commit(table, put(contacts, edit(contact, told)))) || undefined;
    });
  };
};
