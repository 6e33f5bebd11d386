import { readText } from './filter-value.ts';

/**
 * First-level subdivisions by country: code and names (ISO 3166-2:US, ISO 3166-2:CA, and the military "states" of USPS
 * Publication 28). No code stands in both countries. Elsewhere a state is the text it is.
 */
const STATES: { readonly [Country in 'US' | 'CA']: readonly (readonly [code: string, ...names: string[]])[] } = {
  US: [
    ['AL', 'Alabama'],
    ['AK', 'Alaska'],
    ['AZ', 'Arizona'],
    ['AR', 'Arkansas'],
    ['CA', 'California'],
    ['CO', 'Colorado'],
    ['CT', 'Connecticut'],
    ['DE', 'Delaware'],
    ['DC', 'District of Columbia', 'D.C.', 'Washington DC', 'Washington, DC', 'Washington D.C.', 'Washington, D.C.'],
    ['FL', 'Florida'],
    ['GA', 'Georgia'],
    ['HI', 'Hawaii', 'Hawaiʻi'],
    ['ID', 'Idaho'],
    ['IL', 'Illinois'],
    ['IN', 'Indiana'],
    ['IA', 'Iowa'],
    ['KS', 'Kansas'],
    ['KY', 'Kentucky'],
    ['LA', 'Louisiana'],
    ['ME', 'Maine'],
    ['MD', 'Maryland'],
    ['MA', 'Massachusetts'],
    ['MI', 'Michigan'],
    ['MN', 'Minnesota'],
    ['MS', 'Mississippi'],
    ['MO', 'Missouri'],
    ['MT', 'Montana'],
    ['NE', 'Nebraska'],
    ['NV', 'Nevada'],
    ['NH', 'New Hampshire'],
    ['NJ', 'New Jersey'],
    ['NM', 'New Mexico'],
    ['NY', 'New York'],
    ['NC', 'North Carolina'],
    ['ND', 'North Dakota'],
    ['OH', 'Ohio'],
    ['OK', 'Oklahoma'],
    ['OR', 'Oregon'],
    ['PA', 'Pennsylvania'],
    ['RI', 'Rhode Island'],
    ['SC', 'South Carolina'],
    ['SD', 'South Dakota'],
    ['TN', 'Tennessee'],
    ['TX', 'Texas'],
    ['UT', 'Utah'],
    ['VT', 'Vermont'],
    ['VA', 'Virginia'],
    ['WA', 'Washington'],
    ['WV', 'West Virginia'],
    ['WI', 'Wisconsin'],
    ['WY', 'Wyoming'],
    ['AS', 'American Samoa'],
    ['GU', 'Guam'],
    ['MP', 'Northern Mariana Islands'],
    ['PR', 'Puerto Rico'],
    ['VI', 'Virgin Islands', 'U.S. Virgin Islands', 'US Virgin Islands', 'United States Virgin Islands'],
    ['UM', 'United States Minor Outlying Islands'],
    ['AA', 'Armed Forces Americas'],
    ['AE', 'Armed Forces Europe'],
    ['AP', 'Armed Forces Pacific'],
  ],
  CA: [
    ['AB', 'Alberta'],
    ['BC', 'British Columbia'],
    ['MB', 'Manitoba'],
    ['NB', 'New Brunswick', 'Nouveau-Brunswick'],
    ['NL', 'Newfoundland and Labrador', 'Newfoundland'],
    ['NS', 'Nova Scotia'],
    ['NT', 'Northwest Territories'],
    ['NU', 'Nunavut'],
    ['ON', 'Ontario'],
    ['PE', 'Prince Edward Island'],
    ['QC', 'Québec', 'Quebec'],
    ['SK', 'Saskatchewan'],
    ['YT', 'Yukon', 'Yukon Territory'],
  ],
};

const spellingsOf = (states: (typeof STATES)['US']): ReadonlyMap<string, readonly string[]> =>
  new Map(
    states.flatMap((state) => {
      const spellings = state.map((spelling) => readText(spelling)).filter((spelling) => spelling !== undefined);
      return spellings.map((spelling) => [spelling, spellings]);
    }),
  );

const US = spellingsOf(STATES.US);
const CA = spellingsOf(STATES.CA);

/**
 * Every way to write the state that `text` (folded by `readText`) names in that country, its code among them; just `text`
 * where it names none. An unknown country may be any that is in the table.
 */
export function stateSpellings(text: string, country: string | undefined): readonly string[] {
  const inUs = country === undefined || country === 'US' || US_CODES.has(country) ? US.get(text) : undefined;
  return inUs ?? (country === undefined || country === 'CA' ? CA.get(text) : undefined) ?? [text];
}

/** The territories have country codes of their own, which libphonenumber answers for their numbers. */
const US_CODES: ReadonlySet<string> = new Set(['US', 'AS', 'GU', 'MP', 'PR', 'VI', 'UM']);
