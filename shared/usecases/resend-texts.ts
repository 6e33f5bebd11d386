import type { Contact } from '../domain/contact.ts';
import { type ContactId, MessageId } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import type { OutboundMessage } from '../domain/message.ts';
import type { Ports } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { commit, contend, edit, put } from '../store/stored.ts';
import { type Later, resendText } from './resend-text.ts';

type Resends = NonNullable<Contact['resends']>;

/** That a text is to be looked at again stands on its contact, for whom a sweep looks then: told twice, it is one plan. */
export const planResend =
  (ports: Pick<Ports, 'table' | 'clock'>) =>
  ({ id, contactId }: OutboundMessage, due: Instant): Promise<void> =>
    change(ports, contactId, (resends) => (id in resends ? resends : { ...resends, [id]: { due } }));

/** Looks at those texts of a contact whose time has come: each goes out once more, is done with, or is looked at again later. */
export const resendTexts = (ports: Pick<Ports, 'table' | 'sms' | 'clock'>) => {
  const resend = resendText(ports);
  return async ({ id, resends = {} }: Contact): Promise<void> => {
    for (const [text, planned] of Object.entries(resends)) {
      if (epoch(planned.due) > ports.clock.now()) continue;
      const later = await resend(MessageId.parse(text), planned);
      await change(ports, id, ({ [MessageId.parse(text)]: _, ...others }) =>
        later === 'done' ? others : { ...others, [text]: planOf(later) },
      );
    }
  };
};

const planOf = ({ due, slot }: Later): Resends[MessageId] => ({ due, ...(slot !== undefined && { slot }) });

/** Whoever is deleted has nothing to be looked at. */
async function change(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  id: ContactId,
  next: (resends: Resends) => Resends,
): Promise<void> {
  await contend(`resends of ${id}`, async () => {
    const stored = await getContact(table, id);
    if (!stored) return true;
    const { resends: known = {}, ...rest } = stored.value;
    const resends = next(known);
    if (resends === known) return true;
    const value: Contact = {
      ...rest,
      ...(Object.keys(resends).length > 0 && { resends }),
      changedBy: { type: 'api' },
      updatedAt: instant(clock.now()),
    };
    return (await commit(table, put(contacts, edit(stored, value)))) || undefined;
  });
}
