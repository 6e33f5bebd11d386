import { describe, expect, it, test } from 'vitest';
import type { FieldType } from '../../shared/domain/custom-field.ts';
import { layoutOf, mappingFaults, readingOf, targetOf } from '../../shared/domain/import-columns.ts';

const types: ReadonlyMap<string, FieldType> = new Map([
  ['plan', 'text'],
  ['state', 'text'],
]);
const layout = (columns: readonly string[], mapping = {}) => layoutOf(columns, mapping, types);
const codes = (columns: readonly string[], mapping = {}) => {
  const read = layout(columns, mapping);
  return 'faults' in read ? read.faults.map(({ code, path }) => `${code} ${path.join('.')}`) : read.layout;
};

describe('a column', () => {
  test.each([
    ['phone', 'phone', 1],
    [' First Name ', 'firstName', 1],
    ['FIRST_NAME', 'firstName', 1],
    ['time-zone', 'timeZone', 1],
    ['address.postalCode', 'address.postalCode', 1],
    ['address.coordinates.latitude', 'address.coordinates.latitude', 1],
    ['address.coordinates.longitude', 'address.coordinates.longitude', 1],
    ['optIn.source', 'optIn.source', 1],
    ['optIn.at', 'optIn.at', 1],
    ['consent.status', 'consent.status', 1],
    ['consent.source', 'consent.source', 1],
    ['consent.at', 'consent.at', 1],
    ['consent.evidence', 'consent.evidence', 1],
    ['fields.plan', 'fields.plan', 1],
    [' Fields.Plan', 'fields.plan', 1],
    ['Mobile', 'phone', 2],
    ['Mobile Phone', 'phone', 2],
    ['Mobile number', 'phone', 2],
    ['Phone number', 'phone', 2],
    ['Email address', 'email', 2],
    ['Country', 'address.country', 2],
    ['State', 'address.state', 2],
    ['City', 'address.city', 2],
    ['Postal code', 'address.postalCode', 2],
    ['ZIP', 'address.postalCode', 2],
    ['Zip Code', 'address.postalCode', 2],
  ])('%j is read as %s', (column, target, rank) => {
    expect(readingOf(column, {}, types)).toEqual({ target, rank });
  });

  test.each([['plan'], ['fields.nope'], ['fields.'], ['favourite colour'], ['']])('%j is read as nothing', (column) => {
    expect(readingOf(column, {}, types)).toBeUndefined();
  });

  it('is read as the mapping says, whatever its name', () => {
    expect(readingOf('email', { email: 'lastName' }, types)).toEqual({ target: 'lastName', rank: 0 });
    expect(readingOf('Colour', { Colour: 'fields.plan' }, types)).toEqual({ target: 'fields.plan', rank: 0 });
    expect(readingOf('toString', {}, types)).toBeUndefined();
  });
});

test.each([
  ['phone', 'phone'],
  ['fields.plan', 'fields.plan'],
  ['Phone', undefined],
  ['fields.nope', undefined],
  ['fields.Plan', undefined],
  ['plan', undefined],
])('a target is named exactly: %j is %j', (name, target) => {
  expect(targetOf(name, types)).toBe(target);
});

describe('a mapping', () => {
  const hint = expect.stringMatching(/^one of phone, .*consent\.evidence, fields\.<key>$/);
  it('may name each target once, and only what there is', () => {
    expect(mappingFaults({ A: 'phone', B: 'fields.plan' }, types)).toEqual([]);
    expect(mappingFaults({ A: 'phone', B: 'fields.nope', C: 'colour', D: 'phone' }, types)).toEqual([
      {
        code: 'UNKNOWN_FIELD',
        path: ['mapping', 'B'],
        detail: 'is not a declared custom field',
        hint: 'POST /v1/custom-fields',
      },
      { code: 'INVALID_VALUE', path: ['mapping', 'C'], detail: 'is nothing a column can be', hint },
      { code: 'DUPLICATE', path: ['mapping', 'D'], detail: 'is what another column is mapped to' },
    ]);
  });
});

describe('a header', () => {
  test.each([
    ['is read column by column', ['Phone', 'Colour', 'ZIP'], {}, ['phone', null, 'address.postalCode']],
    ['may leave columns without a name', ['phone', '', ''], {}, ['phone', null, null]],
    ["goes by a target's own name first", ['Mobile', 'phone'], {}, [null, 'phone']],
    ["goes by a target's own name first, wherever it stands", ['phone', 'Mobile'], {}, ['phone', null]],
    ['goes by the mapping before that', ['phone', 'Cell'], { Cell: 'phone' }, [null, 'phone']],
    ['goes by the mapping before that, wherever it stands', ['Cell', 'phone'], { Cell: 'phone' }, ['phone', null]],
    ['needs a phone', ['email'], {}, ['NO_PHONE_COLUMN phone']],
    ['names no column twice', ['phone', 'email', 'email'], {}, ['DUPLICATE_COLUMN email']],
    ['reads no two columns as one', ['phone', 'Mobile', 'ZIP', 'Zip code'], {}, ['DUPLICATE_TARGET Zip code']],
    ['has the columns that are mapped', ['phone'], { Cell: 'email' }, ['COLUMN_NOT_FOUND mapping.Cell']],
    [
      'tells all that is wrong with it',
      ['email', 'email', 'E-mail'],
      { Cell: 'phone' },
      ['DUPLICATE_COLUMN email', 'COLUMN_NOT_FOUND mapping.Cell', 'DUPLICATE_TARGET E-mail', 'NO_PHONE_COLUMN phone'],
    ],
  ])('%s', (_, columns, mapping, read) => {
    expect(codes(columns, mapping)).toEqual(read);
  });

  it('is told what to do about it', () => {
    expect(layout(['ZIP', 'Zip code', 'ZIP'], { Cell: 'email' })).toEqual({
      faults: [
        { code: 'DUPLICATE_COLUMN', path: ['ZIP'], detail: 'stands in the header twice' },
        { code: 'COLUMN_NOT_FOUND', path: ['mapping', 'Cell'], detail: 'is no column of the file' },
        {
          code: 'DUPLICATE_TARGET',
          path: ['Zip code'],
          detail: 'is read as address.postalCode, and so is another column',
          hint: 'say by a mapping which of them is meant',
        },
        {
          code: 'DUPLICATE_TARGET',
          path: ['ZIP'],
          detail: 'is read as address.postalCode, and so is another column',
          hint: 'say by a mapping which of them is meant',
        },
        {
          code: 'NO_PHONE_COLUMN',
          path: ['phone'],
          detail: 'is read from no column',
          hint: 'name a column phone, or map one to it',
        },
      ],
    });
  });
});
