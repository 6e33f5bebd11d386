import { FieldKey } from './contact.ts';
import type { FieldType } from './custom-field.ts';
import type { Fault } from './problem.ts';

const TARGETS = [
  'phone',
  'firstName',
  'lastName',
  'email',
  'company',
  'language',
  'birthday',
  'timeZone',
  'address.country',
  'address.state',
  'address.city',
  'address.postalCode',
  'address.coordinates.latitude',
  'address.coordinates.longitude',
  'tags',
  'optIn.source',
  'optIn.at',
  'consent.status',
  'consent.source',
  'consent.at',
  'consent.evidence',
] as const;

/** What a column may be read as: something of a contact, or one of its custom fields. */
export type Target = (typeof TARGETS)[number] | `fields.${string}`;

const folded = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');
const NAMED: ReadonlyMap<string, Target> = new Map(TARGETS.map((target) => [folded(target), target]));
/** Names that other programs give. A target's own name goes before them. */
const ALSO_NAMED: ReadonlyMap<string, Target> = new Map([
  ['mobile', 'phone'],
  ['mobilephone', 'phone'],
  ['mobilenumber', 'phone'],
  ['phonenumber', 'phone'],
  ['emailaddress', 'email'],
  ['country', 'address.country'],
  ['state', 'address.state'],
  ['city', 'address.city'],
  ['postalcode', 'address.postalCode'],
  ['zip', 'address.postalCode'],
  ['zipcode', 'address.postalCode'],
]);

type Types = ReadonlyMap<string, FieldType>;

/** What a name says it is; of custom fields only declared ones are known. */
export function targetOf(name: string, types: Types): Target | undefined {
  const known = TARGETS.find((target) => target === name);
  if (known) return known;
  const key = FieldKey.safeParse(name.startsWith('fields.') ? name.slice('fields.'.length) : '');
  return key.success && types.has(key.data) ? `fields.${key.data}` : undefined;
}

export type Mapping = Readonly<Record<string, string>>;

/** What is wrong with a mapping, whatever the file is. */
export function mappingFaults(mapping: Mapping, types: Types): readonly Fault[] {
  const seen = new Set<string>();
  return Object.entries(mapping).flatMap(([column, name]) => {
    const path = ['mapping', column];
    const isRepeated = seen.has(name);
    seen.add(name);
    if (!targetOf(name, types)) {
      return name.startsWith('fields.')
        ? [{ code: 'UNKNOWN_FIELD', path, detail: 'is not a declared custom field', hint: 'POST /v1/custom-fields' }]
        : [{ code: 'INVALID_VALUE', path, detail: 'is nothing a column can be', hint: `one of ${HINT}` }];
    }
    return isRepeated ? [{ code: 'DUPLICATE', path, detail: 'is what another column is mapped to' }] : [];
  });
}
const HINT = [...TARGETS, 'fields.<key>'].join(', ');

/** What the mapping says goes before a target's own name, and that before what others call it. */
export interface Reading {
  readonly target: Target;
  readonly rank: 0 | 1 | 2;
}

export function readingOf(column: string, mapping: Mapping, types: Types): Reading | undefined {
  const mapped = Object.hasOwn(mapping, column) ? targetOf(mapping[column] ?? '', types) : undefined;
  if (mapped) return { target: mapped, rank: 0 };
  const own = NAMED.get(folded(column)) ?? targetOf(column.trim().toLowerCase(), types);
  if (own) return { target: own, rank: 1 };
  const other = ALSO_NAMED.get(folded(column));
  return other && { target: other, rank: 2 };
}

/** How each column of a file is read; `null`: it is ignored. */
export type Layout = readonly (Target | null)[];

/** Reads a header. */
export function layoutOf(
  columns: readonly string[],
  mapping: Mapping,
  types: Types,
): { readonly layout: Layout } | { readonly faults: readonly Fault[] } {
  const repeated = columns.filter((name, at) => name !== '' && columns.indexOf(name) !== at);
  const missing = Object.keys(mapping).filter((name) => !columns.includes(name));
  const faults: Fault[] = [
    ...repeated.map((name) => ({ code: 'DUPLICATE_COLUMN', path: [name], detail: 'stands in the header twice' })),
    ...missing.map((name) => ({
      code: 'COLUMN_NOT_FOUND',
      path: ['mapping', name],
      detail: 'is no column of the file',
    })),
  ];
  const chosen = new Map<Target, { readonly rank: number; readonly column: string }>();
  const readings = columns.map((column) => readingOf(column, mapping, types));
  for (const [at, reading] of readings.entries()) {
    const column = columns[at] ?? '';
    const other = reading && chosen.get(reading.target);
    if (!reading || (other && other.rank < reading.rank)) continue;
    if (other?.rank === reading.rank && other.column !== column) {
      const detail = `is read as ${reading.target}, and so is another column`;
      faults.push({
        code: 'DUPLICATE_TARGET',
        path: [column],
        detail,
        hint: 'say by a mapping which of them is meant',
      });
    }
    chosen.set(reading.target, { rank: reading.rank, column });
  }
  if (!chosen.has('phone')) {
    const hint = 'name a column phone, or map one to it';
    faults.push({ code: 'NO_PHONE_COLUMN', path: ['phone'], detail: 'is read from no column', hint });
  }
  if (faults.length > 0) return { faults };
  return {
    layout: readings.map((reading, at) =>
      reading && chosen.get(reading.target)?.column === columns[at] ? reading.target : null,
    ),
  };
}
