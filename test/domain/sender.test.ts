import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countryOf, readPhone } from '../../shared/domain/phone.ts';
import { readSender } from '../../shared/domain/sender.ts';

test.each([
  ['+14155550171', 'US'],
  ['+14165550123', 'CA'],
  ['+442079460958', 'GB'],
  ['+447400123456', 'GB'],
  ['+447911123456', 'GG'],
  ['+77012345678', 'KZ'],
  ['+80012345678', undefined],
])('%s is of %s', (number, country) => {
  expect(readSender(number)).toEqual({ phone: number, country });
});

test.each(['72975', 'BANK', '', '4155550171', '+'])('%j is nobody to answer', (sender) => {
  expect(readSender(sender)).toBeUndefined();
});

test('whoever texts from a number that is in no list counts all the same', () => {
  const unlisted = '+19995550171';
  expect(readPhone(unlisted, 'US')).toEqual({ fault: 'invalid' });
  expect(readSender(unlisted)).toMatchObject({ phone: unlisted });
});

test('the country is the one that a contact of that number has', () => {
  const national = fc.stringMatching(/^\d{6,11}$/);
  const code = fc.constantFrom('1', '7', '39', '44', '47', '49', '61', '212', '262', '358', '590', '599');
  fc.assert(
    fc.property(code, national, (to, digits) => {
      const read = readPhone(`+${to}${digits}`, 'US');
      if ('phone' in read) expect(readSender(read.phone)?.country).toBe(countryOf(read.phone));
    }),
    { numRuns: 3000 },
  );
});
