import { getISO } from 'temporal-polyfill/fns/Calendar';
import * as PlainDate from 'temporal-polyfill/fns/PlainDate';
import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime';

/**
 * How values are read before they are compared. Every reader answers undefined for what is unknown: absent, blank, or not
 * of the kind.
 */

/** ASCII and European letters that are NFC as they stand and whose lower case is their fold: not ß, µ, ı, İ, ŉ, ſ. */
const SIMPLE = /^[\x20-\x7e\u00a0-\u00b4\u00b6-\u00de\u00e0-\u012f\u0132-\u0148\u014a-\u017e]*$/;

/** Trimmed, NFC, case-folded (ß = ss, final sigma = sigma; dotless ı stays itself); accents are kept. Blank is unknown. */
export function readText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '') return undefined;
  return SIMPLE.test(text) ? text.toLowerCase() : foldedFully(text);
}

/** Upper case joins what lower case keeps apart (ſ s, ς σ, ß ss), yet also ı with i, which are two letters. */
const foldedFully = (text: string) =>
  text
    .normalize('NFC')
    .toLowerCase()
    .split('ı')
    .map((part) => part.toUpperCase().toLowerCase())
    .join('ı')
    .replaceAll('ς', 'σ')
    .normalize('NFC');

/** A finite number, or a text that spells one in plain decimals. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value.trim())) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export const readBoolean = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** First and last millisecond: of a moment they are the same, of a day they are its ends. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
/** Enough for every birthday there is; a day costs far more to place in a zone than to look up. */
const MOST_DAYS = 50_000;

/** Reads ISO 8601: a day is the whole day in the zone, a date-time without an offset is one of the zone. */
export function dateReader(zone: string): (value: unknown) => Span | undefined {
  const known = new Map<string, Span | undefined>();
  return (value) => {
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    if (INSTANT.test(text)) return momentOf(Date.parse(text));
    if (!known.has(text)) {
      if (known.size >= MOST_DAYS) known.clear();
      known.set(text, DAY.test(text) ? dayOf(text, zone) : localMomentOf(text, zone));
    }
    return known.get(text);
  };
}

/** Reads an instant as the schema of contacts has it. */
export const readInstant = (at: string | undefined): Span | undefined =>
  at === undefined ? undefined : momentOf(Date.parse(at));

const momentOf = (at: number): Span | undefined => (Number.isNaN(at) ? undefined : { from: at, to: at });

/** The day ends where the next begins: 23 to 25 hours later where clocks change. */
function dayOf(text: string, zone: string): Span | undefined {
  const day = parsed(() => PlainDate.fromString(text, getISO));
  const start = (of: PlainDate.Record) => PlainDate.toZonedDateTime(of, zone).epochMilliseconds;
  return day && { from: start(day), to: start(PlainDate.addDays(day, 1)) - 1 };
}

/** An hour that clocks skip is read as the one after, an hour they repeat as its first (as Temporal's "compatible"). */
function localMomentOf(text: string, zone: string): Span | undefined {
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text)) return undefined;
  const moment = parsed(() => PlainDateTime.fromString(text, getISO));
  return moment && momentOf(PlainDateTime.toZonedDateTime(moment, zone).epochMilliseconds);
}

function parsed<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
