import * as z from 'zod/mini';
import { Filter } from '../domain/filter.ts';
import { WorkflowId } from '../domain/id.ts';
import { epoch, Instant } from '../domain/instant.ts';
import { TurnJob } from '../domain/job.ts';
import { Draft, Version, Workflow } from '../domain/workflow.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind, list, once, read, type Stored } from './stored.ts';

export const workflows: Kind<Workflow> = {
  type: 'workflow',
  parse: once((data) => Workflow.parse(data)),
  key: ({ id }) => keys.workflow(id),
  index: ({ id }) => ({ pk: keys.workflowsIndex, sk: id }),
};

const DraftOf = z.extend(Draft, { workflowId: WorkflowId });
export type DraftOf = z.infer<typeof DraftOf>;
export const drafts: Kind<DraftOf> = {
  type: 'draft',
  packed: true,
  parse: (data) => DraftOf.parse(data),
  key: ({ workflowId }) => keys.draft(workflowId),
};

export const versions: Kind<Version> = {
  type: 'version',
  packed: true,
  parse: once((data) => Version.parse(data)),
  key: ({ workflowId, version }) => keys.version(workflowId, version),
};

const NameOwner = z.strictObject({ name: z.string(), workflowId: WorkflowId });
export const nameOwners: Kind<z.infer<typeof NameOwner>> = {
  type: 'workflow-name',
  parse: (data) => NameOwner.parse(data),
  key: ({ name }) => keys.workflowName(name),
};

/** What enrols by itself: one entry per workflow that is ON and not manual-only. */
const TriggerEntry = z.strictObject({ workflowId: WorkflowId, filter: Filter, since: Instant });
export type TriggerEntry = z.infer<typeof TriggerEntry>;
export const triggers: Kind<TriggerEntry> = {
  type: 'trigger',
  parse: (data) => TriggerEntry.parse(data),
  key: ({ workflowId }) => keys.trigger(workflowId),
};

/** What a turn of a workflow, or of a setting, leaves to the queue: written with it, and queued by the change feed. */
const Turn = z.strictObject({
  workflowId: z.optional(WorkflowId),
  at: Instant,
  /** Of what was turned: two turns may share an instant. */
  rev: z.int(),
  jobs: z.array(TurnJob).check(z.minLength(1)),
});
const REMEMBERED_SECONDS = 7 * 86_400;
export const turns: Kind<z.infer<typeof Turn>> = {
  type: 'turn',
  parse: (data) => Turn.parse(data),
  key: ({ workflowId, at, rev }) => keys.turn(workflowId, at, rev),
  expiresAt: ({ at }) => Math.floor(epoch(at) / 1000) + REMEMBERED_SECONDS,
};

export const getWorkflow = (table: Table, id: WorkflowId) => get(table, workflows, keys.workflow(id));
export const getDraft = (table: Table, id: WorkflowId) => get(table, drafts, keys.draft(id));
export const getVersion = (table: Table, id: WorkflowId, n: number) => get(table, versions, keys.version(id, n));
/** A deleted workflow's is still there. */
export async function newestVersion(table: Table, id: WorkflowId): Promise<Stored<Version> | undefined> {
  const { pk } = keys.workflow(id);
  const { items } = await list(table, versions, { pk, prefix: keys.versionPrefix, order: 'descending', limit: 1 });
  return items[0];
}
export const getTrigger = (table: Table, id: WorkflowId) => get(table, triggers, keys.trigger(id));
export const getTriggers = async (table: Table, ids: readonly WorkflowId[]): Promise<readonly Stored<TriggerEntry>[]> =>
  (await table.getMany(ids.map(keys.trigger))).flatMap((item) => (item ? [read(triggers, item)] : []));
export const getNameOwner = (table: Table, name: string) => get(table, nameOwners, keys.workflowName(name));
export const listTriggers = async (table: Table) => (await list(table, triggers, { pk: keys.triggers })).items;
