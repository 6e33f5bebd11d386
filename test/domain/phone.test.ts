import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Phone, readPhone } from '../../shared/domain/phone.ts';

const SF = { phone: '+14155550171' };
const LONDON = { phone: '+442079460958' };
const FLOWERS = { phone: '+18003569377' };

describe('one number is found, however it is written', () => {
  test.each([
    ['+14155550171', SF],
    ['4155550171', SF],
    ['1 415 555 0171', SF],
    [' (415) 555-0171 ', SF],
    ['415.555.0171', SF],
    ['415_555_0171', SF],
    ['☎ 415•555•0171', SF],
    ['\u202a+1 (415) 555\u20110171\u202c', SF],
    ['４１５５５５０１７１', SF],
    ['٤١٥٥٥٥٠١٧١', SF],
    ['४१५५५५०१७१', SF],
    ['tel:+14155550171', SF],
    ["'+14155550171", SF],
    ['Call me at 415-555-0171 please', SF],
    ['My number is 415 555 0171 and I am 35', SF],
    ['415-555-0171 415-555-0171', SF],
    ['011 44 20 7946 0958', LONDON],
    ['+44 (0)20 7946 0958', LONDON],
    ['+800 1234 5678', { phone: '+80012345678' }],
  ])('%j', (text, read) => {
    expect(readPhone(text, 'US')).toEqual(read);
  });

  test.each([
    'ext. 5',
    'ext 12345',
    'x99',
    '#123',
    ';ext=5',
    ', extension 7',
    'x 1234 thanks',
    ' # 1234567',
    ', ext.: 1234567',
    'extension1234567',
  ])('without its extension: %s', (extension) => {
    expect(readPhone(`415-555-0171 ${extension}`, 'US')).toEqual(SF);
    expect(readPhone(`4155550171${extension}`, 'US')).toEqual(SF);
  });

  test.each(['1-800-FLOWERS', '1800flowers', 'call 1-800-Flowers now', '(800) FLOWERS', '1 800 FLOWERS now'])(
    'letters: %s',
    (text) => {
      expect(readPhone(text, 'US')).toEqual(FLOWERS);
    },
  );

  test.each([
    ['212-555-HELP', { phone: '+12125554357' }],
    ['212 555 HELP', { phone: '+12125554357' }],
    ['800 got junk', { phone: '+18004685865' }],
    ['1 800  GOT  JUNK', { phone: '+18004685865' }],
    ['212 555 help', { fault: 'invalid' }],
    ['212 Central', { fault: 'invalid' }],
  ])('letters that only follow are none, unless they are capitals or the call is free: %s', (text, read) => {
    expect(readPhone(text, 'US')).toEqual(read);
  });

  test('letters in two words', () => {
    expect(readPhone('1 800 GOT JUNK', 'US')).toEqual({ phone: '+18004685865' });
    expect(readPhone('1-800-GOT-JUNK', 'US')).toEqual({ phone: '+18004685865' });
  });

  test.each([
    ['020 7946 0958', 'GB', LONDON],
    ['0171/1234567', 'DE', { phone: '+491711234567' }],
    ['06 12 34 56 78', 'FR', { phone: '+33612345678' }],
    ['4002', 'NU', { phone: '+6834002' }],
    ['+14155550171', 'XX', SF],
  ])('%s in %s', (text, country, read) => {
    expect(readPhone(text, country)).toEqual(read);
  });
});

test.each([
  '415-555-0171 or 212-555-0134',
  '4155550171/2125550134',
  '4155550171,2125550134',
  '4155550171;2125550134',
  '415 555 0171 212 555 0134',
  '+14155550171+442079460958',
  '+1 415 5550171 2125550134',
  '415 5550171x99 2125550134',
  '415-555-0171 or 555-1234',
  '4155550171\n2125550134',
])('two numbers are refused: %j', (text) => {
  expect(readPhone(text, 'US')).toEqual({ fault: 'two-numbers' });
});

test.each([
  '',
  '+',
  'n/a',
  '911',
  '555-0171',
  '1234567890',
  '020 7946 0958',
  '+4155550171',
  '415-555-0171 415-555-01',
  '212 Central Park',
  '9'.repeat(10_000),
  '1-'.repeat(5000),
])('no valid number: %j', (text) => {
  expect(readPhone(text, 'US')).toEqual({ fault: 'invalid' });
});

test('a text of more than 250 characters is not looked through', () => {
  expect(readPhone('415 555 0171'.padEnd(250), 'US')).toEqual(SF);
  expect(readPhone('415 555 0171'.padEnd(251), 'US')).toEqual({ fault: 'invalid' });
});

test.each(['x+14155550171', '+14155550171x', '+04155550171', '14155550171', '+141555', '+1415555017123456'])(
  'no E.164 number: %s',
  (text) => {
    expect(Phone.safeParse(text).error?.issues.map(({ message }) => message)).toEqual(['is not an E.164 number']);
  },
);

test('a number without a country needs one that is known', () => {
  expect(readPhone('4155550171', 'XX')).toEqual({ fault: 'invalid' });
});

test('any text is read or refused, and what was read reads as itself', () => {
  const scrap = fc.constantFrom(
    '+1',
    '415',
    '555',
    '0171',
    ' ',
    '-',
    '(',
    ')',
    'ext',
    'x',
    '#',
    '/',
    ',',
    '+44',
    'CALL',
    '٥',
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(scrap, { maxLength: 12 }).map((scraps) => scraps.join('')),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('US', 'GB', 'DE', 'ZZ'), (input, country) => {
      const read = readPhone(input, country);
      if ('phone' in read) expect(readPhone(read.phone, country)).toEqual(read);
      else expect(['invalid', 'two-numbers']).toContain(read.fault);
    }),
    { numRuns: 2000 },
  );
});
