import { CLAIM_IS_ABANDONED_MS } from '../domain/admission.ts';
import { afterText, type TextTold } from '../domain/after-text.ts';
import type { Contact } from '../domain/contact.ts';
import { type MessageId, messageIdOf } from '../domain/id.ts';
import type { Inbox } from '../domain/inbox.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { Message, Origin, OutboundMessage } from '../domain/message.ts';
import type { Ports, Submission } from '../ports.ts';
import { contacts, getContact, notErased } from '../store/contact-store.ts';
import { getMessage, messages } from '../store/message-store.ts';
import { Contention, commit, contend, edit, fresh, put, remove, unchanged } from '../store/stored.ts';

export interface OneText {
  readonly contact: Contact;
  readonly inbox: Inbox;
  readonly text: string;
  readonly mediaUrl?: string;
  readonly origin: Origin;
  /** What makes it this one and no other: the same seed and instant never send again. */
  readonly seed: string;
  readonly at: number;
}

/** The carrier would not take it now; nothing was submitted. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
}

/**
 * Sends one text outside any run, at most once: its record is the claim. Where an earlier attempt has left the claim
 * open, nobody can tell whether the text left, and it is not sent again.
 */
export const sendOnce =
  ({ table, sms, clock }: Pick<Ports, 'table' | 'sms' | 'clock'>) =>
  async ({ contact, inbox, text, mediaUrl, origin, seed, at }: OneText): Promise<OutboundMessage> => {
    const claimed: OutboundMessage = {
      id: messageIdOf(contact.id, 'outbound', at, seed),
      contactId: contact.id,
      inboxId: inbox.id,
      text,
      at: instant(at),
      direction: 'outbound',
      ...(mediaUrl !== undefined && { mediaUrl }),
      origin,
      status: 'CLAIMED',
      statusAt: instant(clock.now()),
    };
    if (!(await commit(table, put<Message>(messages, fresh(claimed)), notErased(contact.id))))
      return claimedBefore(claimed.id);
    // Consent once more, now that the claim stands; only the answers to STOP, HELP and START may follow an opt-out.
    const consent = (await getContact(table, contact.id))?.value.consent.status;
    const submission: Submission =
      origin.type === 'manual' && consent !== 'unknown' && consent !== 'optedIn'
        ? TOO_LATE
        : await sms.send({
            from: inbox.origination ?? inbox.phone,
            to: contact.phone,
            body: text,
            messageId: claimed.id,
            ...(mediaUrl !== undefined && { mediaUrl }),
          });
    if (submission.outcome === 'throttled') {
      await commit(table, remove(messages, { rev: 1, value: claimed }));
      throw new Throttled(`${claimed.id} was throttled`);
    }
    const statusAt = instant(clock.now());
    const { outcome } = submission;
    const settled: OutboundMessage =
      outcome === 'accepted'
        ? { ...claimed, status: 'ACCEPTED', statusAt, providerId: submission.providerId }
        : {
            ...claimed,
            status: outcome === 'rejected' ? 'FAILED' : 'UNCONFIRMED',
            statusAt,
            reason: submission.reason,
          };
    return contend(`settlement of ${claimed.id}`, async () => {
      const latest = await getContact(table, contact.id);
      if (!latest) {
        // Deleted meanwhile: nothing that was said stays.
        await commit(table, remove(messages, { rev: 1, value: claimed }));
        return settled;
      }
      const told = afterText(latest.value, claimed, toldBy(submission), statusAt);
      const record = put<Message>(messages, { rev: 1, value: settled });
      const about = told === latest.value ? unchanged(contacts, latest) : put(contacts, edit(latest, told));
      return (await commit(table, record, about)) ? settled : undefined;
    });

    async function claimedBefore(id: MessageId): Promise<OutboundMessage> {
      const earlier = await settleClaim({ table, clock })(id);
      // Erased a moment ago: whoever asks again finds no contact.
      if (!earlier) throw new Contention(`${id} was not written`);
      return earlier;
    }
  };

/**
 * What has become of a text that was claimed before, if it was. Whoever claimed it and has not said is dead after a while:
 * then nobody can tell whether it left. Until then there is no answer, and whoever asks has to ask again.
 */
export const settleClaim =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (id: MessageId): Promise<OutboundMessage | undefined> => {
    const earlier = await getMessage(table, id);
    if (!earlier) return undefined;
    if (earlier.value.direction !== 'outbound') throw new Error(`${id} is not a text of ours`);
    if (earlier.value.status !== 'CLAIMED') return earlier.value;
    if (clock.now() - epoch(earlier.value.statusAt) < CLAIM_IS_ABANDONED_MS)
      throw new Contention(`${id} is being sent`);
    const unconfirmed: OutboundMessage = {
      ...earlier.value,
      status: 'UNCONFIRMED',
      statusAt: instant(clock.now()),
      reason: 'ABANDONED',
    };
    await commit(table, put<Message>(messages, edit(earlier, unconfirmed)));
    return unconfirmed;
  };

/** What the carrier's answer tells about the person. */
export const toldBy = (submission: { readonly outcome: string; readonly optedOut?: boolean }): TextTold =>
  submission.outcome === 'accepted' ? 'sent' : submission.optedOut ? 'opted-out' : 'nothing';

const TOO_LATE: Submission = { outcome: 'rejected', reason: 'OPTED_OUT', optedOut: true };
