import { withActivity } from '../domain/activity.ts';
import { CLAIM_IS_ABANDONED_MS } from '../domain/admission.ts';
import { afterText } from '../domain/after-text.ts';
import type { Contact } from '../domain/contact.ts';
import type { MessageId } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import { render } from '../domain/merge.ts';
import type { Message, OutboundMessage } from '../domain/message.ts';
import { wasAccepted } from '../domain/receipt.ts';
import {
  type Claim,
  deadlineOf,
  ended,
  type LogEntry,
  type Mailbox,
  type Run,
  type RunningRun,
} from '../domain/run.ts';
import type { Step, Version } from '../domain/workflow.ts';
import type { Ports, Submission, Write } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { getMessage, messages } from '../store/message-store.ts';
import { getPastRun, getRunOf, pastRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, fresh, put, remove } from '../store/stored.ts';
import { getSettings } from '../store/workspace-store.ts';
import { changedByRun, concluded, operated, stepOf, verdictOf } from './segment.ts';

const SETTLED_SOON_MS = 3_000;

type Settlement =
  | (Exclude<Submission, { outcome: 'throttled' }> & { readonly text: string })
  | { readonly outcome: 'skipped'; readonly reason: string };

/**
 * A claim of an invocation that must be dead: nobody can tell whether its text left, so it is never sent again. While
 * that invocation may still live, answers from when on it cannot.
 */
export async function settleAbandoned(
  ports: Pick<Ports, 'table' | 'clock'>,
  version: Version,
  steps: ReadonlyMap<string, Step>,
  run: Run,
): Promise<'nothing' | 'settled' | { readonly until: Instant }> {
  if (run.claim?.status !== 'claimed') return 'nothing';
  const age = ports.clock.now() - epoch(run.claim.claimedAt);
  // Mostly its owner is still at it, and done in a moment; else it is dead, and there is no hurry.
  if (age < SETTLED_SOON_MS) return { until: instant(epoch(run.claim.claimedAt) + SETTLED_SOON_MS) };
  if (age < CLAIM_IS_ABANDONED_MS) return { until: instant(epoch(run.claim.claimedAt) + CLAIM_IS_ABANDONED_MS) };
  const step = stepOf(steps, run.claim.step, 'send-message');
  const [settings, contact] = await Promise.all([getSettings(ports.table), getContact(ports.table, run.contactId)]);
  const text = contact ? render(step.text, contact.value, settings.value) : '';
  await settle(ports, version, steps, run, { outcome: 'unknown', reason: 'ABANDONED', text });
  return 'settled';
}

const STATUS = { accepted: 'accepted', unknown: 'unconfirmed', rejected: 'failed', skipped: 'skipped' } as const;
const LOGGED = {
  accepted: 'SENT',
  unknown: 'SEND_UNCONFIRMED',
  rejected: 'SEND_FAILED',
  skipped: 'SEND_SKIPPED',
} as const;
const MESSAGE_STATUS = { accepted: 'ACCEPTED', unknown: 'UNCONFIRMED', rejected: 'FAILED' } as const;

/** What completes the state that waits for the answer: kept from the settlement on, as nobody needs it before. */
type Listening = Required<Pick<Mailbox, 'attempt'>> & Pick<Mailbox, 'token'>;

/**
 * Writes what became of a claimed text: its message first, which alone says so for good, and then the run with its
 * deadline and what the steps after the text do. A crash in between leaves the message, and whoever comes next goes by
 * it. That the contact was texted follows from the message. Whatever happened to run and contact meanwhile stands.
 */
export async function settle(
  ports: Pick<Ports, 'table' | 'clock'>,
  version: Version,
  steps: ReadonlyMap<string, Step>,
  claimed: Run,
  settlement: Settlement,
  listening?: Listening,
): Promise<true> {
  const claim = claimed.claim;
  if (!claim) throw new Error(`${claimed.id} has no claim`);
  const told = await recorded(ports, claimed, claim, settlement);
  return contend(`settlement of ${claim.messageId}`, async () => {
    const [current, contact] = await Promise.all([
      getRunOf(ports.table, claimed.contactId, claimed.workflowId),
      getContact(ports.table, claimed.contactId),
    ]);
    // It may have ended, and the contact entered again.
    const isPast = current?.value.id !== claimed.id;
    const run = isPast ? await getPastRun(ports.table, claimed.id) : current;
    if (run?.value.claim?.messageId !== claim.messageId || run.value.claim.status !== 'claimed') return true;
    const at = instant(ports.clock.now());
    const after = await settled({
      ...{ ports, version, steps, run: run.value, claim, contact: contact?.value, at, listening },
      ...told,
    });
    const writes = [
      put(isPast ? pastRuns : runs, edit(run, after.run)),
      ...(contact && after.contact && after.contact !== contact.value
        ? [put(contacts, edit(contact, after.contact))]
        : []),
      ...(await aboutMessage(ports, claim.messageId, contact?.value, after.message)),
    ];
    return (await commit(ports.table, ...writes)) || undefined;
  });
}

interface Told {
  readonly settlement: Settlement;
  /** An earlier attempt has recorded it, and then died. */
  readonly isFound: boolean;
}

/** The first to record what became of the text has said it. What was not submitted for certain is told with the run. */
async function recorded(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  run: Run,
  claim: Claim,
  settlement: Settlement,
): Promise<Told> {
  if (settlement.outcome === 'skipped' || settlement.outcome === 'rejected') return { settlement, isFound: false };
  const message = messageOf(run, claim, settlement, instant(clock.now()));
  if (await commit(table, put<Message>(messages, fresh(message)))) return { settlement, isFound: false };
  const found = (await getMessage(table, message.id))?.value;
  if (found?.direction !== 'outbound' || !wasAccepted(found)) return { settlement, isFound: false };
  return { settlement: { outcome: 'accepted', providerId: found.providerId ?? '', text: found.text }, isFound: true };
}

/** Besides what was recorded: who was deleted meanwhile has no conversation, and what crossed an opt-out says so. */
async function aboutMessage(
  { table }: Pick<Ports, 'table'>,
  id: MessageId,
  contact: Contact | undefined,
  message: OutboundMessage | undefined,
): Promise<Write[]> {
  if (!message || (contact && message.status !== 'FAILED' && !message.crossed)) return [];
  const found = await getMessage(table, id);
  if (!contact) return found ? [remove(messages, found)] : [];
  if (!found) return [put<Message>(messages, fresh(message))];
  return found.value.direction === 'outbound' && message.crossed
    ? [put<Message>(messages, edit(found, { ...found.value, crossed: true }))]
    : [];
}

const messageOf = (
  run: Run,
  claim: Claim,
  settlement: Exclude<Settlement, { outcome: 'skipped' }>,
  at: Instant,
): OutboundMessage => ({
  id: claim.messageId,
  at: claim.claimedAt,
  origin: { type: 'run', runId: run.id, workflowId: run.workflowId, step: claim.step },
  contactId: run.contactId,
  inboxId: claim.inboxId,
  ...(claim.purpose && { purpose: claim.purpose }),
  ...(claim.resends && { resends: claim.resends }),
  text: settlement.text,
  ...(settlement.outcome === 'accepted' && { providerId: settlement.providerId }),
  direction: 'outbound',
  status: MESSAGE_STATUS[settlement.outcome],
  statusAt: at,
  ...(settlement.outcome !== 'accepted' && { reason: settlement.reason }),
});

interface Settling extends Told {
  readonly ports: Pick<Ports, 'table' | 'clock'>;
  readonly version: Version;
  readonly steps: ReadonlyMap<string, Step>;
  readonly run: Run;
  readonly claim: Claim;
  readonly contact: Contact | undefined;
  readonly at: Instant;
  readonly listening: Listening | undefined;
}

async function settled(settling: Settling) {
  const { ports, version, steps, run, claim, contact, settlement, isFound, at, listening } = settling;
  const { outcome } = settlement;
  const crossed = outcome === 'accepted' && contact?.consent.status === 'optedOut';
  const refusedByCarrier = outcome === 'rejected' && settlement.optedOut;
  const message =
    settlement.outcome === 'skipped'
      ? undefined
      : { ...messageOf(run, claim, settlement, at), ...(crossed && { crossed }) };
  const entry: LogEntry = {
    at,
    code: crossed ? 'SEND_CROSSED_OPT_OUT' : LOGGED[outcome],
    step: claim.step,
    ...(message && { messageId: message.id }),
    ...(outcome !== 'accepted' && { detail: settlement.reason }),
    ...(claim.resends && { reason: 'RESENT' }),
  };
  const sent: Run = {
    ...run,
    claim: { ...claim, status: STATUS[outcome], settledAt: outcome === 'unknown' || isFound ? claim.claimedAt : at },
    log: [...run.log, entry],
  };
  const known = contact && message && refusedByCarrier ? afterText(contact, message, 'opted-out', at) : contact;
  const [state, segment] = Object.entries(version.plan.segments).find(([, { send }]) => send === claim.step) ?? [];
  if (state === undefined || !segment) throw new Error(`${version.workflowId} has no segment that sends ${claim.step}`);
  if (sent.status !== 'RUNNING' || !known) {
    // What was answered has waited, however it ended since.
    const isTold = (wanted: LogEntry['code']) =>
      sent.log.some(({ code, step }) => code === wanted && step === segment.wait);
    const waited = isTold('REPLIED') && !isTold('WAITING') ? waitingEntry(segment.wait, at) : [];
    return { run: { ...sent, log: [...sent.log, ...waited] }, contact: known, message };
  }
  if (refusedByCarrier) return { run: ended(sent, at, 'OPTED_OUT'), contact: known, message };

  // What goes with the text was done when it was sent first; only what is counted from it moves on.
  if (claim.resends) return { run: awaited(sent, steps), contact: known, message };

  const answer = claim.answer && (await getMessage(ports.table, claim.answer))?.value.text;
  const { contact: changed, log } = operated(steps, known, segment.after, at, answer);
  const operatedRun: RunningRun = { ...sent, log: [...sent.log, ...log, ...waitingEntry(segment.wait, at)] };
  // Written anyway: that it was texted is written with it.
  const next =
    changed === known
      ? changed
      : changedByRun(outcome === 'accepted' ? withActivity(changed, 'sent', claim.claimedAt) : changed, run, at);
  if (segment.wait === undefined) {
    const verdict = await verdictOf(ports, steps, segment, changed, answer);
    return { run: concluded(operatedRun, version, state, verdict, at), contact: next, message };
  }
  return { run: awaited(operatedRun, steps, listening), contact: next, message };
}

/** The wait that was opened with the text counts from when it was accepted. */
function awaited(run: RunningRun, steps: ReadonlyMap<string, Step>, listening?: Listening): RunningRun {
  const { mailbox } = run;
  if (mailbox?.status !== 'open') return run;
  const deadline = deadlineOf(stepOf(steps, mailbox.wait, 'wait'), run);
  return { ...run, mailbox: { ...mailbox, deadline, ...listening } };
}

const waitingEntry = (step: string | undefined, at: Instant): LogEntry[] =>
  step === undefined ? [] : [{ at, code: 'WAITING', step }];
