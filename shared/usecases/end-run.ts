import { contactOf, type RunId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type EndReason, ended, type Run } from '../domain/run.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getRun, parkedRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, get, put, remove } from '../store/stored.ts';

/** Ends a run wherever it is; its execution is stopped through the change feed. Undefined: there is no such run. */
export const endRun =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  (id: RunId, reason: EndReason): Promise<'ended' | 'already-ended' | 'not-found'> =>
    contend(`ending ${id}`, async () => {
      const run = await getRun(table, id);
      if (run?.value.contactId !== contactOf(id)) return 'not-found';
      if (run.value.status === 'ENDED') return 'already-ended';
      const mark =
        run.value.status === 'PARKED' && (await get(table, parkedRuns, keys.parked(run.value.workflowId, id)));
      const over: Run = ended(run.value, instant(clock.now()), reason);
      return (await commit(table, put(runs, edit(run, over)), ...(mark ? [remove(parkedRuns, mark)] : [])))
        ? 'ended'
        : undefined;
    });
