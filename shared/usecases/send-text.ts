import { mayText } from '../domain/admission.ts';
import { type ContactId, type InboxId, type MessageId, messageIdOf } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import type { Message, OutboundMessage } from '../domain/message.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { getMessage } from '../store/message-store.ts';
import { getInbox, getSettings } from '../store/workspace-store.ts';
import type { Effect } from './effect-id.ts';
import { sendOnce } from './send-once.ts';
import { takeOver } from './take-over.ts';

export interface TextGiven {
  readonly contactId: ContactId;
  readonly inboxId: InboxId;
  readonly text: string;
  readonly mediaUrl?: string | undefined;
  /** A person takes the conversation over with this text: runs of the contact in this inbox pause. */
  readonly takeover: boolean;
}

/** Sends one text by hand. The same effect never sends twice; whoever has opted out gets none. */
export const sendText = (ports: Pick<Ports, 'table' | 'sms' | 'clock'>) => {
  const { table } = ports;
  const send = sendOnce(ports);
  const take = takeOver(ports);

  return async (
    { contactId, inboxId, text, mediaUrl, takeover }: TextGiven,
    { seed, at }: Effect,
  ): Promise<Outcome<OutboundMessage>> => {
    const [inbox, { value: settings }] = await Promise.all([getInbox(table, inboxId), getSettings(table)]);
    if (!inbox) return missing('inboxId', `There is no inbox ${inboxId}.`);
    const earlier = await getMessage(table, messageIdOf(contactId, 'outbound', at, seed));
    // Read last: consent may have been taken back a moment ago.
    const contact = await getContact(table, contactId);
    if (!contact) return missing('contactId', `There is no contact ${contactId}.`);
    // What was claimed before is told, whatever the person has said since.
    if (!earlier && !mayText(contact.value, settings)) {
      const optedOut = contact.value.consent.status === 'optedOut';
      const fault = {
        code: optedOut ? 'OPTED_OUT' : 'NO_OPT_IN',
        path: ['contactId'],
        detail: optedOut ? 'has opted out' : 'has not opted in',
      };
      return refuse(
        'NOT_SENDABLE',
        optedOut ? 'The contact has opted out.' : 'The contact has not opted in, which the settings require.',
        [fault],
      );
    }
    // First: no run may text between what the person says and what it means.
    if (takeover && !earlier) {
      const taken = await take(contactId, inboxId, instant(at));
      if ('problem' in taken) return taken;
    }
    return ok(
      await send({
        contact: contact.value,
        inbox: inbox.value,
        text,
        origin: { type: 'manual' },
        seed,
        at,
        ...(mediaUrl !== undefined && { mediaUrl }),
      }),
    );
  };
};

const missing = (field: string, detail: string) =>
  refuse('NOT_FOUND', detail, [{ code: 'NOT_FOUND', path: [field], detail: 'does not exist' }]);

export const readMessage =
  ({ table }: Pick<Ports, 'table'>) =>
  async (id: MessageId): Promise<Outcome<Message>> => {
    const message = await getMessage(table, id);
    return message ? ok(message.value) : refuse('NOT_FOUND', `There is no message ${id}.`);
  };
