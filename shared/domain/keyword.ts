import * as z from 'zod/mini';
import { foldText, type Words, wordsOf, wordsOfAddress } from './text.ts';

const MOST_KEYWORDS = 50;
const LONGEST_KEYWORD = 100;

/** One or more words or emoji. Punctuation alone could never be found. */
const Keyword = z.string().check(
  z.maxLength(LONGEST_KEYWORD),
  z.refine((keyword) => wordsOf(keyword).byDictionary.length > 0, 'has no word in it'),
);

/**
 * What a reply says. `anyOf` asks for one of its keywords in the way of `mode`; `noneOf` wins over it and always goes by
 * words. Without `anyOf`, any message without them holds.
 */
export const KeywordCondition = z
  .strictObject({
    anyOf: z._default(z.array(Keyword).check(z.maxLength(MOST_KEYWORDS)), []),
    noneOf: z._default(z.array(Keyword).check(z.maxLength(MOST_KEYWORDS)), []),
    mode: z._default(z.enum(['word', 'exact', 'starts-with', 'substring']), 'word'),
  })
  .check(z.refine(({ anyOf, noneOf }) => anyOf.length + noneOf.length > 0, 'needs anyOf or noneOf'));
export type KeywordCondition = z.infer<typeof KeywordCondition>;

type WordMode = Exclude<KeywordCondition['mode'], 'substring'>;

/** The one meaning of keywords, for every reply. Defaults may be left out. Linear in the text; never throws. */
export function matchesKeywords(condition: z.input<typeof KeywordCondition>, text: string): boolean {
  const { anyOf = [], noneOf = [], mode = 'word' } = condition;
  const message = linesOf(wordsOf(text));
  if (noneOf.some((keyword) => isFound(message, keyword, 'word'))) return false;
  if (anyOf.length === 0) return noneOf.length > 0;
  if (mode !== 'substring') return anyOf.some((keyword) => isFound(message, keyword, mode));
  const spelling = spellingOf(text);
  return anyOf.some((keyword) => spellingOf(keyword) !== '' && spelling.includes(spellingOf(keyword)));
}

const spellingOf = (text: string) => foldText(text).trim().replace(/\s+/g, ' ');

/** One for each way of cutting. No word contains a space, so whole words are found as text. */
const linesOf = ({ byDictionary, byRule }: Words) => [byDictionary, byRule].map((words) => ` ${words.join(' ')} `);
const NO_WORD = '  ';

/** A keyword of a host's form is looked for uncut as well, since addresses in a message are not cut. */
const isFound = (message: readonly string[], keyword: string, mode: WordMode): boolean =>
  [wordsOf(keyword), wordsOfAddress(keyword)].some((words) =>
    linesOf(words).some((line, cut) => line !== NO_WORD && FINDS[mode](message[cut] ?? '', line)),
  );

const FINDS: { readonly [Mode in WordMode]: (message: string, keyword: string) => boolean } = {
  word: (message, keyword) => message.includes(keyword),
  exact: (message, keyword) => message === keyword,
  'starts-with': (message, keyword) => message.startsWith(keyword),
};
