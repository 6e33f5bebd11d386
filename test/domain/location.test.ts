import { describe, expect, test } from 'vitest';
import type { Place } from '../../shared/domain/filter-leaf.ts';
import { isDerived, PLACES } from '../../shared/domain/location.ts';
import { contact } from '../support/filters.ts';

const AUSTIN = { country: 'US', state: 'TX', city: 'Austin' };
const places = (given: object): Partial<Record<Place, string>> =>
  Object.fromEntries(
    (['country', 'state', 'city', 'postalCode'] as const).flatMap((place) => {
      const value = PLACES[place](contact(given));
      return value === undefined ? [] : [[place, isDerived(contact(given), place) ? `${value} by number` : value]];
    }),
  );

describe('where a contact is, is told by', () => {
  test.each([
    [
      'the number alone',
      { derived: AUSTIN },
      { country: 'US by number', state: 'TX by number', city: 'Austin by number' },
    ],
    [
      'the address first',
      { derived: AUSTIN, address: { country: 'CA', state: 'QC', city: 'Laval', postalCode: 'H7A' } },
      { country: 'CA', state: 'QC', city: 'Laval', postalCode: 'H7A' },
    ],
    [
      'the address alone where the country is another',
      { derived: AUSTIN, address: { country: 'CA' } },
      { country: 'CA' },
    ],
    [
      'both, in one country',
      { derived: AUSTIN, address: { country: 'US' } },
      { country: 'US', state: 'TX by number', city: 'Austin by number' },
    ],
    [
      'both, in one state, however it is written',
      { derived: AUSTIN, address: { state: 'Texas' } },
      { country: 'US by number', state: 'Texas', city: 'Austin by number' },
    ],
    [
      'the number but for its city, in another state',
      { derived: AUSTIN, address: { state: 'Ohio' } },
      { country: 'US by number', state: 'Ohio' },
    ],
    [
      'the address, whose state the number does not know',
      { derived: { country: 'US', city: 'Austin' }, address: { state: 'Texas' } },
      { country: 'US by number', state: 'Texas' },
    ],
    [
      'the number, though the state is blank',
      { derived: AUSTIN, address: { city: 'Waco' } },
      { country: 'US by number', state: 'TX by number', city: 'Waco' },
    ],
    ['nothing', { derived: {} }, {}],
  ])('%s', (_, given, told) => {
    expect(places(given)).toEqual(told);
  });
});
