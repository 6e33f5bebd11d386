// Goes into the served product by `--import`, with `--expose-gc`: tells what memory it holds, a line every few seconds.
import { appendFileSync } from 'node:fs';
import { env, memoryUsage } from 'node:process';

const EVERY_MS = 5_000;
const file = env['SOAK_MEMORY'];

if (file !== undefined) {
  setInterval(() => {
    // What is still held, not what has not been collected yet.
    globalThis.gc?.();
    const { rss, heapUsed, external } = memoryUsage();
    appendFileSync(file, `${JSON.stringify({ at: Date.now(), rss, heapUsed, external })}\n`);
  }, EVERY_MS).unref();
}
