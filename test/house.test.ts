import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';

// The rules of the house stand in biome.json; these tests show that they bite, by linting files that break them.

const Diagnostic = z.object({
  category: z.string(),
  location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }),
});
const Report = z.object({ diagnostics: z.array(Diagnostic) });

const root = join(import.meta.dirname, '..');
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');

let house: string;
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'house-'));
  for (const file of ['biome.json', '.biome', '.gitignore', 'package.json'])
    cpSync(join(root, file), join(house, file), { recursive: true });
});
afterAll(() => rmSync(house, { recursive: true }));

/** Writes each file, a statement per line, and gives back the lines that `rule` finds fault with. */
function faults(rule: string, files: Record<string, readonly string[]>): Record<string, string[]> {
  for (const [path, lines] of Object.entries(files)) {
    mkdirSync(join(house, dirname(path)), { recursive: true });
    writeFileSync(join(house, path), `${lines.join('\n')}\n`);
  }
  const options = ['lint', '--reporter=json', '--max-diagnostics=none', ...Object.keys(files)];
  const { stdout, stderr } = spawnSync(process.execPath, [biome, ...options], { cwd: house, encoding: 'utf8' });
  if (!stdout.startsWith('{')) throw new Error(`Biome gave no report: ${stderr}`);
  const { diagnostics } = Report.parse(JSON.parse(stdout));
  return Object.fromEntries(
    Object.entries(files).map(([path, lines]) => {
      const found = diagnostics.filter(({ category, location }) => category === rule && location.path === path);
      return [path, lines.filter((_, at) => found.some(({ location }) => location.start.line === at + 1))];
    }),
  );
}

const rooms = {
  domain: 'shared/domain/contact.ts',
  ports: 'shared/ports.ts',
  store: 'shared/store/contact-store.ts',
  usecases: 'shared/usecases/publish-workflow.ts',
  http: 'shared/http/routes.ts',
  aws: 'shared/aws/table.ts',
  asl: 'statemachines/asl.ts',
  statemachines: 'statemachines/compile.ts',
  env: 'lambdas/kit/env.ts',
  kit: 'lambdas/kit/task.ts',
  lambdas: 'lambdas/inbound-message.ts',
  local: 'local/table.ts',
  infra: 'infra/service-stack.ts',
  test: 'test/support/carrier.ts',
};
const packages = [
  'zod/mini',
  'zod/v4/locales/en.js',
  'zod',
  'libphonenumber-js',
  'temporal-polyfill',
  'jsonata',
  '@middy/core',
  '@aws-sdk/client-sfn',
  'aws4fetch',
  'aws-cdk-lib',
  'node:fs',
  'node:timers/promises',
];

const statementFor = (from: string, name: string) => {
  const to = Object.entries(rooms).find(([room]) => room === name)?.[1];
  if (to === undefined) return `export { it as it${packages.indexOf(name)} } from '${name}';`;
  const path = posix.relative(posix.dirname(from), to);
  return `export { it as ${name} } from '${path.startsWith('.') ? path : `./${path}`}';`;
};

test.for([
  [
    ['shared/domain/filter.ts', 'shared/domain/templates/nps.ts'],
    'domain zod/mini zod/v4/locales/en.js libphonenumber-js',
  ],
  [['statemachines/states.ts'], 'domain asl statemachines zod/mini'],
  [['shared/ports.ts'], 'domain asl zod/mini'],
  [['shared/store/run-store.ts'], 'domain ports store zod/mini'],
  [['shared/usecases/send-message.ts'], 'domain ports store usecases asl statemachines zod/mini'],
  [['shared/http/openapi.ts'], 'domain ports usecases http zod/mini zod/v4/locales/en.js'],
  [
    ['shared/aws/machines.ts'],
    'domain ports aws asl zod/mini @aws-sdk/client-sfn aws4fetch node:fs node:timers/promises',
  ],
  [['lambdas/kit/http.ts'], 'domain ports usecases http env kit zod/mini @middy/core node:fs node:timers/promises'],
  [['lambdas/send-message.ts'], 'store usecases http aws env kit'],
  [
    ['local/server.ts'],
    'domain ports store usecases http asl statemachines env kit local zod/mini jsonata node:fs node:timers/promises',
  ],
  [
    ['infra/app.ts', 'infra/constructs/alarms.ts'],
    'http env infra zod/mini zod/v4/locales/en.js aws-cdk-lib node:fs node:timers/promises',
  ],
  [
    ['bench/filters.ts'],
    'domain ports store usecases http aws asl statemachines env kit lambdas local infra zod/mini zod/v4/locales/en.js libphonenumber-js temporal-polyfill jsonata aws-cdk-lib node:fs node:timers/promises',
  ],
  [['shared/a-room-not-yet-in-biome-json/file.ts'], ''],
] satisfies [string[], string][])('%s may import %s, and nothing else', ([files, allowed]) => {
  const names = [...Object.keys(rooms), ...packages];
  for (const file of files) {
    // A file next to its own room's example need not import itself.
    const targets = names.filter((name) =>
      Object.entries(rooms).every(([room, path]) => room !== name || path !== file),
    );
    const lines = targets.map((name) => statementFor(file, name));
    const refused = faults('lint/style/noRestrictedImports', { [file]: lines })[file] ?? [];
    const open = targets.filter((_, at) => !refused.includes(lines[at] ?? ''));
    expect({ file, open: open.join(' ') }).toEqual({ file, open: allowed });
  }
});

test('an import is refused in every form: types, re-exports, import()', () => {
  const file = 'shared/domain/filter.ts';
  const forms = [
    "import { it } from '../store/x.ts';",
    "import type { It } from '../store/x.ts';",
    "import '../store/x.ts';",
    "export * from '../store/x.ts';",
    "export const it2 = await import('../store/x.ts');",
  ];
  expect(faults('lint/style/noRestrictedImports', { [file]: forms })).toEqual({ [file]: forms });
});

test('nothing but the clock and ids reads the time, draws a random number or makes an id', () => {
  const lines = [
    'export const a = Date.now();',
    'export const b = new Date();',
    'export const c = [0].map(Math.random);',
    'export const d = crypto.randomUUID();',
    'export const e = Temporal.Now.instant();',
    'export const f = performance.now();',
    'export const g = globalThis.Date.now();',
  ];
  const harmless = [
    'export const h = new Date(0);',
    "export const i = Date.parse('2026-01-01');",
    'export const j = Math.max(1, 2);',
  ];
  const files = {
    'shared/usecases/a.ts': [...lines, ...harmless],
    'lambdas/kit/a.ts': [...lines, ...harmless],
    'local/runner.ts': [...lines, ...harmless],
    'local/clock.ts': lines,
    'shared/aws/clock.ts': lines,
  };
  expect(faults('plugin', files)).toEqual({
    'shared/usecases/a.ts': lines,
    'lambdas/kit/a.ts': lines,
    'local/runner.ts': lines,
    'local/clock.ts': [],
    'shared/aws/clock.ts': [],
  });
});

test('no new ids through the libraries that domain may use for spelling them', () => {
  const file = 'shared/domain/id.ts';
  const refused = ["import { ulid } from 'ulid';", "import { randomUUID } from 'node:crypto';"];
  const allowed = ["import { encodeTime } from 'ulid';", "import { createHash } from 'node:crypto';"];
  expect(faults('lint/style/noRestrictedImports', { [file]: [...allowed, ...refused] })).toEqual({ [file]: refused });
});

test('domain and http read data when it is needed, and load nothing else by hand', () => {
  const refused = ["import { register } from 'node:module';"];
  const lines = ["import { createRequire } from 'node:module';", ...refused];
  const files = { 'shared/domain/phone.ts': lines, 'shared/http/openapi-route.ts': lines };
  expect(faults('lint/style/noRestrictedImports', files)).toEqual({
    'shared/domain/phone.ts': refused,
    'shared/http/openapi-route.ts': refused,
  });
});

test('modules that import each other are refused', () => {
  const files = {
    'shared/domain/a.ts': ["import { b } from './b.ts';", 'export const a = () => b;'],
    'shared/domain/b.ts': ["import { a } from './a.ts';", 'export const b = () => a;'],
  };
  expect(faults('lint/suspicious/noImportCycles', files)).toEqual({
    'shared/domain/a.ts': ["import { b } from './b.ts';"],
    'shared/domain/b.ts': ["import { a } from './a.ts';"],
  });
});

test('the environment is read in lambdas/kit/env.ts, not in other code that is deployed', () => {
  const line = 'export const stage = process.env.STAGE;';
  const files = { 'lambdas/kit/env.ts': [line], 'lambdas/kit/http.ts': [line], 'shared/aws/table.ts': [line] };
  expect(faults('lint/style/noProcessEnv', files)).toEqual({
    'lambdas/kit/env.ts': [],
    'lambdas/kit/http.ts': [line],
    'shared/aws/table.ts': [line],
  });
});

test('under shared/ stand rooms and ports.ts, and no file is named for what it might hold', () => {
  const files = globSync('{shared,statemachines,lambdas,local,infra,bench,test}/**/*.ts', { cwd: root }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  expect(files.filter((path) => /^shared\/[^/]+$/.test(path) && path !== 'shared/ports.ts')).toEqual([]);
  expect(files.filter((path) => /\b(utils?|helpers?|common|managers?|misc|index)\b[^/]*$/.test(path))).toEqual([]);
});

test('package-lock.json names no registry, and every package that another one asks for', () => {
  const Package = z.looseObject({ optionalDependencies: z._default(z.record(z.string(), z.string()), {}) });
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages } = z.object({ packages: z.record(z.string(), Package) }).parse(JSON.parse(text));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies).filter(
      // A package that carries its own copies (`bundleDependencies`) may leave out what is not for a platform.
      (name) =>
        /(android|darwin|freebsd|linux|openharmony|win32)-/.test(name) &&
        !(`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
    ),
  );
  // If some are missing: `node .ci/lock-platforms.mjs`, which says why.
  expect(missing).toEqual([]);
  expect(text).not.toContain('"resolved"');
});
