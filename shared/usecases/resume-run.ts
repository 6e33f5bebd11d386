import { contactOf, type RunId, type WorkflowId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type Run, resumed } from '../domain/run.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getRunOf, parkedRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, get, put, remove } from '../store/stored.ts';

/** Lets a parked run go on, in a new execution that the change feed starts. Doing so twice does nothing more. */
export const resumeRun =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  (id: RunId, workflow: WorkflowId): Promise<true> =>
    contend(`resuming ${id}`, async () => {
      const [run, mark] = await Promise.all([
        getRunOf(table, contactOf(id), workflow),
        get(table, parkedRuns, keys.parked(workflow, id)),
      ]);
      if (!mark) return true;
      if (run?.value.id !== id || run.value.status !== 'PARKED')
        return (await commit(table, remove(parkedRuns, mark))) || undefined;
      const next: Run = resumed(run.value, instant(clock.now()));
      return (await commit(table, put(runs, edit(run, next)), remove(parkedRuns, mark))) || undefined;
    });
