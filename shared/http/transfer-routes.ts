import * as z from 'zod/mini';
import { ExportId, ImportId } from '../domain/id.ts';
import { type Outcome, ok } from '../domain/problem.ts';
import { type Export, type Import, RowOutcome } from '../domain/transfer.ts';
import { readExport, readExports, readImport, readImportRows, readImports } from '../usecases/read-transfers.ts';
import {
  beginImport,
  cancelExport,
  cancelImport,
  downloadLink,
  startExport,
  startImport,
  uploadLink,
} from '../usecases/start-transfer.ts';
import { PageQuery, pageOf } from './page.ts';
import { mapped, type Route, type RoutePorts, route } from './route.ts';
import {
  ExportView,
  exportView,
  ImportView,
  importView,
  NewExport,
  NewImport,
  RowView,
  rowView,
} from './transfer-view.ts';

const MOST_CONTENT_BYTES = 5 * 1024 * 1024;

const ByImport = z.strictObject({ importId: ImportId });
const ByExport = z.strictObject({ exportId: ExportId });

/** An import as an answer: with a fresh address for its file, while it waits for it. */
async function showImport(ports: RoutePorts, outcome: Outcome<Import>) {
  if ('problem' in outcome) return outcome;
  const { ok: shown } = outcome;
  const upload = shown.status === 'WAITING_FOR_FILE' ? await uploadLink(ports, shown) : undefined;
  return ok({ body: importView(shown, upload, ports.clock.now()) });
}

async function showExport(ports: RoutePorts, outcome: Outcome<Export>) {
  if ('problem' in outcome) return outcome;
  const { ok: shown } = outcome;
  return ok({ body: exportView(shown, await downloadLink(ports, shown)) });
}

const importRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/contacts/import',
    scope: 'contacts:write',
    summary: 'Import contacts from a file',
    description:
      'Each row is an upsert by phone: what is empty says nothing, tags are added, and the opt-in source counts only where the contact is new. **An opt-out is never taken back**: a row that says otherwise is taken without it, and says `OPTED_OUT`. A row may opt out. Rows that cannot be taken are refused by themselves.\n\nA CSV is UTF-8 with a header, parted by `,` `;` or tab; several tags in one cell are parted by `;` or `|`. NDJSON is one object per line, shaped as contacts are. Rows have at most 100 kB, files 1 GB. Small files come as `content`; others are put to the address in `upload`, and then begun with `POST /v1/imports/{importId}/start`.',
    tags: ['Imports'],
    input: { body: NewImport },
    status: 201,
    also: { 202: 'It has begun.' },
    answer: ImportView,
    largestBody: MOST_CONTENT_BYTES,
    run: (ports) => {
      const start = startImport(ports);
      return async ({ body, seed, at }) =>
        mapped(await showImport(ports, await start(body, { seed, at })), (answer) => ({
          ...answer,
          location: `/v1/imports/${answer.body.id}`,
          ...(answer.body.status === 'RUNNING' && { status: 202 }),
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/imports',
    scope: 'contacts:read',
    summary: 'List the imports, newest first',
    description: 'Of the last 30 days.',
    tags: ['Imports'],
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(ImportView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = readImports(ports);
      return async ({ query }) => {
        const { items, next } = await list(query);
        const shown = items.map(({ value }) => importView(value, undefined, ports.clock.now()));
        return ok({ body: { items: shown, ...(next !== undefined && { next }) } });
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/imports/{importId}',
    scope: 'contacts:read',
    summary: 'Read how far an import is',
    tags: ['Imports'],
    input: { path: ByImport },
    status: 200,
    answer: ImportView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readImport(ports);
      return async ({ path }) => showImport(ports, await read(path.importId));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/imports/{importId}/rows',
    scope: 'contacts:read',
    summary: 'Read what became of the rows of an import',
    description:
      'In the order of the file. Where few rows are of the outcome that is asked for, a page may be short, or empty, and still have a `next`.',
    tags: ['Imports'],
    input: { path: ByImport, query: z.extend(PageQuery, { outcome: z.optional(RowOutcome) }) },
    status: 200,
    answer: pageOf(RowView),
    refusals: ['NOT_FOUND', 'INVALID_CURSOR'],
    run: (ports) => {
      const read = readImportRows(ports);
      return async ({ path, query }) =>
        mapped(await read(path.importId, query), ({ items, next }) => ({
          body: { items: items.map(rowView), ...(next !== undefined && { next }) },
        }));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/imports/{importId}/start',
    scope: 'contacts:write',
    summary: 'Begin an import whose file was put',
    tags: ['Imports'],
    input: { path: ByImport },
    status: 202,
    answer: ImportView,
    refusals: ['NOT_FOUND', 'FILE_MISSING', 'FILE_TOO_LARGE', 'TRANSFER_ENDED'],
    run: (ports) => {
      const begin = beginImport(ports);
      return async ({ path }) => showImport(ports, await begin(path.importId));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/imports/{importId}/cancel',
    scope: 'contacts:write',
    summary: 'Cancel an import',
    description: 'What was taken until then stays.',
    tags: ['Imports'],
    input: { path: ByImport },
    status: 200,
    answer: ImportView,
    refusals: ['NOT_FOUND', 'TRANSFER_ENDED'],
    run: (ports) => {
      const cancel = cancelImport(ports);
      return async ({ path }) => showImport(ports, await cancel(path.importId));
    },
  }),
];

const exportRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/exports',
    // It tells what may be read anyway.
    scope: 'contacts:read',
    summary: 'Export all contacts or messages into a file',
    description:
      "What is written meanwhile may be in it or not. In a CSV of contacts the columns are named as an import reads them; a text that a spreadsheet would take for a formula begins with `'`, which an import takes off again.",
    tags: ['Exports'],
    input: { body: NewExport },
    status: 202,
    answer: ExportView,
    run: (ports) => {
      const start = startExport(ports);
      return async ({ body, seed, at }) =>
        mapped(await showExport(ports, await start(body, { seed, at })), (answer) => ({
          ...answer,
          location: `/v1/exports/${answer.body.id}`,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/exports',
    scope: 'contacts:read',
    summary: 'List the exports, newest first',
    description: 'Of the last 30 days; each alone says where its file is.',
    tags: ['Exports'],
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(ExportView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = readExports(ports);
      return async ({ query }) => {
        const { items, next } = await list(query);
        const shown = items.map(({ value }) => exportView(value, undefined));
        return ok({ body: { items: shown, ...(next !== undefined && { next }) } });
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/exports/{exportId}',
    scope: 'contacts:read',
    summary: 'Read how far an export is, and where its file is',
    tags: ['Exports'],
    input: { path: ByExport },
    status: 200,
    answer: ExportView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readExport(ports);
      return async ({ path }) => showExport(ports, await read(path.exportId));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/exports/{exportId}/cancel',
    scope: 'contacts:read',
    summary: 'Cancel an export',
    tags: ['Exports'],
    input: { path: ByExport },
    status: 200,
    answer: ExportView,
    refusals: ['NOT_FOUND', 'TRANSFER_ENDED'],
    run: (ports) => {
      const cancel = cancelExport(ports);
      return async ({ path }) => showExport(ports, await cancel(path.exportId));
    },
  }),
];

export const transferRoutes: readonly Route[] = [...importRoutes, ...exportRoutes];
