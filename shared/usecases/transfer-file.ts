import type { ExportId, ImportId } from '../domain/id.ts';
import type { Format } from '../domain/transfer.ts';

/** How long a call works on a transfer before it leaves the rest to the next. */
export const CALL_MS = 15_000;

/** After which the store of files forgets them. */
export const KEPT_MS = 7 * 86_400_000;

export const LARGEST_FILE_BYTES = 1024 ** 3;

export const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
};

export const importFile = ({ id, format }: { readonly id: ImportId; readonly format: Format }): string =>
  `imports/${id}.${format}`;

export const exportFile = ({ id, format }: { readonly id: ExportId; readonly format: Format }): string =>
  `exports/${id}.${format}`;
