import { type Consent, type Contact, type FieldValue, Profile } from '../domain/contact.ts';
import type { FieldType } from '../domain/custom-field.ts';
import { DateText } from '../domain/date-text.ts';
import { readNumber } from '../domain/filter-value.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import { type Phone, readPhone } from '../domain/phone.ts';
import type { Fault } from '../domain/problem.ts';
import type { Table } from '../ports.ts';
import { fieldTypes, getSettings } from '../store/workspace-store.ts';

/** What a caller says of a contact's consent. `unknown` says nothing: it changes nothing. */
export interface ConsentSaid {
  readonly status: Consent['status'];
  readonly source?: string | undefined;
  readonly at?: Instant | undefined;
  readonly evidence?: string | undefined;
}

/**
 * A JSON merge patch (RFC 7396) over what people and programs may write of a contact: null clears, what is left out
 * stays. The names are those of `Profile`; each value was checked by itself before.
 */
export interface ProfilePatch {
  readonly fields?: Readonly<Record<string, FieldValue | null>> | null | undefined;
  readonly [name: string]: unknown;
}

type Read<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

export type FieldTypes = ReadonlyMap<string, FieldType>;

/** The declared types of the custom fields, where a patch has any. */
export const typesFor = async (table: Table, { fields }: ProfilePatch): Promise<FieldTypes> =>
  fields ? fieldTypes(table) : new Map<string, FieldType>();

/** What is said of a contact. */
export interface ContactSaid {
  readonly profile: ProfilePatch;
  readonly consent?: ConsentSaid | undefined;
}

/** What a contact is before anybody has said anything of it. */
export const NOTHING_KNOWN: Known = { profile: Profile.parse({}), consent: { status: 'unknown' } };

interface Known {
  readonly profile: Profile;
  readonly consent: Consent;
}

/**
 * What a contact becomes by what is said of it, whoever says it: a request or a row of an import. Without `consent` an
 * opt-out stands in the way, which only the person can take back.
 */
export function contactAfter(
  known: Known,
  { profile, consent }: ContactSaid,
  { types, now }: { readonly types: FieldTypes; readonly now: number },
): Read<{ readonly profile: Profile; readonly consent?: Consent }> {
  const read = readProfile(types, known.profile, profile);
  const faults = [...('faults' in read ? read.faults : []), ...futureFaults(consent?.at, ['consent', 'at'], now)];
  if ('faults' in read || faults.length > 0) return { faults };
  const after = consentAfter(known.consent, consent, now);
  return { value: { profile: read.value, ...(after && { consent: after }) } };
}

/** Merges a patch into a profile; custom fields are read as their declared types. */
export function readProfile(types: FieldTypes, known: Profile, patch: ProfilePatch): Read<Profile> {
  const read = Object.entries(patch.fields ?? {}).map(
    ([key, value]) => [key, fieldRead(key, value, types.get(key))] as const,
  );
  const faults = read.flatMap(([, field]) => ('fault' in field ? [field.fault] : []));
  if (faults.length > 0) return { faults };
  const fields = Object.fromEntries(read.flatMap(([key, field]) => ('value' in field ? [[key, field.value]] : [])));
  return { value: Profile.parse(merged(known, patch.fields ? { ...patch, fields } : patch)) };
}

/** A hundred such texts still fit into one item. */
const LONGEST_TEXT = 1000;
/** Decimals that any number of the table's can hold. */
const LARGEST_NUMBER = 1e100;

function fieldRead(
  key: string,
  value: FieldValue | null,
  type: FieldType | undefined,
): { fault: Fault } | { value: FieldValue | null } {
  const fault = (code: string, detail: string, hint: string) => ({
    fault: { code, path: ['fields', key], detail, hint },
  });
  if (value === null) return { value };
  switch (type) {
    case undefined:
      return fault('UNKNOWN_FIELD', 'is not a declared custom field', 'declare it: POST /v1/custom-fields');
    case 'number': {
      const number = readNumber(value);
      const fits =
        number !== undefined &&
        (number === 0 || (Math.abs(number) <= LARGEST_NUMBER && Math.abs(number) >= 1 / LARGEST_NUMBER));
      return fits
        ? { value: number }
        : fault('INVALID_TYPE', 'is not a number', 'a number, or a text that spells one: 5 or "5"');
    }
    case 'date':
      return DateText.safeParse(value).success
        ? { value }
        : fault('INVALID_TYPE', 'is not a date', 'ISO 8601: "2026-03-01" or "2026-03-01T09:00:00Z"');
    case 'boolean':
      return typeof value === 'boolean'
        ? { value }
        : fault('INVALID_TYPE', 'is neither true nor false', 'true or false');
    case 'text':
      if (typeof value !== 'string') return fault('INVALID_TYPE', 'is not a text', 'a string');
      return value.length <= LONGEST_TEXT
        ? { value }
        : fault('TOO_BIG', 'is too long', `at most ${LONGEST_TEXT} UTF-16 units`);
    default:
      return type satisfies never;
  }
}

/** RFC 7396; the names in a profile and its patch are known ones. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else if (value !== undefined) result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What people and programs have written of a contact. */
export function profileOf(contact: Contact): Profile {
  const {
    id,
    phone,
    derived,
    optIn,
    consent,
    activity,
    takeovers,
    resends,
    changedBy,
    createdAt,
    updatedAt,
    ...profile
  } = contact;
  return profile;
}

/** The contact with another profile. */
export function withProfile(contact: Contact, profile: Profile): Contact {
  const { id, phone, derived, optIn, consent, activity, takeovers, resends, changedBy, createdAt, updatedAt } = contact;
  const kept = { id, phone, derived, optIn, consent, activity, changedBy, createdAt, updatedAt };
  return { ...profile, ...kept, ...(takeovers && { takeovers }), ...(resends && { resends }) };
}

/** Finds the one number in what was typed. */
export async function readContactPhone(table: Table, typed: string): Promise<Read<Phone>> {
  const { value: settings } = await getSettings(table);
  return phoneIn(typed, settings.defaultCountry);
}

export function phoneIn(typed: string, defaultCountry: string): Read<Phone> {
  const read = readPhone(typed, defaultCountry);
  if ('phone' in read) return { value: read.phone };
  const detail = read.fault === 'two-numbers' ? 'holds two numbers' : 'is not a valid phone number';
  const hint = `international, as +14155550171; without a country code it is read as one of ${defaultCountry}`;
  return { faults: [{ code: 'INVALID_PHONE', path: ['phone'], detail, hint }] };
}

/** Clocks differ a little. */
const SKEW_MS = 5 * 60_000;

/** What happened, happened before now. */
export const futureFaults = (at: Instant | undefined, path: readonly string[], now: number): Fault[] =>
  at !== undefined && epoch(at) > now + SKEW_MS ? [{ code: 'IN_THE_FUTURE', path, detail: 'lies in the future' }] : [];

/** The consent that results; undefined: an opt-out stands in the way. */
function consentAfter(known: Consent, said: ConsentSaid | undefined, now: number): Consent | undefined {
  if (!said || said.status === 'unknown') return known;
  if (known.status === 'optedOut') return said.status === 'optedOut' ? known : undefined;
  return {
    status: said.status,
    source: said.source ?? 'api',
    at: said.at ?? instant(now),
    ...(said.evidence !== undefined && { evidence: said.evidence }),
  };
}
