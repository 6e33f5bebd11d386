// npm run bench: measures the product beside others, each bench in a process of its own, prints, and writes each one's
// section of docs/performance.md. `-- filter engine` runs some; `-- --check` only compares the ratios with those of
// bench/baseline.json, and fails where one has grown worse than its tolerance; `-- --keep` makes them the new baseline.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, execPath, exit } from 'node:process';
import * as z from 'zod/mini';
import { type Bench, type Figure, figuresOf, isMet, machine, Result, withUnit, writeSection } from './report.ts';

/** In the order of the page. */
const benches = {
  filter: async () => (await import('./filter.ts')).filter,
  triggers: async () => (await import('./triggers.ts')).triggers,
  'cold-start': async () => (await import('./cold-start.ts')).coldStart,
  engine: async () => (await import('./engine.ts')).engine,
  compile: async () => (await import('./compile.ts')).compileAndCheck,
  inbound: async () => (await import('./inbound.ts')).inbound,
  http: async () => (await import('./http.ts')).http,
  price: async () => (await import('./price.ts')).priceOfARun,
  simulation: async () => (await import('./simulation.ts')).simulation,
  audience: async () => (await import('./audience.ts')).audience,
} satisfies Record<string, () => Promise<Bench>>;
type Name = keyof typeof benches;
const isName = (word: string): word is Name => Object.hasOwn(benches, word);

const BASELINE = join(import.meta.dirname, 'baseline.json');
/** Ratios by bench; `tolerance`: the share of it by which each may be worse. */
const Baseline = z.record(z.string(), z.record(z.string(), z.object({ ratio: z.number(), tolerance: z.number() })));
type Baseline = z.infer<typeof Baseline>;
const TOLERANCE = 0.5;

function measured(name: Name): Result {
  const options = ['--disable-warning=ExperimentalWarning', '--expose-gc', '--max-old-space-size=4096'];
  const script = [...options, import.meta.filename, '--only', name];
  const told = execFileSync(execPath, script, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 24,
  });
  return Result.parse(JSON.parse(told.trim().split('\n').at(-1) ?? ''));
}

const ratiosOf = (figures: readonly Figure[]) => figures.filter(({ unit }) => unit === '×');

/** What is to be at least something gets worse by falling, all else, a reach or not, by growing. */
const worseBy = ({ value, atLeast }: Figure, ratio: number) =>
  atLeast === undefined ? value / ratio - 1 : ratio / value - 1;

function regressions(name: Name, figures: readonly Figure[], baseline: Baseline): string[] {
  return ratiosOf(figures).flatMap((figure) => {
    const kept = baseline[name]?.[figure.what];
    if (!kept) return [`${name}: "${figure.what}" is not in the baseline`];
    return worseBy(figure, kept.ratio) <= kept.tolerance
      ? []
      : [`${name}: "${figure.what}" is ${withUnit(figure.value, '×')}, and was ${withUnit(kept.ratio, '×')}`];
  });
}

function kept(baseline: Baseline, name: Name, figures: readonly Figure[]): Baseline {
  const entries = ratiosOf(figures).map(({ what, value }) => [
    what,
    { ratio: Number(value.toPrecision(3)), tolerance: baseline[name]?.[what]?.tolerance ?? TOLERANCE },
  ]);
  return { ...baseline, [name]: Object.fromEntries(entries) };
}

const words = argv.slice(2);
if (words[0] === '--only') {
  const name = words[1] ?? '';
  if (!isName(name)) throw new Error(`there is no bench ${name}`);
  console.log(JSON.stringify(await (await benches[name]())()));
} else {
  const asked = words.filter((word) => !word.startsWith('--'));
  const names = asked.length > 0 ? asked : Object.keys(benches);
  const baseline = Baseline.parse(JSON.parse(readFileSync(BASELINE, 'utf8')));
  let next = baseline;
  const problems: string[] = [];
  for (const name of names) {
    if (!isName(name)) throw new Error(`there is no bench ${name}: ${Object.keys(benches).join(', ')}`);
    const begun = performance.now();
    const { title, text, figures } = measured(name);
    const page = `${text.trim()}\n\n${figuresOf(figures)}\n\n${machine()}.`;
    console.log(`\n## ${title}\n\n${page}\n\n(${Math.round((performance.now() - begun) / 1000)} s)`);
    if (words.includes('--check')) problems.push(...regressions(name, figures, baseline));
    else {
      writeSection(title, page);
      const missed = figures.filter((figure) => !isMet(figure)).map(({ what }) => what);
      if (missed.length > 0) console.log(`Not reached: ${missed.join(', ')}`);
    }
    next = kept(next, name, figures);
  }
  if (words.includes('--keep')) writeFileSync(BASELINE, `${JSON.stringify(next, null, 2)}\n`);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) exit(1);
}
