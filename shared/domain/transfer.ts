import * as z from 'zod/mini';
import { OptInSource, Tag } from './contact.ts';
import { ContactId, ExportId, ImportId } from './id.ts';
import type { Target } from './import-columns.ts';
import { epoch, Instant } from './instant.ts';

export const Format = z.enum(['csv', 'ndjson']);
export type Format = z.infer<typeof Format>;

/** How a row is taken where it does not say otherwise itself. */
export const ImportTerms = z.strictObject({
  mapping: z.record(z.string(), z.string()),
  optIn: z.strictObject({ source: OptInSource, at: z.optional(Instant), evidence: z.optional(z.string()) }),
  consent: z.enum(['unknown', 'optedIn']),
  /** Put on every contact. */
  tags: z.array(Tag),
});
export type ImportTerms = z.infer<typeof ImportTerms>;

const count = z.int();
export const ImportCounts = z.strictObject({
  rows: count,
  created: count,
  updated: count,
  unchanged: count,
  refused: count,
});
export type ImportCounts = z.infer<typeof ImportCounts>;
export const NO_ROWS: ImportCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, refused: 0 };

export const TransferFault = z.strictObject({
  code: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
  detail: z.string(),
});
export type TransferFault = z.infer<typeof TransferFault>;

const Columns = z.strictObject({
  delimiter: z.string(),
  /** What each column is read as; null: ignored. */
  layout: z.array(z.nullable(z.custom<Target>((target) => typeof target === 'string'))),
});

const asked = {
  id: ImportId,
  format: Format,
  terms: ImportTerms,
  createdAt: Instant,
};
/** How far it has come: the rows before byte `bytesRead` are done. */
const started = {
  ...asked,
  startedAt: Instant,
  bytesTotal: count,
  bytesRead: count,
  counts: ImportCounts,
  /** Of a CSV, once its header was read. */
  columns: z.optional(Columns),
  /** The first of them: there may be more than anyone reads. */
  ignoredColumns: z.array(z.string()),
};
const ended = { ...started, endedAt: Instant };

export const RunningImport = z.strictObject({ ...started, status: z.literal('RUNNING') });
export type RunningImport = z.infer<typeof RunningImport>;

/** Contacts on their way in. Whatever ends it, what was taken until then stays. */
export const Import = z.discriminatedUnion('status', [
  z.strictObject({ ...asked, status: z.literal('WAITING_FOR_FILE') }),
  RunningImport,
  z.strictObject({ ...ended, status: z.literal('DONE') }),
  z.strictObject({ ...ended, status: z.literal('FAILED'), faults: z.array(TransferFault) }),
  z.strictObject({ ...asked, status: z.literal('CANCELLED'), endedAt: Instant, started: z.optional(RunningImport) }),
]);
export type Import = z.infer<typeof Import>;

export const RowOutcome = z.enum(['CREATED', 'UPDATED', 'UNCHANGED', 'REFUSED']);
export type RowOutcome = z.infer<typeof RowOutcome>;

/** What became of a row: never what stood in it. One that was taken may have faults too: of what was left out. */
export const RowResult = z.strictObject({
  /** From 1, the first below the header. */
  row: count,
  outcome: RowOutcome,
  contactId: z.optional(ContactId),
  faults: z.optional(z.array(TransferFault)),
});
export type RowResult = z.infer<typeof RowResult>;

/** When it will have ended, if it goes on as it has gone. */
export const estimatedEnd = ({ startedAt, bytesRead, bytesTotal }: RunningImport, now: number): number | undefined =>
  bytesRead === 0 ? undefined : now + ((now - epoch(startedAt)) / bytesRead) * Math.max(0, bytesTotal - bytesRead);

export const ExportKind = z.enum(['contacts', 'messages']);
export type ExportKind = z.infer<typeof ExportKind>;

const exporting = {
  id: ExportId,
  kind: ExportKind,
  format: Format,
  createdAt: Instant,
  rows: count,
  bytes: count,
};

export const RunningExport = z.strictObject({
  ...exporting,
  status: z.literal('RUNNING'),
  /** The custom fields that are columns, once it has begun: the same for every row. */
  fields: z.optional(z.array(z.string())),
  /** Of the list of contacts; none: from its beginning. */
  cursor: z.optional(z.string()),
  /** The file that is being put together, part by part, by what the store of files calls it. */
  upload: z.optional(z.string()),
  parts: z.array(z.string()),
  /** Where lies what was too little for a part. */
  tail: z.optional(z.string()),
  /** All is written, and only to be put together. */
  isWhole: z.optional(z.literal(true)),
});
export type RunningExport = z.infer<typeof RunningExport>;

/** Contacts or messages on their way out, into one file. */
export const Export = z.discriminatedUnion('status', [
  RunningExport,
  z.strictObject({ ...exporting, status: z.literal('DONE'), endedAt: Instant }),
  z.strictObject({
    ...exporting,
    status: z.literal('CANCELLED'),
    endedAt: Instant,
    /** What there is to clear away. */
    upload: z.optional(z.string()),
    tail: z.optional(z.string()),
  }),
]);
export type Export = z.infer<typeof Export>;
