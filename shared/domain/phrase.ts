/**
 * Sentence patterns as data: words in lower case stand for themselves, words in capitals for a class of phrases, "|" for
 * "or", "_" for any one word; "?" makes a place optional, "*" and "+" let it repeat. Matching keeps the set of places that
 * can be reached, so its time is linear in the words, whatever they are.
 */

/** Phrases by their first word. */
export type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;
export type Classes = Readonly<Record<string, Phrases>>;
export type Pattern = readonly Place[];

interface Place {
  readonly phrases: Phrases | 'any word';
  readonly isOptional: boolean;
  readonly repeats: boolean;
}

/** What people say does not go on for longer, and hostile text must not. */
const MOST_REPEATS = 12;

/**
 * Reads phrases listed with commas; white space around them does not matter. "send|write to| me" is four phrases, and
 * "envi|mand-es|en" four words.
 */
export const phrases = (...lists: readonly string[]): Phrases =>
  Map.groupBy(
    lists
      .flatMap((list) => list.split(','))
      .flatMap((phrase) => (phrase.includes('|') ? formsOf(phrase.trim()) : phrase))
      .map((phrase) => phrase.trim().split(/\s+/))
      .filter(([word]) => word !== ''),
    ([word = '']) => word,
  );

const formsOf = (phrase: string): string[] =>
  phrase
    .split(/([\s-]+)/)
    .reduce<string[]>(
      (begun, part) => begun.flatMap((form) => part.split('|').map((next) => form + (next === '-' ? '' : next))),
      [''],
    );

export const union = (...all: readonly Phrases[]): Phrases =>
  Map.groupBy(
    all.flatMap((one) => [...one.values()].flat()),
    ([word = '']) => word,
  );

/** Reads patterns over these classes; throws on a class that does not exist: patterns are ours. */
export function patternReader(classes: Classes): (source: string) => Pattern {
  /** Most places stand in many patterns. */
  const known = new Map<string, Place>();

  return (source) =>
    source
      .trim()
      .split(/\s+/)
      .map((part) => {
        const place = known.get(part) ?? placeOf(part);
        known.set(part, place);
        return place;
      });

  function placeOf(part: string): Place {
    const mark = /[?*+]$/.exec(part)?.[0];
    const names = part.replace(/[?*+]$/, '');
    return {
      phrases: names === '_' ? 'any word' : union(...names.split('|').map(phrasesOf)),
      isOptional: mark === '?' || mark === '*',
      repeats: mark === '*' || mark === '+',
    };
  }

  function phrasesOf(name: string): Phrases {
    if (name === name.toLowerCase()) return phrases(name);
    const found = classes[name];
    if (!found) throw new Error(`no class of phrases is called ${name}`);
    return found;
  }
}

/** Where the phrases that start at a place end. */
export const endsOfPhrases = (list: Phrases, words: readonly string[], at: number): number[] =>
  (list.get(words[at] ?? '') ?? [])
    .filter((phrase) => phrase.every((word, ahead) => words[at + ahead] === word))
    .map((phrase) => at + phrase.length);

/** Whether one of the phrases stands anywhere in the words. */
export const isSaid = (list: Phrases, words: readonly string[]): boolean =>
  words.some((_, at) => endsOfPhrases(list, words, at).length > 0);

/** Where the pattern can end when it starts at a place; none where it does not hold. */
export const endsOf = (pattern: Pattern, words: readonly string[], at: number): ReadonlySet<number> =>
  pattern.reduce<ReadonlySet<number>>((from, place) => step(place, words, from), new Set([at]));

function step({ phrases, isOptional, repeats }: Place, words: readonly string[], from: ReadonlySet<number>) {
  const reached = new Set(isOptional ? from : []);
  let edge = [...from];
  for (let round = 0; edge.length > 0 && round < (repeats ? MOST_REPEATS : 1); round += 1) {
    edge = edge.flatMap((at) => (phrases === 'any word' ? anyWord(words, at) : endsOfPhrases(phrases, words, at)));
    edge = edge.filter((at) => !reached.has(at) || (round === 0 && from.has(at)));
    for (const at of edge) reached.add(at);
  }
  return reached;
}

const anyWord = (words: readonly string[], at: number) => (at < words.length ? [at + 1] : []);

/** The words a pattern can begin with; it must not begin with any word. */
export function firstWordsOf(pattern: Pattern): ReadonlySet<string> {
  const certain = pattern.findIndex(({ isOptional }) => !isOptional);
  const places = certain < 0 ? pattern : pattern.slice(0, certain + 1);
  return new Set(places.flatMap(({ phrases }) => (phrases === 'any word' ? [] : [...phrases.keys()])));
}

/** Every place that a row of phrases leads to from the places that `starts` admits, in one pass. */
export function placesAfter(list: Phrases, words: readonly string[], starts: (at: number) => boolean): number[] {
  const reached = words.map((_, at) => starts(at));
  for (let at = 0; at < words.length; at += 1) {
    if (!reached[at]) continue;
    for (const end of endsOfPhrases(list, words, at)) if (end < words.length) reached[end] = true;
  }
  return reached.flatMap((is, at) => (is ? [at] : []));
}
