import { cellsOf, delimiterOf, plainText } from '../domain/csv.ts';
import { layoutOf, type Mapping, type Reading, readingOf, type Target } from '../domain/import-columns.ts';
import { readRow } from '../domain/import-row.ts';
import type { Fault } from '../domain/problem.ts';
import { type FileRecord, LARGEST_RECORD_BYTES, recordsOf } from '../domain/records.ts';
import type { RunningImport } from '../domain/transfer.ts';
import type { Files } from '../ports.ts';
import type { FieldTypes } from './contact-input.ts';
import type { FileRow } from './import-page.ts';

/** A page of a file, and the byte behind it. */
export interface FilePage {
  readonly records: readonly FileRecord[];
  readonly end: number;
}

const DELIMITERS = ',;\t';
const MOST_COLUMNS = 500;
const MOST_IGNORED = 100;
const LONGEST_NAME = 100;

const fileFault = (code: string, detail: string): { readonly faults: readonly Fault[] } => ({
  faults: [{ code, path: [], detail }],
});

/** Reads the header of a CSV: what begins behind it is rows. */
export async function readHeader(
  files: Pick<Files, 'read'>,
  name: string,
  mapping: Mapping,
  types: FieldTypes,
): Promise<
  | { readonly faults: readonly Fault[] }
  | (Required<Pick<RunningImport, 'bytesRead' | 'ignoredColumns'>> & { readonly columns: RunningImport['columns'] })
> {
  for await (const { bytes, end } of recordsOf(files.read(name, 0), {
    start: 0,
    quoting: { delimiters: DELIMITERS },
  })) {
    const text = bytes && textOf(bytes);
    if (text === undefined) return fileFault('NOT_TEXT', 'the first line is no header in UTF-8');
    const delimiter = delimiterOf(text);
    const names = cellsOf(text, delimiter).map((cell) => plainText(cell.trim()));
    if (names.length > MOST_COLUMNS) return fileFault('TOO_MANY_COLUMNS', `there are more than ${MOST_COLUMNS}`);
    const read = layoutOf(names, mapping, types);
    if ('faults' in read) return read;
    const ignored = names.filter((name, at) => name !== '' && read.layout[at] === null);
    return {
      bytesRead: end,
      columns: { delimiter, layout: [...read.layout] },
      ignoredColumns: ignored.slice(0, MOST_IGNORED).map(shortened),
    };
  }
  return fileFault('EMPTY_FILE', 'there is no header');
}

/** The file from where the import has come to, in pages of at most so many rows. */
export async function* pagesOf(
  files: Pick<Files, 'read'>,
  name: string,
  { bytesRead, columns }: RunningImport,
  rows: number,
): AsyncGenerator<FilePage> {
  const quoting = columns && { delimiters: columns.delimiter };
  let records: FileRecord[] = [];
  for await (const record of recordsOf(files.read(name, bytesRead), { start: bytesRead, quoting })) {
    records.push(record);
    if (records.length < rows) continue;
    yield { records, end: record.end };
    records = [];
  }
  const last = records.at(-1);
  if (last) yield { records, end: last.end };
}

/** Reads rows by the import's columns; names the columns of NDJSON that nothing is read from. */
export function rowReader({ columns, terms }: RunningImport, types: FieldTypes) {
  const known = new Map<string, Reading | null>();
  const ignored = new Set<string>();

  function readingFor(column: string): Reading | null {
    const before = known.get(column);
    if (before !== undefined) return before;
    const reading = readingOf(column, terms.mapping, types) ?? null;
    if (known.size < MOST_COLUMNS) known.set(column, reading);
    if (!reading && ignored.size < MOST_IGNORED) ignored.add(shortened(column));
    return reading;
  }

  function valuesOf(text: string): ReadonlyMap<Target, unknown> | { readonly faults: readonly Fault[] } {
    if (columns) {
      const cells = cellsOf(text, columns.delimiter);
      if (cells.length > columns.layout.length) return fileFault('TOO_MANY_CELLS', 'has more cells than the header');
      return new Map(columns.layout.flatMap((target, at) => (target ? [[target, plainText(cells[at] ?? '')]] : [])));
    }
    const leaves = leavesIn(text);
    if (!leaves) return fileFault('NOT_JSON', 'is no JSON object');
    const chosen = new Map<Target, { readonly rank: number; readonly value: unknown }>();
    for (const [column, value] of leaves) {
      const reading = readingFor(column);
      const other = reading && chosen.get(reading.target);
      if (reading && !(other && other.rank <= reading.rank)) chosen.set(reading.target, { rank: reading.rank, value });
    }
    return new Map([...chosen].map(([target, { value }]) => [target, value]));
  }

  return {
    ignored,
    read: ({ bytes }: FileRecord, number: number): FileRow => {
      if (!bytes) return { number, said: TOO_LARGE };
      const text = textOf(bytes);
      if (text === undefined) return { number, said: fileFault('INVALID_TEXT', 'is no text in UTF-8') };
      const values = valuesOf(text);
      return { number, said: 'faults' in values ? values : readRow(values, types) };
    },
  };
}

const TOO_LARGE = fileFault(
  'ROW_TOO_LARGE',
  `has more than ${LARGEST_RECORD_BYTES} bytes, or a quotation mark that is not closed`,
);

const shortened = (name: string): string => name.slice(0, LONGEST_NAME).toWellFormed();

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Text without NUL, which no text has and files of other kinds do. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

const DEEPEST = 3;

/** The values of an object by their dotted names ("address.city"); lists are values. */
function leavesIn(text: string): readonly (readonly [string, unknown])[] | undefined {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Half a surrogate pair, which JSON can spell and UTF-8 cannot.
  if (!isObject(root) || (text.includes('\\u') && !isWellFormed(root))) return undefined;
  const flat = (object: object, prefix: string, depth: number): (readonly [string, unknown])[] =>
    Object.entries(object).flatMap(([key, value]: [string, unknown]) =>
      isObject(value) && depth < DEEPEST
        ? flat(value, `${prefix}${key}.`, depth + 1)
        : [[`${prefix}${key}`, value] as const],
    );
  return flat(root, '', 1);
}

const isWellFormed = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.isWellFormed()
    : typeof value !== 'object' || value === null || Object.values(value).every(isWellFormed);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
