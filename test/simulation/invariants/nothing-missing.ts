import type { Contact } from '../../../shared/domain/contact.ts';
import type { Message, OutboundMessage } from '../../../shared/domain/message.ts';
import type { LogEntry, Run } from '../../../shared/domain/run.ts';
import type { Record as Everything } from '../record.ts';
import { type Check, valueOf } from '../view.ts';

const HOUR = 3_600_000;

const logMatchesMessages: Check = function* ({ runs, messages, erased }) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const LOGGED: Readonly<Partial<Record<LogEntry['code'], readonly string[]>>> = {
    SENT: ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'],
    SEND_CROSSED_OPT_OUT: ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'],
    SEND_UNCONFIRMED: ['UNCONFIRMED', 'ACCEPTED', 'DELIVERED', 'UNDELIVERED'],
    SEND_FAILED: ['FAILED', 'DELIVERED'],
  };
  for (const run of runs) {
    for (const { code, messageId, step = '', detail, reason } of run.log) {
      const statuses = LOGGED[code];
      if (statuses && !erased.has(run.contactId)) {
        const message = messageId === undefined ? undefined : byId.get(messageId);
        if (message?.direction !== 'outbound') yield `${code} ${step} of ${run.id} has no message`;
        else if (!statuses.includes(message.status))
          yield `${code} ${step} of ${run.id} has a message that is ${message.status}`;
      }
      if (code === 'SEND_SKIPPED' && detail === undefined) yield `${step} of ${run.id} was skipped without a reason`;
      if (code === 'SEND_DEFERRED' && reason === undefined) yield `${step} of ${run.id} was deferred without a reason`;
    }
  }
};

/** What became of each text that was handed over is on record, and no more is said than is known. */
const outcomeIsTold: Check = function* ({ submissions, ofRuns, messages, commits, disturbed, now }) {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  const gone = new Set(
    commits.flatMap(({ after, before }) => (!after && before?.type === 'contact' ? [String(before.data['id'])] : [])),
  );
  const accepted = new Set(submissions.flatMap(({ accepted: is, text }) => (is ? [text.messageId] : [])));
  const ids = new Set(ofRuns.map(({ text }) => text.messageId));
  const maybe = new Set(submissions.flatMap(({ refused, text }) => (refused === 'throttled' ? [] : [text.messageId])));
  for (const { text, refused, at, by } of submissions) {
    if (refused === 'throttled' && !maybe.has(text.messageId)) {
      // As if it had never been claimed; unless whoever knew so has died, or could not write it. By hand it is tried again under the same id.
      if (byId.has(text.messageId) && !disturbed.has(by) && ids.has(text.messageId))
        yield `${text.messageId} was throttled, and there is a message of it`;
      continue;
    }
    const message = byId.get(text.messageId);
    const contact = `ct_${text.messageId.slice(4, 30)}`;
    if (!message) {
      if (!gone.has(contact)) yield `${text.messageId} was handed over, and nothing is said of it`;
      continue;
    }
    if (message.direction !== 'outbound') continue;
    const isAccepted = accepted.has(text.messageId);
    if (message.status === 'CLAIMED' && now - at > HOUR)
      yield `${text.messageId} was handed over, and is still CLAIMED`;
    if (!isAccepted && (message.status === 'ACCEPTED' || message.status === 'DELIVERED'))
      yield `${text.messageId} is ${message.status}, and the carrier has never had it`;
    if (isAccepted && message.status === 'FAILED') yield `${text.messageId} is FAILED, and the carrier has accepted it`;
  }
};

/** A receipt that was told is known, by the text that it is about or by a later one. */
const receiptsAreKnown: Check = function* ({ receipts, messages }) {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  for (const { messageId, status } of receipts) {
    const message = byId.get(messageId);
    if (message?.direction !== 'outbound') continue;
    if (CERTAINTY.indexOf(message.status) < CERTAINTY.indexOf(status))
      yield `${messageId} is ${message.status}, and was told to be ${status}`;
  }
};
const CERTAINTY: readonly string[] = ['CLAIMED', 'UNCONFIRMED', 'ACCEPTED', 'UNDELIVERED', 'FAILED', 'DELIVERED'];

const activityIsTrue: Check = function* ({ contacts, messages }) {
  const TEXTED: readonly string[] = ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'];
  for (const { id, activity } of contacts) {
    const own = messages.filter(({ contactId }) => contactId === id);
    const latest = (isOf: (message: Message) => boolean) =>
      own
        .filter(isOf)
        .reduce<string | undefined>((last, { at }) => (last === undefined || at > last ? at : last), undefined);
    const sent = latest((message) => message.direction === 'outbound' && TEXTED.includes(message.status));
    const received = latest((message) => message.direction === 'inbound');
    if (activity.lastMessageSentAt !== sent)
      yield `${id} was last texted at ${sent}, and says ${activity.lastMessageSentAt}`;
    if (activity.lastMessageReceivedAt !== received)
      yield `${id} last texted at ${received}, and says ${activity.lastMessageReceivedAt}`;
  }
};

/** Of whoever was erased stay runs, as ids and codes, and that it was so. */
const erasedIsGone: Check = function* ({ items, commits, contacts }) {
  const gone = commits.flatMap(({ before, after }) =>
    !after && before?.type === 'contact' ? [before.data as unknown as Contact] : [],
  );
  if (gone.length === 0) return;
  const KEPT: readonly string[] = ['run', 'past-run', 'erasure'];
  const living = new Set(contacts.map(({ phone }) => phone));
  for (const { id, phone } of gone) {
    for (const item of items) {
      if (item.pk === `C#${id}` && !KEPT.includes(item.type)) yield `${item.sk} of ${id} is left, who was erased`;
      if (!living.has(phone) && JSON.stringify(item.data).includes(phone))
        yield `${item.pk} ${item.sk} tells the number of ${id}, who was erased`;
    }
  }
};

/** Each fact was told, and under one id nothing else. */
const factsAreTold: Check = function* ({ commits, told }) {
  const facts = new Set(told.map((event) => `${event.type} ${subjectOf(event)}`));
  const byId = new Map<string, string>();
  for (const event of told) {
    const text = JSON.stringify(event);
    const known = byId.get(event.id);
    if (known !== undefined && known !== text) yield `two events have the id ${event.id}`;
    byId.set(event.id, text);
  }
  const must = function* (fact: string): Generator<string> {
    if (!facts.has(fact)) yield `nobody was told: ${fact}`;
  };
  for (const { before, after } of commits) {
    const type = (after ?? before)?.type;
    if (type === 'contact') {
      const [was, is] = [valueOf<Contact>(before), valueOf<Contact>(after)];
      if (!was && is) yield* must(`ContactCreated ${is.id}`);
      if (was && !is) yield* must(`ContactDeleted ${was.id}`);
      if (is?.consent.status === 'optedOut' && was?.consent.status !== 'optedOut')
        yield* must(`ContactOptedOut ${is.id}`);
      if (is?.consent.status === 'optedIn' && was?.consent.status !== 'optedIn') yield* must(`ContactOptedIn ${is.id}`);
    } else if (type === 'run') {
      const [was, is] = [valueOf<Run>(before), valueOf<Run>(after)];
      if (!is) continue;
      const earlier = was?.id === is.id ? was : undefined;
      if (!earlier) yield* must(`ContactEnrolled ${is.id}`);
      if (is.status === 'ENDED' && earlier?.status !== 'ENDED') yield* must(`RunEnded ${is.id}`);
    } else if (type === 'message') {
      const [was, is] = [valueOf<Message>(before), valueOf<Message>(after)];
      if (is?.direction === 'inbound' && !was) yield* must(`MessageRecorded ${is.id}`);
      if (is?.direction !== 'outbound') continue;
      const fact = TOLD[is.status];
      if (fact !== undefined && (was as OutboundMessage | undefined)?.status !== is.status)
        yield* must(`${fact} ${is.id}`);
    }
  }
};
const TOLD: Readonly<Partial<Record<OutboundMessage['status'], string>>> = {
  ACCEPTED: 'MessageSent',
  DELIVERED: 'MessageDelivered',
  UNDELIVERED: 'MessageUndelivered',
  FAILED: 'MessageFailed',
  UNCONFIRMED: 'MessageUnconfirmed',
};
const subjectOf = (event: Everything['told'][number]): string =>
  event.type.startsWith('Message') && 'messageId' in event && event.messageId !== undefined
    ? event.messageId
    : 'runId' in event && event.runId !== undefined
      ? event.runId
      : 'contactId' in event
        ? event.contactId
        : event.workflowId;

/** What the statistics of a workflow count is what its runs are. */
const countsAreTrue: Check = function* ({ statistics, runs }) {
  for (const [workflow, counted] of statistics) {
    const own = runs.filter(({ workflowId, test }) => workflowId === workflow && !test);
    const ended = (reason: string) => own.filter((run) => run.status === 'ENDED' && run.reason === reason).length;
    const recounted = {
      enrolled: own.length,
      active: own.filter(({ status }) => status !== 'ENDED').length,
      parked: own.filter(({ status }) => status === 'PARKED').length,
      completed: ended('COMPLETED'),
      optedOut: ended('OPTED_OUT'),
      replied: own.filter(({ log }) => log.some(({ code }) => code === 'REPLIED')).length,
    };
    const { enrolled, active, parked, completed, optedOut, replied } = counted;
    const told: Readonly<Record<string, number>> = { enrolled, active, parked, completed, optedOut, replied };
    for (const [name, count] of Object.entries(recounted))
      if (told[name] !== count) yield `${workflow} has ${count} ${name}, and its statistics say ${told[name]}`;
  }
};

export const nothingMissing: readonly Check[] = [
  logMatchesMessages,
  outcomeIsTold,
  receiptsAreKnown,
  activityIsTrue,
  erasedIsGone,
  factsAreTold,
  countsAreTrue,
];
