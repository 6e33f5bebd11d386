import { CLAIM_IS_ABANDONED_MS } from '../domain/admission.ts';
import { afterText } from '../domain/after-text.ts';
import type { Contact } from '../domain/contact.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import { render } from '../domain/merge.ts';
import type { Message, OutboundMessage } from '../domain/message.ts';
import { type Claim, deadlineOf, ended, type LogEntry, type Run, type RunningRun } from '../domain/run.ts';
import type { Step, Version } from '../domain/workflow.ts';
import type { Ports, Submission } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { getMessage, messages } from '../store/message-store.ts';
import { getPastRun, getRunOf, pastRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, fresh, put, unchanged } from '../store/stored.ts';
import { getSettings } from '../store/workspace-store.ts';
import { changedByRun, concluded, operated, stepOf, verdictOf } from './segment.ts';
import { toldBy } from './send-once.ts';

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

/**
 * Writes what became of a claimed text, in one transaction: the message, the run with its deadline, the contact's
 * activity and the steps after the text. Whatever happened to run and contact meanwhile stands.
 */
export function settle(
  ports: Pick<Ports, 'table' | 'clock'>,
  version: Version,
  steps: ReadonlyMap<string, Step>,
  claimed: Run,
  settlement: Settlement,
): Promise<true> {
  const claim = claimed.claim;
  if (!claim) throw new Error(`${claimed.id} has no claim`);
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
      ports,
      version,
      steps,
      run: run.value,
      claim,
      contact: contact?.value,
      settlement,
      at,
    });
    const writes = [
      put(isPast ? pastRuns : runs, edit(run, after.run)),
      ...(contact && after.contact && after.contact !== contact.value
        ? [put(contacts, edit(contact, after.contact))]
        : []),
      // Whoever was deleted meanwhile has no conversation.
      ...(contact && after.contact === contact.value ? [unchanged(contacts, contact)] : []),
      ...(contact && after.message ? [put<Message>(messages, fresh(after.message))] : []),
    ];
    return (await commit(ports.table, ...writes)) || undefined;
  });
}

interface Settling {
  readonly ports: Pick<Ports, 'table' | 'clock'>;
  readonly version: Version;
  readonly steps: ReadonlyMap<string, Step>;
  readonly run: Run;
  readonly claim: Claim;
  readonly contact: Contact | undefined;
  readonly settlement: Settlement;
  readonly at: Instant;
}

async function settled({ ports, version, steps, run, claim, contact, settlement, at }: Settling) {
  const { outcome } = settlement;
  const crossed = outcome === 'accepted' && contact?.consent.status === 'optedOut';
  const refusedByCarrier = outcome === 'rejected' && settlement.optedOut;
  const text = {
    id: claim.messageId,
    at: claim.claimedAt,
    origin: { type: 'run', runId: run.id, workflowId: run.workflowId, step: claim.step },
  } as const;
  const message: OutboundMessage | undefined =
    outcome === 'skipped'
      ? undefined
      : {
          ...text,
          contactId: run.contactId,
          inboxId: claim.inboxId,
          ...(claim.purpose && { purpose: claim.purpose }),
          ...(claim.resends && { resends: claim.resends }),
          text: settlement.text,
          ...(outcome === 'accepted' && { providerId: settlement.providerId }),
          direction: 'outbound',
          status: MESSAGE_STATUS[outcome],
          statusAt: at,
          ...(outcome !== 'accepted' && { reason: settlement.reason }),
          ...(crossed && { crossed }),
        };
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
    claim: { ...claim, status: STATUS[outcome], settledAt: outcome === 'unknown' ? claim.claimedAt : at },
    log: [...run.log, entry],
  };
  const touched = contact && afterText(contact, text, toldBy(settlement), at);
  if (sent.status !== 'RUNNING' || !touched) return { run: sent, contact: touched, message };
  if (refusedByCarrier) return { run: ended(sent, at, 'OPTED_OUT'), contact: touched, message };

  // What goes with the text was done when it was sent first; only what is counted from it moves on.
  if (claim.resends) return { run: awaited(sent, steps), contact: touched, message };

  const [state, segment] = Object.entries(version.plan.segments).find(([, { send }]) => send === claim.step) ?? [];
  if (state === undefined || !segment) throw new Error(`${version.workflowId} has no segment that sends ${claim.step}`);
  const answer = claim.answer && (await getMessage(ports.table, claim.answer))?.value.text;
  const { contact: changed, log } = operated(steps, touched, segment.after, at, answer);
  const operatedRun: RunningRun = { ...sent, log: [...sent.log, ...log, ...waitingEntry(segment.wait, at)] };
  const next = changed === contact ? changed : changedByRun(changed, run, at);
  if (segment.wait === undefined) {
    const verdict = await verdictOf(ports, steps, segment, changed, answer);
    return { run: concluded(operatedRun, version, state, verdict, at), contact: next, message };
  }
  return { run: awaited(operatedRun, steps), contact: next, message };
}

/** The wait that was opened with the text counts from when it was accepted. */
function awaited(run: RunningRun, steps: ReadonlyMap<string, Step>): RunningRun {
  const { mailbox } = run;
  if (mailbox?.status !== 'open') return run;
  return { ...run, mailbox: { ...mailbox, deadline: deadlineOf(stepOf(steps, mailbox.wait, 'wait'), run) } };
}

const waitingEntry = (step: string | undefined, at: Instant): LogEntry[] =>
  step === undefined ? [] : [{ at, code: 'WAITING', step }];
