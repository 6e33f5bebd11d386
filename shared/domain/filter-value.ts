import { type ZoneClock, zoneClock } from './zone.ts';

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
/** A day, or a date and a time to the hour, the minute, the second or finer; the time with its colons or without. */
const LOCAL = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?:(:?)(\d\d)(?:\3(\d\d)(?:\.(\d{1,9}))?)?)?)?$/;
/** Enough for every birthday there is; a day costs far more to place in a zone than to look up. */
const MOST_DAYS = 50_000;
const DAY = 86_400_000;

/** Reads ISO 8601: a day is the whole day in the zone, a date-time without an offset is one of the zone. */
export function dateReader(zone: string): (value: unknown) => Span | undefined {
  const known = new Map<string, Span | undefined>();
  return (value) => {
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    if (INSTANT.test(text)) return momentOf(Date.parse(text));
    if (!known.has(text)) {
      if (known.size >= MOST_DAYS) known.clear();
      known.set(text, localOf(text, zoneClock(zone)));
    }
    return known.get(text);
  };
}

/** Reads an instant as the schema of contacts has it. */
export const readInstant = (at: string | undefined): Span | undefined =>
  at === undefined ? undefined : momentOf(Date.parse(at));

const momentOf = (at: number): Span | undefined => (Number.isNaN(at) ? undefined : { from: at, to: at });

/** A day ends where the next begins: 23 to 25 hours later where clocks change. */
function localOf(text: string, clock: ZoneClock): Span | undefined {
  const [, date, hour, , minute = '00', second = '00', fraction = ''] = LOCAL.exec(text) ?? [];
  if (date === undefined) return undefined;
  if (hour === undefined) {
    const midnight = readingOf(`${date}T00:00:00.000Z`);
    return midnight === undefined
      ? undefined
      : { from: clock.startOfDay(midnight), to: clock.startOfDay(midnight + DAY) - 1 };
  }
  // A leap second is the one before, as everywhere in JavaScript.
  const seconds = `${second === '60' ? '59' : second}.${fraction.padEnd(3, '0').slice(0, 3)}`;
  const reading = readingOf(`${date}T${hour}:${minute}:${seconds}Z`);
  return reading === undefined ? undefined : momentOf(clock.momentOf(reading));
}

/** `Date` takes 30 February and hour 24, and makes another day of them. */
function readingOf(iso: string): number | undefined {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) || date.toISOString() !== iso ? undefined : date.getTime();
}
