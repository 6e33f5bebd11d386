import type { Contact } from '../../../shared/domain/contact.ts';
import type { InboundMessage, Message } from '../../../shared/domain/message.ts';
import type { LogEntry, Run } from '../../../shared/domain/run.ts';
import type { Step } from '../../../shared/domain/workflow.ts';
import type { Commit, Said } from '../record.ts';
import { type Check, type View, valueOf } from '../view.ts';

const recordsOf = ({ commits }: View, { id }: Said): readonly Commit[] =>
  commits.filter(
    ({ before, after }) =>
      after?.type === 'message' && !before && after.data['direction'] === 'inbound' && after.data['providerId'] === id,
  );

const recordedOnce: Check = function* (view) {
  for (const said of view.said) {
    const records = recordsOf(view, said);
    if (records.length !== 1) yield `${said.id} (${said.text}) was recorded ${records.length} times`;
  }
};

/** Whether a run that has handed a text over, or reached a wait, listens for an answer to it: by its log and its claim, not by its mailbox. */
function waitOf(run: Run, view: View, receivedAt: string): string | undefined {
  if (run.status !== 'RUNNING') return undefined;
  const { claim, mailbox } = run;
  const isOver = (wait: string) =>
    run.log.some(({ code, step }) => (code === 'REPLIED' || code === 'TIMED_OUT') && step === wait);
  const steps = view.stepsOf(run);
  const isForReply = (id: string) => {
    const step = steps.get(id);
    return step?.type === 'wait' && step.orReply;
  };
  if (
    claim &&
    (claim.status === 'claimed' || claim.status === 'accepted' || claim.status === 'unconfirmed') &&
    claim.claimedAt <= receivedAt
  ) {
    const segment = Object.values(view.versionOf(run).plan.segments).find(({ send }) => send === claim.step);
    const wait = segment?.wait;
    if (wait !== undefined && isForReply(wait) && !isOver(wait)) return wait;
  }
  const open = mailbox?.status === 'open' && mailbox.openedAt <= receivedAt ? mailbox.wait : undefined;
  return open !== undefined && isForReply(open) && !isOver(open) ? open : undefined;
}

/**
 * Whether the wait was open, or its text handed over, before the message was said: by the one true clock. What a function
 * claims with a clock of its own may bear an earlier instant than what was said before it.
 */
function wasListening(run: Run, view: View, receivedAt: string): boolean {
  const said = Date.parse(receivedAt);
  const wait = waitOf(run, view, receivedAt);
  const handedOver = view.ofRuns.find(({ text }) => text.messageId === run.claim?.messageId);
  if (handedOver && handedOver.at <= said && run.mailbox?.wait !== wait) return true;
  const opened = view.commitsOf(`C#${run.contactId}`, `RUN#${run.workflowId}`).find(({ after }) => {
    const then = valueOf<Run>(after);
    return then?.id === run.id && then.mailbox?.wait === wait;
  });
  return opened !== undefined && opened.at <= said;
}

const heard: Check = function* (view) {
  for (const { commit, message } of inboundOf(view)) {
    if (message.meaning !== 'message') continue;
    const { contactId, inboxId, at } = message;
    const runs = new Map<string, Run>();
    for (const { seq, after } of view.commits) {
      if (seq >= commit.seq) break;
      if (after?.type === 'run' && after.data['contactId'] === contactId)
        runs.set(after.sk, after.data as unknown as Run);
    }
    const contactBefore = valueOf<Contact>(
      view.commitsOf(`C#${contactId}`, 'CONTACT').findLast(({ seq }) => seq < commit.seq)?.before,
    );
    const takeover = contactBefore?.takeovers?.[inboxId];
    const isTakenOver = takeover !== undefined && takeover.since <= at && at < takeover.until;
    if (isTakenOver !== (message.takenOver === true))
      yield `${message.id} came ${isTakenOver ? '' : 'not '}while a person had taken over, and says otherwise`;
    const same = view.commits.filter(
      ({ by, after, at: when }) => by === commit.by && when === commit.at && after?.type === 'run',
    );
    const taken = same.filter(({ after }) => valueOf<Run>(after)?.mailbox?.status === 'replied');
    if (isTakenOver) {
      if (taken.length > 0) yield `${message.id} was taken by a run while a person had taken over`;
      continue;
    }
    const waiting = [...runs.values()].filter((run) => inboxOf(run) === inboxId && waitOf(run, view, at) !== undefined);
    const broadcast = waiting.filter((run) => {
      const step = view.stepsOf(run).get(waitOf(run, view, at) ?? '');
      return step?.type === 'wait' && step.broadcast;
    });
    const listening = waiting.filter((run) => wasListening(run, view, at));
    if (listening.length > 0 && message.takenBy === undefined)
      yield `${message.id} was recorded, and ${listening.map(({ id }) => id).join()} that waited for it has not taken it`;
    if (waiting.length === 0 && taken.length > 0) yield `${message.id} was taken by a run that did not wait`;
    const takers = new Set(taken.map(({ after }) => String(after?.data['id'])));
    if (message.takenBy !== undefined && waiting.length > 0 && !takers.has(message.takenBy))
      yield `${message.id} names ${message.takenBy}, which has not taken it`;
    if (waiting.length > 0)
      for (const run of broadcast)
        if (listening.includes(run) && !takers.has(run.id))
          yield `${message.id} was not taken by ${run.id}, which listens beside others`;
    const leaving = new Set([...runs.values()].filter((run) => view.versionOf(run).exit.onReply).map(({ id }) => id));
    const alone = [...takers].filter((id) => !broadcast.some((run) => run.id === id) && !leaving.has(id as Run['id']));
    if (alone.length > 1) yield `${message.id} was taken by ${alone.join(' and ')}`;
  }

  function inboxOf(run: Run): string {
    return run.mailbox?.status === 'open' ? run.mailbox.inboxId : (run.claim?.inboxId ?? '');
  }
};

function* inboundOf({ commits }: View): Generator<{ readonly commit: Commit; readonly message: InboundMessage }> {
  for (const commit of commits) {
    const message = commit.after?.type === 'message' && !commit.before ? valueOf<Message>(commit.after) : undefined;
    if (message?.direction === 'inbound') yield { commit, message };
  }
}

/** What is taken is in the run's log, what is late is in the log of the run that it is late for. */
const takenIsLogged: Check = function* ({ messages, runs }) {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const has = (id: Run['id'] | undefined, code: LogEntry['code'], message: string) =>
    id === undefined || byId.get(id)?.log.some((entry) => entry.code === code && entry.messageId === message);
  for (const message of messages) {
    if (message.direction !== 'inbound') continue;
    if (!has(message.takenBy, 'REPLIED', message.id))
      yield `${message.id} is said to be taken by a run that does not know it`;
    if (!has(message.lateFor, 'LATE_REPLY', message.id))
      yield `${message.id} is said to be late for a run that does not know it`;
  }
};

const waitsEndOnce: Check = function* ({ runs, stepsOf }) {
  for (const run of runs) {
    const count = (code: LogEntry['code'], step: string) =>
      run.log.filter((entry) => entry.code === code && entry.step === step).length;
    for (const step of stepsOf(run).values()) {
      if (step.type === 'wait') {
        const ends = count('REPLIED', step.id) + count('TIMED_OUT', step.id);
        if (ends > 1) yield `${step.id} of ${run.id} has ended ${ends} times`;
        if (count('WAITING', step.id) > 1) yield `${step.id} of ${run.id} was waited for twice`;
        if (ends === 0 && count('WAITING', step.id) > 0 && run.status === 'ENDED' && run.reason === 'COMPLETED')
          yield `${step.id} of ${run.id} never ended`;
      } else if (step.type === 'if-else') {
        if (count('BRANCH', step.id) > 1) yield `${run.id} took two branches at ${step.id}`;
      } else if (step.type === 'send-message') {
        const told = run.log.filter(
          (entry) => entry.step === step.id && isSendCode(entry.code) && !entry.reason,
        ).length;
        if (told > 1) yield `${step.id} of ${run.id} is told of ${told} times`;
      } else {
        const done = OPERATION_CODES.reduce((sum, code) => sum + count(code, step.id), 0);
        if (done > 1) yield `${step.id} of ${run.id} was done ${done} times`;
      }
    }
  }
};
const isSendCode = (code: string): boolean => SEND_CODES.some((known) => known === code);
const SEND_CODES = ['SENT', 'SEND_SKIPPED', 'SEND_FAILED', 'SEND_UNCONFIRMED', 'SEND_CROSSED_OPT_OUT'] as const;
const OPERATION_CODES = ['TAG_ADDED', 'TAG_NOT_ADDED', 'TAG_REMOVED', 'FIELD_SET', 'FIELD_NOT_SET'] as const;

/** The way that a run has gone is one that its workflow has: each step that is behind it was done, and no branch that it did not take. */
const completedWhole: Check = function* ({ runs, stepsOf, versionOf }) {
  for (const run of runs) {
    if (run.status !== 'ENDED' || run.reason !== 'COMPLETED') continue;
    const has = (codes: readonly string[], step: string) =>
      run.log.some((entry) => entry.step === step && codes.includes(entry.code));
    const taken = (step: string) => run.log.find((entry) => entry.code === 'BRANCH' && entry.step === step)?.detail;
    const walk = function* (steps: readonly Step[]): Generator<string> {
      for (const step of steps) {
        if (step.type === 'send-message' && !has(SEND_CODES, step.id))
          yield `${run.id} is complete without a word of ${step.id}`;
        if (step.type === 'wait' && !has(['REPLIED', 'TIMED_OUT'], step.id))
          yield `${run.id} is complete without an end of ${step.id}`;
        if (step.type === 'add-tag' && !has(['TAG_ADDED', 'TAG_NOT_ADDED'], step.id))
          yield `${run.id} is complete without ${step.id}`;
        if (step.type !== 'if-else') continue;
        const branch = taken(step.id);
        if (branch === undefined) yield `${run.id} is complete without a branch of ${step.id}`;
        yield* walk(
          branch === 'then' ? step.then.steps : branch === 'noReply' ? (step.noReply?.steps ?? []) : step.else.steps,
        );
      }
    };
    if (stepsOf(run).size > 0) yield* walk(versionOf(run).steps);
  }
};

export const neverLost: readonly Check[] = [recordedOnce, heard, takenIsLogged, waitsEndOnce, completedWhole];
