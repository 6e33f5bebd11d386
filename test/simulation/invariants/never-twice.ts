import type { Message } from '../../../shared/domain/message.ts';
import { type Check, SKEW_MS, valueOf } from '../view.ts';

const acceptedOnce: Check = function* ({ submissions }) {
  const seen = new Map<string, number>();
  for (const { text, accepted } of submissions)
    if (accepted) seen.set(text.messageId, (seen.get(text.messageId) ?? 0) + 1);
  for (const [id, times] of seen) if (times > 1) yield `the carrier has accepted ${id} ${times} times`;
};

/** Once more only where the inbox says so, nobody knew what had become of the first, and then long enough after it. */
const resentOnce: Check = function* ({ ofRuns, inboxes }) {
  const firsts = new Map(ofRuns.map((text) => [text.text.messageId, text]));
  for (const { claim, at } of ofRuns) {
    if (claim.resends === undefined) continue;
    const first = firsts.get(claim.resends);
    const minutes = inboxes.get(claim.inboxId)?.resendAfterMinutes;
    if (minutes === undefined) yield `${claim.messageId} was sent once more, and its inbox does not want that`;
    else if (first && at < first.at + minutes * 60_000 - SKEW_MS)
      yield `${claim.messageId} was sent once more too soon`;
    if (first?.claim.resends !== undefined) yield `${claim.messageId} was sent a third time`;
  }
};

const stepOnce: Check = function* ({ ofRuns }) {
  const seen = new Set<string>();
  for (const { accepted, run, claim } of ofRuns) {
    const step = `${claim.step} of ${run.id}${claim.resends === undefined ? '' : ', once more'}`;
    if (accepted && seen.has(step)) yield `the carrier has accepted the text of step ${step} twice`;
    if (accepted) seen.add(step);
  }
};

/** One text of a person under one key; one answer to one STOP, HELP or START. */
const causeOnce: Check = function* ({ submissions, commits }) {
  const causes = new Map<string, string>();
  for (const { after } of commits) {
    const message = after?.type === 'message' ? valueOf<Message>(after) : undefined;
    if (message?.direction === 'outbound' && message.origin.type !== 'run')
      causes.set(message.id, JSON.stringify([message.origin, message.text]));
  }
  const seen = new Set<string>();
  for (const { text, accepted } of submissions) {
    const cause = causes.get(text.messageId);
    if (!accepted || cause === undefined) continue;
    if (seen.has(cause)) yield `the carrier has accepted two texts for ${cause}`;
    seen.add(cause);
  }
};

const claimedBefore: Check = function* ({ submissions, ofRuns, commits }) {
  const claimed = new Set(ofRuns.map(({ text }) => text.messageId));
  for (const { after } of commits) if (after?.type === 'message') claimed.add(String(after.data['id']));
  for (const { text } of submissions)
    if (!claimed.has(text.messageId)) yield `${text.messageId} was handed over and never claimed`;
};
/** One change of a contact, however often it is told, lets it into a workflow once. */
const enrolledOnce: Check = function* ({ runs }) {
  const seen = new Set<string>();
  for (const { contactId, workflowId, contactRev, enrolledBy } of runs) {
    if (enrolledBy !== 'trigger') continue;
    const change = `${contactId}@${contactRev} into ${workflowId}`;
    if (seen.has(change)) yield `one change has let ${change} twice`;
    seen.add(change);
  }
};

export const neverTwice: readonly Check[] = [
  acceptedOnce,
  stepOnce,
  resentOnce,
  causeOnce,
  claimedBefore,
  enrolledOnce,
];
