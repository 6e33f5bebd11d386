import type { PassId, WorkflowId } from '../domain/id.ts';
import { type Pass, type Progress, progressOf } from '../domain/pass.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { getPass, shardsOfPass } from '../store/pass-store.ts';
import { getWorkflow } from '../store/workflow-store.ts';

/** A preview or a back-fill, with how far it has come. */
export interface Passing {
  readonly pass: Pass;
  readonly progress: Progress;
}

export const readPass =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (id: PassId, kind: Pass['kind']): Promise<Outcome<Passing>> => {
    const [pass, shards] = await Promise.all([getPass(table, id), shardsOfPass(table, id)]);
    if (pass?.value.kind !== kind)
      return refuse('NOT_FOUND', `There is no ${kind === 'preview' ? kind : 'back-fill'} ${id}.`);
    const progress = progressOf(
      pass.value,
      shards.map(({ value }) => value),
      clock.now(),
    );
    return ok({ pass: pass.value, progress });
  };

/** The back-fill that the workflow's last turn has asked for. */
export const readBackfill = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const readOne = readPass(ports);
  return async (id: WorkflowId): Promise<Outcome<Passing>> => {
    const workflow = await getWorkflow(ports.table, id);
    if (!workflow) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
    const { backfill } = workflow.value;
    return backfill === undefined
      ? refuse('NOT_FOUND', 'The workflow was turned on last without enrolling existing contacts.')
      : readOne(backfill, 'enroll');
  };
};
