import { describe, expect, test } from 'vitest';
import { ExportId, ImportId } from '../../shared/domain/id.ts';
import { Export, estimatedEnd, Import, RowResult, RunningImport } from '../../shared/domain/transfer.ts';
import { at, contact, NOW } from '../support/filters.ts';

const asked = {
  id: ImportId.parse(`imp_${'0'.repeat(26)}`),
  format: 'csv',
  terms: {
    mapping: { Mobile: 'phone' },
    optIn: { source: 'import', at: at(NOW), evidence: 'list' },
    consent: 'unknown',
    tags: ['lead'],
  },
  createdAt: at(NOW),
};
const started = {
  ...asked,
  startedAt: at(NOW),
  bytesTotal: 400,
  bytesRead: 100,
  counts: { rows: 4, created: 1, updated: 1, unchanged: 1, refused: 1 },
  columns: { delimiter: ',', layout: ['phone', null] },
  ignoredColumns: ['Colour'],
};
const running = { ...started, status: 'RUNNING' };
const fault = { code: 'DUPLICATE_COLUMN', path: ['a', 0], detail: 'stands in the header twice' };
const exporting = {
  id: ExportId.parse(`exp_${'0'.repeat(26)}`),
  kind: 'contacts',
  format: 'ndjson',
  createdAt: at(NOW),
  rows: 3,
  bytes: 100,
};

describe('an import', () => {
  test.each([
    { ...asked, status: 'WAITING_FOR_FILE' },
    { ...asked, status: 'WAITING_FOR_FILE', terms: { ...asked.terms, consent: 'optedIn' } },
    running,
    { ...started, status: 'DONE', endedAt: at(NOW) },
    { ...started, status: 'FAILED', endedAt: at(NOW), faults: [fault] },
    { ...asked, status: 'CANCELLED', endedAt: at(NOW) },
    { ...asked, status: 'CANCELLED', endedAt: at(NOW), started: running },
  ])('is read as it was written: $status', (written) => {
    expect(Import.parse(written)).toEqual(written);
    expect(Import.safeParse({ ...written, more: 1 }).success).toBe(false);
  });

  test.each([
    ['before its first byte is unknown', { bytesRead: 0 }, undefined],
    ['a quarter through, after as much three times again', {}, NOW + 4000],
    ['with all read, now', { bytesRead: 400 }, NOW + 1000],
    ['of a file that was longer than told, now', { bytesRead: 500 }, NOW + 1000],
  ])('ends, %s', (_, more, end) => {
    expect(estimatedEnd(RunningImport.parse({ ...running, ...more }), NOW + 1000)).toBe(end);
  });

  test.each([
    { row: 1, outcome: 'CREATED', contactId: contact().id },
    { row: 2, outcome: 'UPDATED', contactId: contact().id, faults: [fault] },
    { row: 3, outcome: 'UNCHANGED', contactId: contact().id },
    { row: 4, outcome: 'REFUSED', faults: [fault] },
  ])('has a result for each row: $outcome', (written) => {
    expect(RowResult.parse(written)).toEqual(written);
  });
});

describe('an export', () => {
  test.each([
    { ...exporting, status: 'RUNNING', parts: [] },
    {
      ...{
        ...exporting,
        kind: 'messages',
        format: 'csv',
        status: 'RUNNING',
        fields: ['plan'],
        cursor: 'c',
        upload: 'u',
      },
      ...{ parts: ['1'], tail: 't', isWhole: true },
    },
    { ...exporting, status: 'DONE', endedAt: at(NOW) },
    { ...exporting, status: 'CANCELLED', endedAt: at(NOW), upload: 'u', tail: 't' },
  ])('is read as it was written: $status', (written) => {
    expect(Export.parse(written)).toEqual(written);
    expect(Export.safeParse({ ...written, more: 1 }).success).toBe(false);
  });
});
