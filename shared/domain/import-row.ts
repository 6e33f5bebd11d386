import * as z from 'zod/mini';
import { AnyInstant } from './any-instant.ts';
import { Consent, OptInSource, Profile } from './contact.ts';
import type { FieldType } from './custom-field.ts';
import type { Target } from './import-columns.ts';
import { faultsOf } from './input-fault.ts';
import type { Fault } from './problem.ts';

/** What a row says, by what its columns are read as: a CSV's cells are texts, NDJSON's values anything. */
export type RowValues = ReadonlyMap<Target, unknown>;

const Status = z.pipe(
  z.union([z.string(), z.boolean()]),
  z.transform((said) => STATUS.get(String(said).trim().toLowerCase())),
);
const STATUS: ReadonlyMap<string, Consent['status']> = new Map([
  ['optedin', 'optedIn'],
  ['yes', 'optedIn'],
  ['true', 'optedIn'],
  ['optedout', 'optedOut'],
  ['no', 'optedOut'],
  ['false', 'optedOut'],
  ['unknown', 'unknown'],
]);

/** An instant, or a day, which begins in UTC. */
const Moment = z.pipe(
  z.pipe(
    z.string(),
    z.transform((text) => (/^\s*\d{4}-\d{2}-\d{2}\s*$/.test(text) ? `${text.trim()}T00:00:00Z` : text.trim())),
  ),
  AnyInstant,
);

const line = (longest: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(longest));

const Row = z.strictObject({
  /** A number where a program has made the NDJSON. */
  phone: z.pipe(
    z.union([z.string(), z.int()]),
    z.transform((phone) => String(phone)),
  ),
  profile: Profile,
  optIn: z.strictObject({ source: z.optional(OptInSource), at: z.optional(Moment) }),
  consent: z.strictObject({
    status: z.optional(z.pipe(Status, Consent.shape.status)),
    source: z.optional(line(80)),
    at: z.optional(Moment),
    evidence: z.optional(line(500)),
  }),
});
export type ImportRow = z.infer<typeof Row>;

/** Reads one row by itself. What is empty says nothing; tags are parted by `;` or `|`. The paths of faults are targets. */
export function readRow(
  values: RowValues,
  types: ReadonlyMap<string, FieldType>,
): { readonly row: ImportRow } | { readonly faults: readonly Fault[] } {
  const input = nested(values, types);
  const parsed = Row.safeParse(input);
  if (parsed.success) return { row: parsed.data };
  return { faults: faultsOf(parsed.error.issues, input).map(byTarget) };
}

const byTarget = (fault: Fault): Fault =>
  fault.path[0] === 'profile' ? { ...fault, path: fault.path.slice(1) } : fault;

interface Parts {
  phone?: unknown;
  readonly profile: Record<string, unknown>;
  readonly optIn: Record<string, unknown>;
  readonly consent: Record<string, unknown>;
}

function nested(values: RowValues, types: ReadonlyMap<string, FieldType>): Parts {
  const parts: Parts = { profile: {}, optIn: {}, consent: {} };
  const fields: Record<string, unknown> = {};
  const address: Record<string, unknown> = {};
  const coordinates: Record<string, unknown> = {};
  for (const [target, given] of values) {
    const [first = '', second = '', third] = target.split('.');
    const text = typeof given === 'string' ? given.trim() : undefined;
    if (text === '' || given === null || given === undefined) continue;
    // What a custom field holds is nobody's but the business's.
    const value = first === 'fields' ? given : (text ?? given);
    if (first === 'phone') parts.phone = value;
    else if (first === 'tags') parts.profile['tags'] = typeof value === 'string' ? tagsIn(value) : value;
    else if (first === 'fields') fields[second] = types.get(second) === 'boolean' ? truthOf(value) : value;
    else if (first === 'optIn' || first === 'consent') parts[first][second] = value;
    else if (third !== undefined) coordinates[third] = typeof value === 'string' ? Number(value) : value;
    else if (first === 'address') address[second] = value;
    else parts.profile[first] = value;
  }
  if (Object.keys(coordinates).length > 0) address['coordinates'] = coordinates;
  return { ...parts, profile: { ...parts.profile, address, fields } };
}

const tagsIn = (cell: string): readonly string[] =>
  cell
    .split(/[;|]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');

/** A cell that says yes or no, as spreadsheets and people write it; any other stays what it is, and is refused. */
function truthOf(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === 'true' || word === 'yes' || word === '1') return true;
  return word === 'false' || word === 'no' || word === '0' ? false : value;
}
