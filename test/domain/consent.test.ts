import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isYes, recognise } from '../../shared/domain/consent.ts';
import { NO_OPT_OUTS, SENTENCES, WORDS } from './consent-lines.ts';

const meaningOf = (text: string) => recognise(text).meaning;
const otherThan = (meaning: string, texts: readonly string[]) => texts.filter((text) => meaningOf(text) !== meaning);

const EXPLICIT = [
  ...[
    'stop',
    'stopall',
    'stop all',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'opt out',
    'opt-out',
    'optout',
    'remove',
  ],
  ...['remove me', 'arret', 'td', 'unsub', 'DNC'],
];
/** Every letter by its code point from an alphabet's A or a, as style generators do. */
const styled = (word: string, from: number) =>
  Array.from(word.toLowerCase(), (letter) =>
    /[a-z]/.test(letter) ? String.fromCodePoint(from + letter.charCodeAt(0) - 97) : letter,
  ).join('');
const ALPHABETS = {
  fullwidth: 0xff21,
  bold: 0x1d400,
  'bold sans': 0x1d5d4,
  double: 0x1d538 + 26,
  monospace: 0x1d670,
  circled: 0x24b6,
  squared: 0x1f130,
  'black circled': 0x1f150,
  'black squared': 0x1f170,
  parenthesised: 0x249c,
};

describe('an opt-out', () => {
  it('is one of the words alone, in any spelling, with polite words, repeats and a signature', () => {
    expect(otherThan('opt-out', WORDS)).toEqual([]);
  });

  it('is a plain sentence that means it', () => {
    expect(otherThan('opt-out', SENTENCES)).toEqual([]);
  });

  it('is never flagged as well', () => {
    expect([...WORDS, ...SENTENCES].filter((text) => recognise(text).flagged)).toEqual([]);
  });

  it('is not what merely contains such a word, nor a narrower wish', () => {
    expect(NO_OPT_OUTS.filter((text) => meaningOf(text) === 'opt-out')).toEqual([]);
  });

  it.each(Object.entries(ALPHABETS))('is read in %s letters', (_, from) => {
    expect(
      otherThan(
        'opt-out',
        EXPLICIT.map((word) => styled(word, from)),
      ),
    ).toEqual([]);
  });

  it('is read with a signature below, with polite words and repeated', () => {
    const ways = EXPLICIT.flatMap((word) => [
      `${word}\n- Sent from my iPhone`,
      `${word}\nJohn`,
      `${word}\n\nThanks,\nMary Ann`,
      `${word} please`,
      `ok ${word}`,
      `${word} now`,
      `${word} ${word}`,
      `${word}. ${word}!`,
      `${word.toUpperCase()}\r\nSent from Yahoo Mail`,
      `${word}, thank you`,
      `${word} thx`,
    ]);
    expect(otherThan('opt-out', ways)).toEqual([]);
  });

  it('wins over HELP and START', () => {
    expect(
      otherThan('opt-out', ['STOP HELP', 'help stop', 'START STOP', 'stop or help?', 'HELP\nSTOP', 'stop info start']),
    ).toEqual([]);
  });

  it('survives emoji, punctuation and invisible characters around and inside', () => {
    const around = fc
      .array(fc.constantFrom(...Array.from('.,!?;:-()[]*~"“”\'’…🙏😡🛑👎🏽❌❤️🇺🇸™©® \n\t\u200b\ufeff\u2060')))
      .map((signs) => signs.join(''));
    const invisible = fc.constantFrom(
      '',
      '\u200b',
      '\u200c',
      '\u200d',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\ufe0f',
      '\u034f',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...EXPLICIT),
        around,
        around,
        invisible,
        fc.boolean(),
        (word, before, after, inside, shouts) => {
          const spelled = (shouts ? word.toUpperCase() : word).split('').join(inside);
          expect(meaningOf(`${before} ${spelled} ${after}`)).toBe('opt-out');
        },
      ),
    );
  });

  it('survives accents heaped on its letters and letters spaced out', () => {
    const marks = fc.string({
      unit: fc.integer({ min: 0x300, max: 0x36f }).map((code) => String.fromCodePoint(code)),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.constantFrom(...EXPLICIT), marks, fc.constantFrom('', ' ', '.', '-', ' . '), (word, heap, gap) => {
        const letters = word.replace(/[ -]/g, '').split('');
        expect(meaningOf(letters.map((letter) => letter + heap).join(gap))).toBe('opt-out');
      }),
    );
  });
});

describe('a person is called to', () => {
  it('what speaks of stopping without being an opt-out', () => {
    const texts = [
      'please cancel',
      'cancel my subscription',
      'stop it',
      'stop lol',
      'not before 9am',
      'keep the reminders',
      'Reply STOP to opt out',
      '"Reply STOP to opt out"',
      '> Reply STOP to opt out',
      "don't stop!",
      'cancel my 3pm',
      "don't text me after 10pm",
      'too many texts',
    ];
    expect(texts.map(recognise)).toEqual(texts.map(() => ({ meaning: 'message', flagged: true })));
  });

  it('no ordinary answer', () => {
    const texts = [
      'weekend',
      'yes',
      'no thanks',
      '9',
      'the end',
      'not interested',
      'see you at 5',
      'Who is this?',
      '👍',
      '',
    ];
    expect(texts.map(recognise)).toEqual(texts.map(() => ({ meaning: 'message', flagged: false })));
  });
});

describe('HELP and START', () => {
  it('HELP stands alone', () => {
    const texts = [
      'HELP',
      'help',
      'info',
      'Help me',
      'I need help',
      'ayuda',
      'aide',
      'HELP!!!',
      'help please',
      'ＨＥＬＰ',
      '🆘 help',
      'H E L P',
      'hеlp',
    ];
    expect(otherThan('help', texts)).toEqual([]);
  });

  it('START takes the exact word, folded like STOP, with "please" or an emoji', () => {
    const texts = [
      'START',
      'start',
      'unstop',
      'UNSTOP',
      'start please',
      'Start 🙂',
      'please start',
      'ＳＴＡＲＴ',
      'ѕtart',
      'S T A R T',
      '🆂🆃🅰🆁🆃',
    ];
    expect(otherThan('opt-in', texts)).toEqual([]);
  });

  it('nothing else asks for help or opts in', () => {
    const texts = [
      "let's start",
      'restart',
      'subscribe',
      'opt in',
      'join',
      'yes please',
      'yes',
      'start at 9',
      'when do we start',
      'can you help me',
      'help with my order',
      'information',
      'helpful',
      'more info',
      'Start texting me again',
    ];
    expect(otherThan('message', texts)).toEqual([]);
  });

  it('YES is YES alone', () => {
    expect(['YES', 'yes!', 'Yes 👍', 'ＹＥＳ', 'yes yes'].filter((text) => !isYes(text))).toEqual([]);
    expect(['yes please', 'yes and no', 'y', '', 'oh yes', 'yessir'].filter(isYes)).toEqual([]);
  });
});

describe('recognition', () => {
  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => recognise(text).meaning !== undefined));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0xffff })),
        (units) => recognise(String.fromCharCode(...units)).meaning !== undefined,
      ),
    );
  });

  it('takes time in proportion to the text', () => {
    const pieces = [
      'stop ',
      'please ',
      'wrong number ',
      'stop texting ',
      'please stop texting me ',
      'a\u0301\u0327',
      's ',
      'stop, ',
      'please hi ',
      'stop',
      '\n',
      'A ',
      'A, ',
      'no more ',
      'stop texting me me me ',
      'stop calling me, text, ',
      'no me manden mensajes. ',
      'ne plus ',
      'i told you ',
      ' ',
      '-',
      'do not ',
      'x, stop texting me at work ',
      '>\n',
      'on ',
      '\u0301\u0327',
      '🇸',
      '$',
    ];
    const started = performance.now();
    for (const piece of pieces) recognise(piece.repeat(Math.ceil(100_000 / piece.length)));
    expect((performance.now() - started) / pieces.length).toBeLessThan(1500);
  });
});

describe('beside a STOP', () => {
  it.each([
    'Stop\n+1 (415) 555-0171',
    'Stop\nann@example.com',
    'Stop\nhttps://example.com',
    'Stop\nwww.example.com',
    'Stop\n- ann',
    'Stop\n~ ann lee',
    'Stop\nAnn Lee',
    'Stop\n--\nAnn from Acme',
    'Stop\nThanks,\nAnn',
    '> Hi there\nStop',
    'Stop\n> Hi there',
    'Stop\nOn Mon, Ann wrote:\n> Hi',
  ])('stands what its sender is called, or what others wrote: %j', (text) => {
    expect(recognise(text)).toEqual({ meaning: 'opt-out', flagged: false });
  });

  it.each(['Stop\nann', 'Stop\nthe bus', 'Liked "Stop"'])('stands more, and it is for a person to read: %j', (text) => {
    expect(recognise(text)).toEqual({ meaning: 'message', flagged: true });
  });

  it.each([
    ['please stop texting me, but thanks', 'opt-out'],
    ['This is a work phone, stop texting it', 'opt-out'],
    ['please stop texting me but keep the reminders', 'message'],
    ['stop texting me. but not about my order', 'message'],
    ['you said stop texting me', 'message'],
    ['stop texting it', 'message'],
  ])('stands what changes it, or does not: %j is %s', (text, meaning) => {
    expect(recognise(text).meaning).toBe(meaning);
  });
});
