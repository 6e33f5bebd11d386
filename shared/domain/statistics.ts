import { EndReason, EnrolledBy } from './run.ts';
import { type Counter, counted, type Tally, type TextOutcome } from './tally.ts';
import { branchesOf, type IfElse, type Step } from './workflow.ts';

const EXITS = EndReason.options.filter((reason) => reason !== 'COMPLETED');

/** What a tally says of all runs together. Every name is there, also at 0; a share of nothing is null. */
export function figuresOf(tally: Tally) {
  const of = (counter: Counter) => counted(tally, counter);
  const texted = of('texted');
  return {
    enrolled: of('enrolled'),
    enrolledBy: counts(EnrolledBy.options, (by) => of(`enrolledBy.${by}`)),
    active: of('active'),
    waiting: of('waiting'),
    parked: of('parked'),
    completed: of('ended.COMPLETED'),
    exited: counts(EXITS, (reason) => of(`ended.${reason}`)),
    texted,
    replied: of('replied'),
    optedOut: of('ended.OPTED_OUT'),
    delivery: deliveryOf((outcome) => of(`delivery.${outcome}`)),
    replyRate: share(of('texted.replied'), texted),
    optOutRate: share(of('texted.optedOut'), texted),
    deliveryRate: share(of('delivery.delivered'), of('delivery.accepted')),
  };
}
export type Figures = ReturnType<typeof figuresOf>;

/** What a tally says of one step: only ids, types and names of branches, nothing of what it says to whom. */
export function stepFiguresOf(tally: Tally, step: Step) {
  const prefix = `step.${step.id}.log.`;
  const events = Object.entries(tally)
    .filter(([counter]) => counter.startsWith(prefix))
    .map(([counter, count]) => [counter.slice(prefix.length), count] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    id: step.id,
    type: step.type,
    waiting: counted(tally, `step.${step.id}.waiting`),
    parked: counted(tally, `step.${step.id}.parked`),
    events: Object.fromEntries(events),
    ...(step.type === 'if-else' && { branches: branchFiguresOf(tally, step) }),
    ...(step.type === 'send-message' && {
      delivery: deliveryOf((outcome) => counted(tally, `step.${step.id}.delivery.${outcome}`)),
    }),
  };
}
export type StepFigures = ReturnType<typeof stepFiguresOf>;

const branchFiguresOf = (tally: Tally, step: IfElse) =>
  branchesOf(step).map(({ name }, at) => {
    const branch = (['then', 'else', 'noReply'] as const)[at] ?? 'noReply';
    return {
      branch,
      name,
      runs: counted(tally, `step.${step.id}.branch.${branch}`),
      silent: counted(tally, `step.${step.id}.silent.${branch}`),
    };
  });

const deliveryOf = (count: (outcome: TextOutcome) => number) => ({
  accepted: count('accepted'),
  delivered: count('delivered'),
  undelivered: count('undelivered'),
  failed: count('failed'),
  unconfirmed: count('unconfirmed'),
});

const counts = <Name extends string>(names: readonly Name[], count: (name: Name) => number): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, count(name)]));

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
