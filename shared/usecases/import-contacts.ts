import type { ImportId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import type { Fault } from '../domain/problem.ts';
import type { Import, ImportCounts, RowResult, RunningImport } from '../domain/transfer.ts';
import type { Ports } from '../ports.ts';
import { commit, contend, edit, fresh, put, type Stored } from '../store/stored.ts';
import { getImport, importRows, imports } from '../store/transfer-store.ts';
import { fieldTypes, getSettings } from '../store/workspace-store.ts';
import { type FileRow, importPage, type Rules } from './import-page.ts';
import { pagesOf, readHeader, rowReader } from './read-rows.ts';
import { CALL_MS, importFile } from './transfer-file.ts';

type Needed = Pick<Ports, 'table' | 'clock' | 'ids' | 'sms' | 'files'>;

const ROWS_PER_PAGE = 500;
/** With five faults to a row an item of so many stays below 400 KB. */
const ROWS_PER_ITEM = 250;

/**
 * Works on an import for some seconds, page by page; says whether there is more to do. A page's contacts are written
 * first, then, in one transaction, what became of its rows and how far the import has come. What a crash leaves in
 * between is taken again, and of two that are at the same page one only records it.
 */
export const importContacts = (ports: Needed) => {
  const { table, clock, files } = ports;

  return async (id: ImportId): Promise<'more' | 'over'> => {
    const begun = clock.now();
    const stored = await getImport(table, id);
    if (!stored || stored.value.status === 'WAITING_FOR_FILE') return 'over';
    if (stored.value.status !== 'RUNNING') {
      await files.remove(importFile(stored.value));
      return 'over';
    }
    let last: Stored<RunningImport> = { rev: stored.rev, value: stored.value };
    const name = importFile(last.value);
    const size = await files.size(name);
    if (size !== last.value.bytesTotal) return fail(last, [size === undefined ? FILE_MISSING : FILE_CHANGED]);

    const types = await fieldTypes(table);
    let now = last.value;
    if (now.format === 'csv' && !now.columns) {
      const header = await readHeader(files, name, now.terms.mapping, types);
      if ('faults' in header) return fail(last, header.faults);
      now = { ...now, ...header };
    }
    const take = importPage(ports);
    for await (const { records, end } of pagesOf(files, name, now, ROWS_PER_PAGE)) {
      const rules: Rules = {
        defaultCountry: (await getSettings(table)).value.defaultCountry,
        types: await fieldTypes(table),
      };
      const reader = rowReader(now, rules.types);
      const rows: FileRow[] = records.map((record, at) => reader.read(record, now.counts.rows + at + 1));
      const results = await take(now, rows, rules);
      now = {
        ...now,
        bytesRead: end,
        counts: counted(now.counts, results),
        ignoredColumns: [...new Set([...now.ignoredColumns, ...reader.ignored])].slice(0, MOST_IGNORED),
      };
      const recorded = await record(last, now, results);
      if (!recorded) return 'over';
      last = recorded;
      if (clock.now() - begun >= CALL_MS) return 'more';
    }
    const endedAt = instant(clock.now());
    return close(last, { ...now, bytesRead: now.bytesTotal, status: 'DONE', endedAt });
  };

  /** Undefined: it was cancelled, or somebody else is at it and further on. */
  function record(
    last: Stored<RunningImport>,
    now: RunningImport,
    results: readonly RowResult[],
  ): Promise<Stored<RunningImport> | undefined> {
    const items = Array.from({ length: Math.ceil(results.length / ROWS_PER_ITEM) }, (_, at) => {
      const part = results.slice(at * ROWS_PER_ITEM, (at + 1) * ROWS_PER_ITEM);
      const { id: importId, createdAt, counts } = now;
      const first = counts.rows - results.length + at * ROWS_PER_ITEM + 1;
      return put(importRows, fresh({ importId, createdAt, first, results: part }));
    });
    let before: Stored<Import> | undefined = last;
    return contend(`recording a page of ${now.id}`, async () => {
      before ??= await getImport(table, now.id);
      const of = before;
      before = undefined;
      const progress = of?.value.status === 'CANCELLED' ? of.value.started : of?.value;
      if (!of || progress?.status !== 'RUNNING' || progress.counts.rows !== last.value.counts.rows)
        return { next: undefined };
      const value: Import = of.value.status === 'CANCELLED' ? { ...of.value, started: now } : now;
      if (!(await commit(table, put(imports, edit(of, value)), ...items))) return undefined;
      return { next: value.status === 'RUNNING' ? { rev: of.rev + 1, value } : undefined };
    }).then(({ next }) => next);
  }

  function fail(last: Stored<RunningImport>, faults: readonly Fault[]): Promise<'over'> {
    const told = faults.slice(0, MOST_FAULTS).map(({ code, path, detail }) => ({ code, path: [...path], detail }));
    return close(last, { ...last.value, status: 'FAILED', endedAt: instant(clock.now()), faults: told });
  }

  /** Lost: somebody has ended it, or is further on. The file goes when the change feed tells of the end. */
  async function close(last: Stored<RunningImport>, ended: Import): Promise<'over'> {
    await commit(table, put(imports, edit(last, ended)));
    return 'over';
  }
};

const MOST_IGNORED = 100;
const MOST_FAULTS = 20;
const FILE_MISSING: Fault = { code: 'FILE_MISSING', path: [], detail: 'is not there any more' };
const FILE_CHANGED: Fault = { code: 'FILE_CHANGED', path: [], detail: 'is not the file that the import began with' };

const OUTCOMES = { CREATED: 'created', UPDATED: 'updated', UNCHANGED: 'unchanged', REFUSED: 'refused' } as const;

function counted(counts: ImportCounts, results: readonly RowResult[]): ImportCounts {
  const sum = { ...counts, rows: counts.rows + results.length };
  for (const { outcome } of results) sum[OUTCOMES[outcome]] += 1;
  return sum;
}
