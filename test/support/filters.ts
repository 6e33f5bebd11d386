import fc from 'fast-check';
import { Contact } from '../../shared/domain/contact.ts';
import { Filter, type FilterContext } from '../../shared/domain/filter.ts';
import { ListId } from '../../shared/domain/id.ts';

export const NOW = Date.parse('2026-06-15T12:00:00.000Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
export const listId = (last: string) => ListId.parse(`lst_01ARZ3NDEKTSV4RRFFQ69G5FA${last}`);
export const at = (epoch: number) => new Date(epoch).toISOString();

export const contact = (given: object = {}): Contact =>
  Contact.parse({
    id: `ct_${ULID}`,
    phone: '+14155550171',
    derived: {},
    optIn: { source: 'web_chat', at: '2026-01-01T00:00:00.000Z' },
    consent: { status: 'unknown' },
    activity: {},
    changedBy: { type: 'api' },
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...given,
  });

export const context = (given: Partial<FilterContext> = {}): FilterContext => ({
  now: NOW,
  zone: 'America/New_York',
  fieldTypes: new Map([
    ['plan', 'text'],
    ['visits', 'number'],
    ['renews', 'date'],
    ['vip', 'boolean'],
  ]),
  list: () => undefined,
  ...given,
});

const word = fc.constantFrom(
  '',
  'a',
  'A',
  'vip',
  'Tx',
  'Texas',
  'é',
  'ß',
  '5',
  '2026-06-15',
  '2026-06-15T12:00:00.000Z',
);
export const day = fc.constantFrom(
  '2026-06-14',
  '2026-06-15',
  '2026-03-08',
  '2026-06-15T12:00:00.000Z',
  '2026-06-15T08:00',
);
const scalar = fc.oneof(word, fc.integer({ min: -2, max: 6 }), fc.boolean());
const unknownness = fc.constantFrom('is-known', 'is-unknown').map((op) => ({ op }));
const text = fc.oneof(
  fc.record({ op: fc.constantFrom('is', 'is-not', 'contains', 'starts-with'), value: word }),
  fc.record({ op: fc.constantFrom('in', 'not-in'), values: fc.array(word, { maxLength: 3 }) }),
  unknownness,
);
const date = fc.oneof(
  fc.record({ op: fc.constantFrom('on', 'before', 'after'), value: day }),
  fc.record({ op: fc.constant('between'), from: day, to: day }),
  fc.record({ op: fc.constantFrom('within-days', 'not-within-days'), days: fc.integer({ min: 1, max: 3 }) }),
  unknownness,
);
const number = fc.oneof(
  fc.record({ op: fc.constantFrom('less-than', 'at-most', 'more-than', 'at-least'), value: fc.integer({ max: 5 }) }),
  fc.record({ op: fc.constant('between'), from: fc.integer({ max: 5 }), to: fc.integer({ min: -5 }) }),
);
const of = <Ask extends object>(ask: fc.Arbitrary<Ask>, whose: Record<string, fc.Arbitrary<unknown>>) =>
  fc.tuple(ask, fc.record(whose)).map(([claim, keys]) => ({ ...claim, ...keys }));
const only = (type: string) => ({ type: fc.constant(type) });
/** One claim, as a client writes it. */
export const leaf = fc.oneof(
  fc.record({ type: fc.constant('tag'), op: fc.constantFrom('has', 'has-not'), tag: fc.constantFrom('vip', 'a') }),
  fc.record({ type: fc.constant('tag'), op: fc.constantFrom('any-of', 'all-of'), tags: fc.subarray(['vip', 'a']) }),
  of(unknownness, only('tag')),
  of(text, { ...only('field'), field: fc.constantFrom('firstName', 'email', 'phone') }),
  of(date, { ...only('field'), field: fc.constantFrom('birthday', 'createdAt') }),
  of(fc.oneof(text, date, number, fc.record({ op: fc.constantFrom('is', 'is-not'), value: scalar })), {
    ...only('custom-field'),
    field: fc.constantFrom('plan', 'visits', 'renews', 'vip', 'nope'),
  }),
  of(text, { ...only('location'), field: fc.constantFrom('country', 'state', 'city', 'postalCode') }),
  of(date, { ...only('activity'), activity: fc.constantFrom('lastMessageSent', 'created', 'optedIn') }),
  of(text, only('opt-in-source')),
  of(
    fc.constantFrom('in', 'not-in').map((op) => ({ op })),
    {
      ...only('list'),
      listId: fc.constantFrom(listId('A'), listId('B'), listId('C')),
    },
  ),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
}));
/** Filters of every kind of claim, over lists too. */
export const filters = tree.map((input) => Filter.parse(input));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const said = fc.constantFrom('a', 'Texas', 'tx', 'É', 'ss');
export const contacts = fc
  .record({
    firstName: maybe(said),
    birthday: maybe(fc.constantFrom('2026-06-14', '2026-06-15')),
    tags: fc.subarray(['vip', 'a']),
    address: fc.record({ state: maybe(said), city: maybe(said), country: maybe(fc.constantFrom('US', 'AU')) }),
    fields: fc.dictionary(fc.constantFrom('plan', 'visits', 'renews', 'vip', 'nope'), scalar),
    activity: fc.record({ lastMessageSentAt: maybe(fc.constantFrom(at(NOW), at(NOW - DAY), at(NOW + 1))) }),
    consent: fc.record({ status: fc.constantFrom('unknown', 'optedIn', 'optedOut'), at: fc.constant(at(NOW)) }),
  })
  .map((given) => contact(given));
export const contexts = fc
  .record({ a: filters, b: filters, zone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata') })
  .map(({ a, b, zone }) =>
    context({ zone, list: (id) => (id === listId('A') ? a : id === listId('B') ? b : undefined) }),
  );
