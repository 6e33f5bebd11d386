import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { STATE_HOURS, Window } from '../../shared/domain/sending-hours.ts';
import { type Hours, openingFrom, whereaboutsOf } from '../../shared/domain/sending-window.ts';
import { contact } from '../support/filters.ts';

const NINE_TO_EIGHT: Hours = { usual: { from: '09:00', to: '20:00' }, ofState: undefined };
const of = (state: string): Hours => ({ ...NINE_TO_EIGHT, ofState: STATE_HOURS[state] });
const opens = (at: string, zones: string[], hours: Hours = NINE_TO_EIGHT): string | undefined => {
  const opening = openingFrom(Date.parse(at), zones, hours);
  return opening === undefined ? undefined : new Date(opening).toISOString();
};
const NEW_YORK = 'America/New_York';
const ANCHORAGE = 'America/Anchorage';

describe('the hours', () => {
  // 2026-03-08: clocks go forward in North America; 2026-11-01: back. 2026-03-01 is a Sunday.
  test.each([
    ['within them', '2026-03-03T15:00:00.000Z', [NEW_YORK], NINE_TO_EIGHT, '2026-03-03T15:00:00.000Z'],
    ['at the first minute', '2026-03-03T14:00:00.000Z', [NEW_YORK], NINE_TO_EIGHT, '2026-03-03T14:00:00.000Z'],
    ['a moment before it', '2026-03-03T13:59:59.999Z', [NEW_YORK], NINE_TO_EIGHT, '2026-03-03T14:00:00.000Z'],
    ['at the end', '2026-03-04T01:00:00.000Z', [NEW_YORK], NINE_TO_EIGHT, '2026-03-04T14:00:00.000Z'],
    ['a moment before that', '2026-03-04T00:59:59.999Z', [NEW_YORK], NINE_TO_EIGHT, '2026-03-04T00:59:59.999Z'],
    [
      'on the night that clocks go forward',
      '2026-03-08T02:00:00.000Z',
      [NEW_YORK],
      NINE_TO_EIGHT,
      '2026-03-08T13:00:00.000Z',
    ],
    [
      'on the night that they go back',
      '2026-11-01T02:00:00.000Z',
      [NEW_YORK],
      NINE_TO_EIGHT,
      '2026-11-01T14:00:00.000Z',
    ],
    [
      'where only all of two agree',
      '2026-03-03T15:00:00.000Z',
      [NEW_YORK, ANCHORAGE],
      NINE_TO_EIGHT,
      '2026-03-03T18:00:00.000Z',
    ],
    [
      'where the first of two has closed',
      '2026-03-04T02:00:00.000Z',
      [NEW_YORK, ANCHORAGE],
      NINE_TO_EIGHT,
      '2026-03-04T18:00:00.000Z',
    ],
    ['in Texas on a Sunday', '2026-03-01T15:30:00.000Z', ['America/Chicago'], of('TX'), '2026-03-01T18:00:00.000Z'],
    ['in Texas on a Monday', '2026-03-02T15:30:00.000Z', ['America/Chicago'], of('TX'), '2026-03-02T15:30:00.000Z'],
    ['in Utah on a Sunday', '2026-03-01T18:00:00.000Z', ['America/Denver'], of('UT'), '2026-03-02T16:00:00.000Z'],
    [
      'in Rhode Island on a Saturday evening',
      '2026-02-28T22:30:00.000Z',
      [NEW_YORK],
      of('RI'),
      '2026-03-02T14:00:00.000Z',
    ],
    ['in Kentucky in the morning', '2026-03-03T14:30:00.000Z', [NEW_YORK], of('KY'), '2026-03-03T15:00:00.000Z'],
  ])('%s', (_, at, zones, hours, expected) => {
    expect(opens(at, zones, hours)).toBe(expected);
  });

  it('never come where zones never agree, or where no day has any', () => {
    const short: Hours = { usual: { from: '09:00', to: '10:00' }, ofState: undefined };
    expect(opens('2026-03-03T15:00:00.000Z', [NEW_YORK, ANCHORAGE], short)).toBeUndefined();
    const closed = Object.fromEntries(
      ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((day) => [
        day,
        'closed' as const,
      ]),
    );
    expect(opens('2026-03-03T15:00:00.000Z', [NEW_YORK], { ...NINE_TO_EIGHT, ofState: closed })).toBeUndefined();
  });

  it('are met at every opening, and at no minute before it', () => {
    const zones = fc.subarray([NEW_YORK, 'America/Chicago', 'America/Phoenix', 'America/St_Johns'], { minLength: 1 });
    const start = Date.parse('2026-01-01T00:00:00.000Z');
    const minute = fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minutes) => start + minutes * 60_000);
    const localTime = (zone: string, at: number) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
        at,
      );
    const isOpen = (all: string[], at: number) =>
      all.every((zone) => localTime(zone, at) >= '09:00' && localTime(zone, at) < '20:00');
    fc.assert(
      fc.property(minute, zones, (at, all) => {
        const opening = openingFrom(at, all, NINE_TO_EIGHT) ?? Number.NaN;
        expect(isOpen(all, opening)).toBe(true);
        for (let before = at; before < opening; before += 10 * 60_000) expect(isOpen(all, before)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [{ from: '9:00', to: '20:00' }],
    [{ from: '20:00', to: '09:00' }],
    [{ from: '09:00', to: '09:00' }],
    [{ from: '09:00', to: '24:01' }],
    [{ from: '09:00' }],
  ])('are refused as %j', (given) => {
    expect(Window.safeParse(given).success).toBe(false);
  });
});

describe('where somebody is', () => {
  const here = (given: object) => whereaboutsOf(contact({ phone: '+14155550171', ...given }), 'America/New_York');
  const MEXICO = new Intl.Locale('es-MX').getTimeZones?.();
  const derived = { country: 'US', state: 'CA', city: 'San Francisco', timeZone: 'America/Los_Angeles' };

  test.each([
    ['a zone of their own', { derived, timeZone: 'Europe/Berlin' }, 'CA', ['Europe/Berlin']],
    [
      'the state of their address',
      { derived, address: { country: 'US', state: 'Texas' } },
      'TX',
      ['America/Chicago', 'America/Denver'],
    ],
    [
      'the state of their address, whose country nobody knows',
      { derived, address: { state: 'oh' } },
      'OH',
      ['America/New_York'],
    ],
    ['their number', { derived }, 'CA', ['America/Los_Angeles']],
    [
      'a number whose area lies in several zones',
      { derived: { country: 'US', state: 'FL' } },
      'FL',
      ['America/New_York', 'America/Chicago'],
    ],
    ['nothing but a country of one zone', { derived: { country: 'FR' } }, undefined, ['Europe/Paris']],
    ['nothing at all', { derived: {} }, undefined, ['America/New_York']],
    ['another country than their number', { derived, address: { country: 'FR' } }, undefined, ['Europe/Paris']],
  ])('is told by %s', (_, given, state, zones) => {
    expect(here(given)).toEqual({ state, zones });
  });

  test.each([
    ['their state, not of their number in it', { derived, address: { state: 'Hawaii' } }, 'HI', ['Pacific/Honolulu']],
    ['a state whose zones nobody knows', { derived, address: { state: 'Puebla', country: 'MX' } }, undefined, MEXICO],
    [
      'their number, whose state nobody knows',
      { derived: { ...derived, state: undefined } },
      undefined,
      ['America/Los_Angeles'],
    ],
    [
      'the state of their address, whose country is not that of their number',
      { derived: { country: 'FR', timeZone: 'Europe/Paris' }, address: { country: 'CA', state: 'Québec' } },
      'QC',
      ['America/Halifax', 'America/Toronto'],
    ],
  ])('is told by %s', (_, given, state, zones) => {
    expect(here(given)).toEqual({ state, zones });
  });

  /** So that who lives at the far end of a state is not woken. */
  test.each([
    ['AK', ['America/Anchorage', 'America/Adak']],
    ['AZ', ['America/Denver', 'America/Phoenix']],
    ['HI', ['Pacific/Honolulu']],
    ['NL', ['America/St_Johns', 'America/Halifax']],
    ['NU', ['America/Toronto', 'America/Winnipeg', 'America/Edmonton']],
    ['SK', ['America/Regina', 'America/Edmonton']],
    ['BC', ['America/Edmonton', 'America/Vancouver']],
  ])('in %s is in all of its zones', (state, zones) => {
    expect(here({ derived: {}, address: { state } }).zones).toEqual(zones);
  });

  test.each([
    [
      'US',
      'Alabama Arkansas Colorado Delaware Florida Georgia Idaho Kansas Kentucky Maine Nevada Oregon Utah Washington',
    ],
    ['CA', 'Alberta Manitoba Nunavut Ontario Quebec Saskatchewan Yukon'],
  ])('is in zones of the country: %s', (country, states) => {
    const ofCountry = new Intl.Locale('und', { region: country }).getTimeZones?.() ?? [];
    for (const state of states.split(' ')) {
      const { zones } = here({ derived: {}, address: { country, state } });
      expect([state, zones.length < ofCountry.length, zones.filter((zone) => !ofCountry.includes(zone))]).toEqual([
        state,
        true,
        [],
      ]);
    }
  });

  it('is anywhere in a country of many zones where only that is known', () => {
    const { zones } = here({ derived: { country: 'US' } });
    expect(zones).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Honolulu', 'America/Anchorage']));
  });
});
