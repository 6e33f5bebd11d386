import { CLAIM_IS_ABANDONED_MS } from './admission.ts';
import { DAY } from './duration.ts';
import { epoch } from './instant.ts';
import { branchesTaken, type Plan, type Segment, silence } from './plan.ts';
import type { LogEntry, Run } from './run.ts';

/** A run that is late by less may be about to move. */
const GRACE_MS = 15 * 60 * 1000;

/** Whether the run should have moved on by itself by now. */
export const standsStill = (run: Run, now: number): boolean => {
  const next = nextMove(run);
  return next !== undefined && next + GRACE_MS <= now;
};

/** When the run moves on by itself at the latest, epoch milliseconds; undefined: it waits for somebody, or is over. */
function nextMove(run: Run): number | undefined {
  const { claim, mailbox, log, startedAt } = run;
  if (claim?.status === 'claimed') return epoch(claim.claimedAt) + CLAIM_IS_ABANDONED_MS;
  if (run.status === 'PARKED') return epoch(run.parkedAt);
  if (run.status === 'ENDED') return undefined;
  if (mailbox?.status === 'open' && mailbox.deadline !== undefined)
    return Math.max(epoch(mailbox.deadline), epoch(startedAt));
  const last = log.at(-1);
  const deferred = last?.code === 'SEND_DEFERRED' && last.detail !== undefined ? epoch(last.detail) : 0;
  return Math.max(epoch(startedAt), epoch(last?.at ?? startedAt), deferred);
}

/** The state at which a run goes on that has lost its execution: entered again, it answers as it has before. */
export function whereItStands({ log, resumeAt }: Run, plan: Plan): string {
  const { start, segments } = plan;
  const stateOf = new Map(
    Object.entries(segments).flatMap(([state, segment]) => stepsOf(segment).map((step) => [step, state])),
  );
  for (const { code, step } of log.toReversed()) {
    if (BEGINNINGS.has(code)) break;
    const state = step === undefined || code === 'LATE_REPLY' ? undefined : stateOf.get(step);
    if (state !== undefined) return code === 'TIMED_OUT' ? afterSilence(plan, state) : state;
  }
  return resumeAt ?? start;
}

/** Where a wait leads that nobody answered. */
function afterSilence(plan: Plan, waited: string): string {
  const { next, decides = [] } = plan.segments[waited] ?? {};
  const taken = [...branchesTaken(plan, next, silence(plan, decides))].at(-1);
  return (taken ? plan.forks[taken.step]?.[taken.branch] : next) ?? waited;
}

const BEGINNINGS: ReadonlySet<LogEntry['code']> = new Set(['ENROLLED', 'RESUMED', 'RESTARTED']);
const stepsOf = ({ before, send, after, wait }: Segment): readonly string[] => [
  ...before,
  ...(send === undefined ? [] : [send]),
  ...after,
  ...(wait === undefined ? [] : [wait]),
];

/** After as many lost executions within a day nobody believes in a further one. */
const MOST_LOST = 3;
export const isGivenUp = ({ log }: Run, now: number): boolean =>
  log.filter(({ code, at, reason }) => code === 'RESTARTED' && reason !== 'ANSWER_LEFT' && epoch(at) > now - DAY * 1000)
    .length >= MOST_LOST;
