import { admit, type Goal } from '../domain/admission.ts';
import type { Contact } from '../domain/contact.ts';
import { contactOf, type InboxId } from '../domain/id.ts';
import { epoch, instant } from '../domain/instant.ts';
import { branchesTaken, silence } from '../domain/plan.ts';
import { ended, type LogEntry, parked, type Run, type RunningRun, timedOut } from '../domain/run.ts';
import type { StepTask } from '../domain/step-task.ts';
import { stepsById, type Version, type Workflow } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { getPastRun, getRunOf, parkedRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, fresh, put, type Stored } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { readGoal } from './goal.ts';
import { listen } from './listen.ts';
import {
  answerText,
  branchLog,
  concluded,
  contactWrites,
  operated,
  type StepOutcome,
  type Stepped,
  stepOf,
  verdictOf,
  type Work,
} from './segment.ts';
import { sendStep } from './send-step.ts';
import { settleAbandoned } from './settle-text.ts';
import { versionCache } from './version-cache.ts';

/** A wait that its timer ended at most this much early is slept out, well within what a function may run; what is more is armed again. */
const SLEPT_OUT_MS = 20_000;

/** Runs the steps of one task state; safe to be tried again after any crash, and while another attempt still runs. */
export const runStep = (ports: Pick<Ports, 'table' | 'sms' | 'clock'>) => {
  const versionOf = versionCache(ports.table);

  return (task: StepTask): Promise<StepOutcome> =>
    contend(`${task.execution.run} at ${task.state}`, async () => {
      const stepped = await attempt(task);
      return stepped === 'again' ? undefined : stepped;
    });

  async function attempt(task: StepTask): Promise<Stepped> {
    const { run: runId, workflow: workflowId, execution } = task.execution;
    const [latest, contact, workflow] = await Promise.all([
      getRunOf(ports.table, contactOf(runId), workflowId),
      getContact(ports.table, contactOf(runId)),
      getWorkflow(ports.table, workflowId),
    ]);
    // The contact may have entered again: what became of a text of this run is still to be told.
    const found = latest?.value.id === runId ? latest : await getPastRun(ports.table, runId);
    if (!found) return { outcome: 'exit' };
    const version = await versionOf(workflowId, found.value.version);
    const steps = stepsById(version.steps);
    const claim = await settleAbandoned(ports, version, steps, found.value);
    if (claim === 'settled') return 'again';
    if (claim !== 'nothing') return { outcome: 'not-before', until: claim.until };
    if (found.value.execution !== execution) return { outcome: 'exit' };
    const { start, segments } = version.plan;
    const { done, resumeAt } = found.value;
    const elsewhere = task.state === start && resumeAt !== start ? resumeAt : undefined;
    if (elsewhere === undefined && done?.state === task.state) return { outcome: 'done', verdict: done.verdict };
    const current = running(found);
    if (!current) return { outcome: 'exit' };
    if (elsewhere !== undefined) return { outcome: 'resume', to: elsewhere };
    const segment = segments[task.state];
    if (!segment) throw new Error(`${workflowId} version ${version.version} has no state ${task.state}`);

    // A task that comes when its wait is long over: its function began late, and its state has timed out.
    if (segment.wait !== undefined && isBehind(current.value, task.state, segment.wait)) return { outcome: 'waiting' };

    const run = await closeWait(current, version, task);
    if (run === 'again' || 'outcome' in run) return run;
    const sending = segment.send === undefined ? undefined : stepOf(steps, segment.send, 'send-message');
    const inboxId = sending?.inboxId ?? version.inboxId;
    const goal = await readGoal(ports, version.exit);
    const refused = await admission(run, contact?.value, workflow?.value, { state: task.state, inboxId, goal });
    if (refused !== 'go') return refused;
    if (!contact) throw new Error(`${runId} was admitted without a contact`);

    const work: Work = { ports, task, version, steps, segment, run, contact, goal };
    if (segment.send !== undefined && !wasClaimed(run.value, segment.send)) return sendStep(work);
    return segment.wait === undefined ? operateOnly(work) : listen(work);
  }

  /** Where time has led here from a wait: closes it, in the write to come, unless an answer was first. */
  async function closeWait(
    run: Stored<RunningRun>,
    { plan }: Version,
    { input }: StepTask,
  ): Promise<Stored<RunningRun> | Stepped> {
    const { mailbox } = run.value;
    if (input.closing === undefined || mailbox?.wait !== input.closing) return run;
    const waited = plan.segments[mailbox.state];
    if (mailbox.status === 'replied' && mailbox.verdict && waited?.next !== undefined) {
      return { outcome: 'replied', to: waited.next, verdict: mailbox.verdict };
    }
    if (mailbox.status !== 'open' || mailbox.deadline === undefined) return run;
    const early = epoch(mailbox.deadline) - ports.clock.now();
    if (early > SLEPT_OUT_MS) return { outcome: 'rearm', to: mailbox.state, seconds: Math.ceil(early / 1000) };
    if (early > 0) {
      await ports.clock.sleep(early);
      return 'again';
    }
    const at = instant(ports.clock.now());
    const closed = timedOut(run.value, at);
    const log = branchLog(branchesTaken(plan, waited?.next, silence(plan, waited?.decides ?? [])), at);
    return edit(run, { ...closed, log: [...closed.log, ...log] });
  }

  async function admission(
    run: Stored<RunningRun>,
    contact: Contact | undefined,
    workflow: Workflow | undefined,
    { state, ...where }: { readonly state: string; readonly inboxId: InboxId; readonly goal: Goal | undefined },
  ): Promise<'go' | Stepped> {
    const at = instant(ports.clock.now());
    const admitted = admit(contact, workflow, { ...where, at });
    if (admitted.verdict === 'go') return 'go';
    if (admitted.verdict === 'exit') {
      const written = await commit(ports.table, put(runs, edit(run, ended(run.value, at, admitted.reason))));
      return written ? { outcome: 'exit' } : 'again';
    }
    // What has been done and only waits goes on waiting: an answer is heard, and the timer runs.
    if (run.value.mailbox?.state === state) return 'go';
    const { workflowId, id } = run.value;
    const written = await commit(
      ports.table,
      put(runs, edit(run, parked(run.value, at, state, admitted.takenOverIn))),
      put(parkedRuns, fresh({ workflowId, runId: id })),
    );
    return written ? { outcome: 'parked' } : 'again';
  }

  /** A segment of tags and fields only. */
  async function operateOnly(work: Work): Promise<Stepped> {
    const at = instant(ports.clock.now());
    const answer = await answerText(ports, work.run.value);
    const changes = operated(
      work.steps,
      work.contact.value,
      [...work.segment.before, ...work.segment.after],
      at,
      answer,
    );
    const verdict = await verdictOf(ports, work.steps, work.segment, changes.contact, answer);
    const next = concluded(
      { ...work.run.value, log: [...work.run.value.log, ...changes.log] },
      work.version,
      work.task.state,
      verdict,
      at,
    );
    const written = await commit(ports.table, put(runs, edit(work.run, next)), ...contactWrites(work, changes, at));
    return written ? { outcome: 'done', verdict } : 'again';
  }
};

/** Whether the run has waited there, and has gone on: to wait once more would take the place of what it waits for now. */
const isBehind = ({ mailbox, log }: RunningRun, state: string, wait: string): boolean =>
  mailbox?.state !== state && log.some(({ code, step }) => code === 'WAITING' && step === wait);

/** A step is entered once in a run's life; whatever leads here again, its text is not sent again. */
const wasClaimed = ({ claim, log }: RunningRun, step: string): boolean =>
  claim?.step === step || log.some((entry) => entry.step === step && DEALT_WITH.has(entry.code));

const DEALT_WITH: ReadonlySet<LogEntry['code']> = new Set([
  'SENT',
  'SEND_SKIPPED',
  'SEND_FAILED',
  'SEND_UNCONFIRMED',
  'SEND_CROSSED_OPT_OUT',
]);

function running({ rev, value }: Stored<Run>): Stored<RunningRun> | undefined {
  return value.status === 'RUNNING' ? { rev, value } : undefined;
}
