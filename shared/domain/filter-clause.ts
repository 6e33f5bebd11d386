import type * as z from 'zod/mini';
import type { FieldValue } from './contact.ts';
import type { FieldType } from './custom-field.ts';
import {
  booleanTest,
  dateTest,
  dateTurns,
  ifKnown,
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
      return { actual: ({ tags }) => (tags.length > 0 ? tags : undefined), test: tagTest(leaf) };
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
      return textClause(({ optIn }) => optIn.source, leaf);
    default:
      return leaf satisfies never;
  }
}

/** Tags are folded as they are written. Without any they are unknown, which no claim of having one tells from lacking it. */
function tagTest(leaf: TagLeaf): Clause['test'] {
  switch (leaf.op) {
    case 'has':
      return ({ tags }) => tags.includes(leaf.tag);
    case 'has-not':
      return ({ tags }) => !tags.includes(leaf.tag);
    case 'any-of': {
      const isMeant = (tag: string) => leaf.tags.includes(tag);
      return ({ tags }) => tags.some(isMeant);
    }
    case 'all-of':
      return ({ tags }) => leaf.tags.every((tag) => tags.includes(tag));
    case 'is-known':
      return ({ tags }) => tags.length > 0;
    case 'is-unknown':
      return ({ tags }) => tags.length === 0;
    default:
      return leaf satisfies never;
  }
}

/** A claim of a text is the same for the same text, however it is written there: it is read and folded once. */
function textClause(raw: (contact: Subject) => string | undefined, ask: TextAsk): Clause {
  const test = textTest(ask);
  const ofUnknown = test(undefined, 0);
  const says = remembering((text) => test(readText(text), 0));
  return {
    ...clause(raw, readText, test),
    test: (contact) => {
      const text = raw(contact);
      return text === undefined ? ofUnknown : says(text);
    },
  };
}

/** What contacts say of states, plans or sources is little; what differs more, as names do, is decided anew each time. */
const MOST_TEXTS = 500;

function remembering(decide: (text: string) => boolean): (text: string) => boolean {
  let known: Map<string, boolean> | undefined = new Map();
  return (text) => {
    if (!known) return decide(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const truth = decide(text);
    known.set(text, truth);
    if (known.size > MOST_TEXTS) known = undefined;
    return truth;
  };
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
  if (!isOfDate(leaf)) return textClause(TEXT_FIELDS[leaf.field], leaf);
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
  return {
    ...(field === 'state' ? stateClause(leaf) : textClause(PLACES[field], leaf)),
    derived: (contact) => isDerived(contact, field),
  };
}

/** In which country it is says which texts are the same state. */
function stateClause(ask: TextAsk): Clause {
  const test = spellingsTest(ask);
  const ofUnknown = test(undefined, 0);
  const byCountry = new Map<string | undefined, (text: string) => boolean>();
  const sayingIn = (country: string | undefined) => {
    const says = remembering((text) => test(spellingsOf(text, country), 0));
    byCountry.set(country, says);
    return says;
  };
  return {
    ...clause(PLACES.state, readState, test),
    test: (contact) => {
      const state = PLACES.state(contact);
      if (state === undefined) return ofUnknown;
      const country = PLACES.country(contact);
      return (byCountry.get(country) ?? sayingIn(country))(state);
    },
  };
}

export const readState = (state: string | undefined, contact: Subject): readonly string[] | undefined =>
  spellingsOf(state, PLACES.country(contact));

function spellingsOf(state: string | undefined, country: string | undefined): readonly string[] | undefined {
  const text = readText(state);
  return text === undefined ? undefined : stateSpellings(text, country);
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
  text: customOf(TextAsk, (raw, ask) => {
    const text = (contact: Subject) => {
      const value = raw(contact);
      return typeof value === 'string' ? value : undefined;
    };
    return textClause(text, ask);
  }),
  number: customOf(NumberAsk, (raw, ask) => clause(raw, readNumber, numberTest(ask))),
  date: customOf(DateAsk, (raw, ask, zone) => {
    const read = dateReader(zone);
    return clause(raw, read, dateTest(ask, read), dateTurns(ask));
  }),
  boolean: customOf(BooleanAsk, (raw, ask) => clause(raw, readBoolean, booleanTest(ask))),
};

function customOf<Ask>(
  schema: z.ZodMiniType<Ask>,
  clauseFor: (raw: (contact: Subject) => FieldValue | undefined, ask: Ask, zone: string) => Clause,
) {
  return ({ type: _, field, ...ask }: CustomFieldLeaf, zone: string): CustomClause => {
    const asked = schema.safeParse(ask);
    if (!asked.success) return { faults: asked.error.issues.map(misfit) };
    // No field is called as something that every object has (`FieldKey`).
    return { clause: clauseFor(({ fields }) => fields[field], asked.data, zone) };
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
