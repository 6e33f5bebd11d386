import type { BooleanAsk, DateAsk, NumberAsk, TextAsk } from './filter-leaf.ts';
import { readText, type Span } from './filter-value.ts';

/** A claim about one value, at a time in epoch milliseconds; undefined is unknown. */
export type Test<Value> = (value: Value | undefined, now: number) => boolean;

/** A comparison on an unknown value is false; its denial (is-not, not-in, has-not) is therefore true. */
export const ifKnown =
  <Value>(holds: (value: Value, now: number) => boolean): Test<Value> =>
  (value, now) =>
    value !== undefined && holds(value, now);
export const not =
  <Value>(test: Test<Value>): Test<Value> =>
  (value, now) =>
    !test(value, now);
export const isKnown = (value: unknown): boolean => value !== undefined;

/** What a claim demands of a text, unknown or not; and whether the claim is its denial. A blank operand is met by no text. */
function demandOf(ask: TextAsk): { readonly meets: (text: string | undefined) => boolean; readonly denied: boolean } {
  switch (ask.op) {
    case 'is':
    case 'is-not': {
      const needle = readText(ask.value) ?? null;
      return { meets: (text) => text === needle, denied: ask.op === 'is-not' };
    }
    case 'in':
    case 'not-in': {
      const needles = new Set(ask.values.flatMap((value) => readText(value) ?? []));
      return { meets: (text) => text !== undefined && needles.has(text), denied: ask.op === 'not-in' };
    }
    case 'contains': {
      const needle = readText(ask.value);
      return { meets: (text) => text !== undefined && needle !== undefined && text.includes(needle), denied: false };
    }
    case 'starts-with': {
      const needle = readText(ask.value);
      return { meets: (text) => text !== undefined && needle !== undefined && text.startsWith(needle), denied: false };
    }
    case 'is-known':
    case 'is-unknown':
      return { meets: isKnown, denied: ask.op === 'is-unknown' };
    default:
      return ask satisfies never;
  }
}

export function textTest(ask: TextAsk): Test<string> {
  const { meets, denied } = demandOf(ask);
  return denied ? not(meets) : meets;
}

/** A denial holds if no spelling is the one denied. */
export function spellingsTest(ask: TextAsk): Test<readonly string[]> {
  const { meets, denied } = demandOf(ask);
  const holds = ifKnown((spellings: readonly string[]) => spellings.some(meets));
  return denied ? not(holds) : holds;
}

export function numberTest(ask: NumberAsk): Test<number> {
  switch (ask.op) {
    case 'is':
      return ifKnown((number) => number === ask.value);
    case 'is-not':
      return not(ifKnown((number) => number === ask.value));
    case 'in':
      return ifKnown((number) => ask.values.includes(number));
    case 'not-in':
      return not(ifKnown((number) => ask.values.includes(number)));
    case 'less-than':
      return ifKnown((number) => number < ask.value);
    case 'at-most':
      return ifKnown((number) => number <= ask.value);
    case 'more-than':
      return ifKnown((number) => number > ask.value);
    case 'at-least':
      return ifKnown((number) => number >= ask.value);
    case 'between':
      return ifKnown((number) => ask.from <= number && number <= ask.to);
    case 'is-known':
      return isKnown;
    case 'is-unknown':
      return not(isKnown);
    default:
      return ask satisfies never;
  }
}

export function booleanTest(ask: BooleanAsk): Test<boolean> {
  switch (ask.op) {
    case 'is':
      return ifKnown((truth) => truth === ask.value);
    case 'is-not':
      return not(ifKnown((truth) => truth === ask.value));
    case 'is-known':
      return isKnown;
    case 'is-unknown':
      return not(isKnown);
    default:
      return ask satisfies never;
  }
}

const DAY_MS = 86_400_000;
const isBefore = (a: Span, b: Span) => a.to < b.from;
/** Bounds are met by whatever is neither before the one nor after the other: ends count, and so does a day that one cuts. */
const isBetween = (span: Span, from: Span, to: Span) =>
  !isBefore(span, from) && !isBefore(to, span) && !isBefore(to, from);

/** `read` places an operand in time as it does what it is compared with. */
export function dateTest(ask: DateAsk, read: (value: unknown) => Span | undefined): Test<Span> {
  switch (ask.op) {
    case 'before': {
      const date = read(ask.value);
      return ifKnown((span) => date !== undefined && isBefore(span, date));
    }
    case 'after': {
      const date = read(ask.value);
      return ifKnown((span) => date !== undefined && isBefore(date, span));
    }
    case 'on': {
      const date = read(ask.value);
      return ifKnown((span) => date !== undefined && isBetween(span, date, date));
    }
    case 'between': {
      const from = read(ask.from);
      const to = read(ask.to);
      return ifKnown((span) => from !== undefined && to !== undefined && isBetween(span, from, to));
    }
    case 'within-days':
      return ifKnown((span, now) => isWithin(span, ask.days, now));
    case 'not-within-days':
      return ifKnown((span, now) => !isWithin(span, ask.days, now));
    case 'is-known':
      return isKnown;
    case 'is-unknown':
      return not(isKnown);
    default:
      return ask satisfies never;
  }
}

/** When time alone turns the claim about a date: it comes within as it happens, and leaves when it lies too far back. */
export const dateTurns = (ask: DateAsk): ((span: Span) => readonly number[]) | undefined =>
  ask.op === 'within-days' || ask.op === 'not-within-days'
    ? ({ from, to }) => [from, to + ask.days * DAY_MS + 1]
    : undefined;

/** Back from now, both ends included; what is yet to come is not within. */
const isWithin = ({ from, to }: Span, days: number, now: number) => to >= now - days * DAY_MS && from <= now;
