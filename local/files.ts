import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import type { Clock, Files } from '../shared/ports.ts';

/** A file on its way in or out by one of our links. */
export interface FileRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Read only where a file is taken. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface FileReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface LocalFiles extends Files {
  /** Answers whoever comes with a link; a file is never held in memory. */
  answer(request: FileRequest): Promise<FileReply>;
}

interface LocalFilesOptions {
  /** Made when the first file comes. */
  readonly folder: () => string;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the server is, as in `http://localhost:3000`. */
  readonly origin: () => string;
}

/** What every link begins with. */
export const FILES_PATH = '/local/files/';

const LINK_MS = 3_600_000;
const LARGEST_BYTES = 1024 ** 3;
const CHUNK_BYTES = 1024 * 1024;
/** No name leads out of the folder. */
const NAME = /^(?:imports|exports)\/[\w.-]+$/;

/** Files in a folder. A link bears what only this process could have signed, so it ends with the process. */
export function openFiles({ folder, clock, origin }: LocalFilesOptions): LocalFiles {
  const secret = randomBytes(32);
  const pathOf = (name: string): string => {
    if (!NAME.test(name)) throw new RangeError('not the name of a file');
    return join(folder(), name);
  };
  const partsOf = (name: string, upload: string) => join(folder(), 'parts', `${name.replace('/', '_')}-${upload}`);
  const signed = (method: string, name: string, until: number, saveAs: string): string =>
    createHmac('sha256', secret).update([method, name, until, saveAs].join('\n')).digest('base64url');

  const link = (method: 'PUT' | 'GET', name: string, saveAs = '') => {
    const expiresAt = clock.now() + LINK_MS;
    const token = signed(method, name, expiresAt, saveAs);
    const query = new URLSearchParams({ until: String(expiresAt), ...(saveAs && { as: saveAs }), token });
    return { url: `${origin()}${FILES_PATH}${name}?${query.toString()}`, headers: {}, expiresAt };
  };

  /** Whole or not at all. */
  async function write(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const aside = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      await pipeline(chunks, createWriteStream(aside));
      await rename(aside, path);
    } finally {
      await rm(aside, { force: true });
    }
  }

  async function* read(path: string, from: number): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path, { start: from, highWaterMark: CHUNK_BYTES })) {
      yield Bytes.parse(chunk);
    }
  }

  const files: Files = {
    uploadLink: async (name) => link('PUT', name),
    downloadLink: async (name, saveAs) => link('GET', name, saveAs),
    async size(name) {
      try {
        return (await stat(pathOf(name))).size;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    read: (name, from) => read(pathOf(name), from),
    put: (name, bytes) => write(pathOf(name), [bytes]),
    async begin(name) {
      const upload = randomBytes(9).toString('hex');
      await mkdir(partsOf(name, upload), { recursive: true });
      return upload;
    },
    async putPart(name, upload, part, bytes) {
      await write(join(partsOf(name, upload), String(part)), [bytes]);
      return String(part);
    },
    async finish(name, upload, parts) {
      const from = partsOf(name, upload);
      const joined = async function* () {
        for (const part of parts) yield* read(join(from, part), 0);
      };
      if (await exists(from)) await write(pathOf(name), joined());
      await rm(from, { recursive: true, force: true });
    },
    abandon: (name, upload) => rm(partsOf(name, upload), { recursive: true, force: true }),
    remove: (name) => rm(pathOf(name), { force: true }),
  };

  async function answer({ method, url, body }: FileRequest): Promise<FileReply> {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const name = pathname.slice(FILES_PATH.length);
    const until = Number(searchParams.get('until'));
    const saveAs = searchParams.get('as') ?? '';
    const token = Buffer.from(searchParams.get('token') ?? '');
    const own = Buffer.from(signed(method, name, until, saveAs));
    const isOwn = token.length === own.length && timingSafeEqual(token, own);
    if (!NAME.test(name) || !isOwn || !(clock.now() < until)) return plainly(403, 'The link is not valid any more.');
    if (method === 'PUT') return take(name, body);
    const bytes = await files.size(name);
    if (bytes === undefined) return plainly(404, 'There is no such file.');
    return {
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${saveAs}"`,
      },
      body: files.read(name, 0),
    };
  }

  async function take(name: string, body: AsyncIterable<Uint8Array>): Promise<FileReply> {
    try {
      await write(pathOf(name), bounded(body));
      return plainly(200, '');
    } catch (error) {
      if (error instanceof TooLarge) return plainly(413, `At most ${LARGEST_BYTES} bytes are taken.`);
      throw error;
    }
  }

  return { ...files, answer };
}

class TooLarge extends Error {}

async function* bounded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LARGEST_BYTES) throw new TooLarge();
    yield chunk;
  }
}

const Bytes = z.instanceof(Uint8Array);

const plainly = (status: number, text: string): FileReply => {
  const bytes = Buffer.from(text);
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(bytes.length) };
  return {
    status,
    headers,
    body: (async function* () {
      yield bytes;
    })(),
  };
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function exists(path: string): Promise<boolean> {
  try {
    await (await open(path)).close();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Removes what is older than a week, as the bucket of a deployment does by itself. */
export async function removeOldFiles(folder: string, now: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(path)).mtimeMs < now - KEPT_MS) rmSync(path, { force: true });
  }
}
const KEPT_MS = 7 * 86_400_000;
