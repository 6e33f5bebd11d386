import { withActivity } from '../domain/activity.ts';
import { isYes, recognise } from '../domain/consent.ts';
import type { Contact } from '../domain/contact.ts';
import { type MessageId, messageIdOf } from '../domain/id.ts';
import type { Inbox } from '../domain/inbox.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import type { InboundMessage, Message } from '../domain/message.ts';
import type { MessageReceived } from '../domain/message-received.ts';
import type { Phone } from '../domain/phone.ts';
import { hasTexted, leftByReply, listens, type Mailbox, missed, type Run, type RunningRun } from '../domain/run.ts';
import { readSender } from '../domain/sender.ts';
import type { Settings } from '../domain/settings.ts';
import { isTakenOver } from '../domain/takeover.ts';
import type { Ports, Write } from '../ports.ts';
import { findContact, getContact } from '../store/contact-store.ts';
import { conversation, getMessage, getSeen, messages, seenMessages } from '../store/message-store.ts';
import { runs, runsOfContact } from '../store/run-store.ts';
import { commit, contend, edit, fresh, put, type Stored } from '../store/stored.ts';
import { allInboxes, getSettings } from '../store/workspace-store.ts';
import { newContact, putContact } from './create-contact.ts';
import { endWrites } from './end-run.ts';
import { replied } from './replied.ts';
import { toldHash } from './salted-hash.ts';
import { sendOnce, settleClaim } from './send-once.ts';
import { suppressedConsent } from './suppression.ts';
import { versionCache } from './version-cache.ts';

/** What became of an inbound text; an event that nobody can act on is told, never retried for ever. */
export type Received =
  | { readonly messageId: MessageId; readonly contactId: Contact['id'] }
  | { readonly ignored: 'NOT_A_NUMBER' | 'NO_INBOX' | 'ERASED' };

/**
 * An inbound text, in this order always: dropped if seen before, inbox and contact found, then opt-out, HELP, START,
 * whoever has taken the conversation over, the runs that wait for it, and (through the contact's change) triggers. The record of the text and what it decides
 * are one transaction; what follows from it may be repeated until it is done. That an opt-out ends every run follows
 * from the contact's change.
 */
export const receiveMessage = (ports: Pick<Ports, 'table' | 'sms' | 'clock' | 'ids'>) => {
  const { table, clock } = ports;
  const versionOf = versionCache(table);
  const nameOf = toldHash(ports);

  return async (event: MessageReceived): Promise<Received> => {
    const { value: settings } = await getSettings(table);
    const sender = readSender(event.originationNumber);
    if (!sender) return { ignored: 'NOT_A_NUMBER' };
    const inboxes = (await allInboxes(table)).map(({ value }) => value);
    const inbox =
      inboxes.find(({ phone }) => phone === event.destinationNumber) ?? (await lastTextedFrom(sender, inboxes));
    if (!inbox) return { ignored: 'NO_INBOX' };

    const hash = await nameOf(sender, event.inboundMessageId);
    const message = await contend(`message ${event.inboundMessageId}`, async () => {
      const seen = await getSeen(table, hash);
      if (seen) {
        const earlier = await getMessage(table, seen.value.messageId);
        return earlier?.value.direction === 'inbound' ? earlier.value : 'erased';
      }
      const contact = (await findContact(table, sender)) ?? (await unknownSender(sender, event.receivedAt));
      return record(event, hash, inbox, contact);
    });
    if (message === 'erased') return { ignored: 'ERASED' };
    await followUp(message, inbox, settings);
    return { messageId: message.id, contactId: message.contactId };
  };

  /** A pool texts from any of its numbers, and people answer to that one: the inbox is the one that they had their last text from. */
  async function lastTextedFrom(phone: Phone, inboxes: readonly Inbox[]): Promise<Inbox | undefined> {
    const contact = await findContact(table, phone);
    if (!contact) return undefined;
    const { items } = await conversation(table, contact.value.id, { order: 'descending', limit: RECENT_MESSAGES });
    const text = items.find(({ value }) => value.direction === 'outbound');
    return inboxes.find(({ id }) => id === text?.value.inboxId);
  }

  /** Not written yet: it is, with what it said. */
  async function unknownSender(phone: Phone, at: Instant): Promise<Stored<Contact>> {
    const suppressed = await suppressedConsent(ports, phone);
    return fresh(
      newContact(ports, { phone, source: 'inbound_message', at, ...(suppressed && { consent: suppressed }) }),
    );
  }

  /** One transaction; undefined where somebody else wrote first. */
  async function record(
    event: MessageReceived,
    hash: string,
    inbox: Inbox,
    contact: Stored<Contact>,
  ): Promise<InboundMessage | undefined> {
    const { inboundMessageId: providerId, messageBody: text, receivedAt } = event;
    const { meaning: said, flagged } = recognise(text);
    const optedOut = contact.value.consent.status === 'optedOut';
    const meaning = said === 'message' && optedOut && isYes(text) ? 'opt-in' : said;
    const plain: InboundMessage = {
      id: messageIdOf(contact.value.id, 'inbound', epoch(receivedAt), providerId),
      contactId: contact.value.id,
      inboxId: inbox.id,
      text,
      at: receivedAt,
      providerId,
      direction: 'inbound',
      meaning,
      ...(flagged && { flagged }),
    };
    const stamped = withActivity(contact.value, 'received', receivedAt);
    const decided = meaning === 'message' ? await route(event, inbox, stamped, plain) : { message: plain, writes: [] };
    const { message } = decided;
    const changed: Contact = {
      ...stamped,
      consent: consentAfter(contact.value, message),
      changedBy: { type: 'inbound', consumed: meaning !== 'message' || isTaken(message) },
      updatedAt: instant(clock.now()),
    };
    const written = await commit(
      table,
      ...putContact(edit(contact, changed)),
      put<Message>(messages, fresh(message)),
      put(seenMessages, fresh({ hash, messageId: message.id, at: receivedAt })),
      ...decided.writes,
    );
    return written ? message : undefined;
  }

  /** Which run gets the reply, unless a person has taken over: the one whose text is answered, else the one that texted last; or it came too late. */
  async function route(event: MessageReceived, inbox: Inbox, contact: Contact, message: InboundMessage) {
    const { receivedAt } = event;
    if (isTakenOver(contact, inbox.id, receivedAt))
      return { message: { ...message, takenOver: true as const }, writes: [] };
    const all = await runsOfContact(table, contact.id);
    const waiting = all.flatMap(({ rev, value }) => (listens(value, inbox.id, receivedAt) ? [{ rev, value }] : []));
    const chosen = (await answeredBy(event, waiting)) ?? waiting.toSorted(byLatestText).at(0);
    const writes: Write[] = [];
    let taker: Run | undefined = chosen?.value;
    for (const run of all.toSorted(byLatestText)) {
      const taken = await takenWrites(run, { isChosen: run.value === chosen?.value, inbox, contact, message });
      writes.push(...taken);
      if (taken.length > 0) taker ??= run.value;
    }
    if (taker) return { message: { ...message, takenBy: taker.id }, writes };
    const late = all
      .filter(({ value }) => missed(value, inbox.id, receivedAt))
      .toSorted(byLatestText)
      .at(0);
    if (!late) return { message, writes: [] };
    const step = late.value.mailbox?.wait;
    const entry = {
      at: instant(clock.now()),
      code: 'LATE_REPLY',
      messageId: message.id,
      ...(step !== undefined && { step }),
    } as const;
    const noted: Run = { ...late.value, log: [...late.value.log, entry] };
    return { message: { ...message, lateFor: late.value.id }, writes: [put(runs, edit(late, noted))] };
  }

  /** What a reply does to one run: it answers the wait of the chosen one, and of those that listen beside it; some it ends. */
  async function takenWrites(
    { rev, value }: Stored<Run>,
    {
      isChosen,
      inbox,
      contact,
      message,
    }: {
      readonly isChosen: boolean;
      readonly inbox: Inbox;
      readonly contact: Contact;
      readonly message: InboundMessage;
    },
  ): Promise<readonly Write[]> {
    const isHeard = listens(value, inbox.id, message.at);
    if (value.status === 'ENDED' || (!isHeard && !value.claim)) return [];
    const version = await versionOf(value.workflowId, value.version);
    const leaves = version.exit.onReply && hasTexted(value, version, inbox.id, message.at);
    const at = instant(clock.now());
    if (isHeard && (isChosen || leaves || value.mailbox.broadcast)) {
      return [put<Run>(runs, { rev, value: await replied(ports, value, version, contact, message, at) })];
    }
    return leaves ? endWrites(table, { rev, value }, leftByReply(value, at, message.id)) : [];
  }

  async function answeredBy({ previousPublishedMessageId }: MessageReceived, waiting: readonly Stored<Waiting>[]) {
    if (previousPublishedMessageId === undefined) return undefined;
    for (const run of waiting) {
      const text = run.value.claim && (await getMessage(table, run.value.claim.messageId));
      if (text?.value.providerId === previousPublishedMessageId) return run;
    }
    return undefined;
  }

  /** What a recorded text calls for. A repeated event does what a crash has left undone, while it still holds. */
  async function followUp(message: InboundMessage, inbox: Inbox, settings: Settings): Promise<void> {
    if (message.meaning === 'message') return;
    const contact = await getContact(table, message.contactId);
    if (!contact) return;
    const { consent, phone } = contact.value;
    const holds = consent.evidence === message.id;
    const at = epoch(message.at) + 1;
    const answer = (text: string, type: 'stop-confirmation' | 'help' | 'start-confirmation') =>
      sendOnce(ports)({
        contact: contact.value,
        inbox,
        text,
        origin: { type, answers: message.id },
        seed: message.id,
        at,
      });
    // Something newer was said since: it is not answered any more, and an answer whose function died is not left open.
    if (message.meaning !== 'help' && !holds)
      await settleClaim(ports)(messageIdOf(message.contactId, 'outbound', at, message.id));

    if (message.meaning === 'help') await answer(settings.helpText, 'help');
    if (message.meaning === 'opt-out' && holds) {
      await answer(settings.stopText, 'stop-confirmation');
      await ports.sms.blockNumber(phone);
    }
    if (message.meaning === 'opt-in' && holds) {
      await ports.sms.unblockNumber(phone);
      await answer(settings.startText, 'start-confirmation');
    }
  }
};

const RECENT_MESSAGES = 20;

const isTaken = ({ takenBy, takenOver }: InboundMessage): boolean => takenBy !== undefined || takenOver === true;

type Waiting = RunningRun & { mailbox: Mailbox };

/** A run that has not texted yet comes after all that have. */
const textedAt = ({ claim }: Run): string => claim?.settledAt ?? claim?.claimedAt ?? '';
const listenedAt = ({ mailbox, enrolledAt }: Run): string => mailbox?.openedAt ?? enrolledAt;
const byLatestText = ({ value: one }: Stored<Run>, { value: other }: Stored<Run>): number =>
  textedAt(other).localeCompare(textedAt(one)) || listenedAt(other).localeCompare(listenedAt(one));

/**
 * Only the person's own STOP and START turn consent; a second STOP changes nothing, so it confirms nothing. Nor does a
 * START that was sent before the opt-out and is told after it.
 */
function consentAfter({ consent }: Contact, { meaning, id, at }: InboundMessage): Contact['consent'] {
  if (meaning === 'opt-in' && consent.status === 'optedOut' && consent.at !== undefined && consent.at >= at)
    return consent;
  if (meaning === 'opt-out' && consent.status !== 'optedOut')
    return { status: 'optedOut', source: 'keyword', at, evidence: id };
  if (meaning === 'opt-in') return { status: 'optedIn', source: 'keyword', at, evidence: id };
  return consent;
}
