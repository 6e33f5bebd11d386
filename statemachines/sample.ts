import { Contact, type FieldValue } from '../shared/domain/contact.ts';
import type { FieldType } from '../shared/domain/custom-field.ts';
import { parseTemplate, render } from '../shared/domain/merge.ts';
import type { Settings } from '../shared/domain/settings.ts';

/** Somebody with an ordinary name, to measure texts by; every field that a text may hold is known of her. */
export const sampleContact = (fieldTypes: ReadonlyMap<string, FieldType>): Contact => ({
  ...sample(),
  fields: sampleFields(fieldTypes),
});
const AT = '2026-01-31T12:00:00.000Z';
const SAMPLE = {
  id: 'ct_00000000000000000000000000',
  phone: '+12025550123',
  firstName: 'Charlotte',
  lastName: 'Anderson',
  email: 'charlotte@example.com',
  company: 'Anderson & Sons',
  language: 'en',
  birthday: '1990-01-31',
  timeZone: 'America/New_York',
  address: { country: 'US', state: 'New York', city: 'Rochester', postalCode: '14604' },
  derived: { country: 'US' },
  optIn: { source: 'manual', at: AT },
  consent: { status: 'unknown' },
  activity: {},
  changedBy: { type: 'api' },
  createdAt: AT,
  updatedAt: AT,
};
let parsed: Contact | undefined;
/** Parsed at first use: it takes 8 ms, half of them for ICU's time zones, which not every function needs. */
function sample(): Contact {
  parsed ??= Contact.parse(SAMPLE);
  return parsed;
}
const VALUES: { readonly [Type in FieldType]: FieldValue } = {
  text: 'sample text',
  number: 100,
  date: '2026-01-31',
  boolean: true,
};
const sampleFields = (types: ReadonlyMap<string, FieldType>) =>
  Object.fromEntries(Array.from(types, ([key, type]) => [key, VALUES[type]]));

/** Stands in for what a workspace has not set yet. */
export const sampleSettings = (settings: Settings): Settings => ({
  businessName: 'Sunrise Dental',
  reviewLink: 'https://example.com/review',
  bookingLink: 'https://example.com/book',
  ...settings,
});

/** The least number of units that a text comes to: what it says itself and of the workspace, whoever gets it. */
export function shortest(text: string, settings: Settings): number {
  return parseTemplate(text).reduce((units, token) => {
    if (token.type !== 'field') return units + token.text.length;
    if (!token.name.startsWith('workspace.')) return units;
    const own = render(`{{${token.name}}}`, sample(), settings);
    return units + (own || (token.fallback ?? '')).length;
  }, 0);
}
