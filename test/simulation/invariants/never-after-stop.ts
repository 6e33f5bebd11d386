import type { Contact } from '../../../shared/domain/contact.ts';
import type { Message, OutboundMessage } from '../../../shared/domain/message.ts';
import type { Run } from '../../../shared/domain/run.ts';
import type { Workflow } from '../../../shared/domain/workflow.ts';
import type { Commit } from '../record.ts';
import { type Check, nameOf, type RunText, SKEW_MS, valueOf } from '../view.ts';

const SECOND = 1000;
/** Consent and workflow are read at most so long before a text is handed over (send-step.ts). */
const FUNCTION_MS = 30 * SECOND;
const READ_IS_STALE_MS = 2 * SECOND;

/** Since when, up to an instant, something has held without a break; undefined: it does not hold then. */
function heldSince<T>(
  commits: readonly Commit[],
  before: number,
  holds: (value: T | undefined) => boolean,
): Commit | undefined {
  let since: Commit | undefined;
  for (const commit of commits) {
    if (commit.seq > before) break;
    if (!holds(valueOf<T>(commit.after))) since = undefined;
    else since ??= commit;
  }
  return since;
}

/**
 * Nothing is handed over if what forbids it was committed before the claim: the claim is written first and everything read
 * after that. Nor if it was committed longer ago than those reads may be old. In between the text was on its way.
 */
function* forbidden(text: RunText, since: Commit | undefined, what: string): Generator<string> {
  if (!since) return;
  if (since.seq < text.claimed.seq) yield `${nameOf(text)} was claimed after ${what}`;
  else if (since.at < text.at - READ_IS_STALE_MS)
    yield `${nameOf(text)} was handed over ${Math.round(text.at - since.at)} ms after ${what}`;
}

const notAfterOptOut: Check = function* ({ ofRuns, commitsOf }) {
  for (const text of ofRuns) {
    const of = commitsOf(`C#${text.run.contactId}`, 'CONTACT');
    yield* forbidden(
      text,
      heldSince<Contact>(of, text.seq, (contact) => contact?.consent.status === 'optedOut'),
      'an opt-out',
    );
    yield* forbidden(
      text,
      heldSince<Contact>(of, text.seq, (contact) => contact === undefined),
      'the deletion of the contact',
    );
  }
};

const notAfterTurnOff: Check = function* ({ ofRuns, commitsOf, asked }) {
  for (const text of ofRuns) {
    const of = commitsOf(`W#${text.run.workflowId}`, 'HEAD');
    const isHeld = (workflow: Workflow | undefined) => workflow?.status !== 'ON' && workflow?.inFlight !== 'finish';
    const off = heldSince<Workflow>(of, text.seq, isHeld);
    yield* forbidden(text, off, 'its workflow was turned off');
    // "Once this has answered, no text of a paused or exited workflow leaves."
    const answered = asked.some(
      (entry) =>
        off && actOf(off.by) === entry.act.id && entry.answered?.status === 200 && entry.answered.seq < text.seq,
    );
    if (answered) yield `${nameOf(text)} was handed over after turning off had been answered`;
  }
};

/** Of the invocation that has answered it, whichever time it was asked. */
const actOf = (invocation: string): number | undefined => {
  const [, id] = /^request (\d+)/.exec(invocation) ?? [];
  return id === undefined ? undefined : Number(id);
};

const notAfterItsEnd: Check = function* ({ ofRuns, commitsOf }) {
  for (const text of ofRuns) {
    const of = commitsOf(`C#${text.run.contactId}`, `RUN#${text.run.workflowId}`);
    // The last text of a run may go out once more after it has gone all its way.
    const isComplete = (run: Run) => run.status === 'ENDED' && run.reason === 'COMPLETED' && text.claim.resends;
    const isOver = (run: Run | undefined) => run?.id !== text.run.id || (run.status === 'ENDED' && !isComplete(run));
    const since = heldSince<Run>(
      of.filter(({ seq }) => seq >= text.claimed.seq),
      text.seq,
      isOver,
    );
    yield* forbidden(text, since, 'its run had ended');
  }
};

/** What its goal is, in these workflows: a tag. */
const notAfterGoal: Check = function* ({ ofRuns, commitsOf, versionOf }) {
  for (const text of ofRuns) {
    const { goal } = versionOf(text.run).exit;
    if (!goal || !('type' in goal) || goal.type !== 'tag' || goal.op !== 'has') continue;
    const of = commitsOf(`C#${text.run.contactId}`, 'CONTACT');
    const since = heldSince<Contact>(of, text.seq, (contact) => contact?.tags.includes(goal.tag) === true);
    yield* forbidden(text, since, 'its goal was reached');
  }
};

/** Whoever has answered is not texted again by a run that a reply ends, unless a person had taken over. */
const notAfterReply: Check = function* ({ ofRuns, commits, versionOf }) {
  const replies = commits.flatMap(({ seq, at, after, before }) => {
    const message = after?.type === 'message' && !before ? valueOf<Message>(after) : undefined;
    return message?.direction === 'inbound' && message.meaning === 'message' && !message.takenOver
      ? [{ seq, at, message }]
      : [];
  });
  for (const text of ofRuns) {
    if (!versionOf(text.run).exit.onReply) continue;
    const earlier = ofRuns.filter(({ run, refused, seq }) => run.id === text.run.id && !refused && seq < text.seq);
    for (const { seq, at, message } of replies) {
      const isReply = earlier.some(
        (sent) =>
          sent.claim.inboxId === message.inboxId && sent.claim.claimedAt <= message.at && sent.claimed.seq < seq,
      );
      if (message.contactId !== text.run.contactId || !isReply) continue;
      if (seq < text.claimed.seq) yield `${nameOf(text)} was claimed after a reply`;
      else if (seq < text.seq && at < text.at - READ_IS_STALE_MS) yield `${nameOf(text)} was handed over after a reply`;
    }
  }
};

const notWhileTakenOver: Check = function* ({ ofRuns, commitsOf }) {
  for (const text of ofRuns) {
    const of = commitsOf(`C#${text.run.contactId}`, 'CONTACT');
    const takeoverIn = (contact: Contact | undefined) => {
      const takeover = contact?.takeovers?.[text.claim.inboxId];
      return takeover &&
        Date.parse(takeover.since) + SKEW_MS < text.at - READ_IS_STALE_MS &&
        text.at + SKEW_MS < Date.parse(takeover.until)
        ? takeover
        : undefined;
    };
    const since = heldSince<Contact>(of, text.seq, (contact) => takeoverIn(contact) !== undefined);
    yield* forbidden(text, since, 'a person had taken over');
  }
};

/** Texts by hand, and answers: by hand nothing is handed over if it was claimed after an opt-out. */
const handsHeedConsent: Check = function* ({ submissions, commits, commitsOf }) {
  const claims = new Map<string, { readonly message: OutboundMessage; readonly commit: Commit }>();
  for (const commit of commits) {
    const message = commit.after?.type === 'message' && !commit.before ? valueOf<Message>(commit.after) : undefined;
    if (message?.direction === 'outbound' && message.origin.type !== 'run') claims.set(message.id, { message, commit });
  }
  for (const { text, seq } of submissions) {
    const found = claims.get(text.messageId);
    if (found?.message.origin.type !== 'manual') continue;
    const of = commitsOf(`C#${found.message.contactId}`, 'CONTACT');
    const since = heldSince<Contact>(of, seq, (contact) => contact?.consent.status === 'optedOut');
    if (since && since.seq < found.commit.seq) yield `${text.messageId} was claimed by hand after an opt-out`;
  }
};

/**
 * The answer to a STOP or a START is not begun when something else holds: what was said last counts. Whoever began it before
 * that may still be at it, for as long as a function lives.
 */
const answersHold: Check = function* ({ submissions, commits, commitsOf }) {
  const answers = new Map<string, OutboundMessage>();
  for (const { after, before } of commits) {
    const message = after?.type === 'message' && !before ? valueOf<Message>(after) : undefined;
    if (message?.direction === 'outbound' && message.origin.type.endsWith('-confirmation'))
      answers.set(message.id, message);
  }
  for (const { text, seq, at } of submissions) {
    const answer = answers.get(text.messageId);
    if (!answer) continue;
    const isStop = answer.origin.type === 'stop-confirmation';
    const of = commitsOf(`C#${answer.contactId}`, 'CONTACT');
    const since = heldSince<Contact>(of, seq, (contact) => (contact?.consent.status === 'optedOut') !== isStop);
    if (since && since.at < at - FUNCTION_MS)
      yield `${text.messageId} (${answer.origin.type}) was sent though something newer was said`;
  }
};

/** What was already on its way when the person opted out says so. */
const crossedIsTold: Check = function* ({ commits, commitsOf, messages, submissions }) {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  for (const { seq, after, before } of commits) {
    const [was, is] = [valueOf<Run>(before), valueOf<Run>(after)];
    if ((after?.type !== 'run' && after?.type !== 'past-run') || !is) continue;
    if (is.claim?.status !== 'accepted' || was?.claim?.status !== 'claimed') continue;
    // What was taken back leaves the claim of the text before it.
    if (was.claim.messageId !== is.claim.messageId) continue;
    const message = byId.get(is.claim.messageId);
    if (message?.direction !== 'outbound') continue;
    // It has crossed what was there when its acceptance was recorded; of what came until its run told of that, it may.
    const recorded = commitsOf(`C#${is.contactId}`, `MSG#${message.id}`).at(0);
    const of = commitsOf(`C#${is.contactId}`, 'CONTACT');
    const optedOutBy = (place: number) =>
      valueOf<Contact>(of.findLast((commit) => commit.seq < place)?.after)?.consent.status === 'optedOut';
    if (recorded && optedOutBy(recorded.seq) && optedOutBy(seq) && !message.crossed)
      yield `${message.id} has crossed an opt-out, and does not say so`;
    // Who has opted in again right after had opted out all the same.
    const handedOver = submissions.find(({ text }) => text.messageId === message.id)?.seq ?? seq;
    const optedOutSince = of.some(
      (commit) =>
        commit.seq > handedOver && commit.seq < seq && valueOf<Contact>(commit.after)?.consent.status === 'optedOut',
    );
    if (message.crossed && !optedOutSince && !optedOutBy(seq))
      yield `${message.id} has crossed no opt-out, and says so`;
  }
};

export const neverAfterStop: readonly Check[] = [
  notAfterOptOut,
  notAfterTurnOff,
  notAfterItsEnd,
  notWhileTakenOver,
  notAfterGoal,
  notAfterReply,
  handsHeedConsent,
  answersHold,
  crossedIsTold,
];
