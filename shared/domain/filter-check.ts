import { type Filter, type FilterWorkspace, leavesOf } from './filter.ts';
import { customClause } from './filter-clause.ts';
import type { Leaf } from './filter-leaf.ts';
import { dateReader, readText } from './filter-value.ts';
import type { ListId } from './id.ts';
import type { Fault } from './problem.ts';

/**
 * Everything that keeps a filter from being published, with paths from its root. A filter that is checked means what it
 * says; one that is not is still decided (what makes no sense in it counts as unknown).
 *
 * - `EMPTY_OPERAND`: an operand is blank, or a list of operands is empty
 * - `SWAPPED_BOUNDS`: `from` lies after `to`
 * - `UNKNOWN_COUNTRY`: a country is compared with what is no two-letter code
 * - `UNKNOWN_FIELD`, `WRONG_OPERATOR`, `WRONG_OPERAND`: a custom field is not declared, or not of the type that is asked for
 * - `UNKNOWN_LIST`, `LIST_CYCLE`, `LIST_INVALID`: the list does not exist, uses itself, or has faults of its own
 *
 * To check a list's new filter, let `workspace.list` answer with it for that list's own id.
 */
export function checkFilter(filter: Filter, workspace: FilterWorkspace): Fault[] {
  const lists = new Map<ListId, readonly Fault[]>();
  const faultsIn = (tree: Filter, within: readonly ListId[]): Fault[] =>
    [...leavesOf(tree)].flatMap(({ leaf, path }) =>
      [...ownFaults(leaf, workspace), ...(leaf.type === 'list' ? listFaults(leaf.listId, within) : [])].map(
        (fault) => ({
          ...fault,
          path: [...path, ...fault.path],
        }),
      ),
    );

  const listFaults = (id: ListId, within: readonly ListId[]): readonly Fault[] => {
    const path = ['listId'];
    if (within.includes(id)) {
      const circle = [...within.slice(within.indexOf(id)), id].join(' → ');
      return [{ code: 'LIST_CYCLE', path, detail: `the list uses itself: ${circle}` }];
    }
    const inner = workspace.list(id);
    if (!inner) return [{ code: 'UNKNOWN_LIST', path, detail: `there is no list ${id}` }];
    const found = lists.get(id) ?? faultsIn(inner, [...within, id]);
    lists.set(id, found);
    const told = found.map(({ code, path: place, detail, hint }): Fault => {
      if (code === 'LIST_CYCLE' || code === 'LIST_INVALID') return { code, path, detail };
      const inside = `list ${id} at ${place.join('.')}: ${detail}`;
      return { code: 'LIST_INVALID', path, detail: inside, ...(hint === undefined ? {} : { hint }) };
    });
    // Lists that share a faulty one tell of it once each, not once for every way that leads there.
    return [...new Map(told.map((fault) => [fault.detail, fault])).values()];
  };
  return faultsIn(filter, []);
}

function ownFaults(leaf: Leaf, workspace: FilterWorkspace): Fault[] {
  if (leaf.type === 'custom-field') {
    const custom = customClause(leaf, workspace);
    if ('faults' in custom) return [...custom.faults];
  }
  return [...blanks(leaf), ...swapped(leaf, workspace.zone), ...countries(leaf)];
}

const isBlank = (operand: unknown) => typeof operand === 'string' && readText(operand) === undefined;
const blank = (...path: (string | number)[]): Fault => ({
  code: 'EMPTY_OPERAND',
  path,
  detail: 'compares with nothing',
  hint: 'Ask for is-unknown to find what is empty.',
});

function blanks(leaf: Leaf): Fault[] {
  if ('tags' in leaf) return leaf.tags.length === 0 ? [blank('tags')] : [];
  if ('values' in leaf) {
    if (leaf.values.length === 0) return [blank('values')];
    return leaf.values.flatMap((operand, at) => (isBlank(operand) ? [blank('values', at)] : []));
  }
  return 'value' in leaf && isBlank(leaf.value) ? [blank('value')] : [];
}

function swapped(leaf: Leaf, zone: string): Fault[] {
  if (!('from' in leaf)) return [];
  return isSwapped(leaf.from, leaf.to, zone)
    ? [
        {
          code: 'SWAPPED_BOUNDS',
          path: ['from'],
          detail: `${leaf.from} is after ${leaf.to}`,
          hint: 'Swap from and to.',
        },
      ]
    : [];
}

/** Both are numbers or both are dates by now, whatever way they are written. */
function isSwapped(from: string | number, to: string | number, zone: string): boolean {
  const read = dateReader(zone);
  const [start, end] = [read(from), read(to)];
  return start && end ? end.to < start.from : Number(from) > Number(to);
}

function countries(leaf: Leaf): Fault[] {
  if (leaf.type !== 'location' || leaf.op === 'within-km' || leaf.field !== 'country') return [];
  const operands = leaf.op === 'in' || leaf.op === 'not-in' ? leaf.values : [];
  const one = leaf.op === 'is' || leaf.op === 'is-not' ? [leaf.value] : [];
  return [
    ...one.flatMap((country) => noCode(country, 'value')),
    ...operands.flatMap((country, at) => noCode(country, 'values', at)),
  ];
}

const noCode = (country: string, ...path: (string | number)[]): Fault[] =>
  isBlank(country) || /^\s*[A-Za-z]{2}\s*$/.test(country)
    ? []
    : [
        {
          code: 'UNKNOWN_COUNTRY',
          path,
          detail: `"${country}" is no country code`,
          hint: 'ISO 3166-1 alpha-2, such as US.',
        },
      ];
