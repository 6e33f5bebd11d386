import type { Contact } from './contact.ts';
import type { FieldType } from './custom-field.ts';
import type { Filter, FilterWorkspace } from './filter.ts';
import { ACTIVITIES, DATE_FIELDS, readState, TEXT_FIELDS } from './filter-clause.ts';
import type { Leaf } from './filter-leaf.ts';
import type { Subject } from './filter-subject.ts';
import { readBoolean, readNumber, readText } from './filter-value.ts';
import type { ListId } from './id.ts';
import { PLACES } from './location.ts';

/*
 * Filters and contacts as keys, to find the few filters that may be true of a contact without deciding each. A contact
 * bears `tag=lead`, `field.city=austin`, and for whatever is known of it `field.city`. A filter needs one of some keys:
 * it can only be true of a contact that bears at least one of them.
 */

/** `[]`: it can be true of nobody. Undefined: it may be true of anybody. */
export type Needed = readonly string[] | undefined;

const known = (attribute: string): string => attribute;
const keyed = (attribute: string, value: string | number | boolean): string => `${attribute}=${value}`;

const READERS: { [Type in FieldType]: (value: unknown) => string | number | boolean | undefined } = {
  text: readText,
  number: readNumber,
  boolean: readBoolean,
  // Compared by order, never for being the same.
  date: () => undefined,
};

type Reader = (contact: Subject) => string | undefined;
const named = (whose: string, readers: Readonly<Record<string, Reader>>) =>
  Object.entries(readers).map(([name, read]) => ({ attribute: `${whose}.${name}`, read }));
const { state: stateOf, ...otherPlaces } = PLACES;
const TEXTS = [...named('field', TEXT_FIELDS), ...named('place', otherPlaces)];
const DATES = [...named('field', DATE_FIELDS), ...named('activity', ACTIVITIES)];

/** The keys that a contact bears. */
export function keysOf(contact: Contact, { fieldTypes }: Pick<FilterWorkspace, 'fieldTypes'>): ReadonlySet<string> {
  const keys = new Set<string>();
  const bear = (attribute: string, value: string | number | boolean | undefined) => {
    if (value !== undefined) keys.add(known(attribute)).add(keyed(attribute, value));
  };
  const bearIfKnown = (attribute: string, value: unknown) => {
    if (value !== undefined) keys.add(known(attribute));
  };
  for (const tag of contact.tags) bear('tag', tag);
  for (const { attribute, read } of TEXTS) bear(attribute, readText(read(contact)));
  for (const { attribute, read } of DATES) bearIfKnown(attribute, read(contact));
  for (const [name, value] of Object.entries(contact.fields)) {
    bearIfKnown(`custom.${name}`, value);
    const type = fieldTypes.get(name);
    if (type) bear(`custom.${name}`, READERS[type](value));
  }
  for (const spelling of readState(stateOf(contact), contact) ?? []) bear('place.state', spelling);
  bearIfKnown('place.coordinates', contact.address.coordinates);
  bear('source', readText(contact.optIn.source));
  return keys;
}

/** What a claim looks at, as the contact's keys name it; a list looks at whatever its filter does. */
function attributeOf(leaf: Exclude<Leaf, { type: 'list' }>): string {
  switch (leaf.type) {
    case 'tag':
      return 'tag';
    case 'field':
      return `field.${leaf.field}`;
    case 'custom-field':
      return `custom.${leaf.field}`;
    case 'location':
      return leaf.op === 'within-km' ? 'place.coordinates' : `place.${leaf.field}`;
    case 'activity':
      return `activity.${leaf.activity}`;
    case 'opt-in-source':
      return 'source';
    default:
      return leaf satisfies never;
  }
}

/** Claims that an unknown value makes true, and what they deny: of those, whoever bears something may be meant. */
const DENIALS = { 'is-not': 'is', 'not-in': 'in', 'has-not': 'has', 'is-unknown': 'is-known' } as const;
const isDenial = (op: string): op is keyof typeof DENIALS => Object.hasOwn(DENIALS, op);

/**
 * One of these keys is borne by every contact of which the filter is true. Where there is a choice, `cost` decides: it
 * weighs a set of keys, say by how many filters wait under them already.
 */
export function neededBy(
  filter: Filter,
  workspace: Pick<FilterWorkspace, 'fieldTypes' | 'list'>,
  cost: (keys: readonly string[]) => number,
): Needed {
  const cheapest = (choices: readonly Needed[]): Needed =>
    choices.reduce((best, next) => (!next || (best && cost(best) <= cost(next)) ? best : next), undefined);
  const oneOf = (choices: readonly Needed[]): Needed =>
    choices.some((keys) => !keys) ? undefined : [...new Set(choices.flatMap((keys) => keys ?? []))];

  const ofLeaf = (leaf: Leaf, denied: boolean, within: readonly ListId[]): Needed => {
    if (leaf.type === 'list') {
      const inner = within.includes(leaf.listId) ? undefined : workspace.list(leaf.listId);
      return inner && ofFilter(inner, denied !== (leaf.op === 'not-in'), [...within, leaf.listId]);
    }
    if (isDenial(leaf.op) ? !denied : denied) return undefined;
    const attribute = attributeOf(leaf);
    const op = isDenial(leaf.op) ? DENIALS[leaf.op] : leaf.op;
    if (op === 'all-of' && 'tags' in leaf) return cheapest(leaf.tags.map((tag) => [keyed(attribute, tag)]));
    const values = operandsOf(leaf);
    if (!values) return [known(attribute)];
    const read = leaf.type === 'custom-field' ? customReader(leaf.field) : leaf.type === 'tag' ? String : readText;
    const keys = values.map((value) => read?.(value));
    return keys.every((key) => key !== undefined) ? keys.map((key) => keyed(attribute, key)) : [known(attribute)];
  };
  const customReader = (field: string) => {
    const type = workspace.fieldTypes.get(field);
    return type && READERS[type];
  };
  const ofFilter = (node: Filter, denied: boolean, within: readonly ListId[]): Needed => {
    if ('not' in node) return ofFilter(node.not, !denied, within);
    if ('all' in node || 'any' in node) {
      const parts = 'all' in node ? node.all : node.any;
      const choices = parts.map((part) => ofFilter(part, denied, within));
      return 'all' in node === denied ? oneOf(choices) : cheapest(choices);
    }
    return ofLeaf(node, denied, within);
  };
  return ofFilter(filter, false, []);
}

/** What a claim of being the same, or one of several, compares with; undefined: another claim, which only asks to know. */
function operandsOf(leaf: Exclude<Leaf, { type: 'list' }>): readonly unknown[] | undefined {
  switch (leaf.op) {
    case 'is':
    case 'is-not':
      return [leaf.value];
    case 'in':
    case 'not-in':
      return leaf.values;
    case 'has':
    case 'has-not':
      return [leaf.tag];
    case 'any-of':
      return leaf.tags;
    default:
      return undefined;
  }
}
