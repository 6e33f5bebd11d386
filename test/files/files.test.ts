import { afterEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { openFiles } from '../../local/files.ts';
import { bucketFiles } from '../../shared/aws/files.ts';
import { type Files, SMALLEST_PART } from '../../shared/ports.ts';
import { openBucket } from '../support/bucket.ts';
import { scratchFolder } from '../support/scratch.ts';

interface Opened {
  readonly files: Files;
  /** As a client without rights of its own. */
  readonly fetch: (method: string, link: { url: string; headers: object }, body?: Uint8Array) => Promise<Response>;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function* chunks(bytes: Uint8Array) {
  yield bytes;
}

const engines: Readonly<Record<string, () => Promise<Opened>>> = {
  'in a folder': async () => {
    const files = openFiles({ folder: scratchFolder(), clock: virtualClock(0), origin: () => 'http://localhost:3000' });
    return {
      files,
      fetch: async (method, { url }, body = new Uint8Array()) => {
        const reply = await files.answer({ method, url, body: chunks(body) });
        const parts: Uint8Array[] = [];
        for await (const part of reply.body) parts.push(part);
        return new Response(Buffer.concat(parts), { status: reply.status, headers: reply.headers });
      },
    };
  },
  'in a bucket': async () => {
    const bucket = await openBucket();
    closing.push(bucket.close);
    return {
      files: bucketFiles(bucket.name, bucket.identity),
      fetch: (method, { url, headers }, body) =>
        fetch(url, { method, headers: { ...headers }, ...(body && { body: new Uint8Array(body) }) }),
    };
  },
};

const all = async (read: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = [];
  for await (const part of read) parts.push(part);
  return Buffer.concat(parts);
};
const NAME = 'imports/imp_1.csv';
const bytesOf = (length: number, seed = 7) =>
  Buffer.from(Array.from({ length }, (_, n) => (n * seed + (n >> 9)) % 251));

describe.each(Object.entries(engines))('files %s', (_, open) => {
  it('are put, measured, read from any byte on, and removed', async () => {
    const { files } = await open();
    expect(await files.size(NAME)).toBeUndefined();
    const bytes = bytesOf(1000);
    await files.put(NAME, bytes, 'text/csv');
    expect(await files.size(NAME)).toBe(1000);
    for (const from of [0, 1, 999]) expect(await all(files.read(NAME, from))).toEqual(bytes.subarray(from));
    expect(await all(files.read(NAME, 1000))).toHaveLength(0);
    await files.put(NAME, bytesOf(3), 'text/csv');
    expect(await all(files.read(NAME, 0))).toEqual(bytesOf(3));
    await files.remove(NAME);
    await files.remove(NAME);
    expect(await files.size(NAME)).toBeUndefined();
  });

  it('are read in chunks, whatever their size', async () => {
    const { files } = await open();
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'some text, ');
    await files.put(NAME, bytes, 'text/csv');
    let read = 0;
    let most = 0;
    for await (const chunk of files.read(NAME, 5)) {
      read += chunk.length;
      most = Math.max(most, chunk.length);
    }
    expect(read).toBe(bytes.length - 5);
    expect(most).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  it('come and go by links, each for one file and one way', async () => {
    const { files, fetch: ask } = await open();
    const upload = await files.uploadLink(NAME, 'text/csv');
    expect((await ask('PUT', upload, bytesOf(500))).status).toBe(200);
    expect(await all(files.read(NAME, 0))).toEqual(bytesOf(500));
    expect((await ask('GET', upload)).status).toBe(403);
    expect((await ask('PUT', { ...upload, url: upload.url.replace('imp_1', 'imp_2') }, bytesOf(1))).status).toBe(403);
    const download = await files.downloadLink(NAME, 'contacts.csv');
    const got = await ask('GET', download);
    expect([got.status, Buffer.from(await got.arrayBuffer())]).toEqual([200, bytesOf(500)]);
    expect((await ask('PUT', download, bytesOf(1))).status).toBe(403);
    const missing = await files.downloadLink('exports/exp_1.csv', 'contacts.csv');
    expect((await ask('GET', missing)).status).toBe(404);
  });

  it('are put together of parts, of which the last of each number counts', async () => {
    const { files } = await open();
    const name = 'exports/exp_1.csv';
    const upload = await files.begin(name, 'text/csv');
    await files.putPart(name, upload, 1, bytesOf(SMALLEST_PART, 3));
    const first = await files.putPart(name, upload, 1, bytesOf(SMALLEST_PART, 5));
    const second = await files.putPart(name, upload, 2, bytesOf(10));
    expect(await files.size(name)).toBeUndefined();
    await files.finish(name, upload, [first, second]);
    const whole = Buffer.concat([bytesOf(SMALLEST_PART, 5), bytesOf(10)]);
    expect((await all(files.read(name, 0))).equals(whole)).toBe(true);
    await files.finish(name, upload, [first, second]);
    expect(await files.size(name)).toBe(whole.length);
  });

  it('that are given up are never there', async () => {
    const { files } = await open();
    const name = 'exports/exp_2.csv';
    const upload = await files.begin(name, 'text/csv');
    const part = await files.putPart(name, upload, 1, bytesOf(10));
    await files.abandon(name, upload);
    await files.abandon(name, upload);
    expect(await files.size(name)).toBeUndefined();
    await files.finish(name, upload, [part]).catch(() => {});
    expect(await files.size(name)).toBeUndefined();
  });
});
