/** One record of a file: its bytes without the line's end, or that it was too long to be one. */
export interface FileRecord {
  readonly bytes: Uint8Array | undefined;
  /** The offset in the file behind the record and its line's end. */
  readonly end: number;
}

/** What a row may weigh: no contact is as large, and what is longer has lost a quotation mark. */
export const LARGEST_RECORD_BYTES = 100_000;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
/** With which some programs begin what is UTF-8. */
const MARK = [0xef, 0xbb, 0xbf];

/** How to tell where a record ends: at every line's end, or at those outside of quotation marks (RFC 4180). */
export type Quoting = { /** Each of these characters parts cells. */ readonly delimiters: string } | undefined;

/**
 * Cuts a file into its records, from byte `start` on, holding no more than one record and one chunk. Empty lines are none.
 * A record that is too long ends with its first line: should a quotation mark have been left open, the rows behind it
 * are still read as rows.
 */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  { start, quoting, largest = LARGEST_RECORD_BYTES }: { start: number; quoting: Quoting; largest?: number },
): AsyncGenerator<FileRecord> {
  let held: Uint8Array = new Uint8Array();
  let offset = start;
  let mayHaveMark = start === 0;
  /** Of a line that was too long and has not ended yet. */
  let skipping = false;

  function* cut(isWhole: boolean): Generator<FileRecord> {
    let at = 0;
    // The next one, wherever it is: to look for it in each line anew would read the whole chunk each time.
    let quote = quoting ? held.indexOf(QUOTE) : -1;
    while (at < held.length) {
      if (skipping) {
        const lineEnd = held.indexOf(LF, at);
        at = lineEnd === -1 ? held.length : lineEnd + 1;
        skipping = lineEnd === -1;
        if (!skipping) yield { bytes: undefined, end: offset + at };
        continue;
      }
      if (quote !== -1 && quote < at) quote = held.indexOf(QUOTE, at);
      const end = endOf(held, at, quote, quoting, largest);
      const isEnded = end !== -1;
      if (!isEnded && held.length - at <= largest && !isWhole) break;
      if (
        (isEnded ? end : held.length) - at > largest ||
        (!isEnded && quote !== -1 && placeAfter(held.subarray(at), quoting) === 'quoted')
      ) {
        skipping = true;
        continue;
      }
      const behind = isEnded ? end + 1 : held.length;
      const bytes = trimmed(held.subarray(at, isEnded ? end : held.length));
      at = behind;
      if (bytes.length > 0) yield { bytes, end: offset + at };
    }
    held = held.subarray(at);
    offset += at;
    if (isWhole && skipping) yield { bytes: undefined, end: offset };
  }

  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : joined(held, chunk);
    if (mayHaveMark && held.length < MARK.length) continue;
    if (mayHaveMark && MARK.every((byte, at) => held[at] === byte)) {
      held = held.subarray(MARK.length);
      offset += MARK.length;
    }
    mayHaveMark = false;
    yield* cut(false);
  }
  yield* cut(true);
}

/**
 * Where the line's end of the record that begins at `from` is, with the next quotation mark at `quote`; -1: not in these
 * bytes, or too far away.
 */
function endOf(bytes: Uint8Array, from: number, quote: number, quoting: Quoting, largest: number): number {
  let lineEnd = bytes.indexOf(LF, from);
  if (quote === -1 || lineEnd === -1 || quote > lineEnd) return lineEnd;
  let place: Place = 'start';
  for (let at = from; lineEnd !== -1 && lineEnd - from <= largest; ) {
    place = placeAfter(bytes.subarray(at, lineEnd), quoting, place);
    if (place !== 'quoted') return lineEnd;
    at = lineEnd;
    lineEnd = bytes.indexOf(LF, lineEnd + 1);
  }
  return -1;
}

/** In a cell: at its start, in plain text, between quotation marks, or behind one that closes them or begins a double. */
type Place = 'start' | 'plain' | 'quoted' | 'closing';

/** A quotation mark opens at the start of a cell only: elsewhere it is text, as in 5" pipe. */
function placeAfter(bytes: Uint8Array, quoting: Quoting, before: Place = 'start'): Place {
  const separators = Buffer.from(quoting?.delimiters ?? '');
  let place = before;
  for (const byte of bytes) {
    if (byte === QUOTE) {
      if (place === 'quoted') place = 'closing';
      else if (place !== 'plain') place = 'quoted';
    } else if (place !== 'quoted') place = separators.includes(byte) ? 'start' : 'plain';
  }
  return place;
}

const trimmed = (line: Uint8Array): Uint8Array => (line.at(-1) === CR ? line.subarray(0, -1) : line);

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
