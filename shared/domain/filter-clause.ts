import type * as z from 'zod/mini';
import type { FieldType } from './custom-field.ts';
import {
  booleanTest,
  dateTest,
  dateTurns,
  ifKnown,
  isKnown,
  not,
  numberTest,
  spellingsTest,
  type Test,
  textTest,
} from './filter-claim.ts';
import {
  type ActivityName,
  BooleanAsk,
  type CustomFieldLeaf,
  DateAsk,
  type DateField,
  type DateFieldLeaf,
  type FieldLeaf,
  type Leaf,
  type ListLeaf,
  type LocationLeaf,
  NumberAsk,
  type TagLeaf,
  TextAsk,
  type TextField,
} from './filter-leaf.ts';
import type { Subject } from './filter-subject.ts';
import { dateReader, readBoolean, readInstant, readNumber, readText } from './filter-value.ts';
import { isDerived, PLACES } from './location.ts';
import type { Fault } from './problem.ts';
import { stateSpellings } from './states.ts';

/** What the contact has, as far as a claim looks at it. */
export type Actual =
  | string
  | number
  | boolean
  | readonly string[]
  | { latitude: number; longitude: number; km: number };

/** A claim made ready: what it looks at, and whether it holds at a time. */
export interface Clause {
  readonly actual: (contact: Subject) => Actual | undefined;
  /** Whether the phone number says so, for want of an address. */
  readonly derived?: (contact: Subject) => boolean;
  readonly test: (contact: Subject, now: number) => boolean;
  /** The instants at which time alone may turn it; absent: only a write can. */
  readonly turns?: (contact: Subject) => readonly number[];
}

export interface Workspace {
  /** IANA: what a date without a time means. */
  readonly zone: string;
  /** Declared custom fields by key. */
  readonly fieldTypes: ReadonlyMap<string, FieldType>;
}

/** `read` makes of what the contact has something to compare, or finds it unknown. */
function clause<Raw extends Actual, Value>(
  raw: (contact: Subject) => Raw | undefined,
  read: (raw: Raw | undefined, contact: Subject) => Value | undefined,
  test: Test<Value>,
  turns?: (value: Value) => readonly number[],
): Clause {
  const instants = (contact: Subject) => {
    const value = read(raw(contact), contact);
    return value === undefined || !turns ? [] : turns(value);
  };
  return {
    ...(turns && { turns: instants }),
    actual: (contact) => {
      const value = raw(contact);
      return read(value, contact) === undefined ? undefined : value;
    },
    test: (contact, now) => test(read(raw(contact), contact), now),
  };
}

/** Makes one claim ready for many contacts. Lists are the tree's affair, since they hold filters. */
export function clauseOf(leaf: Exclude<Leaf, ListLeaf>, workspace: Workspace): Clause {
  switch (leaf.type) {
    case 'tag':
      return clause(({ tags }) => tags, readTags, tagTest(leaf));
    case 'field':
      return fieldClause(leaf, workspace.zone);
    case 'custom-field': {
      const custom = customClause(leaf, workspace);
      return 'clause' in custom ? custom.clause : senseless(leaf);
    }
    case 'location':
      return locationClause(leaf);
    case 'activity':
      return clause(
        ACTIVITIES[leaf.activity],
        readInstant,
        dateTest(leaf, dateReader(workspace.zone)),
        dateTurns(leaf),
      );
    case 'opt-in-source':
      return clause(({ optIn }) => optIn.source, readText, textTest(leaf));
    default:
      return leaf satisfies never;
  }
}

const readTags = (tags: readonly string[] | undefined) => (tags && tags.length > 0 ? tags : undefined);

function tagTest(leaf: TagLeaf): Test<readonly string[]> {
  switch (leaf.op) {
    case 'has':
      return ifKnown((tags) => tags.includes(leaf.tag));
    case 'has-not':
      return not(ifKnown((tags) => tags.includes(leaf.tag)));
    case 'any-of':
      return ifKnown((tags) => leaf.tags.some((tag) => tags.includes(tag)));
    case 'all-of':
      return (tags = []) => leaf.tags.every((tag) => tags.includes(tag));
    case 'is-known':
      return isKnown;
    case 'is-unknown':
      return not(isKnown);
    default:
      return leaf satisfies never;
  }
}

export const TEXT_FIELDS: { [Field in TextField]: (contact: Subject) => string | undefined } = {
  firstName: ({ firstName }) => firstName,
  lastName: ({ lastName }) => lastName,
  email: ({ email }) => email,
  company: ({ company }) => company,
  language: ({ language }) => language,
  phone: ({ phone }) => phone,
  timeZone: ({ timeZone }) => timeZone,
};
export const DATE_FIELDS: { [Field in DateField]: (contact: Subject) => string | undefined } = {
  birthday: ({ birthday }) => birthday,
  createdAt: ({ createdAt }) => createdAt,
};

const isOfDate = (leaf: FieldLeaf): leaf is DateFieldLeaf => Object.hasOwn(DATE_FIELDS, leaf.field);

function fieldClause(leaf: FieldLeaf, zone: string): Clause {
  if (!isOfDate(leaf)) return clause(TEXT_FIELDS[leaf.field], readText, textTest(leaf));
  const read = dateReader(zone);
  return clause(DATE_FIELDS[leaf.field], read, dateTest(leaf, read), dateTurns(leaf));
}

export const ACTIVITIES: { [Name in ActivityName]: (contact: Subject) => string | undefined } = {
  lastMessageSent: ({ activity }) => activity.lastMessageSentAt,
  lastMessageReceived: ({ activity }) => activity.lastMessageReceivedAt,
  lastContacted: ({ activity }) => activity.lastContactedAt,
  lastCall: ({ activity }) => activity.lastCallAt,
  created: ({ createdAt }) => createdAt,
  /** Only of those whose consent stands; where nobody noted when, it was there from the first touch. */
  optedIn: ({ consent, optIn }) => (consent.status === 'optedIn' ? (consent.at ?? optIn.at) : undefined),
};

function locationClause(leaf: LocationLeaf): Clause {
  if (leaf.op === 'within-km') {
    const near = ({ address: { coordinates } }: Subject) =>
      coordinates && { ...coordinates, km: kmBetween(leaf, coordinates) };
    return clause(
      near,
      (actual) => actual,
      ifKnown(({ km }) => km <= leaf.km),
    );
  }
  const { field } = leaf;
  const raw = PLACES[field];
  return {
    ...(field === 'state' ? clause(raw, readState, spellingsTest(leaf)) : clause(raw, readText, textTest(leaf))),
    derived: (contact) => isDerived(contact, field),
  };
}

export function readState(state: string | undefined, contact: Subject): readonly string[] | undefined {
  const text = readText(state);
  return text === undefined ? undefined : stateSpellings(text, PLACES.country(contact));
}

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}
const EARTH_KM = 6371;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Along the surface of a sphere (haversine). */
function kmBetween(a: Point, b: Point): number {
  const rise = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const turn = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const chord = rise + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * turn;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

type CustomClause = { readonly clause: Clause } | { readonly faults: readonly Fault[] };

/** Every declared type has its own claims, its own way to read a value, and its own meaning of both. */
const CUSTOM: { [Type in FieldType]: (leaf: CustomFieldLeaf, zone: string) => CustomClause } = {
  text: customOf(TextAsk, () => readText, textTest),
  number: customOf(NumberAsk, () => readNumber, numberTest),
  date: customOf(DateAsk, dateReader, dateTest, dateTurns),
  boolean: customOf(BooleanAsk, () => readBoolean, booleanTest),
};

function customOf<Ask, Value>(
  schema: z.ZodMiniType<Ask>,
  reader: (zone: string) => (value: unknown) => Value | undefined,
  test: (ask: Ask, read: (value: unknown) => Value | undefined) => Test<Value>,
  turns: (ask: Ask) => ((value: Value) => readonly number[]) | undefined = () => undefined,
) {
  return ({ type: _, field, ...ask }: CustomFieldLeaf, zone: string): CustomClause => {
    const asked = schema.safeParse(ask);
    if (!asked.success) return { faults: asked.error.issues.map(misfit) };
    const read = reader(zone);
    const raw = ({ fields }: Subject) => (Object.hasOwn(fields, field) ? fields[field] : undefined);
    return { clause: clause(raw, read, test(asked.data, read), turns(asked.data)) };
  };
}

const misfit = ({ path, message }: z.core.$ZodIssue): Fault => ({
  code: path[0] === 'op' ? 'WRONG_OPERATOR' : 'WRONG_OPERAND',
  path: path.filter((key) => typeof key !== 'symbol'),
  detail: message,
});

/** The claim in terms of the field's declared type, or what in it does not fit that type (paths within the leaf). */
export function customClause(leaf: CustomFieldLeaf, { zone, fieldTypes }: Workspace): CustomClause {
  const type = fieldTypes.get(leaf.field);
  if (type) return CUSTOM[type](leaf, zone);
  return {
    faults: [
      {
        code: 'UNKNOWN_FIELD',
        path: ['field'],
        detail: `there is no custom field "${leaf.field}"`,
        hint: 'Declare it with POST /v1/custom-fields.',
      },
    ],
  };
}

/** A claim that makes no sense is decided as if the value were unknown. */
const senseless = ({ op }: CustomFieldLeaf): Clause => {
  const truth = op === 'is-unknown' || op === 'is-not' || op === 'not-in';
  return { actual: () => undefined, test: () => truth };
};
