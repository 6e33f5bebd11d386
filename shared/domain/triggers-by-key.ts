import type { Contact } from './contact.ts';
import { compileFilter, type Decider, type Filter, type FilterWorkspace, leavesOf } from './filter.ts';
import { keysOf, neededBy } from './filter-key.ts';
import type { WorkflowId } from './id.ts';
import type { Instant } from './instant.ts';
import { listsIn } from './list.ts';

/** What enrols by itself while a workflow is on. */
export interface Trigger {
  readonly workflowId: WorkflowId;
  readonly filter: Filter;
  /** When the workflow was turned on: what was true by then does not enrol. */
  readonly since: Instant;
}

/** A trigger made ready to decide. */
export interface ReadyTrigger extends Trigger, Decider {}

export interface TriggersByKey {
  /** Takes the place of the trigger that the workflow had; lists and fields are read as the workspace has them now. */
  set(trigger: Trigger, workspace: FilterWorkspace): void;
  remove(id: WorkflowId): void;
  /** Whatever may be true of the contact, and little else. */
  candidates(contact: Contact, workspace: Pick<FilterWorkspace, 'fieldTypes'>): readonly ReadyTrigger[];
  /** Whether there is any that time alone may turn true, of anybody. */
  hasTimed(): boolean;
}

interface Entry {
  readonly keys: readonly string[];
  /** Made ready when it is first asked for: most never are. */
  readonly ready: () => ReadyTrigger;
}

/** Triggers under the key that the fewest others share, so that a contact's change meets few of them. */
export function triggersByKey(): TriggersByKey {
  const entries = new Map<WorkflowId, Entry>();
  const byKey = new Map<string, Set<WorkflowId>>();
  const timed = new Set<WorkflowId>();
  const under = (key: string) => byKey.get(key) ?? new Set();
  const cost = (keys: readonly string[]) => keys.reduce((sum, key) => sum + 1 + under(key).size, 0);

  const remove = (id: WorkflowId): void => {
    for (const key of entries.get(id)?.keys ?? []) {
      const bucket = under(key);
      bucket.delete(id);
      if (bucket.size === 0) byKey.delete(key);
    }
    entries.delete(id);
    timed.delete(id);
  };

  return {
    remove,
    set(trigger, workspace) {
      const { workflowId: id, filter } = trigger;
      remove(id);
      const keys = neededBy(filter, workspace, cost) ?? [ANYBODY];
      let ready: ReadyTrigger | undefined;
      const readied = () => {
        ready ??= { ...trigger, ...compileFilter(filter, workspace) };
        return ready;
      };
      entries.set(id, { keys, ready: readied });
      for (const key of keys) byKey.set(key, under(key).add(id));
      if (isTimed(filter, workspace)) timed.add(id);
    },
    candidates(contact, workspace) {
      const found = new Set<WorkflowId>(byKey.get(ANYBODY));
      for (const key of keysOf(contact, workspace)) for (const id of byKey.get(key) ?? []) found.add(id);
      return allOf(found);
    },
    hasTimed: () => timed.size > 0,
  };

  function allOf(ids: Iterable<WorkflowId>): readonly ReadyTrigger[] {
    return [...ids].flatMap((id) => entries.get(id)?.ready() ?? []);
  }
}

/** Of a contact's candidates, those that time alone may turn true of it: the keys that a trigger needs do not go by time. */
export const timedOf = (candidates: readonly ReadyTrigger[]): readonly ReadyTrigger[] =>
  candidates.filter(({ turns }) => turns !== undefined);

/** No contact's key is empty. */
const ANYBODY = '';

/** Whether a claim in it, or in a list that it rests on, goes by how much time has passed. */
export function isTimed(filter: Filter, { list }: Pick<FilterWorkspace, 'list'>): boolean {
  const lists = [...listsIn([filter], list)].flatMap((id) => list(id) ?? []);
  return [filter, ...lists].some((tree) =>
    [...leavesOf(tree)].some(({ leaf }) => leaf.op === 'within-days' || leaf.op === 'not-within-days'),
  );
}
