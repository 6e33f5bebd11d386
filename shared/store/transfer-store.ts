import * as z from 'zod/mini';
import { type ExportId, ImportId } from '../domain/id.ts';
import { epoch, Instant } from '../domain/instant.ts';
import { Export, Import, RowResult } from '../domain/transfer.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind, type Listed, list, listIndex } from './stored.ts';

const REMEMBERED_SECONDS = 30 * 86_400;
const expiresAt = ({ createdAt }: { readonly createdAt: Instant }) =>
  Math.floor(epoch(createdAt) / 1000) + REMEMBERED_SECONDS;

/** Packed: its mapping has names of columns for keys, which may be any. */
export const imports: Kind<Import> = {
  type: 'import',
  packed: true,
  parse: (data) => Import.parse(data),
  key: ({ id }) => keys.import(id),
  index: ({ id }) => ({ pk: keys.importsIndex, sk: id }),
  expiresAt,
};

/** What became of some hundred rows: an item for each of a million would cost a million writes. */
const ImportRows = z.strictObject({
  importId: ImportId,
  /** Of the import. */
  createdAt: Instant,
  first: z.int(),
  results: z.array(RowResult),
});
export type ImportRows = z.infer<typeof ImportRows>;
export const importRows: Kind<ImportRows> = {
  type: 'import-rows',
  packed: true,
  parse: (data) => ImportRows.parse(data),
  key: ({ importId, first }) => keys.importRows(importId, first),
  expiresAt,
};

export const exports: Kind<Export> = {
  type: 'export',
  parse: (data) => Export.parse(data),
  key: ({ id }) => keys.export(id),
  index: ({ id }) => ({ pk: keys.exportsIndex, sk: id }),
  expiresAt,
};

export const getImport = (table: Table, id: ImportId) => get(table, imports, keys.import(id));
export const getExport = (table: Table, id: ExportId) => get(table, exports, keys.export(id));

interface PageAsked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Newest first. */
export const listImports = (table: Table, page: PageAsked): Promise<Listed<Import>> =>
  listIndex(table, imports, { pk: keys.importsIndex, order: 'descending', ...page });
/** Newest first. */
export const listExports = (table: Table, page: PageAsked): Promise<Listed<Export>> =>
  listIndex(table, exports, { pk: keys.exportsIndex, order: 'descending', ...page });

export const listImportRows = (table: Table, id: ImportId, page: PageAsked): Promise<Listed<ImportRows>> =>
  list(table, importRows, { pk: keys.import(id).pk, prefix: keys.importRowsPrefix, ...page });
