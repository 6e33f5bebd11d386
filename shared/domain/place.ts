import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { lazy } from './lazy.ts';
import type { Phone } from './phone.ts';

/** Where a number comes from, as far as its first digits tell: its owner may have moved with it. */
export interface Place {
  /** ISO 3166-1 alpha-2 */
  readonly country: string;
  /** The second half of an ISO 3166-2 code, of the US and Canada only. */
  readonly state?: string;
  /** Only where the area code is that city's. */
  readonly city?: string;
  /** IANA; only where all such numbers share one. */
  readonly timeZone?: string;
}

/** Written by `npm run phone-places`; a file beside the function's JavaScript, as the metadata of numbers is. */
const Table = z.object({ from: z.string(), places: z.array(z.string()) });

const known = lazy(() => {
  const { places: rows } = Table.parse(createRequire(import.meta.url)('sms-workflows/shared/domain/phone-places.json'));
  const places: ReadonlyMap<string, Place> = new Map(
    rows.flatMap((row) => {
      const [country = '', state, city, timeZone, prefixes = ''] = row.split('|');
      const place = { country, ...(state && { state }), ...(city && { city }), ...(timeZone && { timeZone }) };
      return prefixes.split(' ').map((prefix): [string, Place] => [prefix, place]);
    }),
  );
  return { places, longestPrefix: Math.max(...[...places.keys()].map(({ length }) => length)) };
});

/** The place of the longest prefix known; nothing of a number that belongs to no country, as +800 does. */
export function placeOf(phone: Phone): Partial<Place> {
  const { places, longestPrefix } = known();
  const digits = phone.slice(1);
  for (let length = longestPrefix; length > 0; length -= 1) {
    const place = places.get(digits.slice(0, length));
    if (place) return { ...place };
  }
  return {};
}
