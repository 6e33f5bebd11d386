import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** Values that parameters are given, most of the time: `path.contactId` → ids that there are. */
export type Known = Readonly<Record<string, readonly (string | number)[]>>;

const Report = z.looseObject({
  complete: z.boolean(),
  operations: z.looseObject({ selected: z.int(), tested: z.int() }),
  test_cases: z.looseObject({ generated: z.int() }),
  failures: z.array(z.unknown()),
  errors: z.array(z.unknown()),
});
export type Report = z.infer<typeof Report>;

/** One line of its events, as far as it tells of requests: to which operation, and which they were. */
const Asked = z.object({
  ScenarioFinished: z.looseObject({
    recorder: z.looseObject({ label: z.string(), interactions: z._default(z.record(z.string(), z.unknown()), {}) }),
  }),
});

interface Run {
  readonly program: string;
  readonly folder: string;
  readonly name: string;
  readonly url: string;
  readonly known: Known;
  readonly options: readonly string[];
}

/** Asks the API for all that its own document allows, and for what it does not allow, and holds the answers to the document. */
export async function schemathesis({ program, folder, name, url, known, options }: Run) {
  const report = join(folder, `${name}.json`);
  const events = join(folder, `${name}.ndjson`);
  const output = join(folder, `${name}.txt`);
  const config = join(folder, 'schemathesis.toml');
  writeFileSync(config, settings(known));
  const said = createWriteStream(output);
  await once(said, 'open');
  const child = spawn(
    program,
    [
      ...['--config-file', config, 'run', `${url}/v1/openapi.json`, '--no-color', '--warnings', 'off'],
      ...['--seed', '20261126', '--generation-database', 'none', '--workers', '1'],
      ...['--request-timeout', '10', '--continue-on-failure', '--report', 'json', '--report-json-path', report],
      ...['--report', 'ndjson', '--report-ndjson-path', events],
      // Locally everybody may do everything, and not all that a schema allows makes sense (a number nobody has, a swapped range).
      ...['--exclude-checks', 'ignored_auth,positive_data_acceptance'],
      ...options,
    ],
    { cwd: folder, stdio: ['ignore', said, said], timeout: 240_000, killSignal: 'SIGKILL' },
  );
  const [status] = await once(child, 'exit');
  said.close();
  const found = (): Report | undefined => {
    try {
      return Report.parse(JSON.parse(readFileSync(report, 'utf8')));
    } catch {
      return undefined;
    }
  };
  return {
    status,
    report: found(),
    requests: requestsIn(events),
    findings: status === 0 ? '' : findingsIn(readFileSync(output, 'utf8')),
  };
}

/** How many requests each operation got, by its name. */
function requestsIn(events: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\n') : [];
  // What comes after the last whole line it did not get to write.
  for (const line of lines.slice(0, -1)) {
    const { data } = Asked.safeParse(JSON.parse(line));
    if (!data) continue;
    const { label, interactions } = data.ScenarioFinished.recorder;
    counts.set(label, (counts.get(label) ?? 0) + Object.keys(interactions).length);
  }
  return counts;
}

/** Four out of five values are known ones; the others are made up. */
const settings = (known: Known): string =>
  [
    ...Object.entries(known).map(
      ([name, values]) => `[dictionaries.${JSON.stringify(named(name))}]\nvalues = ${JSON.stringify(values)}`,
    ),
    '[parameters]',
    ...Object.keys(known).map(
      (name) => `${JSON.stringify(name)} = { dictionary = ${JSON.stringify(named(name))}, probability = 0.8 }`,
    ),
  ].join('\n');
const named = (name: string) => name.replaceAll('.', '-');

/** From its words, what it found; its requests can be very long. */
const findingsIn = (words: string): string =>
  words
    .slice(Math.max(0, words.search(/^=+ (?:ERRORS|FAILURES) =+$/m)))
    .split('\n')
    .map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line))
    .join('\n')
    .slice(0, 20_000);
