import type { Contact } from './contact.ts';
import { DAY } from './duration.ts';
import type { InboxId } from './id.ts';
import { epoch, type Instant } from './instant.ts';
import type { Purpose } from './purpose.ts';
import type { EndReason } from './run.ts';
import type { Window } from './sending-hours.ts';
import { openingFrom, whereaboutsOf } from './sending-window.ts';
import type { Settings } from './settings.ts';
import { isTakenOver } from './takeover.ts';
import type { Workflow } from './workflow.ts';

/** Longer than a function may run: the invocation that claimed a text is dead by then. */
export const CLAIM_IS_ABANDONED_MS = 35_000;

/** Whether a step may act now. One verdict, one reason. */
export type Admission =
  | { readonly verdict: 'go' }
  | { readonly verdict: 'exit'; readonly reason: EndReason }
  /** `takenOverIn`: a person has taken the conversation in this inbox over; absent: the workflow is off. */
  | { readonly verdict: 'park'; readonly takenOverIn?: InboxId };

/** Whether a workflow's goal is true of a contact. */
export type Goal = (contact: Contact, now: number) => boolean;

/** Asked before every step, and again right before a text is handed to the carrier. */
export function admit(
  contact: Contact | undefined,
  workflow: Workflow | undefined,
  { inboxId, at, goal }: { readonly inboxId: InboxId; readonly at: Instant; readonly goal?: Goal | undefined },
): Admission {
  if (!contact) return { verdict: 'exit', reason: 'CONTACT_DELETED' };
  if (contact.consent.status === 'optedOut') return { verdict: 'exit', reason: 'OPTED_OUT' };
  if (!workflow) return { verdict: 'exit', reason: 'WORKFLOW_TURNED_OFF' };
  if (goal?.(contact, epoch(at))) return { verdict: 'exit', reason: 'GOAL_REACHED' };
  if (!goesOn(workflow)) {
    return workflow.inFlight === 'exit' ? { verdict: 'exit', reason: 'WORKFLOW_TURNED_OFF' } : { verdict: 'park' };
  }
  return isTakenOver(contact, inboxId, at) ? { verdict: 'park', takenOverIn: inboxId } : { verdict: 'go' };
}

/** Whether the runs of the workflow act. */
export const goesOn = ({ status, inFlight }: Workflow): boolean => status === 'ON' || inFlight === 'finish';

/** Consent that was never given nor taken back suffices, unless the workspace asks for more. */
export const mayText = (contact: Contact, settings: Settings): boolean =>
  contact.consent.status === 'optedIn' || (contact.consent.status === 'unknown' && !settings.requireOptIn);

/** A text that could not leave for longer than this after it was due is left out: nobody is flooded with what is old. */
const OVERDUE_MS = DAY * 1000;
export const CAP_MS = DAY * 1000;

export interface TextFacts {
  /** Epoch milliseconds, as are all below. */
  readonly now: number;
  /** When it was to leave, had nothing been in the way. */
  readonly due: number;
  readonly purpose: Purpose;
  /** When the reply that it follows on came. */
  readonly repliedAt: number | undefined;
  readonly contact: Contact;
  readonly settings: Settings;
  /** The inbox's own, if it has one. */
  readonly window: Window | undefined;
  /** When marketing texts to this contact left within the last 24 hours, of whatever workflow. */
  readonly sentAt: readonly number[];
}

/** Whether a text may leave now, as far as the contact is concerned. One verdict, one reason. */
export type TextAdmission =
  | { readonly verdict: 'go' }
  | { readonly verdict: 'defer'; readonly until: number; readonly reason: 'SENDING_WINDOW' | 'DAILY_CAP' }
  | { readonly verdict: 'skip'; readonly reason: 'OVERDUE' | 'DAILY_CAP' | 'NO_SENDING_WINDOW' };

/** Asked of each text, in this order: too late, outside the hours, too many. */
export function admitText({
  now,
  due,
  purpose,
  repliedAt,
  contact,
  settings,
  window,
  sentAt,
}: TextFacts): TextAdmission {
  if (now - due > OVERDUE_MS) return { verdict: 'skip', reason: 'OVERDUE' };
  const { state, zones } = whereaboutsOf(contact, settings.timeZone);
  const hours = {
    usual: window ?? settings.sendingWindow,
    ofState: state === undefined ? undefined : settings.stateHours[state],
  };
  const isConversation = repliedAt !== undefined && now - repliedAt < settings.replyMinutes * 60_000;
  const opening = (at: number) => (isConversation ? at : openingFrom(at, zones, hours));
  const opens = opening(now);
  if (opens === undefined) return { verdict: 'skip', reason: 'NO_SENDING_WINDOW' };
  if (opens > now) return { verdict: 'defer', until: opens, reason: 'SENDING_WINDOW' };

  const { dailyCap } = settings;
  const counted = sentAt.filter((at) => at > now - CAP_MS).toSorted((one, other) => one - other);
  if (!dailyCap || purpose !== 'marketing' || counted.length < dailyCap.texts) return { verdict: 'go' };
  if (dailyCap.then === 'skip') return { verdict: 'skip', reason: 'DAILY_CAP' };
  const free = (counted.at(-dailyCap.texts) ?? now) + CAP_MS;
  return { verdict: 'defer', until: opening(free) ?? free, reason: 'DAILY_CAP' };
}
