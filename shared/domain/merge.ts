import type { Contact } from './contact.ts';
import type { FieldType } from './custom-field.ts';
import { epoch, Instant, instant } from './instant.ts';
import type { Fault } from './problem.ts';
import type { Settings } from './settings.ts';
import { zoneClock } from './zone.ts';

/**
 * Merge fields: `{{contact.firstName | "there"}}`, `{{contact.fields.plan | "our plan"}}`, `{{workspace.businessName}}`.
 * Names are looked up in tables and values are inserted as they are, once: nothing in a value is ever read as a template,
 * an expression or a property. A fallback stands in double quotes, with \" and \\ for a quote and a backslash.
 *
 * Instants (`contact.createdAt`, and a custom field that `set-field` wrote) appear as their day in the workspace's zone,
 * and days as they are, both as YYYY-MM-DD; true and false as yes and no.
 */
export type Token =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string; readonly fallback?: string; readonly at: number }
  | { readonly type: 'malformed'; readonly text: string; readonly at: number; readonly detail: string };

/** What `{{workspace.…}}` may name, and the zone in which days are told. */
export type MergeWorkspace = Pick<Settings, 'businessName' | 'reviewLink' | 'bookingLink' | 'timeZone'>;

/** Cuts a text into its parts, in order and without a gap, in one pass; never throws. `at` counts UTF-16 units. */
export function parseTemplate(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', end)) {
    if (at > end) tokens.push({ type: 'text', text: text.slice(end, at) });
    const field = fieldAt(text, at);
    end = field.end;
    tokens.push(
      'detail' in field
        ? { type: 'malformed', text: text.slice(at, end), at, detail: field.detail }
        : {
            type: 'field',
            name: field.name,
            at,
            ...(field.fallback === undefined ? {} : { fallback: field.fallback }),
          },
    );
  }
  if (end < text.length) tokens.push({ type: 'text', text: text.slice(end) });
  return tokens;
}

type Read = { readonly end: number } & (
  | { readonly detail: string }
  | { readonly name: string; readonly fallback?: string }
);

/** Reads on from `{{` and, where that fails, ends where it failed: no character is looked at twice. */
function fieldAt(text: string, start: number): Read {
  let at = start + 2;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  take(/\s*/y);
  const name = take(/[\p{L}\p{N}_.-]+/uy);
  if (name === undefined) return { end: at, detail: 'names no field' };
  take(/\s*/y);
  if (take(/\}\}/y)) return { end: at, name };
  if (take(/\|/y) === undefined) return { end: at, detail: `needs }} or | after ${name}` };
  take(/\s*/y);
  const quoted = take(/"(?:[^"\\]|\\.)*/sy);
  if (quoted === undefined) return { end: at, detail: 'needs a fallback in straight double quotes after |' };
  if (take(/"/y) === undefined) return { end: at, detail: 'has a fallback without its closing quote' };
  take(/\s*/y);
  if (take(/\}\}/y) === undefined) return { end: at, detail: 'needs }} after its fallback' };
  return { end: at, name, fallback: quoted.slice(1).replace(/\\(.)/gs, '$1') };
}

type Value = string | undefined;
type Reader = (contact: Contact, workspace: MergeWorkspace) => Value;

/** Known of every contact. */
const CERTAIN: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['contact.phone', ({ phone }) => phone],
  ['contact.createdAt', ({ createdAt }, { timeZone }) => dayOf(createdAt, timeZone)],
]);
const NULLABLE: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['contact.firstName', ({ firstName }) => firstName],
  ['contact.lastName', ({ lastName }) => lastName],
  ['contact.email', ({ email }) => email],
  ['contact.company', ({ company }) => company],
  ['contact.language', ({ language }) => language],
  ['contact.birthday', ({ birthday }) => birthday],
  ['contact.timeZone', ({ timeZone }) => timeZone],
  ['contact.city', ({ address }) => address.city],
  ['contact.state', ({ address }) => address.state],
  ['contact.postalCode', ({ address }) => address.postalCode],
  ['contact.country', ({ address, derived }) => address.country ?? derived.country],
]);
const VARIABLES: ReadonlyMap<string, (workspace: MergeWorkspace) => Value> = new Map([
  ['workspace.businessName', ({ businessName }: MergeWorkspace) => businessName],
  ['workspace.reviewLink', ({ reviewLink }: MergeWorkspace) => reviewLink],
  ['workspace.bookingLink', ({ bookingLink }: MergeWorkspace) => bookingLink],
]);
const CUSTOM = 'contact.fields.';

const dayOf = (at: Instant, zone: string) => instant(zoneClock(zone).readingAt(epoch(at))).replace(/T.*$/, '');

function customValue(key: string, { fields }: Contact, zone: string): Value {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'string') return value?.toString();
  return Instant.safeParse(value).success ? dayOf(value, zone) : value;
}

function mergedValue(name: string, contact: Contact, workspace: MergeWorkspace): Value {
  const value = name.startsWith(CUSTOM)
    ? customValue(name.slice(CUSTOM.length), contact, workspace.timeZone)
    : ((CERTAIN.get(name) ?? NULLABLE.get(name))?.(contact, workspace) ?? VARIABLES.get(name)?.(workspace));
  return value?.trim() === '' ? undefined : value;
}

/**
 * Everything that keeps a text from being published. Paths are empty: the text itself is at fault.
 *
 * - `MALFORMED_MERGE_FIELD`: `{{` that does not go on as a merge field
 * - `UNKNOWN_MERGE_FIELD`: no such field, or a custom field that is not declared
 * - `MISSING_FALLBACK`: the contact may have no such value, and the text does not say what to put then
 * - `UNSET_VARIABLE`: the workspace has no such value, nor the text a fallback
 */
export function checkTemplate(
  text: string,
  { fieldTypes, workspace }: { fieldTypes: ReadonlyMap<string, FieldType>; workspace: MergeWorkspace },
): Fault[] {
  return parseTemplate(text).flatMap((token): Fault[] => {
    if (token.type === 'text') return [];
    if (token.type === 'malformed') {
      const detail = `the merge field at character ${token.at + 1} ${token.detail}`;
      return [fault('MALFORMED_MERGE_FIELD', detail, 'Write {{contact.firstName | "there"}}.')];
    }
    const { name, fallback } = token;
    const written = `{{${name}}}`;
    if (VARIABLES.has(name)) {
      if (fallback !== undefined || VARIABLES.get(name)?.(workspace)?.trim()) return [];
      return [fault('UNSET_VARIABLE', `${written} is not set`, 'Set it with PUT /v1/settings.')];
    }
    if (CERTAIN.has(name)) return [];
    if (!NULLABLE.has(name) && !(name.startsWith(CUSTOM) && fieldTypes.has(name.slice(CUSTOM.length)))) {
      return [fault('UNKNOWN_MERGE_FIELD', `there is no ${written}`, `Known are ${KNOWN}, and ${CUSTOM}<key>.`)];
    }
    if (fallback !== undefined) return [];
    return [fault('MISSING_FALLBACK', `${written} may be empty`, `Write {{${name} | "…"}}.`)];
  });
}

const KNOWN = [...CERTAIN.keys(), ...NULLABLE.keys(), ...VARIABLES.keys()].join(', ');
const fault = (code: string, detail: string, hint: string): Fault => ({ code, path: [], detail, hint });

/**
 * The text for one contact. What is unknown gives way to its fallback, else to nothing; what is malformed stays as it is
 * (`checkTemplate` finds both before a workflow is published).
 */
export function render(template: string, contact: Contact, workspace: MergeWorkspace): string {
  return parseTemplate(template)
    .map((token) =>
      token.type === 'field' ? (mergedValue(token.name, contact, workspace) ?? token.fallback ?? '') : token.text,
    )
    .join('');
}
