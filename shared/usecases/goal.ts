import type { Goal } from '../domain/admission.ts';
import { compileFilter } from '../domain/filter.ts';
import type { Exit } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { readWorkspace } from './workspace.ts';

/** The goal made ready to decide, against lists and fields as they are now; undefined: there is none. */
export async function readGoal(ports: Pick<Ports, 'table' | 'clock'>, { goal }: Exit): Promise<Goal | undefined> {
  return goal && compileFilter(goal, (await readWorkspace(ports)).filters).test;
}
