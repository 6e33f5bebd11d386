import { goesOn } from '../domain/admission.ts';
import type { Filter } from '../domain/filter.ts';
import type { InboxId, ListId } from '../domain/id.ts';
import { listsIn } from '../domain/list.ts';
import { allSteps, type Version, type Workflow } from '../domain/workflow.ts';
import type { Table } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { listIndex } from '../store/stored.ts';
import { getVersion, workflows } from '../store/workflow-store.ts';

/** The workflows that are on, or still let runs finish, and whose version there uses something. */
export async function workflowsUsing(table: Table, uses: (version: Version) => boolean): Promise<Workflow[]> {
  const { items } = await listIndex(table, workflows, { pk: keys.workflowsIndex });
  const using: Workflow[] = [];
  for (const { value } of items.filter((workflow) => goesOn(workflow.value))) {
    const version = await getVersion(table, value.id, value.version);
    if (version && uses(version.value)) using.push(value);
  }
  return using;
}

export const usesInbox =
  (id: InboxId) =>
  ({ inboxId, steps }: Version): boolean =>
    inboxId === id || Array.from(allSteps(steps)).some((step) => step.type === 'send-message' && step.inboxId === id);

/** In its trigger, its goal or a branch, itself or through another list. */
export const usesList =
  (id: ListId, filterOf: (id: ListId) => Filter | undefined) =>
  (version: Version): boolean =>
    listsIn(filtersOf(version), filterOf).has(id);

const filtersOf = ({ trigger, exit, steps }: Version): Filter[] => [
  trigger.filter,
  ...(exit.goal ? [exit.goal] : []),
  ...Array.from(allSteps(steps)).flatMap((step) => (step.type === 'if-else' ? (step.condition.filter ?? []) : [])),
];

/** In a filter, as what a step sets, or merged into a text. */
export const usesField =
  (key: string) =>
  ({ trigger, exit, steps }: Version): boolean =>
    mentions([trigger, exit, steps], key);

function mentions(value: unknown, key: string): boolean {
  if (typeof value === 'string') return new RegExp(`\\{\\{\\s*contact\\.fields\\.${key}\\b`).test(value);
  if (Array.isArray(value)) return value.some((inner) => mentions(inner, key));
  if (typeof value !== 'object' || value === null) return false;
  if (
    'type' in value &&
    'field' in value &&
    value.field === key &&
    (value.type === 'custom-field' || value.type === 'set-field')
  )
    return true;
  return Object.values(value).some((inner) => mentions(inner, key));
}
