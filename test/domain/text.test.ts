import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asLatin, asPlayfulLatin } from '../../shared/domain/look-alike.ts';
import { foldText, visibleText, wordsOf, wordsOfAddress } from '../../shared/domain/text.ts';

const folded = (rows: readonly (readonly [string, string])[], fold: (text: string) => string) =>
  expect(rows.map(([text]) => [text, fold(text)])).toEqual(rows);

describe('folding', () => {
  it('makes one form of all spellings of a word', () => {
    folded(
      [
        ['YES!!!', 'yes!!!'],
        ['don’t "quote" ‘me’', 'dont quote me'],
        ['Straße STRASSE ẞ', 'strasse strasse ss'],
        ['café CAFE\u0301', 'cafe cafe'],
        ['Øl Łódź Đà Nẵng ısı İzmir', 'ol lodz da nang isi izmir'],
        ['smørbrød złoty đa', 'smorbrod zloty da'],
        ['ΣΊΣΥΦΟΣ', 'σισυφοσ'],
        ['ＦＵＬＬ Ⓢ ﬁ …', 'full s fi ...'],
        ['S\u200bT\u00adO\u2060P\ufeff', 'stop'],
        ['👍🏽 ❤️ 9️⃣', '👍 ❤ 9'],
        ['👩🏿‍⚕️ a\u200db', '👩‍⚕ ab'],
        ['ｶﾞｷﾞ が', 'ガギ が'],
        ['حَرَكَات', 'حركات'],
      ],
      foldText,
    );
  });

  it('changes nothing more the second time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => foldText(foldText(text)) === foldText(text)));
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => foldText(foldText(text)) === foldText(text)));
  });

  it('keeps as many marks on a letter as any script has', () => {
    expect(visibleText(`a${'\u0301'.repeat(40)}b`)).toBe(`a${'\u0301'.repeat(30)}b`);
  });

  it('takes lone surrogates and endless marks', () => {
    expect(visibleText('\ud800')).toBe('\ufffd');
    const started = performance.now();
    for (const piece of ['\u0301\u0327', '\uff9e\u0e38', 'a\u0301', '\u200d', '👨\u200d', 'ß', 'İ'])
      wordsOf(piece.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('words', () => {
  const cut = (text: string) => wordsOf(text).byDictionary;

  it.each([
    ['Yes, please!', ['yes', 'please']],
    ['yes.please call:me', ['yes', 'please', 'call', 'me']],
    ['example.com', ['example.com']],
    ['john.smith@mail.example, ok', ['john.smith', 'mail.example', 'ok']],
    ['https://a.shop/x see www.b.shop', ['https', 'a.shop', 'x', 'see', 'www.b.shop']],
    ['awww.thats nice', ['awww', 'thats', 'nice']],
    ['(www.b.shop) and example.com, a.de!', ['www.b.shop', 'and', 'example.com', 'a.de']],
    ['yes!@home.now', ['yes', 'home', 'now']],
    ['call.me/! yes.come.over', ['call', 'me', 'yes', 'come', 'over']],
    ['bit.ly/abc call.me', ['bit.ly', 'abc', 'call', 'me']],
    ['a_b ___', ['a_b']],
    ['3.5 9/10 1,000', ['3.5', '9', '10', '1,000']],
    ['👍👍yes🇩🇪🇫🇷', ['👍', '👍', 'yes', '🇩🇪', '🇫🇷']],
    ['👨‍👩‍👧 🤷🏽‍♂️', ['👨‍👩‍👧', '🤷‍♂']],
    ["don't e-mail", ['dont', 'e', 'mail']],
    ['?! - …', []],
  ])('of %s', (text, words) => {
    expect(cut(text)).toEqual(words);
  });

  it('are cut in two ways where a script has no spaces', () => {
    expect(wordsOf('你好世界')).toEqual({ byDictionary: ['你好', '世界'], byRule: ['你', '好', '世', '界'] });
    expect(wordsOf('キャンセルする').byRule).toEqual(['キャンセル', 'す', 'る']);
    expect(wordsOf('キャンセルボタン')).toEqual({
      byDictionary: ['キャンセル', 'ボタン'],
      byRule: ['キャンセルボタン'],
    });
    expect(wordsOf('สวัสดี ok')).toEqual({ byDictionary: ['สวัสดี', 'ok'], byRule: ['ส', 'วั', 'ส', 'ดี', 'ok'] });
  });

  it('of an address stay whole', () => {
    expect(wordsOfAddress('foo.bar').byDictionary).toEqual(['foo.bar']);
  });
});

describe('what a text looks like in Latin', () => {
  it('is plain letters, whatever they are drawn with', () => {
    folded(
      [
        'ＳＴＯＰ',
        '𝐒𝐓𝐎𝐏',
        'Ⓢⓣⓞⓟ',
        'ꜱᴛᴏᴘ',
        'ЅТОР',
        'ѕтσρ',
        'S̷̢T̷O̷P̷',
        'ᔕTOᑭ',
        'ꓢꓔꓳꓑ',
        'ᏚᎢᎾᏢ',
        'ˢᵗᵒᵖ',
        '丂ㄒㄖ卩',
        'Տtօք',
      ].map((text) => [text, 'stop'] as const),
      asLatin,
    );
  });

  it('takes signs, digits and emoji for letters in play', () => {
    folded(
      ['$T0P', '5TOP!!', '🆂🆃🅾🅿', '🅢🅣🅞🅟', '🇸🇹🇴🇵', '₴₮Ø₱'].map((text) => [text, 'stop'] as const),
      asPlayfulLatin,
    );
    folded(
      ['1005', '3nd', '🇹🇩'].map((text) => [text, text] as const),
      asPlayfulLatin,
    );
  });

  it('knows a flag and a trade mark from a letter', () => {
    expect(asLatin('🅿️ stop™ ℹ️ 1️⃣🇹🇩').trim()).toBe('stop');
  });
});
