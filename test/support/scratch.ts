import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is made when somebody wants it, and is gone with the process. */
export function scratchFolder(): () => string {
  let folder: string | undefined;
  return () => {
    if (folder === undefined) {
      folder = mkdtempSync(join(tmpdir(), 'sms-workflows-test-'));
      made.push(folder);
    }
    return folder;
  };
}
