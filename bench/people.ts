import { Contact } from '../shared/domain/contact.ts';
import type { FieldType } from '../shared/domain/custom-field.ts';
import { instant } from '../shared/domain/instant.ts';
import { seeded } from './measure.ts';

export const NOW = Date.parse('2026-06-15T12:00:00.000Z');
const DAY = 86_400_000;

export const fieldTypes: ReadonlyMap<string, FieldType> = new Map([
  ['plan', 'text'],
  ['visits', 'number'],
]);
export const workspace = { zone: 'America/New_York', fieldTypes, list: () => undefined };

/** Written as people write them: the same thing in several ways. */
const STATES = ['TX', 'Texas', 'texas', 'CA', 'California', 'NY', 'Florida', 'FL', 'Ohio', 'WA', 'Oregon', 'Nevada'];
const CITIES = ['Austin', 'Oakland', 'Rochester', 'Tampa', 'Dayton', 'Spokane', 'Reno', 'AUSTIN'];
const COMPANIES = ['Sample, Inc.', 'Anderson & Sons', 'Test Kitchen', 'Café Olé', 'Northern Supplies', 'Latest Trends'];
const PLANS = ['Premium', 'premium ', 'Basic', 'Trial', 'Basic Plus'];
const TAGS = ['lead', 'customer', 'churned', 'vip', 'newsletter', 'from-list', 'visit-completed', 'demo-interested'];
const SOURCES = ['web_chat', 'web_form', 'import', 'manual', 'crm:sample'] as const;

/** As texts come out of JSON, so that none is yet to be put together. The contacts from one number to another, as the store gives them; each number is always the same contact. */
export const people = (from: number, to: number): Contact[] =>
  Array.from({ length: to - from }, (_, at) => Contact.parse(JSON.parse(JSON.stringify(person(from + at)))));

function person(number: number) {
  const random = seeded(number + 1);
  const below = (limit: number) => Math.floor(random() * limit);
  const oneOf = <Value>(values: readonly Value[]) => values[below(values.length)];
  const maybe = <Name extends string, Value>(share: number, name: Name, value: Value) =>
    random() < share ? { [name]: value } : {};
  const ulid = String(number).padStart(26, '0');
  const created = instant(NOW - below(900 * DAY));
  const spoken = instant(NOW - below(300 * DAY));
  return {
    id: `ct_${ulid}`,
    phone: `+1${202 + Math.floor(number / 8_000_000)}${2_000_000 + (number % 8_000_000)}`,
    firstName: 'Guest',
    lastName: `Number ${number}`,
    ...maybe(0.9, 'email', `guest${number}@example.com`),
    ...maybe(0.7, 'company', oneOf(COMPANIES)),
    ...maybe(0.2, 'language', 'en'),
    address: {
      ...maybe(0.9, 'country', 'US'),
      ...maybe(0.9, 'state', oneOf(STATES)),
      ...maybe(0.8, 'city', oneOf(CITIES)),
    },
    tags: TAGS.filter((_, at) => random() < (at === 0 ? 0.6 : 0.15)),
    fields: { ...maybe(0.7, 'plan', oneOf(PLANS)), ...maybe(0.7, 'visits', below(12)) },
    derived: { country: 'US' },
    optIn: { source: oneOf(SOURCES), at: created },
    consent: { status: 'unknown' },
    activity: maybe(0.6, 'lastMessageReceivedAt', spoken),
    changedBy: { type: 'api' },
    createdAt: created,
    updatedAt: created,
  };
}

/** A value as DynamoDB's protocol has it. */
export type Attribute =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { L: Attribute[] }
  | { M: Record<string, Attribute> };

function attributeOf(value: unknown): Attribute {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attributeOf) };
  return { M: mapOf(value ?? {}) };
}
const mapOf = (value: object): Record<string, Attribute> =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, attributeOf(inner)]));

/** The contact's item, as a query of the table or its stream hands it over. */
export const imageOf = (contact: Contact): Record<string, Attribute> =>
  mapOf({
    ...{ pk: `C#${contact.id}`, sk: 'CONTACT', type: 'contact', rev: 3, data: contact },
    ...{ gpk: 'CONTACTS#0', gsk: contact.id },
  });
