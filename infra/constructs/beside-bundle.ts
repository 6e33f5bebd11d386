import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Data that is read from a file when it is needed, by its package, so that it is no part of what every start has to read. */
const FILES = [
  'libphonenumber-js/metadata.max.json',
  'sms-workflows/docs/openapi.json',
  'sms-workflows/shared/domain/opt-out-words.json',
  'sms-workflows/shared/domain/phone-places.json',
];

/** Puts beside a bundle the files that it asks for by name, to where Node looks for them. */
export function putBeside(bundle: string): void {
  const code = readFileSync(bundle, 'utf8');
  const { resolve } = createRequire(import.meta.url);
  for (const name of FILES.filter((file) => code.includes(file)))
    cpSync(resolve(name), join(dirname(bundle), 'node_modules', name));
}
