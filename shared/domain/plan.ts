import * as z from 'zod/mini';

const StateName = z.string().check(z.maxLength(80));
const StepName = z.string();

/**
 * What one task state does: tag and field steps, at most one text between them, then the wait for an answer or time,
 * and the conditions whose truth the state that follows chooses by. One segment is one transition and few writes.
 */
export const Segment = z.strictObject({
  before: z.array(StepName),
  send: z.optional(StepName),
  after: z.array(StepName),
  wait: z.optional(StepName),
  decides: z.array(StepName),
  /** The state that follows, once answered where it waits; absent where the run ends. */
  next: z.optional(StateName),
});
export type Segment = z.infer<typeof Segment>;

/** Where an if/else leads. `noReply` is where silence does, if it has a branch of its own or is not the else branch. */
export const Fork = z.strictObject({
  readsReply: z.boolean(),
  then: StateName,
  else: StateName,
  noReply: z.optional(StateName),
});
export type Fork = z.infer<typeof Fork>;

/** How a version runs, by the names of its states; frozen with the version, since its state machine was made from it. */
export const Plan = z.strictObject({
  start: StateName,
  segments: z.record(StateName, Segment),
  forks: z.record(StateName, Fork),
});
export type Plan = z.infer<typeof Plan>;

/** Truth of the conditions that follow, by step id; all that a state machine ever learns of an answer. */
export const Verdict = z.strictObject({ replied: z.boolean(), is: z.record(z.string(), z.boolean()) });
export type Verdict = z.infer<typeof Verdict>;

export interface BranchTaken {
  readonly step: string;
  readonly branch: 'then' | 'else' | 'noReply';
  /** Time ran out, and only an answer could have turned it. */
  readonly reason?: 'NO_REPLY';
}

/** The branches that the state machine takes from `state` on, up to its next task. */
export function* branchesTaken(plan: Plan, state: string | undefined, verdict: Verdict): Generator<BranchTaken> {
  for (let name = state; name !== undefined; ) {
    const fork: Fork | undefined = plan.forks[name];
    if (!fork || !(name in verdict.is)) return;
    const branch = fork.readsReply && fork.noReply && !verdict.replied ? 'noReply' : verdict.is[name] ? 'then' : 'else';
    yield { step: name, branch, ...(fork.readsReply && !verdict.replied && { reason: 'NO_REPLY' as const }) };
    name = fork[branch];
  }
}

/** What is decided where nobody answered: every condition on an answer is false. */
export const silence = (plan: Plan, decides: readonly string[]): Verdict => ({
  replied: false,
  is: Object.fromEntries(decides.filter((id) => plan.forks[id]?.readsReply).map((id) => [id, false])),
});
