import type { RunId } from '../domain/id.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Run } from '../domain/run.ts';
import type { Ports } from '../ports.ts';
import { getRun } from '../store/run-store.ts';
import { endRun } from './end-run.ts';

export const readRun =
  ({ table }: Pick<Ports, 'table'>) =>
  async (id: RunId): Promise<Outcome<Run>> => {
    const run = await getRun(table, id);
    return run ? ok(run.value) : refuse('NOT_FOUND', `There is no run ${id}.`);
  };

/** Takes one contact out of one workflow, by hand. */
export const exitRun = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const end = endRun(ports);
  const read = readRun(ports);
  return async (id: RunId): Promise<Outcome<Run>> => {
    const outcome = await end(id, 'EXITED_MANUALLY');
    return outcome === 'already-ended' ? refuse('RUN_ENDED', 'The run has ended before.') : read(id);
  };
};
