import * as z from 'zod/mini';
import { AnyInstant } from '../domain/any-instant.ts';
import { OptInSource, Tag } from '../domain/contact.ts';
import { ContactId, ExportId, ImportId } from '../domain/id.ts';
import { Instant, instant } from '../domain/instant.ts';
import {
  type Export,
  ExportKind,
  estimatedEnd,
  Format,
  type Import,
  ImportCounts,
  NO_ROWS,
  RowOutcome,
  type RowResult,
  type TransferFault,
} from '../domain/transfer.ts';
import type { Link } from '../ports.ts';

const words = (longest: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(longest));

/** Far more than a spreadsheet has columns that anyone would map. */
const MOST_MAPPED = 300;

export const NewImport = z.strictObject({
  format: Format,
  mapping: z
    .prefault(
      z
        .record(words(200), words(60))
        .check(
          z.refine((mapping) => Object.keys(mapping).length <= MOST_MAPPED, `maps more than ${MOST_MAPPED} columns`),
        ),
      {},
    )
    .check(
      z.meta({
        description:
          'What columns are read as, by their name in the header (of NDJSON: the dotted name of the value). Columns named like a target need no mapping, whatever their case, spaces, `_` and `-`. Targets are `phone`, `firstName`, `lastName`, `email`, `company`, `language`, `birthday`, `timeZone`, `address.country`, `address.state`, `address.city`, `address.postalCode`, `address.coordinates.latitude`, `address.coordinates.longitude`, `tags`, `optIn.source`, `optIn.at`, `consent.status`, `consent.source`, `consent.at`, `consent.evidence` and `fields.<key>` for each custom field.',
        example: { 'Cell #': 'phone', Plan: 'fields.plan' },
      }),
    ),
  optIn: z
    .prefault(
      z.strictObject({
        source: z._default(OptInSource, 'import'),
        at: z.optional(AnyInstant),
        evidence: z
          .optional(words(500))
          .check(z.meta({ description: 'What proves the opt-ins of the file: the address of a form …' })),
      }),
      {},
    )
    .check(z.meta({ description: 'How contacts that are new came to be, where their row does not say.' })),
  consent: z
    ._default(z.enum(['unknown', 'optedIn']), 'unknown')
    .check(
      z.meta({ description: 'Of rows that do not say themselves. `optedIn` wants `optIn.evidence`. Opt-outs stay.' }),
    ),
  tags: z
    .prefault(z.array(Tag).check(z.maxLength(50)), [])
    .check(z.meta({ description: 'Put on every contact, besides those of its row.' })),
  content: z
    .optional(z.string())
    .check(z.meta({ description: 'The file itself, where the whole request has at most 5 MB: it begins at once.' })),
});

const LinkView = z.object({
  method: z.enum(['PUT', 'GET']),
  url: z.string(),
  headers: z.record(z.string(), z.string()).check(z.meta({ description: 'To be sent along.' })),
  expiresAt: Instant,
});

const FaultView = z.object({ code: z.string(), path: z.string(), detail: z.string() });

export const ImportView = z
  .object({
    id: ImportId,
    format: Format,
    status: z.enum(['WAITING_FOR_FILE', 'RUNNING', 'DONE', 'CANCELLED', 'FAILED']),
    counts: ImportCounts,
    bytesRead: z.int(),
    bytesTotal: z.optional(z.int()),
    ignoredColumns: z
      .array(z.string())
      .check(z.meta({ description: 'Columns that nothing is read from: the first hundred.' })),
    createdAt: Instant,
    startedAt: z.optional(Instant),
    estimatedEndAt: z.optional(Instant),
    endedAt: z.optional(Instant),
    faults: z.array(FaultView).check(z.meta({ description: 'Why the file as a whole could not be read.' })),
    upload: z
      .optional(LinkView)
      .check(z.meta({ description: 'Where the file is to be put, while the import waits for it.' })),
  })
  .check(z.meta({ id: 'Import' }));

export function importView(shown: Import, upload: Link | undefined, now: number) {
  const started =
    shown.status === 'CANCELLED' ? shown.started : shown.status === 'WAITING_FOR_FILE' ? undefined : shown;
  const estimated = shown.status === 'RUNNING' ? estimatedEnd(shown, now) : undefined;
  const { id, format, status, createdAt } = shown;
  return {
    ...{ id, format, status, createdAt },
    counts: started?.counts ?? NO_ROWS,
    bytesRead: started?.bytesRead ?? 0,
    ...(started && { bytesTotal: started.bytesTotal, startedAt: started.startedAt }),
    ignoredColumns: started?.ignoredColumns ?? [],
    ...(estimated !== undefined && { estimatedEndAt: instant(estimated) }),
    ...('endedAt' in shown && { endedAt: shown.endedAt }),
    faults: shown.status === 'FAILED' ? shown.faults.map(faultView) : [],
    ...(upload && { upload: linkView('PUT', upload) }),
  };
}

const faultView = ({ code, path, detail }: TransferFault) => ({ code, path: path.join('.'), detail });

const linkView = (method: 'PUT' | 'GET', { url, headers, expiresAt }: Link) => ({
  ...{ method, url, headers },
  expiresAt: instant(expiresAt),
});

export const RowView = z
  .object({
    row: z.int().check(z.meta({ description: 'From 1, the first below the header.' })),
    outcome: RowOutcome,
    contactId: z.optional(ContactId),
    faults: z.array(FaultView).check(
      z.meta({
        description:
          'Why it was refused, by what its columns are read as. `OPTED_OUT` on a row that was taken: the opt-in was not.',
      }),
    ),
  })
  .check(z.meta({ id: 'ImportRow' }));

export const rowView = ({ faults = [], ...row }: RowResult) => ({ ...row, faults: faults.map(faultView) });

export const NewExport = z.strictObject({ kind: ExportKind, format: Format });

export const ExportView = z
  .object({
    id: ExportId,
    kind: ExportKind,
    format: Format,
    status: z.enum(['RUNNING', 'DONE', 'CANCELLED']),
    counts: z.object({ rows: z.int() }),
    createdAt: Instant,
    endedAt: z.optional(Instant),
    download: z
      .optional(z.extend(LinkView, { bytes: z.int() }))
      .check(z.meta({ description: 'Where the file is, once it is there. It is kept for a week.' })),
  })
  .check(z.meta({ id: 'Export' }));

export function exportView(shown: Export, download: Link | undefined) {
  const { id, kind, format, status, rows, bytes, createdAt } = shown;
  return {
    ...{ id, kind, format, status, createdAt, counts: { rows } },
    ...(shown.status !== 'RUNNING' && { endedAt: shown.endedAt }),
    ...(download && { download: { ...linkView('GET', download), bytes } }),
  };
}
