import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { version } from 'node:process';
import * as z from 'zod/mini';

/** A number with what it is to be; `×` is a ratio of two things measured in one run, which other machines show too. */
export const Figure = z.object({
  what: z.string(),
  value: z.number(),
  unit: z.enum(['×', 'µs', 'ms', 's', 'a second', 'MB', '$', '']),
  atMost: z.optional(z.number()),
  atLeast: z.optional(z.number()),
});
export type Figure = z.infer<typeof Figure>;

export const Result = z.object({
  title: z.string(),
  /** Markdown, without a heading of its own or of its parent's level. */
  text: z.string(),
  figures: z.array(Figure),
});
export type Result = z.infer<typeof Result>;

export type Bench = () => Promise<Result>;

const PAGE = join(import.meta.dirname, '../docs/performance.md');

export const isMet = ({ value, atMost, atLeast }: Figure): boolean =>
  value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);

/** Three digits, however large or small. */
export const digits = (value: number): string =>
  (value >= 100 ? String(Math.round(value)) : value.toPrecision(value < 1 ? 2 : 3)).replace(/\B(?=(\d{3})+$)/g, ' ');

export const withUnit = (value: number, unit: Figure['unit']): string =>
  unit === '$' ? `$${digits(value)}` : `${digits(value)} ${unit}`.trim();

const reachOf = ({ atMost, atLeast, unit }: Figure): string =>
  [atLeast !== undefined && `≥ ${withUnit(atLeast, unit)}`, atMost !== undefined && `≤ ${withUnit(atMost, unit)}`]
    .filter(Boolean)
    .join(', ');

export function tableOf(rows: readonly Readonly<Record<string, string>>[]): string {
  const head = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [head, head.map(() => '---'), ...rows.map((row) => head.map((name) => row[name] ?? ''))];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map((line, n) => line.map((cell, at) => (n === 1 ? '-'.repeat(widths[at] ?? 3) : cell.padEnd(widths[at] ?? 0))))
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

export const figuresOf = (figures: readonly Figure[]): string =>
  tableOf(
    figures.map((figure) => ({
      '': figure.what,
      measured: withUnit(figure.value, figure.unit),
      'to reach': reachOf(figure) || '–',
      reached: reachOf(figure) === '' ? '' : isMet(figure) ? 'yes' : 'no',
    })),
  );

/** The version of a package as it is installed. */
export const versionOf = (name: string): string =>
  z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, `../node_modules/${name}/package.json`), 'utf8'))).version;

export const machine = (): string => `Node ${version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;

/** Puts a section in the place of the one of the same title, or at the end; the others stay as they are. */
export function writeSection(title: string, text: string): void {
  const [intro = '', ...sections] = readFileSync(PAGE, 'utf8').split(/^(?=## )/m);
  const section = `## ${title}\n\n${text.trim()}\n`;
  const at = sections.findIndex((other) => other.startsWith(`## ${title}\n`));
  const all = at === -1 ? [...sections, section] : sections.with(at, section);
  writeFileSync(PAGE, `${[intro, ...all].map((part) => part.trim()).join('\n\n')}\n`);
}
