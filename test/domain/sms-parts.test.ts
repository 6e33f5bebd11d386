import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measure } from '../../shared/domain/sms-parts.ts';

const gsm = (units: number, parts: number) => ({ encoding: 'GSM-7', units, parts, forcing: [] });
const ucs2 = (units: number, parts: number, ...forcing: string[]) => ({ encoding: 'UCS-2', units, parts, forcing });

describe('GSM 7-bit', () => {
  test.each([
    ['', 0, 0],
    ['Hello', 5, 1],
    ['a'.repeat(160), 160, 1],
    ['a'.repeat(161), 161, 2],
    ['a'.repeat(306), 306, 2],
    ['a'.repeat(307), 307, 3],
    ['a'.repeat(1600), 1600, 11],
    ['€', 2, 1],
    ['€'.repeat(80), 160, 1],
    [`a${'€'.repeat(80)}`, 161, 2],
  ])('%j has %d units in %d parts', (text, units, parts) => {
    expect(measure(text)).toEqual(gsm(units, parts));
  });

  test('an escape goes to the next part whole', () => {
    expect(measure(`${'a'.repeat(152)}€${'a'.repeat(151)}`)).toEqual(gsm(305, 2));
    expect(measure(`${'a'.repeat(152)}€${'a'.repeat(152)}`)).toEqual(gsm(306, 3));
    expect(measure('€'.repeat(153))).toEqual(gsm(306, 3));
  });

  test('the alphabet has 127 characters and 10 behind an escape', () => {
    const all = Array.from({ length: 0x2_ff00 }, (_, code) => String.fromCodePoint(code + 0)).filter(
      (character) => measure(character).encoding === 'GSM-7',
    );
    expect(all.filter((character) => measure(character).units === 1)).toHaveLength(127);
    expect(all.filter((character) => measure(character).units === 2).join('')).toBe('\f[\\]^{|}~€');
  });

  test.each(['\u001b', '`', '\t', 'ç', 'Á', '’', '“', '…', '–', '\u00a0'])('%j is not in it', (character) => {
    expect(measure(`Hi ${character}`)).toEqual(ucs2(4, 1, character));
  });
});

describe('UCS-2', () => {
  test.each([
    ['ж'.repeat(70), 70, 1],
    ['ж'.repeat(71), 71, 2],
    ['ж'.repeat(134), 134, 2],
    ['ж'.repeat(135), 135, 3],
  ])('%j has %d units in %d parts', (text, units, parts) => {
    expect(measure(text)).toEqual(ucs2(units, parts, 'ж'));
  });

  test('an extension character is one unit there', () => {
    expect(measure('€ж')).toEqual(ucs2(2, 1, 'ж'));
  });

  test('a surrogate pair goes to the next part whole', () => {
    expect(measure('😀'.repeat(35))).toEqual(ucs2(70, 1, '😀'));
    expect(measure('😀'.repeat(66))).toEqual(ucs2(132, 2, '😀'));
    expect(measure('😀'.repeat(67))).toEqual(ucs2(134, 3, '😀'));
  });

  test('an emoji sequence may split', () => {
    expect(measure(`${'ж'.repeat(65)}👨‍👩‍👧`).parts).toBe(2);
  });

  test('the characters that force it are told once each', () => {
    expect(measure('“Hi” 😀, “you” 😀').forcing).toEqual(['“', '”', '😀']);
  });
});

describe('for every text', () => {
  const unit = fc.constantFrom('a', '€', '{', 'é', 'ж', '😀', '👍🏽', '\ud83d', ' ');
  const text = fc.oneof(
    fc.string({ unit, maxLength: 700 }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('a', '€'), maxLength: 700 }),
  );

  /** Cut as a sender would, greedily and character by character. */
  const cut = (input: string, room: number, size: (character: string) => number) => {
    const parts: string[][] = [[]];
    for (const character of input) {
      const filled = (parts.at(-1) ?? []).reduce((sum, each) => sum + size(each), 0);
      if (filled + size(character) > room) parts.push([]);
      parts.at(-1)?.push(character);
    }
    return parts;
  };

  test('as many parts as a text cut between its characters has', () => {
    fc.assert(
      fc.property(text, (input) => {
        const { encoding, units, parts } = measure(input);
        const [alone, joined] = encoding === 'GSM-7' ? [160, 153] : [70, 67];
        const size = (character: string) =>
          encoding === 'UCS-2' ? character.length : '\f^{}\\[~]|€'.includes(character) ? 2 : 1;
        const expected = units === 0 ? 0 : units <= alone ? 1 : cut(input, joined, size).length;
        expect(parts).toBe(expected);
        expect(units).toBe([...input].reduce((sum, character) => sum + size(character), 0));
        expect(units).toBeLessThanOrEqual(Math.max(alone, parts * joined));
      }),
    );
  });

  test('a longer text never has fewer parts, and what forces UCS-2 goes on doing so', () => {
    fc.assert(
      fc.property(text, text, (one, more) => {
        const [short, long] = [measure(one), measure(`${one} ${more}`)];
        expect(long.parts).toBeGreaterThanOrEqual(short.parts);
        expect(long.forcing).toEqual(expect.arrayContaining([...short.forcing]));
        expect(short.forcing.length === 0).toBe(short.encoding === 'GSM-7');
      }),
    );
  });
});
