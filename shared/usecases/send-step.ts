import { mayText } from '../domain/admission.ts';
import type { Contact } from '../domain/contact.ts';
import { messageIdOf } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import { render } from '../domain/merge.ts';
import type { Claim, LogEntry, Mailbox, Run, RunningRun } from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import { attemptOf } from '../domain/step-task.ts';
import { LONGEST_TEXT, type Wait } from '../domain/workflow.ts';
import { getRunOf, runs } from '../store/run-store.ts';
import { commit, contend, edit, put } from '../store/stored.ts';
import { getInbox, getSettings } from '../store/workspace-store.ts';
import { type Admitted, admitCandidate, dueOf, spreadOf } from './admit-text.ts';
import { answerText, contactWrites, operated, type Stepped, stepOf, type Work } from './segment.ts';
import { settle } from './settle-text.ts';
import { stillAdmitted, THROTTLED_MS } from './still-admitted.ts';

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
  /** The text as it is at an instant, with what the steps before it do. */
  const written = (at: Instant) => {
    const before = operated(steps, work.contact.value, segment.before, at, answer);
    return { at, before, text: render(step.text, before.contact, settings.value) };
  };
  const asked = written(instant(ports.clock.now()));
  const unsendable = unsendableBecause(asked.text, asked.before.contact, settings.value);
  const admitted =
    unsendable === undefined && inbox
      ? await admitCandidate(ports, {
          ...{ due: dueOf(work.task, work.run.value), slot: work.task.input.slot, run: work.run.value, step },
          ...{ inbox: inbox.value, settings: settings.value, contact: asked.before.contact, text: asked.text },
        })
      : undefined;
  if (admitted?.verdict === 'defer') return deferred(work, step.id, admitted);
  const skipped = admitted?.verdict === 'skip' ? admitted.reason : unsendable;
  // Anew: it may have slept for its slot, and what was said meanwhile is no answer to this text.
  const { at, before, text } = written(instant(ports.clock.now()));
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
      mailbox: openedBySend(work.task.state, stepOf(steps, segment.wait, 'wait'), inboxId, at),
    }),
    log: [...work.run.value.log, ...before.log],
  };
  if (!(await commit(ports.table, put<Run>(runs, edit(work.run, claimed)), ...contactWrites(work, before, at))))
    return 'again';
  if (skipped !== undefined || !inbox) {
    await settle(ports, version, steps, claimed, { outcome: 'skipped', reason: skipped ?? 'NO_INBOX' });
    return 'again';
  }
  const still = await stillAdmitted(ports, claimed, claim, { settings: settings.value, goal: work.goal });
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
  const { token } = work.task;
  const listening = { attempt: attemptOf(work.task), ...(token !== undefined && { token }) };
  await settle(ports, version, steps, claimed, { ...submission, text }, listening);
  return 'again';
}

function unsendableBecause(text: string, contact: Contact, settings: Settings): string | undefined {
  if (!mayText(contact, settings)) return 'NO_OPT_IN';
  if (text.trim() === '') return 'EMPTY';
  return text.length > LONGEST_TEXT ? 'TOO_LONG' : undefined;
}

/** Whoever holds the claim finds the answer that comes before it is settled: only then does the token go into it. */
const openedBySend = (state: string, wait: Wait, inboxId: Mailbox['inboxId'], at: Instant): Mailbox => ({
  wait: wait.id,
  state,
  inboxId,
  forReply: wait.orReply,
  broadcast: wait.broadcast,
  openedAt: at,
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
