import { describe, expect, it, test } from 'vitest';
import type { FieldType } from '../../shared/domain/custom-field.ts';
import type { Target } from '../../shared/domain/import-columns.ts';
import { readRow } from '../../shared/domain/import-row.ts';
import '../../shared/domain/input-fault.ts';

const types: ReadonlyMap<string, FieldType> = new Map([
  ['plan', 'text'],
  ['vip', 'boolean'],
]);
const read = (values: { readonly [Name in Target]?: unknown }) => {
  const given = Object.entries({ phone: '2025550111', ...values });
  return readRow(new Map(given.map(([name, value]) => [name as Target, value])), types);
};
/** What a row says beside its phone. */
const said = (values: { readonly [Name in Target]?: unknown }) => {
  const outcome = read(values);
  if ('faults' in outcome) return outcome.faults.map(({ path }) => path.join('.'));
  const { phone: _, profile, optIn, consent } = outcome.row;
  const { address, tags, fields, ...rest } = profile;
  const parts = { ...rest, address, tags, fields, optIn, consent };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part ?? {}).length > 0));
};

describe('a row', () => {
  it('says what its columns hold, each in its place', () => {
    expect(
      read({
        phone: '2025550111',
        firstName: ' Ada ',
        birthday: '1990-05-01',
        'address.country': 'us',
        'address.city': 'Oakland',
        'address.coordinates.latitude': '37.8',
        'address.coordinates.longitude': '-122.27',
        tags: 'VIP; lead|vip;;',
        'fields.plan': ' gold ',
        'fields.vip': 'Yes',
        'optIn.source': 'web_form',
        'optIn.at': '2026-01-31',
        'consent.status': 'YES',
        'consent.source': 'form',
        'consent.at': '2026-01-31T10:00:00+02:00',
        'consent.evidence': 'form 7',
      }),
    ).toEqual({
      row: {
        phone: '2025550111',
        profile: {
          firstName: 'Ada',
          birthday: '1990-05-01',
          address: { country: 'US', city: 'Oakland', coordinates: { latitude: 37.8, longitude: -122.27 } },
          tags: ['lead', 'vip'],
          fields: { plan: ' gold ', vip: true },
        },
        optIn: { source: 'web_form', at: '2026-01-31T00:00:00.000Z' },
        consent: { status: 'optedIn', source: 'form', at: '2026-01-31T08:00:00.000Z', evidence: 'form 7' },
      },
    });
  });

  it('says nothing where it is empty', () => {
    const nothing = { firstName: '  ', email: null, company: undefined, tags: '', 'fields.plan': ' ' };
    expect(said({ ...nothing, 'address.city': '', 'address.coordinates.latitude': '', 'consent.status': '' })).toEqual(
      {},
    );
  });

  test.each([
    ['optedIn', 'optedIn'],
    [' true ', 'optedIn'],
    [true, 'optedIn'],
    ['opTedOut', 'optedOut'],
    ['no', 'optedOut'],
    [false, 'optedOut'],
    ['unknown', 'unknown'],
  ])('whose consent is %j is of who is %s', (status, means) => {
    expect(said({ 'consent.status': status })).toEqual({ consent: { status: means } });
  });

  test.each([
    ['true', true],
    [' YES ', true],
    ['1', true],
    ['false', false],
    ['No', false],
    ['0', false],
    [true, true],
    [false, false],
    ['perhaps', 'perhaps'],
    [1, 1],
  ])('says %j of a custom field of yes or no: %j', (cell, truth) => {
    expect(said({ 'fields.vip': cell })).toEqual({ fields: { vip: truth } });
  });

  it('leaves a yes in a custom field of text what it is', () => {
    expect(said({ 'fields.plan': 'yes' })).toEqual({ fields: { plan: 'yes' } });
  });

  it('of NDJSON holds numbers, lists and truths as they are', () => {
    expect(read({ phone: 12025550111 })).toMatchObject({ row: { phone: '12025550111' } });
    expect(
      said({
        tags: ['b', 'a'],
        'fields.plan': 5,
        'address.coordinates.latitude': 1,
        'address.coordinates.longitude': 2,
      }),
    ).toEqual({ tags: ['a', 'b'], fields: { plan: 5 }, address: { coordinates: { latitude: 1, longitude: 2 } } });
  });

  test.each([
    ['a moment within a day', { 'optIn.at': ' 2026-01-31T10:00:00Z ' }, '2026-01-31T10:00:00.000Z'],
    ['a day', { 'optIn.at': ' 2026-01-31 ' }, '2026-01-31T00:00:00.000Z'],
  ])('names %s', (_, values, at) => {
    expect(said(values)).toEqual({ optIn: { at } });
  });

  test.each([
    [{ phone: '' }, ['phone']],
    [{ phone: 1.5 }, ['phone']],
    [{ email: 'nobody' }, ['email']],
    [{ 'address.country': 'USA' }, ['address.country']],
    [{ 'address.coordinates.latitude': 'north' }, ['address.coordinates.latitude', 'address.coordinates.longitude']],
    [{ 'consent.status': 'perhaps' }, ['consent.status']],
    [{ 'consent.at': 'yesterday' }, ['consent.at']],
    [{ 'consent.at': '2026-01-31 or so' }, ['consent.at']],
    [{ 'consent.evidence': 'x'.repeat(501) }, ['consent.evidence']],
    [{ 'consent.source': 'x'.repeat(81) }, ['consent.source']],
    [{ 'optIn.source': 'somewhere' }, ['optIn.source']],
    [{ firstName: 5, 'optIn.at': 5 }, ['firstName', 'optIn.at']],
  ])('is refused by the names of its columns: %j', (values, paths) => {
    expect(said(values)).toEqual(paths);
  });

  it('may be as long as it may', () => {
    const long = { 'consent.evidence': 'x'.repeat(500), 'consent.source': 'x'.repeat(80) };
    expect(said(long)).toEqual({ consent: { evidence: 'x'.repeat(500), source: 'x'.repeat(80) } });
  });
});
