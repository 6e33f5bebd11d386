import { ExportId, ImportId } from '../domain/id.ts';
import { type Mapping, mappingFaults } from '../domain/import-columns.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import { type Fault, type Outcome, ok, refuse } from '../domain/problem.ts';
import {
  type Export,
  type ExportKind,
  type Format,
  type Import,
  type ImportTerms,
  NO_ROWS,
} from '../domain/transfer.ts';
import type { Ports } from '../ports.ts';
import { commit, contend, edit, fresh, put, type Stored } from '../store/stored.ts';
import { exports, getExport, getImport, imports } from '../store/transfer-store.ts';
import { fieldTypes } from '../store/workspace-store.ts';
import { futureFaults } from './contact-input.ts';
import { type Effect, ulidOf } from './effect-id.ts';
import { CONTENT_TYPE, exportFile, importFile, KEPT_MS, LARGEST_FILE_BYTES } from './transfer-file.ts';

// An import or export is an item; that there is work to do follows from its change.

export interface ImportAsked {
  readonly format: Format;
  readonly mapping: Mapping;
  readonly optIn: ImportTerms['optIn'];
  readonly consent: ImportTerms['consent'];
  readonly tags: readonly string[];
  /** The file itself, where it is small. */
  readonly content?: string | undefined;
}

type Starting = Pick<Ports, 'table' | 'clock' | 'files'>;

/** Without its content an import waits for its file. */
export const startImport =
  ({ table, clock, files }: Starting) =>
  async ({ content, ...asked }: ImportAsked, effect: Effect): Promise<Outcome<Import>> => {
    const faults: Fault[] = [
      ...mappingFaults(asked.mapping, await fieldTypes(table)),
      ...futureFaults(asked.optIn.at, ['optIn', 'at'], clock.now()),
      ...(asked.consent === 'optedIn' && asked.optIn.evidence === undefined ? [NO_EVIDENCE] : []),
    ];
    if (faults.length > 0) return refuse('INVALID_INPUT', 'The import cannot be made so.', faults);
    const id = ImportId.parse(`imp_${ulidOf(effect)}`);
    const known = await getImport(table, id);
    if (known) return ok(known.value);

    const { format, tags, ...terms } = asked;
    const createdAt = instant(effect.at);
    const waiting = { id, format, terms: { ...terms, tags: [...tags] }, createdAt };
    const bytes = content === undefined ? undefined : Buffer.from(content);
    if (bytes) await files.put(importFile(waiting), bytes, CONTENT_TYPE[format]);
    const made: Import = bytes ? running(waiting, bytes.length, createdAt) : { ...waiting, status: 'WAITING_FOR_FILE' };
    // Lost: a repetition was faster with the same.
    await commit(table, put(imports, fresh(made)));
    return ok(made);
  };

const NO_EVIDENCE: Fault = {
  code: 'REQUIRED',
  path: ['optIn', 'evidence'],
  detail: 'is missing',
  hint: 'what proves that these people have opted in: the address of the form, the name of the list …',
};

const running = (
  { id, format, terms, createdAt }: Pick<Import, 'id' | 'format' | 'terms' | 'createdAt'>,
  bytesTotal: number,
  startedAt: Instant,
): Import => ({
  ...{ id, format, terms, createdAt, startedAt, bytesTotal },
  ...{ status: 'RUNNING', bytesRead: 0, counts: NO_ROWS, ignoredColumns: [] },
});

/** Begins with the file that was put. Told again, it answers how far the import is. */
export const beginImport =
  ({ table, clock, files }: Starting) =>
  (id: ImportId): Promise<Outcome<Import>> =>
    contend(`beginning ${id}`, async (): Promise<Outcome<Import> | undefined> => {
      const stored = await getImport(table, id);
      if (!stored) return refuse('NOT_FOUND', `There is no import ${id}.`);
      if (stored.value.status === 'CANCELLED') return refuse('TRANSFER_ENDED', 'The import was cancelled.');
      if (stored.value.status !== 'WAITING_FOR_FILE') return ok(stored.value);
      const size = await files.size(importFile(stored.value));
      if (size === undefined) return refuse('FILE_MISSING', 'PUT the file to the address in `upload` first.');
      if (size > LARGEST_FILE_BYTES)
        return refuse('FILE_TOO_LARGE', `The file has ${size} bytes; at most ${LARGEST_FILE_BYTES} are taken.`);
      const begun = running(stored.value, size, instant(clock.now()));
      return (await commit(table, put(imports, edit(stored, begun)))) ? ok(begun) : undefined;
    });

/** What was taken until then stays. */
export const cancelImport =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  (id: ImportId): Promise<Outcome<Import>> =>
    contend(`cancelling ${id}`, async (): Promise<Outcome<Import> | undefined> => {
      const stored = await getImport(table, id);
      if (!stored) return refuse('NOT_FOUND', `There is no import ${id}.`);
      const { value } = stored;
      if (value.status === 'CANCELLED') return ok(value);
      if (value.status === 'DONE' || value.status === 'FAILED')
        return refuse('TRANSFER_ENDED', 'The import has ended.');
      const { format, terms, createdAt } = value;
      const cancelled: Import = {
        ...{ id, format, terms, createdAt, status: 'CANCELLED', endedAt: instant(clock.now()) },
        ...(value.status === 'RUNNING' && { started: value }),
      };
      return (await commit(table, put(imports, edit(stored, cancelled)))) ? ok(cancelled) : undefined;
    });

export const startExport =
  ({ table }: Pick<Ports, 'table'>) =>
  async ({ kind, format }: { kind: ExportKind; format: Format }, effect: Effect): Promise<Outcome<Export>> => {
    const id = ExportId.parse(`exp_${ulidOf(effect)}`);
    const known = await getExport(table, id);
    if (known) return ok(known.value);
    const made: Export = {
      ...{ id, kind, format, createdAt: instant(effect.at) },
      ...{ status: 'RUNNING', rows: 0, bytes: 0, parts: [] },
    };
    await commit(table, put(exports, fresh(made)));
    return ok(made);
  };

export const cancelExport =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  (id: ExportId): Promise<Outcome<Export>> =>
    contend(`cancelling ${id}`, async (): Promise<Outcome<Export> | undefined> => {
      const stored: Stored<Export> | undefined = await getExport(table, id);
      if (!stored) return refuse('NOT_FOUND', `There is no export ${id}.`);
      const { value } = stored;
      if (value.status === 'CANCELLED') return ok(value);
      if (value.status === 'DONE') return refuse('TRANSFER_ENDED', 'The export has ended.');
      const { kind, format, createdAt, rows, bytes, upload, tail } = value;
      const cancelled: Export = {
        ...{ id, kind, format, createdAt, rows, bytes, upload, tail },
        ...{ status: 'CANCELLED', endedAt: instant(clock.now()) },
      };
      return (await commit(table, put(exports, edit(stored, cancelled)))) ? ok(cancelled) : undefined;
    });

/** Where to put an import's file, while it waits for it. */
export const uploadLink = ({ files }: Pick<Ports, 'files'>, waiting: Import) =>
  files.uploadLink(importFile(waiting), CONTENT_TYPE[waiting.format]);

/** Where to get an export's file, while it is kept. */
export const downloadLink = async ({ files, clock }: Pick<Ports, 'files' | 'clock'>, shown: Export) =>
  shown.status === 'DONE' && clock.now() < epoch(shown.endedAt) + KEPT_MS
    ? files.downloadLink(exportFile(shown), `${shown.kind}-${shown.createdAt.slice(0, 10)}.${shown.format}`)
    : undefined;
