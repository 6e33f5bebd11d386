import { cursorOf, InvalidCursor, positionOf } from '../domain/cursor.ts';
import type { ExportId, ImportId } from '../domain/id.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Export, Import, RowOutcome, RowResult } from '../domain/transfer.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getExport, getImport, listExports, listImportRows, listImports } from '../store/transfer-store.ts';
import type { PageAsked } from './read-contacts.ts';

type Reading = Pick<Ports, 'table'>;

export const readImport =
  ({ table }: Reading) =>
  async (id: ImportId): Promise<Outcome<Import>> => {
    const stored = await getImport(table, id);
    return stored ? ok(stored.value) : refuse('NOT_FOUND', `There is no import ${id}.`);
  };

export const readExport =
  ({ table }: Reading) =>
  async (id: ExportId): Promise<Outcome<Export>> => {
    const stored = await getExport(table, id);
    return stored ? ok(stored.value) : refuse('NOT_FOUND', `There is no export ${id}.`);
  };

/** Newest first. */
export const readImports =
  ({ table }: Reading) =>
  (page: PageAsked) =>
    listImports(table, page);

/** Newest first. */
export const readExports =
  ({ table }: Reading) =>
  (page: PageAsked) =>
    listExports(table, page);

/** Of some hundred rows each. */
const ITEMS_PER_READ = 8;
const MOST_READS = 5;

interface RowsPage {
  readonly items: readonly RowResult[];
  readonly next?: string;
}

/**
 * What became of an import's rows, in the order of the file. Where few of many are of the outcome that is asked for, a
 * page may be short, or empty, and yet not the last.
 */
export const readImportRows =
  ({ table }: Reading) =>
  async (
    id: ImportId,
    { outcome, limit, cursor }: PageAsked & { outcome?: RowOutcome | undefined },
  ): Promise<Outcome<RowsPage>> => {
    const { pk } = keys.import(id);
    // The item before the one to go on in, and the last row that was given.
    const [, before = BEGINNING, given = '0'] = positionOf({ pk, cursor }, 3) ?? [];
    if (!/^\d{1,9}$/.test(given) || !before.startsWith(keys.importRowsPrefix)) throw new InvalidCursor('no such row');
    if (!(await getImport(table, id))) return refuse('NOT_FOUND', `There is no import ${id}.`);
    const items: RowResult[] = [];
    let place = before;
    let row = Number(given);
    for (let reads = 0; reads < MOST_READS; reads += 1) {
      const page = await listImportRows(table, id, { limit: ITEMS_PER_READ, cursor: cursorOf([pk, place]) });
      for (const { value } of page.items) {
        for (const result of value.results) {
          if (result.row <= row || (outcome !== undefined && result.outcome !== outcome)) continue;
          if (items.length === limit) return ok({ items, next: cursorOf([pk, place, String(row)]) });
          items.push(result);
          row = result.row;
        }
        place = keys.importRows(id, value.first).sk;
      }
      if (page.next === undefined) return ok({ items });
    }
    return ok({ items, next: cursorOf([pk, place, String(row)]) });
  };

const BEGINNING = keys.importRowsPrefix;
