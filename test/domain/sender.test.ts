import { expect, test } from 'vitest';
import { readPhone } from '../../shared/domain/phone.ts';
import { readSender } from '../../shared/domain/sender.ts';

test.each(['+14155550171', '+447911123456', '+80012345678'])('%s is a sender', (number) => {
  expect(readSender(number)).toBe(number);
});

test.each(['72975', 'BANK', '', '4155550171', '+'])('%j is nobody to answer', (sender) => {
  expect(readSender(sender)).toBeUndefined();
});

test('whoever texts from a number that is in no list counts all the same', () => {
  const unlisted = '+19995550171';
  expect(readPhone(unlisted, 'US')).toEqual({ fault: 'invalid' });
  expect(readSender(unlisted)).toBe(unlisted);
});
