import { goesOn } from '../domain/admission.ts';
import { contactOf, type RunId, type WorkflowId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type ParkedRun, type Run, resumed } from '../domain/run.ts';
import { isTakenOver } from '../domain/takeover.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { getRunOf, parkedRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, get, put, remove } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';

/** Lets a parked run go on, in a new execution that the change feed starts. Doing so twice does nothing more. */
export const resumeRun =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  (id: RunId, workflow: WorkflowId): Promise<'resumed' | 'left'> =>
    contend(`resuming ${id}`, async () => {
      const [run, mark] = await Promise.all([
        getRunOf(table, contactOf(id), workflow),
        get(table, parkedRuns, keys.parked(workflow, id)),
      ]);
      if (!mark) return 'left';
      if (run?.value.id !== id || run.value.status !== 'PARKED')
        return (await commit(table, remove(parkedRuns, mark))) ? 'left' : undefined;
      const next: Run = resumed(run.value, instant(clock.now()));
      return (await commit(table, put(runs, edit(run, next)), remove(parkedRuns, mark))) ? 'resumed' : undefined;
    });

/** Lets a parked run go on if what it was parked for is over. */
export const resumeIfFree = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const resume = resumeRun(ports);
  return async ({ id, contactId, workflowId, takenOverIn }: ParkedRun): Promise<'resumed' | 'left'> => {
    const workflow = await getWorkflow(ports.table, workflowId);
    if (!workflow || !goesOn(workflow.value)) return 'left';
    const contact = takenOverIn === undefined ? undefined : await getContact(ports.table, contactId);
    const now = instant(ports.clock.now());
    if (contact && takenOverIn !== undefined && isTakenOver(contact.value, takenOverIn, now)) return 'left';
    return resume(id, workflowId);
  };
};
