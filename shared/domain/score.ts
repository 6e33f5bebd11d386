import * as say from './score-words.ts';
import { foldText, visibleText } from './text.ts';

export type Score = { readonly kind: 'score'; readonly score: number } | { readonly kind: 'unclear' };

const UNCLEAR: Score = { kind: 'unclear' };
const BEST = 10;
/** Beyond these an answer is a story, and a number in it may mean anything. */
const MOST_WORDS = 20;
const LONGEST_ANSWER = 300;

/**
 * Reads the answer to a 0–10 question: a lone integer in any digits or an English word, "9/10", "9 out of 10", or the only
 * number of a short sentence. Whatever may mean something else is unclear: no number, a second one, one out of range, a
 * decimal, a bound, a negation, a count, a time, a unit. Never throws.
 */
export function readScore(text: string): Score {
  const tokens = tokensOf(text);
  if (!tokens || tokens.filter(isSpoken).length > MOST_WORDS) return UNCLEAR;
  const numbers = numbersIn(tokens);
  const [first, ...others] = numbers;
  if (first?.value === undefined || others.some(({ value }) => value !== first.value)) return UNCLEAR;
  return numbers.every((number) => isScore(tokens, number)) ? { kind: 'score', score: first.value } : UNCLEAR;
}

/** As the Net Promoter System groups them. */
export function scoreGroup(score: number): 'promoter' | 'passive' | 'detractor' {
  if (score >= 9) return 'promoter';
  return score >= 7 ? 'passive' : 'detractor';
}

interface Token {
  readonly kind: 'digits' | 'word' | 'space' | 'line' | 'mark';
  readonly text: string;
}

const FRACTION_SIGNS = /[¼-¾⅐-⅟↉]/u;
const STARS = /[⭐🌟🌠★☆✩-✰⋆]/u;
/** Unicode gives these no compatible digits: the first of a run that counts up from 1, and zeros. */
const RUNS_FROM_ONE = ['⓵', '❶', '➀', '➊'] as const;
const ZEROS = /[⓿🄋🄌]/gu;

function tokensOf(text: string): readonly Token[] | undefined {
  if (text.length > LONGEST_ANSWER * 2 || FRACTION_SIGNS.test(text) || STARS.test(text)) return undefined;
  const spelled = visibleText(text)
    .replace(/🔟/gu, ' 10 ')
    .replace(/💯/gu, ' 100 ')
    .replace(ZEROS, '0')
    .replace(/[❶-➓⓵-⓾]/gu, (sign) => String(placeInRun(sign)));
  const folded = foldText(spelled)
    .replace(/\p{Nd}/gu, (digit) => String(digitOf(digit)))
    .replace(/<3+(?!\d)/g, ' ')
    .replace(/(?<!\p{L})([ap])\.\s?m(?!\p{L})/gu, '$1m');
  if (folded.length > LONGEST_ANSWER) return undefined;
  return Array.from(folded.matchAll(/\d+|\p{L}[\p{L}\p{M}]*|\s+|./gsu), ([part]) => ({
    kind: kindOf(part),
    text: part,
  }));
}

function placeInRun(sign: string): number {
  const start = RUNS_FROM_ONE.findLast((one) => one <= sign) ?? sign;
  return (sign.codePointAt(0) ?? 0) - (start.codePointAt(0) ?? 0) + 1;
}

/** Unicode keeps decimal digits in runs of ten, zero first, so the place in the run is the value. */
function digitOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let start = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return (code - start) % 10;
}

function kindOf(part: string): Token['kind'] {
  if (/^\d/.test(part)) return 'digits';
  if (/^\p{L}/u.test(part)) return 'word';
  if (!/^\s/.test(part)) return 'mark';
  return part.includes('\n') ? 'line' : 'space';
}

const isSpoken = ({ kind }: Token) => kind === 'digits' || kind === 'word';

/** A number in the text, from its first token up to, not including, `to`. Without a value it is none from 0 to 10. */
interface Mention {
  readonly from: number;
  readonly to: number;
  readonly value: number | undefined;
}

function numbersIn(tokens: readonly Token[]): Mention[] {
  const found: Mention[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token || !isNumber(token) || isPronoun(tokens, at)) continue;
    const number = { from: at, ...onScale(tokens, at, valueOf(token)) };
    found.push(number);
    at = number.to - 1;
  }
  return found;
}

const isNumber = ({ kind, text }: Token) =>
  kind === 'digits' || (kind === 'word' && (spelledIn(text) !== undefined || say.OTHER_NUMBERS.has(text)));
const spelledIn = (word: string) => say.SPELLED.get(word) ?? say.SPELLED.get(word.replace(/ish$/, ''));

function valueOf({ kind, text }: Token): number | undefined {
  if (kind === 'word') return spelledIn(text);
  return /^(?:0?\d|10)$/.test(text) ? Number(text) : undefined;
}

/** "9/10" and "9 out of 10" are one number; on any other scale it is none of ours. */
function onScale(tokens: readonly Token[], at: number, value: number | undefined): Omit<Mention, 'from'> {
  for (const words of say.RATIO) {
    let next = at;
    const isThere = words.every((word) => {
      next = skipSpaces(tokens, next + 1);
      return tokens[next]?.text === word;
    });
    const end = skipSpaces(tokens, next + 1);
    const scale = tokens[end];
    if (isThere && scale && isNumber(scale)) return { value: valueOf(scale) === BEST ? value : undefined, to: end + 1 };
  }
  return { value, to: at + 1 };
}

function skipSpaces(tokens: readonly Token[], from: number): number {
  return tokens[from]?.kind === 'space' ? from + 1 : from;
}

/** "this one was great", "one thing": most often the word is no number, unless an answer is hardly more than it. */
function isPronoun(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.text !== 'one') return false;
  const before = clauseBefore(tokens, at);
  const previous = before.at(-1) ?? '';
  const next = clauseAfter(tokens, at + 1)[0] ?? '';
  if (onScale(tokens, at, 1).to > at + 1 || isNumeral(previous) || isNumeral(next)) return false;
  if (say.POINTING.has(previous)) return true;
  if (previous === 'a' || before.some((word) => say.RATINGS.has(word))) return false;
  return tokens.some(({ kind, text }, place) => place !== at && kind === 'word' && !say.FILLERS.has(text));
}

const isNumeral = (word: string) => /^\d/.test(word) || say.SPELLED.has(word);

function isScore(tokens: readonly Token[], number: Mention): boolean {
  return (
    !isMarked(tokens, number) &&
    !isDenied(clauseBefore(tokens, number.from)) &&
    !isOfSomething(clauseBefore(tokens, number.from)) &&
    !isCounting(clauseAfter(tokens, number.to), number.value) &&
    !isAsked(tokens, number.from)
  );
}

const SIGNS = /^[+<>≥≤≠±$€£¥₹₩₽¢×÷^%‰°@]$/u;
const DASH = /^[-‐‒–−]$/u;

/** A sign, a decimal, a range, a time "9:30", or letters glued to it. */
function isMarked(tokens: readonly Token[], { from, to }: Mention): boolean {
  const [beyond, before] = [tokens[from - 2], tokens[from - 1]];
  const [after, behind] = [tokens[to], tokens[to + 1]];
  const isGluedBehind = behind !== undefined && isSpoken(behind);
  const isFree = beyond === undefined || !isSpoken(beyond);
  const sides = [
    before,
    after,
    ...(before?.kind === 'space' ? [beyond] : []),
    ...(after?.kind === 'space' ? [behind] : []),
  ];
  if (sides.some((side) => side !== undefined && SIGNS.test(side.text))) return true;
  if (before?.kind === 'word' && !say.LABELS_OF_SCORE.has(before.text)) return true;
  if (before && (DASH.test(before.text) || before.text === '.') && isFree) return true;
  if (before?.text === '/' || after?.text === '/') return true;
  if (after?.kind === 'word' && !say.SCORE_NOUNS.has(after.text)) return true;
  if (after?.text === '*' && before?.text !== '*') return true;
  return /^[.,:٫٬]$/u.test(after?.text ?? '') || DASH.test(after?.text ?? '')
    ? isGluedBehind && behind.kind === 'digits'
    : false;
}

/** "not a 10", "would have been a 10". */
function isDenied(before: readonly string[]): boolean {
  const clause = ` ${before.join(' ')} `;
  if (say.SUPPOSED.some((phrase) => clause.includes(` ${phrase} `))) return true;
  const certain = say.SURE.reduce((rest, phrase) => rest.replace(` ${phrase} `, ' '), clause);
  return certain.split(' ').some((word) => say.NEGATIONS.has(word));
}

/** "less than 5", "call me at 5", "table for 4", "room 9". */
function isOfSomething(before: readonly string[]): boolean {
  const near = before.findLastIndex((word) => !say.HEDGES.has(word) && !say.ARTICLES.has(word));
  const [previous = '', last = ''] = [before[near - 1], before[near]];
  if (say.BOUNDS.has(last) || say.BOUND_PAIRS.has(`${previous}_${last}`)) return true;
  if (before.slice(near + 1).some((word) => word === 'a' || word === 'an')) return false;
  if (say.BEFORE_OTHERS.has(last)) return true;
  if (last === 'for') return !say.GOING.has(previous);
  if (last === 'of') return !say.LABELS_OF_SCORE.has(previous);
  return before.some((word, at) => say.APPOINTING.has(word) && before[at + 1] !== 'it');
}

/** "2 people", "10 minutes", "3 more days", "5 of us", "8 or higher". */
function isCounting(after: readonly string[], value: number | undefined): boolean {
  const [first = '', second = ''] = say.SCORE_NOUNS.has(after[0] ?? '') ? after.slice(1) : after;
  if (say.UNITS.has(first) || say.BOUNDS_AFTER.has(first)) return true;
  if (first === 'of' || first === 'in') return second !== 'course' && !(first === 'in' && second === 'my');
  if (first === 'or') return say.AFTER_OR.has(second);
  if (first === 'and') return say.AFTER_AND.has(second);
  if (first === 'at' && (second === 'least' || second === 'most')) return true;
  if (value === 1 && say.COUNTED.has(first)) return true;
  return isPlural(first) || (say.COUNT_ADJECTIVES.has(first) && (isPlural(second) || say.UNITS.has(second)));
}

const isPlural = (word: string) => word.length > 3 && /(?<![sui])s$/.test(word) && !say.NO_PLURAL.has(word);

/** "is 10 the best?" */
function isAsked(tokens: readonly Token[], at: number): boolean {
  const ends = (token: Token) => token.kind === 'line' || /^[.!?]$/.test(token.text);
  const start = tokens.slice(0, at).findLastIndex(ends) + 1;
  const end = tokens.slice(at).find(ends);
  const opening = tokens.slice(start, at).find(isSpoken);
  return end?.text === '?' && opening !== undefined && say.QUESTIONS.has(opening.text);
}

/** Where a clause ends: at a mark of punctuation, a new line, or a dash with spaces around. */
function isBreak(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (!token || token.kind === 'line') return true;
  if (/^[.,;:!?()[\]{}…—|"]$/u.test(token.text)) return true;
  return DASH.test(token.text) && (tokens[at - 1]?.kind === 'space' || tokens[at + 1]?.kind === 'space');
}

function clauseBefore(tokens: readonly Token[], at: number): string[] {
  let start = at;
  while (start > 0 && !isBreak(tokens, start - 1)) start -= 1;
  return tokens
    .slice(start, at)
    .filter(isSpoken)
    .map(({ text }) => text);
}

function clauseAfter(tokens: readonly Token[], at: number): string[] {
  let end = at;
  while (!isBreak(tokens, end)) end += 1;
  return tokens
    .slice(at, end)
    .filter(isSpoken)
    .map(({ text }) => text);
}
