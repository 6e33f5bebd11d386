// npm run place -- api 12:3456: where in the source the place lies that a deployed function logged (`at`, `stack`), if
// this checkout is what was deployed.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { argv } from 'node:process';
import * as z from 'zod/mini';
import { bundle, lambda } from './bundle.ts';

const SourceMapFile = z.object({
  version: z.number(),
  file: z._default(z.string(), ''),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
  sourceRoot: z._default(z.string(), ''),
});

const [name = '', place = ''] = argv.slice(2);
const [line = Number.NaN, column = Number.NaN] = place.split(':').map(Number);
const { map } = await bundle(lambda(name), true);
const found = new SourceMap(SourceMapFile.parse(JSON.parse(map))).findEntry(line - 1, column - 1);
if (!('originalSource' in found)) throw new Error(`${name} has nothing at ${place}`);
const text = readFileSync(found.originalSource, 'utf8').split('\n')[found.originalLine];
console.log(`${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}\n  ${text?.trim()}`);
