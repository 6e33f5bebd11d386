import { caseFolded } from './case-folded.ts';
import { lazy } from './lazy.ts';

/**
 * How what people type is read: folded so that spellings of one word become one, and cut into words. Everything here is
 * total (any string, lone surrogates included) and linear. Classes of characters are ICU's to make ready: at the first text.
 */

/** Zero-width joiners stay for now: inside an emoji they make it another one. */
const invisible = lazy(
  () => /[[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Emoji_Modifier}]--[\t\n\v\f\r\x85\u200d]]/gv,
);
const IDLE_JOINER = /(?<!\p{Extended_Pictographic})\u200d|\u200d(?!\p{Extended_Pictographic})/gu;
/** Normalising sorts each run of marks, which hostile text makes slow. UAX #15 calls texts with runs up to 30 stream-safe. */
const MARKS_TOO_MANY = /([\p{M}\u0e33\u0eb3\uff9e\uff9f]{30})[\p{M}\u0e33\u0eb3\uff9e\uff9f]+/gu;

/** Without what nobody sees: zero-width and control characters, soft hyphens, variation selectors, skin tones. */
export const visibleText = (text: string): string =>
  text.toWellFormed().replace(invisible(), '').replace(IDLE_JOINER, '').replace(MARKS_TOO_MANY, '$1');

/** Apostrophes and double quotes, straight or curly, with primes and lone accents typed for them. */
const QUOTES = /['"`´‘’‚‛“”„‟′″‵‶ʹʻʼʽˈˊˋ＇＂]/gu;
export const withoutQuotes = (text: string): string => text.replace(QUOTES, '');

/** Marks that belong to no script, and the points of those that are usually written without. Those of kana stay. */
const accents = lazy(
  () =>
    /[[\p{M}&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309a]]/gv,
);
/** Unicode does not decompose these. */
const STROKES: Readonly<Record<string, string>> = { ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i' };
export const withoutAccents = (text: string): string =>
  text
    .normalize('NFD')
    .replace(accents(), '')
    .replace(/[øØłŁđĐı]/g, (letter) => STROKES[letter] ?? letter)
    .normalize('NFC');

/**
 * One form for all spellings of a text: visible, NFKC, case-folded (ß = ss), accents and strokes folded (é = e, ø = o),
 * quotes gone (don’t = dont). Punctuation and spaces stay. Folding twice changes nothing more.
 */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return withoutQuotes(text.toLowerCase());
  const compatible = withoutQuotes(visibleText(text)).normalize('NFKC');
  // NFKC brings forth spaces with marks, ignorable characters and new quotes; folding case too.
  return withoutQuotes(visibleText(withoutAccents(caseFolded(withoutAccents(compatible))).normalize('NFKC')));
}
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

/** The words of a text, in the two ways of cutting scripts that put no spaces between them. */
export interface Words {
  /** By the dictionaries of ICU. */
  readonly byDictionary: readonly string[];
  /** By UAX #29 alone: each ideograph, kana or Thai cluster is a word, a run of katakana is one. */
  readonly byRule: readonly string[];
}

/** It takes ICU 10 ms to get ready. */
const segmenter = lazy(() => new Intl.Segmenter('en', { granularity: 'word' }));
/** What makes a segment a word: "___" is none. */
const spoken = lazy(() => /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u);
const unspaced = lazy(
  () =>
    /([\p{Script=Katakana}ー]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*)/u,
);

/**
 * Cuts a text, folded first, into words: UAX #29 as `Intl.Segmenter` has it, broken further at "." and ":" between letters
 * unless it is an address; emoji are words, punctuation is none.
 */
export const wordsOf = (text: string): Words => cut(foldText(text).replace(/\S+/g, loosened));

/** As `wordsOf`, for a text taken to be an address ("example.shop"): nothing breaks but what UAX #29 breaks. */
export const wordsOfAddress = (text: string): Words => cut(foldText(text));

function cut(folded: string): Words {
  const byDictionary = segmentsOf(folded);
  if (!unspaced().test(folded)) return { byDictionary, byRule: byDictionary };
  const byRule = folded.split(unspaced()).flatMap((piece, at) => (at % 2 === 1 ? [piece] : segmentsOf(piece)));
  return { byDictionary, byRule };
}

function segmentsOf(folded: string): string[] {
  const words: string[] = [];
  for (const { segment } of segmenter().segment(folded)) {
    if (spoken().test(segment)) words.push(segment);
  }
  return words;
}

const loosened = (run: string): string =>
  addresses().some((form) => form.test(run)) ? run : run.replace(/(?<=\p{L})[.:](?=\p{L})/gu, ' ');

/**
 * A scheme, www, something at a host, a host with a path, or a host in one of the domains that are no words: "call.me"
 * and "yes.no" are words and a forgotten space.
 */
const addresses = lazy(() => [
  /:\/\//,
  /(?<![\p{L}\p{N}])www\./u,
  /[\p{L}\p{N}]@[^\s@.]+\./u,
  /\p{L}\.\p{L}{2,}\/[\p{L}\p{N}]/u,
  /[\p{L}\p{N}]\.(?:com|net|org|edu|gov|mil|biz|io|app|dev|uk|eu|ca|de|fr|ru|cn|jp|br|ai)(?![\p{L}\p{N}-])/u,
]);
