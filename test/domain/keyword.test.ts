import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywordCondition, matchesKeywords } from '../../shared/domain/keyword.ts';

type Row = readonly [keyword: string, text: string];
const missed = (rows: readonly Row[], mode: KeywordCondition['mode'] = 'word') =>
  rows.filter(([keyword, text]) => !matchesKeywords({ anyOf: [keyword], mode }, text));
const hit = (rows: readonly Row[], mode: KeywordCondition['mode'] = 'word') =>
  rows.filter(([keyword, text]) => matchesKeywords({ anyOf: [keyword], mode }, text));

const HITS: readonly Row[] = [
  ['yes', 'YES!!!'],
  ['yes', 'oh yes, please'],
  ["don't", 'dont worry'],
  ['dont', 'don’t worry'],
  ['dont', 'don`t'],
  ['straße', 'Hauptstrasse, STRASSE'],
  ['strasse', 'Straße'],
  ['cafe', 'Café'],
  ['café', 'CAFE'],
  ['jalapeno', 'jalapeño'],
  ['ol', 'Øl'],
  ['lodz', 'ŁÓDŹ'],
  ['da nang', 'Đà Nẵng'],
  ['izmir', 'İZMİR'],
  ['isi', 'ısı'],
  ['book', 'can I book?'],
  ['not interested', 'sorry, not   interested.'],
  ['not interested', 'not-interested'],
  ['yes', 'ＹＥＳ'],
  ['yes', 'y\u200bes'],
  ['yes', 'yes👍'],
  ['👍', 'ok 👍🏿'],
  ['👍🏽', '👍'],
  ['❤️', '❤'],
  ['❤', 'love ❤️❤️'],
  ['👍', '👍👍'],
  ['👩‍⚕️', 'a 👩🏽‍⚕️ came'],
  ['🇩🇪', '🇫🇷🇩🇪'],
  ['yes', 'yes.please'],
  ['please', 'yes.please'],
  ['call', 'call:me'],
  ['example.com', 'see https://example.com/x'],
  ['foo.bar', 'see http://foo.bar/x'],
  ['foo.bar', 'foo.bar'],
  ['john', 'john@example.com'],
  ['9', '9/10'],
  ['3.5', 'about 3.5'],
  ['1', '1️⃣'],
  ['好', '你好'],
  ['你好', '你好世界'],
  ['世界', '你好世界'],
  ['はい', 'はい、お願いします'],
  ['キャンセル', 'キャンセルボタン'],
  ['ครับ', 'สวัสดีครับ'],
  ['예', '예!'],
  ['да', 'Да.'],
  ['привет', 'ПРИВЕТ'],
  ['σοφός', 'ΣΟΦΟΣ'],
  ['a.m.', '9 a.m.'],
  ['rock n roll', "rock 'n' roll"],
];

const MISSES: readonly Row[] = [
  ['no', 'I know'],
  ['no', 'now'],
  ['yes', 'yesterday'],
  ['yes', 'yes_please'],
  ['interested', 'uninterested'],
  ['not interested', 'not very interested'],
  ['not interested', 'interested not'],
  ['com', 'example.com'],
  ['example', 'www.example.shop'],
  ['stop', 'mail info@stop.com'],
  ['5', '3.5'],
  ['5', '$1,500'],
  ['👩', '👩‍⚕️'],
  ['👍', '👎'],
  ['🇪🇫', '🇩🇪🇫🇷'],
  ['cafe', 'cafes'],
  ['book', 'booked'],
  ['optout', 'opt out'],
  ['yes', ''],
  ['yes', '...'],
  ['!?', '...'],
];

describe('keywords', () => {
  it('are found as whole words, in any spelling', () => {
    expect(missed(HITS)).toEqual([]);
  });

  it('are not found inside other words', () => {
    expect(hit(MISSES)).toEqual([]);
  });

  it('noneOf wins and goes by words in every mode', () => {
    const condition = { anyOf: ['interested'], noneOf: ['not'] };
    expect(matchesKeywords(condition, 'interested!')).toBe(true);
    expect(matchesKeywords(condition, 'not interested')).toBe(false);
    expect(matchesKeywords({ ...condition, mode: 'substring' }, 'nothing, interested')).toBe(true);
    expect(matchesKeywords({ anyOf: ['yes'], noneOf: ['yes'], mode: 'exact' }, 'yes')).toBe(false);
  });

  it('with only noneOf hold for any message without them', () => {
    expect(matchesKeywords({ noneOf: ['no'] }, 'I know')).toBe(true);
    expect(matchesKeywords({ noneOf: ['no'] }, '')).toBe(true);
    expect(matchesKeywords({ noneOf: ['no'] }, 'No.')).toBe(false);
  });

  it.each(['word', 'exact', 'starts-with', 'substring'] as const)('that are none hold for no message: %s', (mode) => {
    expect(matchesKeywords({ anyOf: [], noneOf: [], mode }, 'anything')).toBe(false);
    expect(matchesKeywords({ mode }, '')).toBe(false);
  });

  it.each(['word', 'exact', 'starts-with', 'substring'] as const)('hold where one of them is found: %s', (mode) => {
    expect(matchesKeywords({ anyOf: ['no', 'yes', 'maybe'], mode }, 'Yes!')).toBe(true);
  });

  it('exact is the whole message, blind to punctuation', () => {
    expect(
      missed(
        [
          ['yes', ' "Yes!" '],
          ['yes please', 'yes, please'],
          ['👍', '👍🏽'],
        ],
        'exact',
      ),
    ).toEqual([]);
    expect(
      hit(
        [
          ['yes', 'yes please'],
          ['yes', 'yes 👍'],
          ['yes', 'yesyes'],
        ],
        'exact',
      ),
    ).toEqual([]);
  });

  it('starts-with goes by words, blind to punctuation', () => {
    expect(
      missed(
        [
          ['yes', '- yes, please'],
          ['yes please', 'YES... please!'],
          ['你', '你好'],
        ],
        'starts-with',
      ),
    ).toEqual([]);
    expect(
      hit(
        [
          ['yes', 'oh yes'],
          ['yes', 'yesterday'],
        ],
        'starts-with',
      ),
    ).toEqual([]);
  });

  it('substring goes by letters', () => {
    expect(
      missed(
        [
          ['no', 'I know'],
          ['book', 'BOOKED'],
          ["don't", 'DONT'],
          ['a b', 'xa  by'],
          ['e', 'é'],
          [' no ', 'No'],
        ],
        'substring',
      ),
    ).toEqual([]);
    expect(
      hit(
        [
          ['no', 'yes'],
          ['ab', 'a b'],
          ["'", "don't"],
        ],
        'substring',
      ),
    ).toEqual([]);
  });

  it('stand in a condition with defaults', () => {
    expect(KeywordCondition.parse({ anyOf: ['yes'] })).toEqual({ anyOf: ['yes'], noneOf: [], mode: 'word' });
    expect(KeywordCondition.parse({ noneOf: ['no'] })).toEqual({ anyOf: [], noneOf: ['no'], mode: 'word' });
  });

  it.each(['word', 'exact', 'starts-with', 'substring'])('stand in a condition beside others: %s', (mode) => {
    const condition = { anyOf: ['yes'], noneOf: ['no'], mode };
    expect(KeywordCondition.parse(condition)).toEqual(condition);
  });

  it.each([
    [{ anyOf: ['yes', '!?'] }, ['anyOf.1 has no word in it']],
    [{}, [' needs anyOf or noneOf']],
  ])('are told what is wrong with %j', (condition, wrong) => {
    const { error } = KeywordCondition.safeParse(condition);
    expect(error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual(wrong);
  });

  it.each([
    ['a keyword without a word', { anyOf: ['!?'] }],
    ['an empty keyword', { anyOf: [''] }],
    ['a blank keyword', { noneOf: [' \u200b'] }],
    ['an underscore', { anyOf: ['__'] }],
    ['no keyword at all', { anyOf: [], noneOf: [] }],
    ['a long keyword', { anyOf: ['a'.repeat(101)] }],
    ['more than 50 keywords', { anyOf: Array.from({ length: 51 }, () => 'a') }],
    ['an unknown mode', { anyOf: ['a'], mode: 'regex' }],
    ['an unknown field', { anyOf: ['a'], allOf: ['b'] }],
  ])('are refused with %s', (_, condition) => {
    expect(KeywordCondition.safeParse(condition).success).toBe(false);
  });

  it('are found wherever they stand among other words', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(word),
        word,
        fc.array(word),
        fc.constantFrom(' ', ', ', '! ', ' - ', '\n'),
        (before, keyword, after, gap) => {
          expect(matchesKeywords({ anyOf: [keyword.toUpperCase()] }, [...before, keyword, ...after].join(gap))).toBe(
            true,
          );
        },
      ),
    );
  });

  it('take any text, in proportion to its length', () => {
    const anyOf = Array.from({ length: 50 }, (_, at) => `a ${'a '.repeat(45)}${at}`);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !matchesKeywords({ anyOf, noneOf: ['zz'] }, text)));
    const started = performance.now();
    for (const piece of ['a ', 'a.', 'a@', 'สวัสดี', '你', '👨\u200d', '\u0301\u0327']) {
      matchesKeywords({ anyOf }, piece.repeat(Math.ceil(100_000 / piece.length)));
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
