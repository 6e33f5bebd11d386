import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from './documents.ts';

const root = join(import.meta.dirname, '..');
for (const [path, text] of Object.entries(documents())) {
  writeFileSync(join(root, path), text);
  console.log(`${path}: ${text.length} characters`);
}
