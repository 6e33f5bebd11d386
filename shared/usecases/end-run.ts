import { contactOf, type RunId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type EndedRun, type EndReason, ended, type Run } from '../domain/run.ts';
import type { Ports, Table, Write } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getRun, parkedRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, get, put, remove, type Stored } from '../store/stored.ts';

/** Ends a run wherever it is; its execution is stopped through the change feed. Undefined: there is no such run. */
export const endRun =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  (id: RunId, reason: EndReason): Promise<'ended' | 'already-ended' | 'not-found'> =>
    contend(`ending ${id}`, async () => {
      const run = await getRun(table, id);
      if (run?.value.contactId !== contactOf(id)) return 'not-found';
      if (run.value.status === 'ENDED') return 'already-ended';
      const over = ended(run.value, instant(clock.now()), reason);
      return (await commit(table, ...(await endWrites(table, run, over)))) ? 'ended' : undefined;
    });

/** A run that was parked leaves no mark of that behind. */
export async function endWrites(table: Table, run: Stored<Run>, over: EndedRun): Promise<Write[]> {
  const { workflowId, id, status } = run.value;
  const mark = status === 'PARKED' ? await get(table, parkedRuns, keys.parked(workflowId, id)) : undefined;
  return [put<Run>(runs, edit(run, over)), ...(mark ? [remove(parkedRuns, mark)] : [])];
}
