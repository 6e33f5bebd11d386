import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { dateReader } from '../../shared/domain/filter-value.ts';
import { zoneClock } from '../../shared/domain/zone.ts';

const zones = Intl.supportedValuesOf('timeZone');

/** What Temporal makes of the same text, which `dateReader` has to agree with. */
function asTemporal(text: string, zone: string) {
  const instantOf = (date: Temporal.ZonedDateTime) => date.epochMilliseconds;
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) {
      const day = Temporal.PlainDate.from(text);
      const start = (of: Temporal.PlainDate) => instantOf(of.toZonedDateTime(zone));
      return { from: start(day), to: start(day.add({ days: 1 })) - 1 };
    }
    if (!/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text)) return undefined;
    const at = instantOf(Temporal.PlainDateTime.from(text).toZonedDateTime(zone));
    return { from: at, to: at };
  } catch {
    return undefined;
  }
}

/** The moments at which the zone changes its clocks. */
function* changes(zone: string, from: string, until: string) {
  let next = Temporal.ZonedDateTime.from(`${from}[${zone}]`).getTimeZoneTransition('next');
  while (next && next.epochMilliseconds < Date.parse(until)) {
    yield next;
    next = next.getTimeZoneTransition('next');
  }
}

const differing = (zone: string, texts: readonly string[]) => {
  const read = dateReader(zone);
  return texts.flatMap((text) => {
    const [ours, temporals] = [read(text), asTemporal(text, zone)];
    return JSON.stringify(ours) === JSON.stringify(temporals) ? [] : [{ zone, text, ours, temporals }];
  });
};

describe('a date is read as Temporal reads it', () => {
  const year = fc.oneof(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1880, max: 2060 }));
  const digits = (most: number) => fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));
  const date = fc.tuple(year, digits(13), digits(32)).map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
  const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{0,10}$/));
  const time = fc
    .tuple(
      digits(24),
      digits(60),
      digits(61),
      fraction,
      fc.constantFrom('h', 'h:m', 'hm', 'h:m:s', 'hms', 'h:ms', 'hm:s'),
    )
    .map(([h, m, s, f, form]) => form.replace('h', h).replace('m', m).replace('s', `${s}${f}`));
  const text = fc.oneof(
    date,
    fc.tuple(date, time).map(([day, at]) => `${day}T${at}`),
  );

  test('any day and any time of any zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.array(text, { minLength: 1, maxLength: 20 }), (zone, texts) => {
        expect(differing(zone, texts)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('where clocks changed in a decade, the days and the times around', { timeout: 60_000 }, () => {
    const around = [-60, -30, -1, 0, 1, 30, 60];
    // A third of the zones: Temporal takes seconds to find the changes of all.
    for (const zone of zones.filter((_, at) => at % 3 === 0)) {
      for (const change of changes(zone, '2011-01-01T00:00', '2021-01-01')) {
        const shown = [change.subtract({ milliseconds: 1 }), change].map((it) => it.toPlainDateTime());
        const days = shown.flatMap((it) => [-1, 0, 1].map((by) => it.toPlainDate().add({ days: by }).toString()));
        const times = shown.flatMap((it) => around.map((minutes) => it.add({ minutes }).toString()));
        expect(differing(zone, [...days, ...times])).toEqual([]);
      }
    }
  });
});

describe('a day and its times', () => {
  const read = (text: string, zone: string) => {
    const { from, to } = dateReader(zone)(text) ?? {};
    return [from, to].map((at) => at !== undefined && new Date(at).toISOString());
  };

  test.each([
    ['has 23 hours', 'America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z', '2026-03-09T03:59:59.999Z'],
    ['has 25 hours', 'America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', '2026-11-02T04:59:59.999Z'],
    ['starts at one', 'America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', '2018-11-05T01:59:59.999Z'],
    ['starts at half past', 'America/Toronto', '1919-03-31', '1919-03-31T04:30:00.000Z', '1919-04-01T03:59:59.999Z'],
    ['was left out', 'Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', '2011-12-30T09:59:59.999Z'],
    ['is of a quarter', 'Asia/Kathmandu', '2026-06-01', '2026-05-31T18:15:00.000Z', '2026-06-01T18:14:59.999Z'],
    ['is of seconds', 'Africa/Monrovia', '1960-01-01', '1960-01-01T00:44:30.000Z', '1960-01-02T00:44:29.999Z'],
  ])('a day %s: %s, %s', (_, zone, text, from, to) => {
    expect(read(text, zone)).toEqual([from, to]);
  });

  test.each([
    ['an hour that clocks skip is the one after', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z'],
    ['an hour that clocks repeat is its first', '2026-11-01T01:30:15.5', '2026-11-01T05:30:15.500Z'],
  ])('%s', (_, text, at) => {
    expect(read(text, 'America/New_York')).toEqual([at, at]);
  });
});

test('clocks show the day of their zone', () => {
  const shown = (at: string, zone: string) => new Date(zoneClock(zone).readingAt(Date.parse(at))).toISOString();
  expect(shown('2026-06-01T03:59:59.999Z', 'America/New_York')).toBe('2026-05-31T23:59:59.999Z');
  expect(shown('1900-01-01T00:00:00.000Z', 'Europe/Dublin')).toBe('1899-12-31T23:34:39.000Z');
});

test.each([
  ['UTC', 0],
  ['Asia/Kolkata', 330],
  ['America/New_York', -240],
])('clocks in %s show %d minutes more than those of UTC', (zone, minutes) => {
  const at = Date.parse('2026-06-15T12:00:00.000Z');
  const { readingAt, momentOf } = zoneClock(zone);
  expect([readingAt(at), momentOf(at)]).toEqual([at + minutes * 60_000, at - minutes * 60_000]);
});
