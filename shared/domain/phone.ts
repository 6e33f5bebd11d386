import { createRequire } from 'node:module';
import {
  type CountryCode,
  type MetadataJson,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/core';
import * as z from 'zod/mini';

/** A valid number as E.164 (ITU-T): "+" and up to 15 digits. */
export const Phone = z
  .string()
  .check(z.regex(/^\+[1-9]\d{6,14}$/, 'is not an E.164 number'))
  .brand('Phone');
export type Phone = z.infer<typeof Phone>;

export type ReadPhone = { readonly phone: Phone } | { readonly fault: 'invalid' | 'two-numbers' };

const Metadata = z.custom<MetadataJson>(
  (data) => typeof data === 'object' && data !== null && 'countries' in data && 'country_calling_codes' in data,
);
let known: MetadataJson | undefined;
/**
 * The full metadata: with the small ones, which lack the patterns of most countries, `isValid` only looks at lengths, and
 * a text to a number that cannot exist costs money and reputation. A file beside the function's JavaScript, read for the
 * first number and not at every start (docs/decisions/0009).
 */
function metadata(): MetadataJson {
  known ??= Metadata.parse(createRequire(import.meta.url)('libphonenumber-js/metadata.max.json'));
  return known;
}

const isCountry = (code: string, { countries }: MetadataJson): code is CountryCode => Object.hasOwn(countries, code);

/** As much as libphonenumber looks at. */
const LONGEST_TEXT = 250;
/** Fewer digits beside a number are a house, a date or an age; as many are another number, whole or not. */
const SHORTEST_NUMBER = 7;
const EXTENSION = /(?<=\d[\s).,;-]*)(?:ext(?:ension)?|x|#)[\s.:=#]*\d{1,7}(?!\d)/giu;

/**
 * Finds the one phone number in a text as a person types it: "(415) 555-0171 ext. 5", "call 1-800-FLOWERS". Words and
 * marks around it are ignored, its extension is dropped, letters count as on a keypad. A number without a country is one
 * of `defaultCountry` (ISO 3166-1 alpha-2). The same number twice is one number. Never throws.
 */
export function readPhone(text: string, defaultCountry: string): ReadPhone {
  if (text.length > LONGEST_TEXT) return { fault: 'invalid' };
  const all = metadata();
  const country = isCountry(defaultCountry, all) ? { defaultCountry } : {};
  const numberIn: NumberIn = (candidate) => {
    const number = parsePhoneNumberFromString(candidate, { ...country, extract: false }, all);
    return number?.isValid() ? number : undefined;
  };
  const plain = plainly(text).replace(EXTENSION, ' ');
  const runs = plain.split(/[^\d+().\s/-]+|(?<=\d[\s(]*)(?=\+)/).map((run) => run.replace(/^[^\d+(]+|\D+$/g, ''));
  const long = runs.filter((run) => run.replace(/\D/g, '').length >= SHORTEST_NUMBER);

  const found = (long.length > 0 ? long : runs).map((run) => numbersIn(run, numberIn));
  const numbers = new Map(found.flat().map((number) => [number.number, number]));
  if (numbers.size === 0) return told(long.length > 0 ? undefined : numberSpelledIn(plain, numberIn));
  const isAlone = numbers.size === 1 && (long.length === 0 || found.every((inRun) => inRun.length > 0));
  return isAlone ? told(numbers.values().next().value) : { fault: 'two-numbers' };
}

type NumberIn = (candidate: string) => PhoneNumber | undefined;

/** A run of digits and marks is a number, or two of them with only a gap between. */
function numbersIn(run: string, numberIn: NumberIn): PhoneNumber[] {
  const whole = numberIn(run);
  if (whole) return [whole];
  for (const { index } of run.matchAll(/[\s/.-]+/g)) {
    const first = numberIn(run.slice(0, index));
    const second = first && numberIn(run.slice(index).replace(/^[^\d+(]+/, ''));
    if (second) return [first, second];
  }
  return [];
}

function told(number: PhoneNumber | undefined): ReadPhone {
  const phone = Phone.safeParse(number?.number);
  return phone.success ? { phone: phone.data } : { fault: 'invalid' };
}

/** Digits of any script as ASCII, dashes as "-", invisible characters gone, other marks as space. */
const plainly = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, (digit) => String(digitOf(digit)))
    .replace(/[\p{Pd}\u2212_*·•]/gu, '-')
    .replace(/[^\p{L}\p{M}\d+().\s/,;|&#:=-]/gu, ' ');

/** Decimal digits stand in Unicode in runs from 0 to 9. */
function digitOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}

const KEYPAD = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
const keyOf = (letter: string) => String(KEYPAD.findIndex((letters) => letters.includes(letter.toLowerCase())) + 2);

/**
 * "1-800-FLOWERS", "800 GOT JUNK": some digits, and after them one or two words that make a number of them. Words that
 * only follow ("212 Central") are no part of it, unless the call is free.
 */
function numberSpelledIn(text: string, numberIn: NumberIn): PhoneNumber | undefined {
  const written = /\+?\(?\d(?:[\s().-]*\d){2,}[\s().-]*[a-z][a-z\d-]*(?:\s+[a-z]+)?/i.exec(text)?.[0] ?? '';
  return [written.replace(/\s+[a-z]+$/i, ''), written]
    .map((candidate) => {
      const number = numberIn(candidate.replace(/[a-z]/gi, keyOf));
      const follows = /\s[a-z]*[a-z]/i.test(candidate) && /[a-z]/.test(candidate);
      return follows && number?.getType() !== 'TOLL_FREE' ? undefined : number;
    })
    .find((number) => number !== undefined);
}
