import type { Contact } from './contact.ts';
import { readText } from './filter-value.ts';
import { lazy } from './lazy.ts';
import { minutesOf, WEEKDAYS, type WeekHours, type Window } from './sending-hours.ts';
import { stateSpellings } from './states.ts';
import { zoneClock } from './zone.ts';

const MINUTES_A_DAY = 24 * 60;

/** States that keep one or more of these zones: the US (ISO 3166-2:US) and Canada (ISO 3166-2:CA). */
const STATES_OF_ZONES: Readonly<Record<string, string>> = {
  'America/New_York': 'CT DE DC FL GA IN KY ME MD MA MI NH NJ NY NC OH PA RI SC TN VT VA WV',
  'America/Chicago': 'AL AR FL IL IN IA KS KY LA MI MN MS MO NE ND OK SD TN TX WI',
  'America/Denver': 'AZ CO ID KS MT NE NV NM ND OR SD TX UT WY',
  'America/Phoenix': 'AZ',
  'America/Los_Angeles': 'CA ID NV OR WA',
  'America/Anchorage': 'AK',
  'America/Adak': 'AK',
  'Pacific/Honolulu': 'HI',
  'America/St_Johns': 'NL',
  'America/Halifax': 'NB NS PE NL QC',
  'America/Toronto': 'ON QC NU',
  'America/Winnipeg': 'MB ON NU',
  'America/Regina': 'SK',
  'America/Edmonton': 'AB BC NT NU SK',
  'America/Vancouver': 'BC',
  'America/Whitehorse': 'YT',
};
const zonesOfStates = lazy(() => {
  const zones = new Map<string, string[]>();
  for (const [zone, states] of Object.entries(STATES_OF_ZONES))
    for (const state of states.split(' ')) zones.set(state, [...(zones.get(state) ?? []), zone]);
  return zones;
});

/** Where somebody is, as far as we know: the code of a state, and every zone whose clock may be theirs. */
export interface Whereabouts {
  readonly state: string | undefined;
  readonly zones: readonly string[];
}

/**
 * The contact's own zone; else those of its state; else that of its number; else all that its country has, or, where even
 * that is unknown, the workspace's. Of several, all have to agree: the strictest decides.
 */
export function whereaboutsOf(contact: Contact, workspaceZone: string): Whereabouts {
  const { address, derived, timeZone } = contact;
  const country = address.country ?? derived.country;
  const isFromNumber = address.state === undefined && country === derived.country;
  const written = readText(address.state ?? (isFromNumber ? derived.state : undefined));
  const state = written === undefined ? undefined : codeOf(written, country);
  const ofState = state === undefined ? undefined : zonesOfStates().get(state);
  const ofNumber = isFromNumber && derived.timeZone !== undefined ? [derived.timeZone] : undefined;
  const zones = timeZone !== undefined ? [timeZone] : (ofNumber ?? ofState);
  return { state, zones: zones ?? zonesOf(country) ?? [workspaceZone] };
}

const codeOf = (state: string, country: string | undefined): string | undefined =>
  stateSpellings(state, country)
    .map((spelling) => spelling.toUpperCase())
    .find((spelling) => zonesOfStates().has(spelling));

const byCountry = new Map<string, readonly string[] | undefined>();
function zonesOf(country: string | undefined): readonly string[] | undefined {
  if (country === undefined) return undefined;
  if (!byCountry.has(country)) byCountry.set(country, new Intl.Locale('und', { region: country }).getTimeZones?.());
  return byCountry.get(country);
}

/** The hours that count for one text: the inbox's or the workspace's, and of some states fewer. */
export interface Hours {
  readonly usual: Window;
  readonly ofState: WeekHours | undefined;
}

interface Range {
  /** Minutes of the day. */
  readonly from: number;
  readonly to: number;
}

function rangeOn(weekday: number, { usual, ofState }: Hours): Range | undefined {
  const day = WEEKDAYS[weekday];
  const other = day === undefined ? undefined : ofState?.[day];
  if (other === 'closed') return undefined;
  const from = Math.max(minutesOf(usual.from), other ? minutesOf(other.from) : 0);
  const to = Math.min(minutesOf(usual.to), other ? minutesOf(other.to) : MINUTES_A_DAY);
  return from < to ? { from, to } : undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = MINUTES_A_DAY * MINUTE_MS;
/** A week and a day: by then every weekday has come. */
const DAYS_AHEAD = 8;

/** The first instant from `at` on within the hours by the clock of one zone. */
function openingIn(zone: string, hours: Hours, at: number): number | undefined {
  const { readingAt, momentOf } = zoneClock(zone);
  const today = Math.floor(readingAt(at) / DAY_MS) * DAY_MS;
  for (let midnight = today; midnight <= today + DAYS_AHEAD * DAY_MS; midnight += DAY_MS) {
    const range = rangeOn(new Date(midnight).getUTCDay(), hours);
    if (!range) continue;
    const opens = momentOf(midnight + range.from * MINUTE_MS);
    const closes = momentOf(midnight + range.to * MINUTE_MS);
    if (at < closes) return Math.max(at, opens);
  }
  return undefined;
}

/** Each round takes one zone at least to a later opening; zones that never agree end it. */
const MOST_ROUNDS = 60;

/**
 * The first instant from `at` on at which it is within the hours by the clocks of all zones; undefined: they never agree,
 * or no day has any.
 */
export function openingFrom(at: number, zones: readonly string[], hours: Hours): number | undefined {
  let opening = at;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const later = zones.map((zone) => openingIn(zone, hours, opening));
    if (later.includes(undefined)) return undefined;
    const latest = Math.max(...later.map((each) => each ?? opening));
    if (latest === opening) return opening;
    opening = latest;
  }
  return undefined;
}
