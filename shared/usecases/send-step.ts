import { admit, CLAIM_IS_ABANDONED_MS, mayText } from '../domain/admission.ts';
import { afterText } from '../domain/after-text.ts';
import type { Contact } from '../domain/contact.ts';
import { messageIdOf } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import { render } from '../domain/merge.ts';
import type { Message, OutboundMessage } from '../domain/message.ts';
import {
  type Claim,
  deadlineOf,
  ended,
  type LogEntry,
  type Mailbox,
  type Run,
  type RunningRun,
} from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import { attemptOf } from '../domain/step-task.ts';
import { LONGEST_TEXT, type Step, type Version, type Wait } from '../domain/workflow.ts';
import type { Ports, Submission } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { getMessage, messages } from '../store/message-store.ts';
import { getPastRun, getRunOf, pastRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, fresh, put, unchanged } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { getInbox, getSettings } from '../store/workspace-store.ts';
import { type Admitted, admitCandidate, marketingBeside, spreadOf } from './admit-text.ts';
import {
  answerText,
  changedByRun,
  concluded,
  contactWrites,
  operated,
  type Stepped,
  stepOf,
  verdictOf,
  type Work,
} from './segment.ts';
import { toldBy } from './send-once.ts';

/** A text is submitted at most this long after consent and workflow were read. */
const READ_IS_STALE_MS = 2_000;
const THROTTLED_MS = 5_000;
const SETTLED_SOON_MS = 3_000;
/** Within so long those that claimed at once try again, apart from one another. */
const CROWDED_MS = 9_000;

/**
 * Sends the text of a segment, at most once: the claim, and the mailbox of the wait that follows, are written before
 * the text is submitted; only the invocation that wrote the claim submits; what became of it is written after.
 */
export async function sendStep(work: Work): Promise<Stepped> {
  const { ports, segment, version, steps } = work;
  const step = stepOf(steps, segment.send ?? '', 'send-message');
  const inboxId = step.inboxId ?? version.inboxId;
  const [settings, inbox, answer] = await Promise.all([
    getSettings(ports.table),
    getInbox(ports.table, inboxId),
    answerText(ports, work.run.value),
  ]);
  const at = instant(ports.clock.now());
  const before = operated(steps, work.contact.value, segment.before, at, answer);
  const text = render(step.text, before.contact, settings.value);
  const unsendable = !mayText(before.contact, settings.value)
    ? 'NO_OPT_IN'
    : !inbox
      ? 'NO_INBOX'
      : text.trim() === ''
        ? 'EMPTY'
        : text.length > LONGEST_TEXT
          ? 'TOO_LONG'
          : undefined;
  const candidate = {
    task: work.task,
    run: work.run.value,
    step,
    contact: before.contact,
    settings: settings.value,
    text,
  };
  const admitted =
    unsendable === undefined && inbox ? await admitCandidate(ports, { ...candidate, inbox: inbox.value }) : undefined;
  if (admitted?.verdict === 'defer') return deferred(work, step.id, admitted);
  const skipped = admitted?.verdict === 'skip' ? admitted.reason : unsendable;
  const claim: Claim = {
    step: step.id,
    messageId: messageIdOf(before.contact.id, 'outbound', epoch(at), `${work.run.value.id}.${step.id}`),
    inboxId,
    purpose: step.purpose,
    claimedAt: at,
    ...(work.run.value.answer !== undefined && { answer: work.run.value.answer }),
    status: 'claimed',
  };
  const claimed: RunningRun = {
    ...work.run.value,
    claim,
    ...(segment.wait !== undefined && {
      mailbox: openedBySend(work, stepOf(steps, segment.wait, 'wait'), inboxId, at),
    }),
    log: [...work.run.value.log, ...before.log],
  };
  if (!(await commit(ports.table, put<Run>(runs, edit(work.run, claimed)), ...contactWrites(work, before, at))))
    return 'again';
  if (skipped !== undefined || !inbox) {
    await settle(ports, version, steps, claimed, { outcome: 'skipped', reason: skipped ?? 'NO_INBOX' });
    return 'again';
  }
  const still = await stillAdmitted(work, claim, settings.value);
  if (still !== 'go') {
    const taken = await unclaim(work, claimed);
    if (still === 'no' || taken !== 'back') return 'again';
    // Another one each time, or those that have met once would meet again.
    const pause = 1_000 + spreadOf(`${work.run.value.id} ${at}`, CROWDED_MS);
    return { outcome: 'not-before', until: instant(ports.clock.now() + pause) };
  }
  const submission = await ports.sms.send({
    from: inbox.value.origination ?? inbox.value.phone,
    to: before.contact.phone,
    body: text,
    messageId: claim.messageId,
    ...(step.mediaUrl !== undefined && { mediaUrl: step.mediaUrl }),
  });
  if (submission.outcome === 'throttled') {
    const taken = await unclaim(work, claimed);
    return taken === 'back' ? { outcome: 'not-before', until: instant(ports.clock.now() + THROTTLED_MS) } : 'again';
  }
  await settle(ports, version, steps, claimed, { ...submission, text });
  return 'again';
}

const openedBySend = ({ task }: Work, wait: Wait, inboxId: Mailbox['inboxId'], at: Instant): Mailbox => ({
  wait: wait.id,
  state: task.state,
  inboxId,
  forReply: wait.orReply,
  broadcast: wait.broadcast,
  openedAt: at,
  ...(task.token !== undefined && { token: task.token }),
  attempt: attemptOf(task),
  status: 'open',
});

/**
 * The text waits, and says why; what the state did before it (closing a wait) is done. Told once for each reason, since
 * a run may come back often.
 */
async function deferred(
  { ports, run }: Work,
  step: string,
  { until, reason, slot }: Extract<Admitted, { verdict: 'defer' }>,
): Promise<Stepped> {
  const at = instant(ports.clock.now());
  const last = run.value.log.findLast((entry) => entry.step === step);
  const outcome = {
    outcome: 'not-before',
    until: wakingFor(until, slot),
    ...(slot !== undefined && { slot }),
  } as const;
  if (last?.code === 'SEND_DEFERRED' && last.reason === reason) return outcome;
  const entry: LogEntry = { at, code: 'SEND_DEFERRED', step, reason, detail: instant(until) };
  const told: Run = { ...run.value, log: [...run.value.log, entry] };
  return (await commit(ports.table, put(runs, edit(run, told)))) ? outcome : 'again';
}

/** A Wait knows only whole seconds: of a slot, what is left of its second is slept out. */
const wakingFor = (until: number, slot: number | undefined): Instant =>
  instant((slot === undefined ? Math.ceil(until / 1000) : Math.floor(until / 1000)) * 1000);

/** Consent, workflow and run once more, now that the claim stands: whoever changed them after this read comes too late. */
async function stillAdmitted(
  { ports, run }: Work,
  claim: Claim,
  { dailyCap }: Settings,
): Promise<'go' | 'no' | 'crowded'> {
  const { contactId, workflowId } = run.value;
  for (;;) {
    const asked = ports.clock.now();
    const [contact, workflow, latest, beside] = await Promise.all([
      getContact(ports.table, contactId),
      getWorkflow(ports.table, workflowId),
      getRunOf(ports.table, contactId, workflowId),
      dailyCap && claim.purpose === 'marketing'
        ? marketingBeside(ports.table, contactId, asked, claim.messageId)
        : undefined,
    ]);
    const isOurs = latest?.value.status === 'RUNNING' && latest.value.claim?.messageId === claim.messageId;
    if (!isOurs || admit(contact?.value, workflow?.value).verdict !== 'go') return 'no';
    // Of several that claimed at once each sees all that claimed before: too many step back rather than too few.
    if (dailyCap && beside !== undefined && beside >= dailyCap.texts) return 'crowded';
    if (ports.clock.now() - asked <= READ_IS_STALE_MS) return 'go';
  }
}

/**
 * Provably not submitted: as if it had never been claimed. Where somebody has written meanwhile what its wait took for
 * an answer, the run goes on with that, and the text is skipped.
 */
async function unclaim(
  { ports, run, segment, steps, version }: Work,
  claimed: RunningRun,
): Promise<'back' | 'skipped'> {
  const taken = await contend(`unclaim of ${run.value.id}`, async () => {
    const latest = await getRunOf(ports.table, run.value.contactId, run.value.workflowId);
    if (latest?.value.id !== run.value.id || latest.value.claim?.messageId !== claimed.claim?.messageId) return 'back';
    const { claim: _, mailbox: opened, log, ...rest } = latest.value;
    if (segment.wait !== undefined && opened?.status === 'replied') return 'skipped';
    const { claim, mailbox } = run.value;
    const restored: Run = {
      ...rest,
      ...(claim && { claim }),
      ...(mailbox && { mailbox }),
      log: [...run.value.log, ...log.slice(claimed.log.length)],
    };
    return (await commit(ports.table, put(runs, edit(latest, restored)))) ? 'back' : undefined;
  });
  if (taken === 'skipped')
    await settle(ports, version, steps, claimed, { outcome: 'skipped', reason: 'ANSWERED_FIRST' });
  return taken;
}

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
function settle(
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
  };
  const sent: Run = {
    ...run,
    claim: { ...claim, status: STATUS[outcome], settledAt: outcome === 'unknown' ? claim.claimedAt : at },
    log: [...run.log, entry],
  };
  const touched = contact && afterText(contact, text, toldBy(settlement), at);
  if (sent.status !== 'RUNNING' || !touched) return { run: sent, contact: touched, message };
  if (refusedByCarrier) return { run: ended(sent, at, 'OPTED_OUT'), contact: touched, message };

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
  const { mailbox } = operatedRun;
  const wait = stepOf(steps, segment.wait, 'wait');
  const waiting: Run = mailbox
    ? { ...operatedRun, mailbox: { ...mailbox, deadline: deadlineOf(wait, operatedRun) } }
    : operatedRun;
  return { run: waiting, contact: next, message };
}

const waitingEntry = (step: string | undefined, at: Instant): LogEntry[] =>
  step === undefined ? [] : [{ at, code: 'WAITING', step }];
