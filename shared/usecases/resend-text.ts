import { mayText } from '../domain/admission.ts';
import { contactOf, type MessageId, messageIdOf } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import type { Claim, LogEntry, Run } from '../domain/run.ts';
import { stepsById } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { getMessage, messages } from '../store/message-store.ts';
import { getRunOf, runs } from '../store/run-store.ts';
import { commit, contend, edit, put, unchanged } from '../store/stored.ts';
import { getInbox, getSettings } from '../store/workspace-store.ts';
import { admitCandidate } from './admit-text.ts';
import { readGoal } from './goal.ts';
import { stepOf } from './segment.ts';
import { settle, settleAbandoned } from './settle-text.ts';
import { stillAdmitted, THROTTLED_MS } from './still-admitted.ts';
import { versionCache } from './version-cache.ts';

const UNTOLD_MS = 60_000;

/** When a text is to be looked at, and the instant that its inbox has set apart for it. */
export interface Later {
  readonly due: Instant;
  readonly slot?: number | undefined;
}

/**
 * Sends a run's text once more, where the business would rather have it twice than not at all: as long as nobody can tell
 * whether the first one left, and nothing shows that the run has gone on from it. It is admitted and claimed like every
 * text, and only once. Answers when to ask again.
 */
export const resendText = (ports: Pick<Ports, 'table' | 'sms' | 'clock'>) => {
  const { table, sms, clock } = ports;
  const versionOf = versionCache(table);

  return (id: MessageId, planned: Later): Promise<Later | 'done'> =>
    contend(`resending ${id}`, () => attempt(id, planned));

  async function attempt(messageId: MessageId, { due, slot }: Later): Promise<Later | 'done' | undefined> {
    const text = await getMessage(table, messageId);
    if (text?.value.direction !== 'outbound' || text.value.status !== 'UNCONFIRMED') return 'done';
    if (text.value.origin.type !== 'run') return 'done';
    const { runId, workflowId, step: stepId } = text.value.origin;
    const [run, contact] = await Promise.all([
      getRunOf(table, contactOf(messageId), workflowId),
      getContact(table, contactOf(messageId)),
    ]);
    if (run?.value.id !== runId || !contact) return 'done';
    const version = await versionOf(workflowId, run.value.version);
    const steps = stepsById(version.steps);
    const { claim: first } = run.value;
    if (first?.resends === messageId) {
      const abandoned = await settleAbandoned(ports, version, steps, run.value);
      return typeof abandoned === 'object' ? { due: abandoned.until } : 'done';
    }
    // Its message says so, and its run does not yet.
    if (first?.messageId === messageId && first.status === 'claimed') return { due: instant(clock.now() + UNTOLD_MS) };
    if (first?.messageId !== messageId || !isStillThere(run.value)) return 'done';

    const step = stepOf(steps, stepId, 'send-message');
    const [inbox, { value: settings }, goal] = await Promise.all([
      getInbox(table, first.inboxId),
      getSettings(table),
      readGoal(ports, version.exit),
    ]);
    if (!inbox || !mayText(contact.value, settings)) return 'done';
    const admitted = await admitCandidate(ports, {
      ...{ due: epoch(due), slot, run: run.value, step, inbox: inbox.value, settings },
      ...{ contact: contact.value, text: text.value.text },
    });
    if (admitted.verdict === 'defer')
      return { due: instant(admitted.until), ...(admitted.slot !== undefined && { slot: admitted.slot }) };
    if (admitted.verdict === 'skip') return 'done';

    const at = instant(clock.now());
    const { settledAt: _, ...again } = first;
    const claim: Claim = {
      ...again,
      messageId: messageIdOf(contact.value.id, 'outbound', epoch(at), `${messageId} again`),
      claimedAt: at,
      resends: messageId,
      status: 'claimed',
    };
    const claimed: Run = { ...run.value, claim };
    // A receipt may have come this very moment.
    if (!(await commit(table, put(runs, edit(run, claimed)), unchanged(messages, text)))) return undefined;
    const still = await stillAdmitted(ports, claimed, claim, { settings, goal });
    const submission =
      still === 'go'
        ? await sms.send({
            from: inbox.value.origination ?? inbox.value.phone,
            to: contact.value.phone,
            body: text.value.text,
            messageId: claim.messageId,
            ...(step.mediaUrl !== undefined && { mediaUrl: step.mediaUrl }),
          })
        : ({ outcome: 'throttled' } as const);
    if (submission.outcome === 'throttled') {
      await unclaim(claimed, first);
      return still === 'no' ? 'done' : { due: instant(clock.now() + THROTTLED_MS) };
    }
    await settle(ports, version, steps, claimed, { ...submission, text: text.value.text });
    return 'done';
  }

  /** Provably not submitted: the claim before it stands again. */
  function unclaim({ id, contactId, workflowId, claim }: Run, before: Claim): Promise<true> {
    return contend(`unclaim of ${id}`, async () => {
      const latest = await getRunOf(table, contactId, workflowId);
      if (!latest || latest.value.claim?.messageId !== claim?.messageId) return true;
      return (await commit(table, put<Run>(runs, edit(latest, { ...latest.value, claim: before })))) || undefined;
    });
  }
};

const MOVED_ON: ReadonlySet<LogEntry['code']> = new Set(['REPLIED', 'LATE_REPLY', 'TIMED_OUT']);

/** Whether the run stands where the text has left it: no answer has shown that it came, and no wait for one is over. */
const isStillThere = ({ claim, log, ...run }: Run): boolean => {
  if (claim?.status !== 'unconfirmed' || (run.status === 'ENDED' && run.reason !== 'COMPLETED')) return false;
  const told = log.findIndex(({ messageId }) => messageId === claim.messageId);
  return !log.slice(told).some(({ code }) => MOVED_ON.has(code));
};
