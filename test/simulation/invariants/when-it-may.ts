import type { Message } from '../../../shared/domain/message.ts';
import { openingFrom } from '../../../shared/domain/sending-window.ts';
import { measure } from '../../../shared/domain/sms-parts.ts';
import { type Check, nameOf, type RunText, valueOf } from '../view.ts';

const HOUR = 3_600_000;
const SECOND = 1000;
const DAY = 24 * HOUR;
/** Two clocks may be this far apart. */
const SKEW_MS = 2 * SECOND;
/** A function lives so long: what was admitted is handed over by then. */
const FUNCTION_MS = 30 * SECOND;

const withinHours: Check = function* ({ ofRuns, settings, inboxes, commits }) {
  const window = settings.sendingWindow;
  if (window.from === '00:00' && window.to === '24:00') return;
  const hours = { usual: window, ofState: undefined };
  const zones = ['America/New_York'];
  const inbound = new Map(
    commits.flatMap(({ after }) => {
      const message = after?.type === 'message' ? valueOf<Message>(after) : undefined;
      return message ? [[message.id, message.at] as const] : [];
    }),
  );
  for (const text of ofRuns) {
    const answer = text.run.answer === undefined ? undefined : inbound.get(text.run.answer);
    const isConversation =
      answer !== undefined && text.at - Date.parse(answer) < settings.replyMinutes * 60_000 + FUNCTION_MS + SKEW_MS;
    if (isConversation || inboxes.get(text.claim.inboxId)?.sendingWindow) continue;
    const isOpen = (at: number) => openingFrom(at, zones, hours) === at;
    // Admitted by its own clock, and handed over while its function lives.
    const isFine = isOpen(text.at) || isOpen(text.at + SKEW_MS) || isOpen(text.at - FUNCTION_MS - SKEW_MS);
    if (!isFine) yield `${nameOf(text)} left at ${new Date(text.at).toISOString()}, outside the sending window`;
  }
};

/** Claimed and not known to have failed: accepted, or nobody knows. */
const withinCap: Check = function* ({ ofRuns, settings, messages }) {
  const { dailyCap } = settings;
  if (!dailyCap) return;
  const failed = new Set(
    messages.flatMap((message) =>
      message.direction === 'outbound' && message.status === 'FAILED' ? [message.id] : [],
    ),
  );
  const byContact = new Map<string, number[]>();
  for (const { run, claim, refused, text } of ofRuns) {
    if (claim.purpose !== 'marketing' || refused || failed.has(text.messageId as never)) continue;
    byContact.set(run.contactId, [...(byContact.get(run.contactId) ?? []), Date.parse(claim.claimedAt)]);
  }
  for (const [contact, unsorted] of byContact) {
    const times = unsorted.toSorted((one, other) => one - other);
    for (let last = dailyCap.texts; last < times.length; last += 1) {
      const span = (times[last] ?? 0) - (times[last - dailyCap.texts] ?? 0);
      if (span < DAY - SKEW_MS)
        yield `${contact} was claimed ${dailyCap.texts + 1} marketing texts for within ${Math.round(span / 1000)} s`;
    }
  }
};

/** Each text of a run has a slot of its own, and none leaves before it. */
const withinPace: Check = function* ({ slots, ofRuns, inboxes }) {
  for (const [id, { partsPerSecond }] of inboxes) {
    const own = slots.filter(({ inbox }) => inbox === `PACE#${id}`);
    const least = 1000 / partsPerSecond;
    let free = Number.NEGATIVE_INFINITY;
    for (const { from, stretch } of own) {
      if (from < free - 0.001) yield `a slot of ${id} was given twice`;
      free = from + stretch;
    }
    const open = own.map(({ from }) => from).toSorted((one, other) => one - other);
    const left = ofRuns
      .filter(({ claim, refused }) => claim.inboxId === id && refused !== 'throttled')
      .toSorted((one, other) => one.at - other.at);
    for (const [place, text] of left.entries()) {
      const slot = open[place];
      if (slot === undefined || slot > text.at + SKEW_MS) yield `${nameOf(text)} left without a slot, or before it`;
      else if (own.some(({ stretch }) => stretch < least * measure(text.text.body).parts * 0.999))
        yield `a slot of ${id} is too short`;
    }
  }
};

const inOrder: Check = function* ({ ofRuns }) {
  const last = new Map<string, RunText>();
  for (const text of ofRuns.toSorted((one, other) => (one.reached ?? 0) - (other.reached ?? 0))) {
    const before = last.get(text.run.id);
    if (before && before.claimed.seq > text.claimed.seq) yield `${nameOf(text)} left after a later one of its run`;
    last.set(text.run.id, text);
  }
};

export const whenItMay: readonly Check[] = [withinHours, withinCap, withinPace, inOrder];
