import * as z from 'zod/mini';
import { secondsOf } from './duration.ts';
import { atOf, ContactId, InboxId, MessageId, RunId, WorkflowId } from './id.ts';
import { epoch, Instant, instant } from './instant.ts';
import { Verdict } from './plan.ts';
import { Purpose } from './purpose.ts';
import { allSteps, type Version, type Wait } from './workflow.ts';

/** What happened on a run, in the order it happened. Ids and codes only. */
export const LogEntry = z.strictObject({
  at: Instant,
  code: z.enum([
    'ENROLLED',
    'TAG_ADDED',
    'TAG_NOT_ADDED',
    'TAG_REMOVED',
    'FIELD_SET',
    'FIELD_NOT_SET',
    'SENT',
    'SEND_SKIPPED',
    'SEND_FAILED',
    'SEND_UNCONFIRMED',
    'SEND_CROSSED_OPT_OUT',
    'SEND_DEFERRED',
    'WAITING',
    'REPLIED',
    'LATE_REPLY',
    'TIMED_OUT',
    'BRANCH',
    'PARKED',
    'RESUMED',
    'RESTARTED',
    'LOOP_PREVENTED',
    'ENDED',
  ]),
  step: z.optional(z.string()),
  messageId: z.optional(MessageId),
  /** The branch taken, the tag or field, how a run ended. */
  detail: z.optional(z.string()),
  /** Why, where the code does not say it. */
  reason: z.optional(z.string()),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** The one text a run is about to send, or has sent last. Only the invocation that wrote the claim submits, once. */
export const Claim = z.strictObject({
  step: z.string(),
  messageId: MessageId,
  inboxId: InboxId,
  purpose: z.optional(Purpose),
  claimedAt: Instant,
  /** The text of the same step of which nobody could tell whether it left: this one goes out in its place. */
  resends: z.optional(MessageId),
  /** The answer that the steps beside the text go by: a fast answer to the text itself is already the next one. */
  answer: z.optional(MessageId),
  status: z.enum(['claimed', 'accepted', 'unconfirmed', 'failed', 'skipped']),
  settledAt: z.optional(Instant),
});
export type Claim = z.infer<typeof Claim>;

/** Where a run listens: opened before the text is submitted, closed by an answer or by time, whichever commits first. */
export const Mailbox = z.strictObject({
  wait: z.string(),
  state: z.string(),
  inboxId: InboxId,
  forReply: z.boolean(),
  broadcast: z.boolean(),
  openedAt: Instant,
  /** Unknown until the text before it is accepted. */
  deadline: z.optional(Instant),
  /** Completes the callback task, while it is open; the later attempt's is the valid one. */
  token: z.optional(z.string()),
  attempt: z.optional(z.string()),
  status: z.enum(['open', 'replied', 'timed-out']),
  closedAt: z.optional(Instant),
  verdict: z.optional(Verdict),
});
export type Mailbox = z.infer<typeof Mailbox>;

export const EndReason = z.enum([
  'COMPLETED',
  'GOAL_REACHED',
  'REPLIED',
  'OPTED_OUT',
  'WORKFLOW_TURNED_OFF',
  'EXITED_MANUALLY',
  'CONTACT_DELETED',
  /** It came to a standstill again and again; nobody knows why. */
  'FAILED',
]);
export type EndReason = z.infer<typeof EndReason>;

export const EnrolledBy = z.enum(['trigger', 'publish', 'turn-on', 'manual']);
export type EnrolledBy = z.infer<typeof EnrolledBy>;

const shared = {
  id: RunId,
  workflowId: WorkflowId,
  version: z.int().check(z.gte(1)),
  contactId: ContactId,
  enrolledAt: Instant,
  enrolledBy: EnrolledBy,
  /** Left out of statistics. */
  test: z.boolean(),
  /** Which enrolment of this contact in this workflow, from 1; test runs are not counted. */
  entry: z.int().check(z.gte(0)),
  /** How many workflows have set one another off to come here; absent: none has. */
  hops: z.optional(z.int().check(z.gte(1))),
  /** The contact's revision that it was enrolled at: a change that is told twice enrols once. */
  contactRev: z.int().check(z.gte(1)),
  /** The execution that runs it, from 1: a run outlives its executions. */
  execution: z.int().check(z.gte(1)),
  /** When that execution was asked for. */
  startedAt: Instant,
  /** The state at which this execution goes on, if not at the start. */
  resumeAt: z.optional(z.string()),
  claim: z.optional(Claim),
  mailbox: z.optional(Mailbox),
  /** The message that ended the nearest wait so far; absent when time did. */
  answer: z.optional(MessageId),
  /** The segment without a wait that was done last, and what it decided: a repeated attempt answers the same. */
  done: z.optional(z.strictObject({ state: z.string(), verdict: Verdict })),
  log: z.array(LogEntry),
};

export const RunningRun = z.strictObject({ ...shared, status: z.literal('RUNNING') });
export type RunningRun = z.infer<typeof RunningRun>;
/** Held at a step because its workflow is off, or a person has taken the conversation in an inbox over. */
export const ParkedRun = z.strictObject({
  ...shared,
  status: z.literal('PARKED'),
  parkedAt: Instant,
  takenOverIn: z.optional(InboxId),
});
export type ParkedRun = z.infer<typeof ParkedRun>;
export const EndedRun = z.strictObject({ ...shared, status: z.literal('ENDED'), endedAt: Instant, reason: EndReason });
export type EndedRun = z.infer<typeof EndedRun>;

/** A contact's way through one version of a workflow. There is one per contact and workflow that has not ended. */
export const Run = z.discriminatedUnion('status', [RunningRun, ParkedRun, EndedRun]);
export type Run = z.infer<typeof Run>;

export const executionName = ({ id, execution }: Pick<Run, 'id' | 'execution'>): string => `${id}.${execution}`;

/** When the wait is over: its duration after the latest of enrolment, last acceptance and the previous wait's end. */
export function deadlineOf(wait: Wait, run: Run): Instant {
  const anchors = [
    run.enrolledAt,
    run.claim?.settledAt,
    run.mailbox?.wait === wait.id ? undefined : run.mailbox?.closedAt,
  ];
  const latest = Math.max(...anchors.filter((at) => at !== undefined).map(epoch));
  return instant(latest + secondsOf(wait.duration) * 1000);
}

export function ended(run: RunningRun | ParkedRun, at: Instant, reason: EndReason): EndedRun {
  const { parkedAt: _, takenOverIn: __, ...rest } = { parkedAt: undefined, takenOverIn: undefined, ...run };
  return { ...rest, status: 'ENDED', endedAt: at, reason, log: [...run.log, { at, code: 'ENDED', detail: reason }] };
}

/** Why a run was parked whose workflow is on. */
export const TAKEN_OVER = 'TAKEN_OVER';

export const parked = (run: RunningRun, at: Instant, state: string, takenOverIn?: InboxId): ParkedRun => ({
  ...run,
  status: 'PARKED',
  parkedAt: at,
  ...(takenOverIn !== undefined && { takenOverIn }),
  resumeAt: state,
  log: [...run.log, { at, code: 'PARKED', ...(takenOverIn !== undefined && { reason: TAKEN_OVER }) }],
});

/** A parked run goes on in a new execution. */
export const resumed = ({ parkedAt: _, takenOverIn: __, ...run }: ParkedRun, at: Instant): RunningRun => ({
  ...run,
  status: 'RUNNING',
  execution: run.execution + 1,
  startedAt: at,
  log: [...run.log, { at, code: 'RESUMED' }],
});

/** The run goes on waiting in a new execution: an execution lasts a year at most, a run as long as it takes. */
export const renewed = (run: RunningRun, at: Instant, state: string): RunningRun => ({
  ...run,
  execution: run.execution + 1,
  startedAt: at,
  resumeAt: state,
});

/** A run that has lost its execution goes on in a new one. */
export const restarted = (run: RunningRun, at: Instant, state: string, reason: string): RunningRun => ({
  ...renewed(run, at, state),
  log: [...run.log, { at, code: 'RESTARTED', reason }],
});

/** Whether the run takes a reply that came to this inbox then: last week's never satisfies today's wait. */
export const listens = (run: Run, inboxId: InboxId, receivedAt: Instant): run is RunningRun & { mailbox: Mailbox } =>
  run.status === 'RUNNING' &&
  run.mailbox?.status === 'open' &&
  run.mailbox.forReply &&
  run.mailbox.inboxId === inboxId &&
  run.mailbox.openedAt <= receivedAt;

/** It was needed until now, and is longer than all the rest. */
const withoutToken = ({ token: _, attempt: __, ...mailbox }: Mailbox): Mailbox => mailbox;

/** The answer closes the mailbox; whoever writes first, answer or time, has decided. */
export const answered = (
  run: RunningRun & { mailbox: Mailbox },
  at: Instant,
  messageId: MessageId,
  verdict: Verdict,
): RunningRun => ({
  ...run,
  mailbox: { ...withoutToken(run.mailbox), status: 'replied', closedAt: at, verdict },
  answer: messageId,
  log: [...run.log, { at, code: 'REPLIED', step: run.mailbox.wait, messageId }],
});

/** Time closes the mailbox, if nothing has. */
export function timedOut(run: RunningRun, at: Instant): RunningRun {
  if (run.mailbox?.status !== 'open') return run;
  const { answer: _, ...rest } = run;
  return {
    ...rest,
    mailbox: { ...withoutToken(run.mailbox), status: 'timed-out', closedAt: at },
    log: [...run.log, { at, code: 'TIMED_OUT', step: run.mailbox.wait }],
  };
}

const HANDED_OVER: ReadonlySet<LogEntry['code']> = new Set(['SENT', 'SEND_UNCONFIRMED', 'SEND_CROSSED_OPT_OUT']);

/** Whether the person may have got a text of this run from the inbox by then. */
export function hasTexted(
  { claim, log }: Run,
  { steps, inboxId: usual }: Version,
  inboxId: InboxId,
  by: Instant,
): boolean {
  if (claim?.inboxId === inboxId && claim.status !== 'skipped' && claim.status !== 'failed' && claim.claimedAt <= by)
    return true;
  // By when they were claimed: an answer may come before it is known that the text was accepted.
  const isSent = ({ code, messageId }: LogEntry) =>
    HANDED_OVER.has(code) && messageId !== undefined && atOf(messageId) <= epoch(by);
  const sent = new Set(log.flatMap((entry) => (isSent(entry) ? (entry.step ?? []) : [])));
  return [...allSteps(steps)].some(
    (step) => step.type === 'send-message' && sent.has(step.id) && (step.inboxId ?? usual) === inboxId,
  );
}

/** A reply ends the run wherever it is. */
export const leftByReply = (run: RunningRun | ParkedRun, at: Instant, messageId: MessageId): EndedRun =>
  ended({ ...run, answer: messageId, log: [...run.log, { at, code: 'REPLIED', messageId }] }, at, 'REPLIED');

/**
 * Whether a reply comes too late for the run: its wait is over, or it answers a text before the latest. Once for each
 * wait: what is said after that is conversation, and must not make the run's log grow for ever.
 */
export const missed = (run: Run, inboxId: InboxId, receivedAt: Instant): boolean => {
  const { mailbox, log, enrolledAt } = run;
  if (mailbox?.inboxId !== inboxId || !mailbox.forReply || enrolledAt > receivedAt) return false;
  if (log.findLast(({ code }) => code === 'LATE_REPLY')?.step === mailbox.wait) return false;
  return mailbox.status === 'timed-out' || (mailbox.status === 'open' && mailbox.openedAt > receivedAt);
};
