import * as z from 'zod/mini';
import { type Actual, type Clause, clauseOf, type Workspace } from './filter-clause.ts';
import { Leaf, type ListLeaf } from './filter-leaf.ts';
import type { Subject } from './filter-subject.ts';
import type { ListId } from './id.ts';

export const DEEPEST = 5;
export const MOST_LEAVES = 50;
/** Groups cost nothing to decide, but their number has to end somewhere. */
const MOST_GROUPS = 200;

/**
 * Who is meant: `all`, `any` and `not` over claims about a contact. An empty `all` is true, an empty `any` false. At most
 * 5 groups deep, with 50 leaves; a document beyond that is refused before anything recurses into it.
 */
export type Filter = Leaf | { all: Filter[] } | { any: Filter[] } | { not: Filter };

const Tree: z.ZodMiniType<Filter> = z
  .union([
    Leaf,
    z.strictObject({
      get all() {
        return z.array(Tree);
      },
    }),
    z.strictObject({
      get any() {
        return z.array(Tree);
      },
    }),
    z.strictObject({
      get not() {
        return Tree;
      },
    }),
  ])
  .check(z.meta({ id: 'Filter' }));

/** A union could only say that nothing fits, so every node is first read alone and each fault gets its own path. */
export const Filter: z.ZodMiniType<Filter> = z.pipe(
  z.transform((input, context) => {
    for (const { path, detail } of faultsOf(input)) {
      context.issues.push({ code: 'custom', path: [...path], message: detail, input });
    }
    return input;
  }),
  Tree,
);

interface Place {
  readonly node: unknown;
  readonly path: readonly PropertyKey[];
  /** Groups around it. */
  readonly depth: number;
}

/** Walks without recursion, and no deeper or wider than a filter may be. */
function faultsOf(root: unknown): { path: readonly PropertyKey[]; detail: string }[] {
  const faults: { path: readonly PropertyKey[]; detail: string }[] = [];
  const open: Place[] = [{ node: root, path: [], depth: 0 }];
  let leaves = 0;
  let groups = 0;
  for (let place = open.pop(); place; place = open.pop()) {
    const { node, path, depth } = place;
    const group = groupOf(node);
    if (!group) {
      leaves += 1;
      if (leaves > MOST_LEAVES) return [{ path: [], detail: `has more than ${MOST_LEAVES} leaves` }];
      faults.push(...leafFaults(node).map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
      continue;
    }
    groups += 1;
    if (groups > MOST_GROUPS) return [{ path: [], detail: `has more than ${MOST_GROUPS} groups` }];
    const { kind, inner, extra } = group;
    if (extra.length > 0) faults.push({ path, detail: `has ${extra.join(', ')} beside ${kind}` });
    if (depth === DEEPEST) faults.push({ path, detail: `is nested more than ${DEEPEST} groups deep` });
    else if (kind === 'not') open.push({ node: inner, path: [...path, kind], depth: depth + 1 });
    else if (!Array.isArray(inner)) faults.push({ path: [...path, kind], detail: 'is not a list of filters' });
    else if (inner.length > MOST_LEAVES + MOST_GROUPS)
      faults.push({ path: [...path, kind], detail: `has more than ${MOST_LEAVES} leaves` });
    else {
      const places = inner.map((child: unknown, at) => ({ node: child, path: [...path, kind, at], depth: depth + 1 }));
      open.push(...places.reverse());
    }
  }
  return faults;
}

function groupOf(node: unknown) {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  const entries: [string, unknown][] = Object.entries(node);
  const found = entries.find(([key]) => key === 'all' || key === 'any' || key === 'not');
  if (!found || Object.hasOwn(node, 'type')) return undefined;
  const [kind, inner] = found;
  return { kind, inner, extra: entries.map(([key]) => key).filter((key) => key !== kind) };
}

function leafFaults(node: unknown): { path: readonly PropertyKey[]; detail: string }[] {
  const isObject = typeof node === 'object' && node !== null;
  if (!isObject || !Object.hasOwn(node, 'type')) {
    return [{ path: [], detail: 'is no filter: it has neither all, any or not, nor the type of a leaf' }];
  }
  const { error } = Leaf.safeParse(node);
  return error ? error.issues.map(({ path, message }) => ({ path, detail: message })) : [];
}

/** What a filter's meaning rests on besides the contact and the time. */
export interface FilterWorkspace extends Workspace {
  /** A saved list's filter; undefined: there is no such list. */
  readonly list: (id: ListId) => Filter | undefined;
}

export interface FilterContext extends FilterWorkspace {
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why a filter is true or false of a contact: every claim with what the contact has (null: unknown), every group. */
export type Explanation =
  | { readonly truth: boolean; readonly all: Explanation[] }
  | { readonly truth: boolean; readonly any: Explanation[] }
  | { readonly truth: boolean; readonly not: Explanation }
  | {
      readonly truth: boolean;
      readonly leaf: Leaf;
      readonly actual: Actual | null;
      /** The actual value is what the phone number tells. */
      readonly derived?: true;
      /** The list's own filter, where it is first used. */
      readonly list?: Explanation;
    };

/** A filter made ready to decide about many contacts. Never throws on parsed input. */
export interface Decider {
  /** `now` in epoch milliseconds. */
  readonly test: (contact: Subject, now: number) => boolean;
  /** The instants at which time alone may turn the truth, in no order; absent: only a write can. */
  readonly turns?: (contact: Subject) => readonly number[];
}

/** A node's explanation takes its truth from the very function that `matches` runs. */
interface Compiled extends Decider {
  readonly explain: (contact: Subject, now: number) => Explanation;
}

/**
 * Prepares a filter for many contacts: operands are folded, days placed in the zone and lists looked up once.
 *
 * @throws RangeError if `zone` is no IANA time zone and the filter speaks of days.
 */
export function compileFilter(filter: Filter, workspace: FilterWorkspace): Decider {
  return compile(filter, workspace);
}

/**
 * The first instant after `after`, and not after `until`, at which time alone turns the filter from false to true of the
 * contact as it is.
 */
export function riseOf(
  { test, turns }: Decider,
  contact: Subject,
  after: number,
  until = Number.POSITIVE_INFINITY,
): number | undefined {
  const instants = turns?.(contact).filter((at) => at > after && at <= until) ?? [];
  let before = instants.length > 0 && test(contact, after);
  for (const at of instants.toSorted((one, other) => one - other)) {
    const now = test(contact, at);
    if (now && !before) return at;
    before = now;
  }
  return undefined;
}

/** Whether the filter is true of the contact at `context.now`. For many contacts: `compileFilter`. */
export function matches(filter: Filter, contact: Subject, context: FilterContext): boolean {
  return compile(filter, context).test(contact, context.now);
}

/** Why `matches` answers as it does: the same tree, with each claim's actual value and truth. */
export function explain(filter: Filter, contact: Subject, context: FilterContext): Explanation {
  return compile(filter, context).explain(contact, context.now);
}

type Test = Compiled['test'];
const both =
  (one: Test, other: Test): Test =>
  (contact, now) =>
    one(contact, now) && other(contact, now);
const either =
  (one: Test, other: Test): Test =>
  (contact, now) =>
    one(contact, now) || other(contact, now);
const always: Test = () => true;
const never: Test = () => false;
/** A call for each costs what a claim does, so the few that there are as a rule stand side by side. */
function allOf(tests: readonly Test[]): Test {
  const [one, two, three, four, ...more] = tests;
  if (!one) return always;
  if (!two) return one;
  if (!three) return both(one, two);
  if (!four) return (contact, now) => one(contact, now) && two(contact, now) && three(contact, now);
  if (more.length === 0)
    return (contact, now) => one(contact, now) && two(contact, now) && three(contact, now) && four(contact, now);
  return tests.reduceRight((rest, test) => both(test, rest));
}
const anyOf = (tests: readonly Test[]): Test =>
  tests.length === 0 ? never : tests.reduceRight((rest, test) => either(test, rest));

function compile(root: Filter, workspace: FilterWorkspace): Compiled {
  const lists = new Map<ListId, Compiled & { forget: () => void }>();
  const underway = new Set<ListId>();
  const node = (filter: Filter): Compiled => {
    if ('all' in filter) {
      const inner = filter.all.map(node);
      const test = allOf(inner.map((child) => child.test));
      return {
        test,
        ...turnsOf(inner),
        explain: (...on) => ({ truth: test(...on), all: inner.map((child) => child.explain(...on)) }),
      };
    }
    if ('any' in filter) {
      const inner = filter.any.map(node);
      const test = anyOf(inner.map((child) => child.test));
      return {
        test,
        ...turnsOf(inner),
        explain: (...on) => ({ truth: test(...on), any: inner.map((child) => child.explain(...on)) }),
      };
    }
    if ('not' in filter) {
      const inner = node(filter.not);
      const test = (contact: Subject, now: number) => !inner.test(contact, now);
      return { test, ...turnsOf([inner]), explain: (...on) => ({ truth: test(...on), not: inner.explain(...on) }) };
    }
    return filter.type === 'list' ? listed(filter) : claimed(filter, clauseOf(filter, workspace));
  };

  const claimed = (leaf: Leaf, { test, actual, derived, turns }: Clause): Compiled => ({
    test,
    ...(turns && { turns }),
    explain: (contact, now) => ({
      truth: test(contact, now),
      leaf,
      actual: actual(contact) ?? null,
      ...(derived?.(contact) && { derived: true }),
    }),
  });

  /** Nobody is in a list that does not exist, or in one through itself; `checkFilter` tells of both. */
  const listed = (leaf: ListLeaf): Compiled => {
    const { listId } = leaf;
    const filter = underway.has(listId) ? undefined : workspace.list(listId);
    const first = !lists.has(listId);
    if (filter && first) {
      underway.add(listId);
      lists.set(listId, remembering(node(filter)));
      underway.delete(listId);
    }
    const inner = underway.has(listId) ? undefined : lists.get(listId);
    const isMember = (contact: Subject, now: number) => inner?.test(contact, now) ?? false;
    const test = (contact: Subject, now: number) => isMember(contact, now) === (leaf.op === 'in');
    return {
      test,
      ...(inner && turnsOf([inner])),
      explain: (...on) => {
        const told = { truth: test(...on), leaf, actual: isMember(...on) };
        return inner && first ? { ...told, list: inner.explain(...on) } : told;
      },
    };
  };

  const tree = node(root);
  if (lists.size === 0) return tree;
  const afresh = <Result>(decide: (contact: Subject, now: number) => Result) => {
    return (contact: Subject, now: number) => {
      for (const list of lists.values()) list.forget();
      return decide(contact, now);
    };
  };
  return { ...tree, test: afresh(tree.test), explain: afresh(tree.explain) };
}

function turnsOf(parts: readonly Decider[]): Pick<Decider, 'turns'> {
  const timed = parts.flatMap(({ turns }) => (turns ? [turns] : []));
  return timed.length === 0 ? {} : { turns: (contact) => timed.flatMap((turns) => turns(contact)) };
}

/** Lists that use lists twice over would otherwise take a time exponential in their number. */
function remembering({ test, explain, turns }: Compiled): Compiled & { forget: () => void } {
  let truth: boolean | undefined;
  return {
    ...(turns && { turns }),
    test: (contact, now) => {
      truth ??= test(contact, now);
      return truth;
    },
    explain,
    forget: () => {
      truth = undefined;
    },
  };
}

/** Every leaf with its path, in reading order; lists are not opened. */
export function* leavesOf(
  filter: Filter,
  path: readonly (string | number)[] = [],
): Generator<{
  leaf: Leaf;
  path: readonly (string | number)[];
}> {
  if ('all' in filter) for (const [at, inner] of filter.all.entries()) yield* leavesOf(inner, [...path, 'all', at]);
  else if ('any' in filter)
    for (const [at, inner] of filter.any.entries()) yield* leavesOf(inner, [...path, 'any', at]);
  else if ('not' in filter) yield* leavesOf(filter.not, [...path, 'not']);
  else yield { leaf: filter, path };
}
