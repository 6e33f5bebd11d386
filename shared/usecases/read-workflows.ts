import type { Definition } from '../../statemachines/asl.ts';
import type { WorkflowId } from '../domain/id.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Run } from '../domain/run.ts';
import type { Version, Workflow } from '../domain/workflow.ts';
import type { Ports, Query } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { runs } from '../store/run-store.ts';
import { type Listed, list, listIndex } from '../store/stored.ts';
import { getVersion, getWorkflow, versions, workflows } from '../store/workflow-store.ts';

export type PageAsked = Pick<Query, 'limit' | 'cursor'>;
type Reading = Pick<Ports, 'table'>;

/** Newest first. */
export const listWorkflows =
  ({ table }: Reading) =>
  (page: PageAsked): Promise<Listed<Workflow>> =>
    listIndex(table, workflows, { pk: keys.workflowsIndex, order: 'descending', ...page });

/** Newest first. A deleted workflow's versions are still there: they are history. */
export const listVersions =
  ({ table }: Reading) =>
  async (id: WorkflowId, page: PageAsked): Promise<Outcome<Listed<Version>>> => {
    const { pk } = keys.workflow(id);
    const found = await list(table, versions, { pk, prefix: keys.versionPrefix, order: 'descending', ...page });
    return found.items.length > 0 || (await getWorkflow(table, id))
      ? ok(found)
      : refuse('NOT_FOUND', `There is no workflow ${id}.`);
  };

export const readVersion =
  ({ table }: Reading) =>
  async (id: WorkflowId, n: number): Promise<Outcome<Version>> => {
    const version = await getVersion(table, id, n);
    return version ? ok(version.value) : refuse('NOT_FOUND', `Workflow ${id} has no version ${n}.`);
  };

/** What a version was compiled to, as its state machine has it. */
export const readDefinition =
  ({ table, machines }: Pick<Ports, 'table' | 'machines'>) =>
  async (id: WorkflowId, n: number): Promise<Outcome<Definition>> => {
    const version = await getVersion(table, id, n);
    return version
      ? ok(await machines.definition(version.value.machine))
      : refuse('NOT_FOUND', `Workflow ${id} has no version ${n}.`);
  };

/** The runs of a workflow, those that entered last first. */
export const listEnrollments =
  ({ table }: Reading) =>
  async (id: WorkflowId, page: PageAsked): Promise<Outcome<Listed<Run>>> => {
    const found = await listIndex(table, runs, { pk: keys.runsIndex(id), order: 'descending', ...page });
    return found.items.length > 0 || (await getWorkflow(table, id))
      ? ok(found)
      : refuse('NOT_FOUND', `There is no workflow ${id}.`);
  };
