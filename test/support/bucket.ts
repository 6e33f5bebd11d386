import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const IDENTITY = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIA0',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session/token+=',
};

const BUCKET = 'files';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly range: string | undefined;
  readonly bytes: number;
}

const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * The few requests of S3 that we make, on loopback: it holds objects in memory and refuses what is not signed as AWS
 * describes ("Create a signed AWS API request"; "Authenticating requests: query parameters").
 */
export async function openBucket(
  interfere: (asked: Asked, nth: number) => number | 'hang-up' | undefined = () => undefined,
) {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, { tag: string; bytes: Buffer }>>();
  const asked: Asked[] = [];

  const server = createServer((request, response) => {
    void answerTo(request, response);
  });

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const { range } = request.headers;
    const path = url.pathname.slice(`/${BUCKET}/`.length);
    const query = Object.fromEntries([...url.searchParams].filter(([name]) => !name.startsWith('X-Amz-')));
    const one = { method: request.method ?? '', path, query, range, bytes: body.length };
    asked.push(one);
    const interfered = interfere(one, asked.length);
    if (interfered === 'hang-up') {
      request.socket.destroy();
      return;
    }
    const answer =
      interfered === undefined
        ? isSigned(request, url)
          ? act(one, body)
          : fault(403, 'SignatureDoesNotMatch')
        : fault(interfered, 'SlowDown');
    response.writeHead(answer.status, answer.headers ?? {});
    response.end(one.method === 'HEAD' ? undefined : answer.body);
  }
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));

  type Answer = { status: number; headers?: Record<string, string>; body?: Buffer | string };
  const fault = (status: number, code: string): Answer => ({
    status,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`,
  });

  function act({ method, path, query, range }: Asked, body: Buffer): Answer {
    const object = objects.get(path);
    const parts = uploads.get(query['uploadId'] ?? '');
    if (method === 'POST' && 'uploads' in query) {
      const id = `upload-${uploads.size + 1}`;
      uploads.set(id, new Map());
      return {
        status: 200,
        body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      };
    }
    if ('uploadId' in query) {
      if (!parts) return fault(404, 'NoSuchUpload');
      if (method === 'PUT') {
        const tag = `"${body.length}-${query['partNumber']}"`;
        parts.set(Number(query['partNumber']), { tag, bytes: body });
        return { status: 200, headers: { etag: tag } };
      }
      uploads.delete(query['uploadId'] ?? '');
      if (method === 'DELETE') return { status: 204 };
      const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)];
      const found = listed.map(([, n, tag]) =>
        parts.get(Number(n))?.tag === tag ? parts.get(Number(n))?.bytes : undefined,
      );
      if (found.includes(undefined)) return { ...fault(400, 'InvalidPart'), status: 200 };
      objects.set(path, Buffer.concat(found.flatMap((bytes) => bytes ?? [])));
      return { status: 200, body: '<CompleteMultipartUploadResult/>' };
    }
    if (method === 'PUT') {
      objects.set(path, body);
      return { status: 200, headers: { etag: '"e"' } };
    }
    if (method === 'DELETE') {
      objects.delete(path);
      return { status: 204 };
    }
    if (!object) return fault(404, 'NoSuchKey');
    if (method === 'HEAD') return { status: 200, headers: { 'content-length': String(object.length) } };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    if (from === undefined) return { status: 200, body: object };
    if (Number(from) >= object.length) return fault(416, 'InvalidRange');
    const part = object.subarray(Number(from), Number(to) + 1);
    const end = Number(from) + part.length - 1;
    return { status: 206, headers: { 'content-range': `bytes ${from}-${end}/${object.length}` }, body: part };
  }

  const { port } = server.address() as AddressInfo;
  return {
    name: BUCKET,
    identity: () => ({ ...IDENTITY, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }),
    asked,
    uploads,
    close: () => new Promise((closed) => server.close(closed)),
  };
}

function isSigned(request: IncomingMessage, url: URL): boolean {
  const inQuery = url.searchParams.get('X-Amz-Signature');
  const header = request.headers.authorization ?? '';
  const [, credential = '', names = '', signature = ''] = inQuery
    ? ['', url.searchParams.get('X-Amz-Credential') ?? '', url.searchParams.get('X-Amz-SignedHeaders') ?? '', inQuery]
    : (/^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(header) ?? []);
  const date = inQuery ? (url.searchParams.get('X-Amz-Date') ?? '') : String(request.headers['x-amz-date']);
  const token = inQuery ? url.searchParams.get('X-Amz-Security-Token') : request.headers['x-amz-security-token'];
  const scope = `${date.slice(0, 8)}/${IDENTITY.AWS_REGION}/s3/aws4_request`;
  if (token !== IDENTITY.AWS_SESSION_TOKEN || credential !== `${IDENTITY.AWS_ACCESS_KEY_ID}/${scope}`) return false;
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted();
  const canonical = [
    request.method,
    url.pathname,
    query.join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    names,
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const key = [date.slice(0, 8), IDENTITY.AWS_REGION, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${IDENTITY.AWS_SECRET_ACCESS_KEY}`,
  );
  const digest = createHash('sha256').update(canonical).digest('hex');
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, digest].join('\n')).toString('hex') === signature;
}
