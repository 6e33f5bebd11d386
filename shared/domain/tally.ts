import * as z from 'zod/mini';
import type { MessageId } from './id.ts';
import { epoch } from './instant.ts';
import type { OutboundStatus } from './message.ts';
import type { BranchTaken } from './plan.ts';
import type { EndReason, EnrolledBy, LogEntry, Run } from './run.ts';

/** `accepted` are all that the provider took, whatever came of them. */
export type TextOutcome = 'accepted' | 'delivered' | 'undelivered' | 'failed' | 'unconfirmed';

type StepCounter =
  | 'waiting'
  | 'parked'
  | `log.${LogEntry['code']}`
  | `branch.${BranchTaken['branch']}`
  /** Of these, the ones that led there because nobody answered. */
  | `silent.${BranchTaken['branch']}`
  | `delivery.${TextOutcome}`;

/** What is counted, each under one name. Ids of steps have no dots. */
export type Counter =
  | 'enrolled'
  | `enrolledBy.${EnrolledBy}`
  | 'active'
  | 'waiting'
  | 'parked'
  | `ended.${EndReason}`
  | 'texted'
  | 'replied'
  /** Of those texted. */
  | 'texted.replied'
  | 'texted.optedOut'
  | `delivery.${TextOutcome}`
  | `step.${string}.${StepCounter}`;

/** How many of everything, by counter; what is not in it is 0. Sums of tallies are sums of their runs. */
export const Tally = z.record(z.string(), z.int().check(z.gte(1)));
export type Tally = Readonly<z.infer<typeof Tally>>;

export const ZERO: Tally = {};
export const counted = (tally: Tally, counter: Counter): number => tally[counter] ?? 0;

export function sum(tallies: Iterable<Tally>): Tally {
  const total = new Map<string, number>();
  for (const tally of tallies)
    for (const [counter, count] of Object.entries(tally)) total.set(counter, (total.get(counter) ?? 0) + count);
  return Object.fromEntries(total);
}
export const add = (one: Tally, other: Tally): Tally => sum([one, other]);

/**
 * Receipts come for so long, and what a run logs later than that after its end (an answer weeks after the last wait) is
 * no part of its figures: so they are final then.
 */
export const SETTLES_MS = 72 * 60 * 60 * 1000;

/** What the run knows of its texts, where their records are gone with a deleted contact. */
const LOGGED: Readonly<Partial<Record<LogEntry['code'], OutboundStatus>>> = {
  SENT: 'ACCEPTED',
  SEND_CROSSED_OPT_OUT: 'ACCEPTED',
  SEND_FAILED: 'FAILED',
  SEND_UNCONFIRMED: 'UNCONFIRMED',
};

const OUTCOMES: { readonly [Status in OutboundStatus]: readonly TextOutcome[] } = {
  CLAIMED: [],
  ACCEPTED: ['accepted'],
  DELIVERED: ['accepted', 'delivered'],
  UNDELIVERED: ['accepted', 'undelivered'],
  FAILED: ['failed'],
  UNCONFIRMED: ['unconfirmed'],
};

/** The texts whose status `tallyOf` asks for. */
export const textsOf = ({ log, test }: Run): readonly MessageId[] =>
  test ? [] : log.flatMap(({ code, messageId }) => (messageId !== undefined && LOGGED[code] ? [messageId] : []));

/** One run's part of the statistics: all that is counted is read off the run and what became of its texts. */
export function tallyOf(run: Run, statuses: ReadonlyMap<MessageId, OutboundStatus>): Tally {
  if (run.test) return ZERO;
  const { mailbox, resumeAt } = run;
  const log = run.status === 'ENDED' ? logUntil(run.log, epoch(run.endedAt) + SETTLES_MS) : run.log;
  const counters: Counter[] = ['enrolled', `enrolledBy.${run.enrolledBy}`];
  let texted = false;
  for (const entry of log) {
    const { step, code, messageId } = entry;
    if (step === undefined) continue;
    counters.push(`step.${step}.log.${code}`);
    if (code === 'BRANCH') counters.push(...branchCounters(step, entry));
    const logged = messageId && LOGGED[code];
    if (!logged) continue;
    for (const outcome of OUTCOMES[statuses.get(messageId) ?? logged]) {
      counters.push(`delivery.${outcome}`, `step.${step}.delivery.${outcome}`);
      if (outcome === 'accepted') texted = true;
    }
  }

  const replied = log.some(({ code }) => code === 'REPLIED');
  if (texted) counters.push('texted');
  if (replied) counters.push('replied');
  if (replied && texted) counters.push('texted.replied');
  if (run.status === 'ENDED') {
    counters.push(`ended.${run.reason}`);
    if (run.reason === 'OPTED_OUT' && texted) counters.push('texted.optedOut');
  } else counters.push('active');
  if (run.status === 'RUNNING' && mailbox?.status === 'open') counters.push('waiting', `step.${mailbox.wait}.waiting`);
  if (run.status === 'PARKED') {
    counters.push('parked');
    // States are named for a step of theirs.
    if (resumeAt !== undefined) counters.push(`step.${resumeAt}.parked`);
  }
  const tally = new Map<Counter, number>();
  for (const counter of counters) tally.set(counter, (tally.get(counter) ?? 0) + 1);
  return Object.fromEntries(tally);
}

const logUntil = (log: readonly LogEntry[], end: number) => log.filter(({ at }) => epoch(at) <= end);

const BRANCHES = ['then', 'else', 'noReply'] as const satisfies readonly BranchTaken['branch'][];
function branchCounters(step: string, { detail, reason }: LogEntry): Counter[] {
  const branch = BRANCHES.find((name) => name === detail);
  if (!branch) return [];
  return [
    `step.${step}.branch.${branch}`,
    ...(reason === 'NO_REPLY' ? [`step.${step}.silent.${branch}` as const] : []),
  ];
}
