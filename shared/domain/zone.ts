/**
 * What clocks show in a time zone. A reading is the milliseconds that the same date and time of UTC would be: `Date` then
 * reads and writes it as ISO 8601.
 */
export interface ZoneClock {
  /** The reading at a moment. */
  readonly readingAt: (at: number) => number;
  /** The moment of a reading: one that clocks skip counts as the hour after, one that they repeat as its first. */
  readonly momentOf: (reading: number) => number;
  /** When a day begins, given as its midnight: at the first moment that clocks do not skip. */
  readonly startOfDay: (midnight: number) => number;
}

const DAY = 86_400_000;

/** Made once per zone: ICU takes its time. */
const clocks = new Map<string, ZoneClock>();

export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone) ?? clockOf(zone);
  clocks.set(zone, known);
  return known;
}

function clockOf(zone: string): ZoneClock {
  const form = new Intl.DateTimeFormat('en', { timeZone: zone, minute: 'numeric', timeZoneName: 'longOffset' });
  const offsetAt = (at: number) => offsetIn(form.format(at));
  const readingAt = (at: number) => at + offsetAt(at);

  /** No zone changes its clocks twice within two days: what holds before and after is all that can hold in between. */
  const offsetsAround = (reading: number) => [offsetAt(reading - DAY), offsetAt(reading + DAY)] as const;
  const shown = (reading: number, [before, after]: readonly [number, number]): number | undefined =>
    before === after
      ? reading - before
      : [reading - before, reading - after].find((moment) => readingAt(moment) === reading);

  return {
    readingAt,
    momentOf: (reading) => {
      const offsets = offsetsAround(reading);
      return shown(reading, offsets) ?? reading - offsets[0];
    },
    startOfDay: (midnight) => {
      const offsets = offsetsAround(midnight);
      return (
        shown(midnight, offsets) ??
        firstOf(midnight - offsets[1], midnight - offsets[0], (moment) => readingAt(moment) > midnight)
      );
    },
  };
}

/** The first of the moments of which something is true: of none before it, of all after it, and of the last. */
function firstOf(from: number, last: number, isTrue: (moment: number) => boolean): number {
  if (from >= last) return last;
  const middle = Math.floor((from + last) / 2);
  return isTrue(middle) ? firstOf(from, middle, isTrue) : firstOf(middle + 1, last, isTrue);
}

const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Of "30 GMT-04:56:02" the milliseconds; "GMT" alone is none. */
function offsetIn(text: string): number {
  const [whole, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(text) ?? [];
  if (whole === undefined) throw new Error('an offset is written in another way');
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (sign === '-' ? -size : size) * 1000;
}
