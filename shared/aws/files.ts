import { AwsV4Signer } from 'aws4fetch';
import type { Files, Link } from '../ports.ts';
import { backOff } from './back-off.ts';

/** Whose name requests are signed in. */
export interface Identity {
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  /** Another place than AWS. */
  readonly AWS_ENDPOINT_URL?: string | undefined;
}

/** What was asked of S3, and what it answered. Never with the name of a file. */
export class S3Failed extends Error {
  override readonly name = 'S3Failed';
}

const LINK_SECONDS = 3600;
/** Read as a whole, so that a slow reader holds no connection open. */
const WINDOW_BYTES = 4 * 1024 * 1024;
const TRIES = 6;
const TIMEOUT_MS = 20_000;

interface Asked {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Statuses that are answers; all else is tried again, or a fault. */
  readonly expected: readonly number[];
}

/** Files in a bucket: the few requests that we make, signed by hand, for S3's own client would be half of a function. */
export function bucketFiles(bucket: string, identity: () => Identity, fetcher: typeof fetch = fetch): Files {
  function addressOf(name: string, query: Readonly<Record<string, string>>): URL {
    const { AWS_REGION, AWS_ENDPOINT_URL } = identity();
    const suffix = AWS_REGION.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const base =
      AWS_ENDPOINT_URL === undefined
        ? `https://${bucket}.s3.${AWS_REGION}.${suffix}`
        : `${AWS_ENDPOINT_URL.replace(/\/$/, '')}/${bucket}`;
    const url = new URL(`${base}/${name}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url;
  }

  function signed(url: URL, more: Pick<Asked, 'method' | 'headers'> & { readonly signQuery?: boolean }) {
    const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = identity();
    return new AwsV4Signer({
      ...{ url: url.href, service: 's3', region: AWS_REGION, allHeaders: true },
      ...{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
      method: more.method,
      headers: { ...more.headers },
      ...(more.signQuery && { signQuery: true }),
    }).sign();
  }

  async function link(
    method: 'GET' | 'PUT',
    name: string,
    { query = {}, headers = {} }: Pick<Asked, 'query' | 'headers'>,
  ): Promise<Link> {
    const url = addressOf(name, { ...query, 'X-Amz-Expires': String(LINK_SECONDS) });
    const made = await signed(url, { method, headers, signQuery: true });
    return { url: made.url.href, headers, expiresAt: Date.now() + LINK_SECONDS * 1000 };
  }

  /** All that we ask may be asked again. */
  async function ask({ name, query = {}, body, expected, ...asked }: Asked): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      let told: string;
      try {
        const { url, method, headers } = await signed(addressOf(name, query), asked);
        const answer = await fetcher(url, {
          ...{ method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) },
          ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        });
        if (expected.includes(answer.status)) return answer;
        told = `${answer.status} ${codeIn(await answer.text()) ?? ''}`.trim();
        if (answer.status < 500 && answer.status !== 429) throw new S3Failed(`${asked.method}: ${told}`);
      } catch (error) {
        if (error instanceof S3Failed) throw error;
        told = error instanceof Error ? error.name : 'Error';
      }
      if (tries === TRIES) throw new S3Failed(`${asked.method}: ${told}, ${TRIES} times`);
      await backOff(tries);
    }
  }

  async function* read(name: string, from: number): AsyncGenerator<Uint8Array> {
    for (let at = from; ; ) {
      const headers = { range: `bytes=${at}-${at + WINDOW_BYTES - 1}` };
      // 416: nothing begins there.
      const answer = await ask({ method: 'GET', name, headers, expected: [200, 206, 416] });
      if (answer.status === 416) return;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length > 0) yield bytes;
      at += bytes.length;
      if (answer.status === 200 || at >= totalIn(answer)) return;
    }
  }

  const size = async (name: string): Promise<number | undefined> => {
    const answer = await ask({ method: 'HEAD', name, expected: [200, 404] });
    return answer.status === 404 ? undefined : Number(answer.headers.get('content-length'));
  };

  return {
    uploadLink: (name, contentType) => link('PUT', name, { headers: { 'content-type': contentType } }),
    downloadLink: (name, saveAs) =>
      link('GET', name, { query: { 'response-content-disposition': `attachment; filename="${saveAs}"` } }),
    size,
    read,
    put: async (name, body, contentType) => {
      await ask({ method: 'PUT', name, body, headers: { 'content-type': contentType }, expected: [200] });
    },
    begin: async (name, contentType) => {
      const headers = { 'content-type': contentType };
      const answer = await ask({ method: 'POST', name, query: { uploads: '' }, headers, expected: [200] });
      const [, upload] = /<UploadId>([^<]+)<\/UploadId>/.exec(await answer.text()) ?? [];
      if (upload === undefined) throw new S3Failed('POST: no upload id');
      return upload;
    },
    putPart: async (name, upload, part, body) => {
      const query = { partNumber: String(part), uploadId: upload };
      const answer = await ask({ method: 'PUT', name, query, body, expected: [200] });
      const tag = answer.headers.get('etag');
      if (tag === null) throw new S3Failed('PUT: no tag of a part');
      return tag;
    },
    finish: async (name, upload, parts) => {
      const list = parts
        .map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
        .join('');
      const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
      const answer = await ask({ method: 'POST', name, query: { uploadId: upload }, body, expected: [200, 404] });
      // It answers 200 before it is done, and may say only then that it has failed.
      const code = codeIn(await answer.text());
      if (code === undefined && answer.status === 200) return;
      // An earlier try has come through unheard.
      if (code === 'NoSuchUpload' && (await size(name)) !== undefined) return;
      throw new S3Failed(`POST: ${answer.status} ${code ?? ''}`);
    },
    abandon: async (name, upload) => {
      await ask({ method: 'DELETE', name, query: { uploadId: upload }, expected: [204, 404] });
    },
    remove: async (name) => {
      await ask({ method: 'DELETE', name, expected: [204, 404] });
    },
  };
}

/** The code of an error, of all that S3 says in XML. */
const codeIn = (text: string): string | undefined => /<Error>[\s\S]*?<Code>(\w+)<\/Code>/.exec(text)?.[1];

/** `bytes 0-99/1000` */
const totalIn = ({ headers }: Response): number => Number(/\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]);
