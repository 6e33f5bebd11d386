import type { Goal } from '../domain/admission.ts';
import type { Contact } from '../domain/contact.ts';
import { decide } from '../domain/decide.ts';
import type { Instant } from '../domain/instant.ts';
import { isOperation, type Operated, operate } from '../domain/operate.ts';
import { type BranchTaken, branchesTaken, type Segment, type Verdict } from '../domain/plan.ts';
import { ended, type LogEntry, type Run, type RunningRun } from '../domain/run.ts';
import type { StepTask } from '../domain/step-task.ts';
import type { IfElse, Step, Version } from '../domain/workflow.ts';
import type { Ports, Write } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { getMessage } from '../store/message-store.ts';
import { edit, put, type Stored } from '../store/stored.ts';
import { readWorkspace } from './workspace.ts';

/** One entry into one task state, as everything that handles it sees it. */
export interface Work {
  readonly ports: Pick<Ports, 'table' | 'sms' | 'clock'>;
  readonly task: StepTask;
  readonly version: Version;
  readonly steps: ReadonlyMap<string, Step>;
  readonly segment: Segment;
  readonly run: Stored<RunningRun>;
  readonly contact: Stored<Contact>;
  readonly goal: Goal | undefined;
}

/**
 * What a step tells its state machine. `done` chooses by its verdict, `waiting` leaves the token to an answer or to
 * time; the others are thrown by their name and caught by the compiled definition.
 */
export type StepOutcome =
  | { readonly outcome: 'done'; readonly verdict: Verdict }
  | { readonly outcome: 'waiting' }
  | { readonly outcome: 'exit' }
  | { readonly outcome: 'parked' }
  | { readonly outcome: 'not-before'; readonly until: string; readonly slot?: number }
  | { readonly outcome: 'replied'; readonly to: string; readonly verdict: Verdict }
  | { readonly outcome: 'rearm'; readonly to: string; readonly seconds: number }
  | { readonly outcome: 'resume'; readonly to: string };

/** `again`: read the run once more, and go on from what it says then. */
export type Stepped = StepOutcome | 'again';

export function stepOf<Type extends Step['type']>(
  steps: ReadonlyMap<string, Step>,
  id: string,
  type: Type,
): Extract<Step, { type: Type }> {
  const step = steps.get(id);
  if (!isOf(step, type)) throw new Error(`step ${id} is not a ${type}`);
  return step;
}
const isOf = <Type extends Step['type']>(step: Step | undefined, type: Type): step is Extract<Step, { type: Type }> =>
  step?.type === type;

/** The tag and field steps named, applied to a contact. */
export const operated = (
  steps: ReadonlyMap<string, Step>,
  contact: Contact,
  ids: readonly string[],
  at: Instant,
  answer: string | undefined,
): Operated => {
  const named = ids.flatMap((id) => steps.get(id) ?? []);
  return operate(contact, named.filter(isOperation), at, answer);
};

/** As a run writes it: so that it does not trigger its own workflow again. */
export const changedByRun = (contact: Contact, run: Run, at: Instant): Contact => ({
  ...contact,
  changedBy: { type: 'run', workflowId: run.workflowId, runId: run.id },
  updatedAt: at,
});

/** The contact's part of the write that tells of the steps: one transaction, so that what a run has not done leaves no trace. */
export const contactWrites = ({ contact, run }: Work, changes: Operated, at: Instant): Write[] =>
  changes.log.length === 0 ? [] : [put(contacts, edit(contact, changedByRun(changes.contact, run.value, at)))];

/** The text that ended the run's nearest wait. */
export async function answerText({ table }: Pick<Ports, 'table'>, run: Run): Promise<string | undefined> {
  return run.answer && (await getMessage(table, run.answer))?.value.text;
}

/** What the conditions after a segment come to, for this answer. */
export async function verdictOf(
  ports: Pick<Ports, 'table' | 'clock'>,
  steps: ReadonlyMap<string, Step>,
  { decides }: Segment,
  contact: Contact,
  answer: string | undefined,
): Promise<Verdict> {
  if (decides.length === 0) return { replied: answer !== undefined, is: {} };
  const conditions: IfElse[] = decides.map((id) => stepOf(steps, id, 'if-else'));
  return decide(conditions, answer, contact, (await readWorkspace(ports)).filters);
}

export const branchLog = (branches: Iterable<BranchTaken>, at: Instant): LogEntry[] =>
  Array.from(branches, ({ step, branch, reason }) => ({
    at,
    code: 'BRANCH',
    step,
    detail: branch,
    ...(reason && { reason }),
  }));

/** A segment without a wait is done: the run ends with it, or goes on as decided. */
export function concluded(run: RunningRun, { plan }: Version, state: string, verdict: Verdict, at: Instant): Run {
  const next = plan.segments[state]?.next;
  const done: RunningRun = {
    ...run,
    done: { state, verdict },
    log: [...run.log, ...branchLog(branchesTaken(plan, next, verdict), at)],
  };
  return next === undefined ? ended(done, at, 'COMPLETED') : done;
}
