const DELIMITERS = [',', ';', '\t'] as const;

/** What parts the cells: whatever of `,` `;` and tab stands most often in the header, outside of quotation marks. */
export function delimiterOf(header: string): string {
  const plain = header.replace(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string) => plain.split(delimiter).length;
  return DELIMITERS.reduce<string>((best, each) => (count(each) > count(best) ? each : best), ',');
}

/** The cells of one record (RFC 4180). Lenient: what follows a closing quotation mark belongs to the cell. */
export function cellsOf(record: string, delimiter: string): readonly string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (at <= record.length) {
    const isQuoted = record[at] === '"';
    const closing = isQuoted ? closingQuote(record, at + 1) : at;
    const end = record.indexOf(delimiter, closing);
    const stop = end === -1 ? record.length : end;
    cells.push(
      isQuoted
        ? record.slice(at + 1, closing).replaceAll('""', '"') + record.slice(closing + 1, stop)
        : record.slice(at, stop),
    );
    at = stop + 1;
  }
  return cells;
}

/** The quotation mark that is not doubled; where there is none, the end. */
function closingQuote(record: string, from: number): number {
  for (let at = record.indexOf('"', from); at !== -1; at = record.indexOf('"', at + 2)) {
    if (record[at + 1] !== '"') return at;
  }
  return record.length;
}

/**
 * What spreadsheets take for a formula: in a text it is data of somebody else's, and must not be run. With apostrophes
 * before it, it could be one that was made safe.
 */
const FORMULA = /^'*[=+\-@\t\r]/;
const SAFE = /^'+[=+\-@\t\r]/;

/** A text as a cell that no spreadsheet takes for a formula. */
export const safeText = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The text that `safeText` was given. */
export const plainText = (cell: string): string => (SAFE.test(cell) ? cell.slice(1) : cell);

/** One record, with its line's end (RFC 4180). */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
