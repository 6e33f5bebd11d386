import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import type { Handler } from '../lambdas/kit/handler.ts';
import { refuse } from '../shared/domain/problem.ts';
import { problemReply } from '../shared/http/problem-json.ts';
import type { Reply } from '../shared/http/reply.ts';
import type { Log } from '../shared/ports.ts';
import { FILES_PATH, type FileReply, type FileRequest } from './files.ts';
import { invocation } from './lambda.ts';
import type { LocalRequest } from './local-routes.ts';
import { quietLog } from './log.ts';

/** As much as API Gateway takes. */
const LARGEST_BODY_BYTES = 10 * 1024 * 1024;
/** How long, and how much, of a body that was refused is thrown away so that its sender gets to read the answer. */
const LINGER_MS = 10_000;
const LINGER_BYTES = 256 * 1024 * 1024;
/** How long a request that is being answered may hold up the end. */
const CLOSING_MS = 3_000;

export interface ServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Takes and answers API Gateway events (payload format 2.0). */
  readonly api: Handler<unknown>;
  /** Everything below `/local/`. */
  readonly local: (request: LocalRequest) => Promise<Reply>;
  /** Takes and gives files by their links: of any size, never in memory. */
  readonly files: (request: FileRequest) => Promise<FileReply>;
  readonly log?: Pick<Log, 'error'>;
}

export interface Served {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, and lets those that are being answered end. */
  close(): Promise<void>;
}

const ApiAnswer = z.looseObject({
  statusCode: z.int(),
  headers: z._default(z.record(z.string(), z.string()), {}),
  body: z.optional(z.string()),
});

/**
 * The API on this machine only: it listens on the loopback addresses, and answers neither to other names (a page that
 * rebinds its own name to 127.0.0.1) nor to pages of other origins.
 */
export async function serve({ port, api, local, files, log = standardError }: ServerOptions): Promise<Served> {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away in the middle is nobody's fault.
    request.on('error', () => {});
    response.on('error', () => {});
    answer(request, response).catch((error: unknown) => {
      if (!request.destroyed || request.complete)
        log.error('LOCAL_SERVER_FAILED', { error: error instanceof Error ? error.name : 'Error' });
      if (response.headersSent) response.destroy();
      else send(response, problemReply({ code: 'INTERNAL', detail: 'The local server has failed.' }));
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const stranger = strangerOf(request, request.socket.localPort ?? port);
    if (stranger !== undefined) return discard(request, response, problemReply(refuse('FORBIDDEN', stranger).problem));
    const { method = 'GET', url = '/' } = request;
    if (url.startsWith(FILES_PATH)) return passFile(method, url, request, response);
    const body = await readBytes(request);
    if (body === 'too-large') {
      const problem = refuse('BODY_TOO_LARGE', `At most ${LARGEST_BODY_BYTES} bytes are taken.`).problem;
      return discard(request, response, problemReply(problem));
    }
    // The client has gone before it had said everything.
    if (body === 'aborted') return;
    const at = url.indexOf('?');
    const [path, query] = at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
    const headers = headersOf(request);
    if (path.startsWith('/local/')) return send(response, await local({ method, path, headers, body }));
    const {
      statusCode,
      headers: given,
      body: text,
    } = ApiAnswer.parse(await api(eventOf({ method, path, query, headers, body }), invocation('api')));
    send(response, { status: statusCode, headers: given, ...(text !== undefined && { body: text }) });
  }

  async function passFile(method: string, url: string, request: IncomingMessage, response: ServerResponse) {
    const { status, headers, body } = await files({ method, url, body: bytesOf(request) });
    if (!request.readableEnded) drain(request);
    response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers });
    await pipeline(body, response);
  }

  const open = async (host: string, wanted: number): Promise<Server> => {
    const server = createServer(handle);
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      // Who asks before sending too much is told before sending.
      const isTooLarge = Number(request.headers['content-length']) > LARGEST_BODY_BYTES;
      if (!isTooLarge || request.url?.startsWith(FILES_PATH)) response.writeContinue();
      handle(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port: wanted }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return server;
  };

  const first = await open('127.0.0.1', port);
  const taken = portOf(first);
  const second = await open('::1', taken).catch(async (error: unknown) => {
    if (isWithoutIpv6(error)) return undefined;
    await closed(first);
    throw error;
  });
  return {
    url: `http://localhost:${taken}`,
    port: taken,
    close: async () => {
      await Promise.all([closed(first), second && closed(second)]);
    },
  };
}

const standardError = quietLog((line) => console.error(line));

const isWithoutIpv6 = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT');

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

async function closed(server: Server): Promise<void> {
  const over = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSING_MS);
  await over;
  clearTimeout(timer);
}

/** Why the request is not from here; undefined: it is. */
function strangerOf({ headers: { host, origin } }: IncomingMessage, port: number): string | undefined {
  const names = ['localhost', '127.0.0.1', '[::1]'].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  if (host === undefined || !names.includes(host.toLowerCase()))
    return `This server answers to ${names.join(', ')} only.`;
  if (origin !== undefined && !names.some((name) => origin.toLowerCase() === `http://${name}`))
    return 'Pages of other origins may not call this server.';
  return undefined;
}

async function readBytes(request: IncomingMessage): Promise<Buffer | 'too-large' | 'aborted'> {
  if (Number(request.headers['content-length']) > LARGEST_BODY_BYTES) return 'too-large';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of bytesOf(request)) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_BODY_BYTES) return 'too-large';
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.destroyed && !request.complete) return 'aborted';
    throw error;
  }
  return Buffer.concat(chunks);
}

async function* bytesOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Buffer)) throw new TypeError('a body comes as bytes');
    yield chunk;
  }
}

/** Answers without having read the body. What still comes is thrown away for a while: closing at once would lose the answer. */
function discard(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  drain(request);
  send(response, reply);
}

function drain(request: IncomingMessage): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > LINGER_BYTES) socket.destroy();
  });
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = Buffer.from(body ?? '');
  const length = status === 204 ? {} : { 'content-length': bytes.byteLength };
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    ...length,
  });
  response.end(bytes);
}

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  );

interface Parts extends LocalRequest {
  readonly query: string;
  readonly body: Buffer;
}

/** As API Gateway's HTTP APIs hand it over: the path decoded, a body that is no text in base64. */
function eventOf({ method, path, query, headers, body }: Parts) {
  const rawPath = decoded(path);
  const text = textOf(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query,
    headers,
    requestContext: {
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      stage: '$default',
    },
    ...(body.byteLength > 0 && { body: text ?? body.toString('base64') }),
    isBase64Encoded: text === undefined,
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
