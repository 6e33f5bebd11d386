import { describe, expect, test } from 'vitest';
import { Filter, type FilterContext, matches } from '../../shared/domain/filter.ts';
import { checkFilter } from '../../shared/domain/filter-check.ts';
import { contact, context, listId } from '../support/filters.ts';

// Whoever tells people of faults has given zod its words.
import '../../shared/domain/input-fault.ts';

describe('before publishing', () => {
  const problems = (filter: unknown, within: Partial<FilterContext> = {}) =>
    checkFilter(Filter.parse(filter), context(within)).map(({ code, path }) => [code, path.join('.')]);
  const custom = (field: string, rest: object) => ({ type: 'custom-field', field, ...rest });

  test.each([
    [custom('nope', { op: 'is-known' }), 'UNKNOWN_FIELD', 'field'],
    [custom('visits', { op: 'is', value: 'five' }), 'WRONG_OPERAND', 'value'],
    [custom('visits', { op: 'is', value: true }), 'WRONG_OPERAND', 'value'],
    [custom('visits', { op: 'contains', value: '5' }), 'WRONG_OPERATOR', 'op'],
    [custom('visits', { op: 'in', values: [1, 'x'] }), 'WRONG_OPERAND', 'values.1'],
    [custom('visits', { op: 'between', from: 3, to: '1' }), 'SWAPPED_BOUNDS', 'from'],
    [custom('plan', { op: 'is', value: 5 }), 'WRONG_OPERAND', 'value'],
    [custom('plan', { op: 'within-days', days: 5 }), 'WRONG_OPERATOR', 'op'],
    [custom('vip', { op: 'is', value: 'true' }), 'WRONG_OPERAND', 'value'],
    [custom('renews', { op: 'is', value: '2026-01-01' }), 'WRONG_OPERATOR', 'op'],
    [custom('renews', { op: 'between', from: '2026-01-01', to: 'x' }), 'WRONG_OPERAND', 'to'],
    [custom('renews', { op: 'between', from: '2026-01-02', to: '2026-01-01' }), 'SWAPPED_BOUNDS', 'from'],
    [
      { type: 'activity', activity: 'created', op: 'between', from: '2026-01-02', to: '2026-01-01' },
      'SWAPPED_BOUNDS',
      'from',
    ],
    [{ type: 'tag', op: 'any-of', tags: [] }, 'EMPTY_OPERAND', 'tags'],
    [{ type: 'opt-in-source', op: 'in', values: [] }, 'EMPTY_OPERAND', 'values'],
    [{ type: 'field', field: 'email', op: 'not-in', values: ['a', ' '] }, 'EMPTY_OPERAND', 'values.1'],
    [{ type: 'field', field: 'email', op: 'contains', value: ' ' }, 'EMPTY_OPERAND', 'value'],
    [{ type: 'location', field: 'country', op: 'is', value: 'Canada' }, 'UNKNOWN_COUNTRY', 'value'],
    [{ type: 'list', op: 'in', listId: listId('A') }, 'UNKNOWN_LIST', 'listId'],
  ])('%j is told: %s', (leaf, code, path) => {
    expect(problems(leaf)).toEqual([[code, path]]);
    expect(problems({ any: [{ all: [] }, { not: leaf }] })).toEqual([[code, `any.1.not.${path}`]]);
  });

  test.each([
    custom('visits', { op: 'is', value: '5' }),
    custom('visits', { op: 'between', from: 1, to: '1' }),
    custom('renews', { op: 'between', from: '2026-01-01T12:00', to: '2026-01-01' }),
    custom('vip', { op: 'is', value: false }),
    { type: 'location', field: 'country', op: 'in', values: ['us', 'CA'] },
    { all: [] },
  ])('%j is fine', (filter) => {
    expect(problems(filter)).toEqual([]);
  });

  test.each([
    ['is-not', { value: 'Canada' }, ['value']],
    ['in', { values: ['US', 'Canada'] }, ['values.1']],
    ['not-in', { values: ['Canada', 'US', 'Mexico'] }, ['values.0', 'values.2']],
    ['is', { value: ' ca ' }, []],
    ['contains', { value: 'Canada' }, []],
    ['is-known', {}, []],
  ])('a country is compared with codes: %s %j', (op, operands, places) => {
    expect(problems({ type: 'location', field: 'country', op, ...operands })).toEqual(
      places.map((place) => ['UNKNOWN_COUNTRY', place]),
    );
    expect(problems({ type: 'location', field: 'city', op, ...operands })).toEqual([]);
  });

  test('bounds may be the same', () => {
    expect(problems(custom('visits', { op: 'between', from: 3, to: 3 }))).toEqual([]);
    expect(problems(custom('renews', { op: 'between', from: '2026-01-01', to: '2026-01-01' }))).toEqual([]);
  });

  test.each([
    [{ type: 'tag', op: 'any-of', tags: [] }, 'compares with nothing', 'Ask for is-unknown to find what is empty.'],
    [custom('visits', { op: 'between', from: 3, to: '1' }), '3 is after 1', 'Swap from and to.'],
    [
      { type: 'location', field: 'country', op: 'is', value: 'Canada' },
      '"Canada" is no country code',
      'ISO 3166-1 alpha-2, such as US.',
    ],
    [custom('nope', { op: 'is-known' }), 'there is no custom field "nope"', 'Declare it with POST /v1/custom-fields.'],
    [{ type: 'list', op: 'in', listId: listId('A') }, `there is no list ${listId('A')}`, undefined],
  ])('a fault of %j says what is wrong, and what to do', (filter, detail, hint) => {
    expect(checkFilter(Filter.parse(filter), context()).map((fault) => [fault.detail, fault.hint])).toEqual([
      [detail, hint],
    ]);
  });

  test('a fault within a list is told where the list is used', () => {
    const list = () => Filter.parse({ all: [custom('nope', { op: 'is-known' })] });
    expect(checkFilter(Filter.parse({ type: 'list', op: 'in', listId: listId('A') }), context({ list }))).toEqual([
      {
        code: 'LIST_INVALID',
        path: ['listId'],
        detail: `list ${listId('A')} at all.0.field: there is no custom field "nope"`,
        hint: 'Declare it with POST /v1/custom-fields.',
      },
    ]);
  });

  test.each([
    [custom('nope', { op: 'is', value: 'a' }), false],
    [custom('nope', { op: 'is-not', value: 'a' }), true],
    [custom('nope', { op: 'not-in', values: ['a'] }), true],
    [custom('nope', { op: 'is-known' }), false],
    [custom('nope', { op: 'is-unknown' }), true],
    [custom('visits', { op: 'is-not', value: 'five' }), true],
    [custom('visits', { op: 'less-than', value: 'five' }), false],
  ])('%j is decided all the same, as of an unknown value: %s', (leaf, truth) => {
    expect(matches(Filter.parse(leaf), contact({ fields: { nope: 'a', visits: 5 } }), context())).toBe(truth);
  });
});
