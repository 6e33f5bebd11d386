import type { WorkflowId } from '../domain/id.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import { type Figures, figuresOf, type StepFigures, stepFiguresOf } from '../domain/statistics.ts';
import { sum, ZERO } from '../domain/tally.ts';
import { allSteps } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { getVersion, getWorkflow, newestVersion } from '../store/workflow-store.ts';
import { type Tallied, type TallyOptions, tallyRuns } from './tally-runs.ts';

export interface Statistics extends Pick<Tallied, 'asOf' | 'complete'> {
  readonly workflowId: WorkflowId;
  /** Of all versions, or of the one that was asked for. */
  readonly totals: Figures;
  /** Newest first; those that nobody has entered are not among them. */
  readonly versions: readonly ({ readonly version: number } & Figures)[];
  /** Those of the newest version, or of the one that was asked for, outer ones first. */
  readonly steps: readonly StepFigures[];
}

/** What has come of a workflow's runs; a deleted workflow's are history. */
export const readStatistics = (ports: Pick<Ports, 'table' | 'clock'>, options?: TallyOptions) => {
  const { table } = ports;
  const tally = tallyRuns(ports, options);

  return async (workflowId: WorkflowId, asked?: number): Promise<Outcome<Statistics>> => {
    const version =
      asked === undefined ? await newestVersion(table, workflowId) : await getVersion(table, workflowId, asked);
    if (!version && asked !== undefined) return refuse('NOT_FOUND', `Workflow ${workflowId} has no version ${asked}.`);
    if (!version && !(await getWorkflow(table, workflowId)))
      return refuse('NOT_FOUND', `There is no workflow ${workflowId}.`);

    const { byVersion, asOf, complete } = await tally(workflowId);
    const total = asked === undefined ? sum(byVersion.values()) : (byVersion.get(asked) ?? ZERO);
    const versions = [...byVersion]
      .filter(([n]) => asked === undefined || n === asked)
      .toSorted(([one], [other]) => other - one)
      .map(([n, own]) => ({ version: n, ...figuresOf(own) }));
    const steps = Array.from(allSteps(version?.value.steps ?? []), (step) => stepFiguresOf(total, step));
    return ok({ workflowId, asOf, complete, totals: figuresOf(total), versions, steps });
  };
};
