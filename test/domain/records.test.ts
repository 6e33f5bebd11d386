import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, csvLine, delimiterOf, plainText, safeText } from '../../shared/domain/csv.ts';
import { recordsOf } from '../../shared/domain/records.ts';

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Options {
  start?: number;
  size?: number;
  delimiters?: string | null;
  largest?: number;
}

async function records(bytes: Uint8Array, { start = 0, size = 7, delimiters = ',', largest = 1000 }: Options = {}) {
  const found: { text: string | undefined; end: number }[] = [];
  const quoting = delimiters === null ? undefined : { delimiters };
  for await (const { bytes: record, end } of recordsOf(cut(bytes.subarray(start), size), { start, quoting, largest }))
    found.push({ text: record && Buffer.from(record).toString(), end });
  return found;
}
const textsOf = async (text: string, options = {}) =>
  (await records(Buffer.from(text), options)).map(({ text: record }) => record);

describe('a file is cut into records', () => {
  it.each<[string, string, (string | undefined)[]]>([
    ['at the ends of lines, of either kind', 'a\nb\r\nc', ['a', 'b', 'c']],
    ['without empty lines', '\n\r\na\n\n\nb\n', ['a', 'b']],
    ['not within quotation marks', 'a,"b\nc\r\n"\nd', ['a,"b\nc\r\n"', 'd']],
    ['with doubled quotation marks', '"a""\n""b",c\nd', ['"a""\n""b",c', 'd']],
    ['with quotation marks that open nothing', 'a"b,c\n5" pipe\nd', ['a"b,c', '5" pipe', 'd']],
    ['with what follows a closing one', '"a"b"\nc', ['"a"b"', 'c']],
    ['without the mark that some begin with', '\uFEFF"a\nb"\nc', ['"a\nb"', 'c']],
    ['behind a quotation mark that is never closed', 'a\n"b\nc\nd', ['a', undefined, 'c', 'd']],
    ['behind a line that is too long', `a\n${'x'.repeat(2000)}\nb`, ['a', undefined, 'b']],
    ['up to one that is too long', `a\n${'x'.repeat(2000)}`, ['a', undefined]],
    [
      'behind a quotation mark left open for too long',
      `"a\n${'b\n'.repeat(600)}`,
      [undefined, ...new Array(600).fill('b')],
    ],
  ])('%s', async (_, text, expected) => {
    for (const size of [1, 2, 3, 1000, 10_000]) expect(await textsOf(text, { size })).toEqual(expected);
  });

  it('at every line of NDJSON', async () => {
    expect(await textsOf('{"a":"\\n"}\n"x\n', { delimiters: null })).toEqual(['{"a":"\\n"}', '"x']);
  });

  const Cell = fc.string({ unit: fc.constantFrom('a', 'ß', '😀', ' ', '"', ',', '\n', '\r', '\t', "'", '=') });
  const Row = fc.array(Cell, { minLength: 1, maxLength: 5 }).filter((row) => row.some((cell) => cell !== ''));

  it('and cells as the parser that most programs use cuts them, whoever has written them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(Row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom<'unix' | 'windows'>('unix', 'windows'),
        fc.boolean(),
        async (rows, delimiter, lines, quoted) => {
          const text = stringify(rows, { delimiter, record_delimiter: lines, quoted, quoted_match: /[\r\n]/ });
          const end = lines === 'unix' ? '\n' : '\r\n';
          const options = { delimiter, record_delimiter: end, relax_column_count: true, skip_empty_lines: true };
          const found = await textsOf(text, { delimiters: delimiter, size: 5 });
          expect(found.map((record) => cellsOf(record ?? '', delimiter))).toEqual(parse(text, options));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that are what was written, however it comes in, from whichever record on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(Row, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, size) => {
          const bytes = Buffer.from(rows.map(csvLine).join(''));
          const found = await records(bytes, { size });
          expect(found.map(({ text }) => cellsOf(text ?? '', ','))).toEqual(rows);
          expect(found.at(-1)?.end).toBe(bytes.length);
          for (const [at, { end }] of found.entries())
            expect(await records(bytes, { start: end, size })).toEqual(found.slice(at + 1));
        },
      ),
    );
  });
});

describe('a cell', () => {
  it('is parted by what stands most often in the header', () => {
    expect(['phone', 'a,b;c,d', 'a;b;c,d', 'a\tb', '"a,b,c";d'].map(delimiterOf)).toEqual([',', ',', ';', '\t', ';']);
  });

  it('made safe is no formula, and is read as what it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', "'", 'a', '1') }), (text) => {
        expect(safeText(text)).not.toMatch(/^[=+\-@\t\r]/);
        expect(plainText(safeText(text))).toBe(text);
      }),
    );
    expect(['Ada', "O'Neil", "'quoted'", ''].map(safeText)).toEqual(['Ada', "O'Neil", "'quoted'", '']);
  });
});
