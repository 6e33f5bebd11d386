import { checkFilter } from '../domain/filter-check.ts';
import { ListId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { listsIn, type SavedList } from '../domain/list.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getRuleset, rulesChanged } from '../store/ruleset-store.ts';
import { commit, contend, edit, fresh, type Listed, list, put, remove, type Stored } from '../store/stored.ts';
import { allLists, getList, lists } from '../store/workspace-store.ts';
import { type Effect, ulidOf } from './effect-id.ts';
import type { PageAsked } from './read-contacts.ts';
import { usesList, workflowsUsing } from './workflows-using.ts';
import { readWorkspace } from './workspace.ts';

/** Filters are decided with all lists at hand. */
const MOST_LISTS = 200;

type Given = Pick<SavedList, 'name' | 'filter'>;
type Writing = Pick<Ports, 'table' | 'clock'>;
const notFound = (id: ListId) => refuse('NOT_FOUND', `There is no list ${id}.`);
const stale = () => refuse('REVISION_MISMATCH', 'The list has changed since you read it.');

export const createList =
  (ports: Writing) =>
  async (given: Given, effect: Effect): Promise<Outcome<Stored<SavedList>>> => {
    const { table, clock } = ports;
    const at = instant(clock.now());
    const value: SavedList = { ...given, id: ListId.parse(`lst_${ulidOf(effect)}`), createdAt: at, updatedAt: at };
    const known = await allLists(table);
    if (known.length >= MOST_LISTS)
      return refuse('CONFLICT', `There are ${MOST_LISTS} lists, which is the most there may be.`);
    const faulty = await filterFault(ports, value);
    if (faulty) return faulty;
    if (await commit(table, put(lists, fresh(value)))) return ok({ rev: 1, value });
    const earlier = await getList(table, value.id);
    return earlier ? ok(earlier) : notFound(value.id);
  };

export const readList =
  ({ table }: Pick<Ports, 'table'>) =>
  async (id: ListId): Promise<Outcome<Stored<SavedList>>> => {
    const found = await getList(table, id);
    return found ? ok(found) : notFound(id);
  };

/** Oldest first. */
export const listLists =
  ({ table }: Pick<Ports, 'table'>) =>
  (page: PageAsked): Promise<Listed<SavedList>> => {
    const { pk, sk } = keys.workspace('LIST');
    return list(table, lists, { pk, prefix: sk, ...page });
  };

/** A list that a workflow at work rests on stays as it is: who is enrolled is what people have seen. */
export const editList =
  (ports: Writing) =>
  (id: ListId, given: Given, revision: number | undefined): Promise<Outcome<Stored<SavedList>>> =>
    contend('editing a list', async (): Promise<Outcome<Stored<SavedList>> | undefined> => {
      const { table, clock } = ports;
      // Read first: whoever turns on what rests on the list, or closes a circle of lists, writes it meanwhile.
      const ruleset = await getRuleset(table);
      const found = await getList(table, id);
      if (!found) return notFound(id);
      if (revision !== undefined && revision !== found.rev) return stale();
      const locked = await usedFault(ports, id);
      if (locked) return locked;
      const value: SavedList = { ...found.value, ...given, updatedAt: instant(clock.now()) };
      const faulty = await filterFault(ports, value);
      if (faulty) return faulty;
      return (await commit(table, put(lists, edit(found, value)), rulesChanged(ruleset, undefined)))
        ? ok({ rev: found.rev + 1, value })
        : undefined;
    });

export const deleteList =
  (ports: Writing) =>
  (id: ListId, revision: number | undefined): Promise<Outcome<null>> =>
    contend('deleting a list', async (): Promise<Outcome<null> | undefined> => {
      const { table } = ports;
      const ruleset = await getRuleset(table);
      const found = await getList(table, id);
      if (!found) return notFound(id);
      if (revision !== undefined && revision !== found.rev) return stale();
      const others = (await allLists(table)).filter(({ value }) => listsIn([value.filter], () => undefined).has(id));
      if (others.length > 0)
        return refuse('IN_USE', `Other lists use this one: ${named(others.map(({ value }) => value))}.`);
      const locked = await usedFault(ports, id);
      if (locked) return locked;
      return (await commit(table, remove(lists, found), rulesChanged(ruleset, undefined))) ? ok(null) : undefined;
    });

const named = (things: readonly { readonly name: string }[]) => things.map(({ name }) => `"${name}"`).join(', ');

async function usedFault(ports: Writing, id: ListId) {
  const { filters } = await readWorkspace(ports);
  const using = await workflowsUsing(ports.table, usesList(id, filters.list));
  return using.length === 0
    ? undefined
    : refuse('IN_USE', `Workflows that are on use this list: ${named(using)}. Turn them off first.`);
}

/** What keeps the list from being decided: in its own filter, or a circle that it would close. */
async function filterFault(ports: Writing, { id, filter }: SavedList) {
  const { filters } = await readWorkspace(ports);
  const faults = checkFilter(
    { all: [{ type: 'list', op: 'in', listId: id }] },
    { ...filters, list: (asked) => (asked === id ? filter : filters.list(asked)) },
  );
  const own = checkFilter(filter, filters).map((fault) => ({ ...fault, path: ['filter', ...fault.path] }));
  const circle = faults.filter(({ code }) => code === 'LIST_CYCLE').map((fault) => ({ ...fault, path: ['filter'] }));
  const all = [...own, ...circle];
  return all.length === 0 ? undefined : refuse('INVALID_INPUT', `The list's filter has ${all.length} fault(s).`, all);
}
