import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Served, type ServerOptions, serve } from '../../local/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: an event is read as the function behind API Gateway would
type Event = any;

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function start(options: Partial<ServerOptions> = {}) {
  const events: Event[] = [];
  const logged: string[] = [];
  served = await serve({
    port: 0,
    api: async (event) => {
      events.push(event);
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' },
        body: '{"hello":"wörld"}',
      };
    },
    local: async ({ method, path, body }) => ({
      status: 201,
      headers: {},
      body: `${method} ${path} ${body?.length ?? 0}`,
    }),
    files: async () => ({ status: 404, headers: {}, body: nothing() }),
    log: { error: (code) => logged.push(code) },
    ...options,
  });
  return { events, logged, url: `http://127.0.0.1:${served.port}`, port: served.port };
}

/** `fetch` sets Host and Origin by itself. */
function ask(port: number, headers: Record<string, string>, { host = '127.0.0.1', path = '/v1/contacts' } = {}) {
  return new Promise<{ status: number; body: string; headers: object }>((resolve, reject) => {
    const asked = httpRequest({ host, port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    asked.on('error', reject).end();
  });
}

/** Sends as given, then reads until the end of the answer or of the connection. */
function speak(port: number, ...parts: (string | Buffer | Promise<unknown>)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const over = () => resolve(heard);
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      if (/\r\n\r\n[\s\S]*\}$/.test(heard)) over();
    });
    socket.on('error', (error) => {
      heard += `[${error.message}]`;
      over();
    });
    socket.on('close', over);
    void (async () => {
      for (const part of parts) {
        if (part instanceof Promise) await part;
        else if (!socket.destroyed) await new Promise((sent) => socket.write(part, sent));
      }
    })();
  });
}

const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code: unknown }).code;

const BIG = 11 * 1024 * 1024;

describe('the local server', () => {
  it('hands requests over as API Gateway does, and gives back what is answered', async () => {
    const { url, events } = await start();
    const answer = await fetch(`${url}/v1/contacts/by-phone/%2B1%20415?a=%20b&c`, {
      method: 'PUT',
      body: '{"name":"é"}',
      headers: { 'Content-Type': 'application/json', 'X-Custom': 'Yes' },
    });
    expect([answer.status, await answer.text()]).toEqual([200, '{"hello":"wörld"}']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'r-1',
      'cache-control': 'no-store',
    });
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    expect(events).toMatchObject([
      {
        version: '2.0',
        rawPath: '/v1/contacts/by-phone/+1 415',
        rawQueryString: 'a=%20b&c',
        isBase64Encoded: false,
        body: '{"name":"é"}',
        headers: { 'content-type': 'application/json', 'x-custom': 'Yes' },
        requestContext: { http: { method: 'PUT' } },
      },
    ]);
  });

  it('hands over bytes that are no text in base64', async () => {
    const { url, events } = await start();
    await fetch(url, { method: 'POST', body: Buffer.from([0xff, 0x7b]) });
    expect(events).toMatchObject([{ body: '/3s=', isBase64Encoded: true }]);
  });

  it('answers without a body where there is none', async () => {
    const { url } = await start({ api: async () => ({ statusCode: 204 }) });
    const answer = await fetch(url, { method: 'DELETE' });
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([204, '', null]);
  });

  it('gives everything under /local/ to those who know it', async () => {
    const { url, events } = await start();
    const answer = await fetch(`${url}/local/phones/%2B1/messages`, { method: 'POST', body: 'abc' });
    expect([answer.status, await answer.text()]).toEqual([201, 'POST /local/phones/%2B1/messages 3']);
    expect(events).toEqual([]);
  });

  it('listens on this machine only, under each of its names', async () => {
    const { port } = await start();
    for (const name of ['localhost', '127.0.0.1', 'LOCALHOST', '[::1]'])
      expect((await ask(port, { host: `${name}:${port}` })).status).toBe(200);
    expect((await ask(port, {}, { host: '::1' }).catch(() => ({ status: 200 }))).status).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost',
    'localhost:1',
    '127.0.0.1.evil.example:PORT',
    'localhost:PORT.evil.example',
    'localhost.:PORT',
  ])('answers 403 to the name %j, and hands nothing over', async (host) => {
    const { port, events } = await start();
    const { status, body } = await ask(port, { host: host.replace('PORT', String(port)) });
    expect([status, JSON.parse(body).code]).toEqual([403, 'FORBIDDEN']);
    expect(events).toEqual([]);
  });

  it('answers 403 to who names nobody', async () => {
    const { port, events } = await start();
    expect(await speak(port, 'GET /v1/x HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await speak(port, 'GET http://localhost/v1/x HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect(events).toEqual([]);
  });

  it.each([
    'https://evil.example',
    'null',
    'http://localhost',
    'http://localhost:1',
    'https://localhost:PORT',
    'http://localhost:PORT.evil.example',
  ])('answers 403 to pages of %j', async (origin) => {
    const { port, events } = await start();
    const headers = { host: `localhost:${port}`, origin: origin.replace('PORT', String(port)) };
    for (const path of ['/v1/contacts', '/local/clock']) expect((await ask(port, headers, { path })).status).toBe(403);
    expect(events).toEqual([]);
  });

  it('answers to its own pages, without CORS', async () => {
    const { port } = await start();
    const { status, headers } = await ask(port, { host: `localhost:${port}`, origin: `http://127.0.0.1:${port}` });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('answers 413 to a body that says how large it is, and to one that does not', async () => {
    const { url, events } = await start();
    const known = await fetch(url, { method: 'POST', body: Buffer.alloc(BIG) });
    expect([known.status, await codeOf(known)]).toEqual([413, 'BODY_TOO_LARGE']);
    const chunk = new Uint8Array(1024 * 1024);
    let left = 30;
    const stream = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const unknown = await fetch(url, { method: 'POST', body: stream, duplex: 'half' });
    expect([unknown.status, await codeOf(unknown)]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(events).toEqual([]);
  });

  it('answers 413 before the body has come, and resets no connection before the answer was read', async () => {
    const { port } = await start();
    const head = `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: ${BIG}\r\n\r\n`;
    expect(await speak(port, head, 'x'.repeat(1000))).toMatch(/^HTTP\/1\.1 413 /);
    const heard = await speak(
      port,
      head,
      Buffer.alloc(BIG / 2),
      new Promise((rest) => setTimeout(rest, 50)),
      Buffer.alloc(BIG / 2),
    );
    expect(heard).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"BODY_TOO_LARGE"/);
    expect(heard).not.toContain('[');
  });

  it('tells who asks first to send nothing', async () => {
    const { port } = await start();
    const head = (bytes: number) =>
      `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nExpect: 100-continue\r\nContent-Length: ${bytes}\r\n\r\n`;
    expect(await speak(port, head(BIG))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await speak(port, head(2), '{}')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  it('outlives clients that go away in the middle, speak slowly, or speak nonsense', async () => {
    const { url, port, events, logged } = await start();
    const head = `POST /v1/x HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 10\r\n\r\n`;
    const gone = connect(port, '127.0.0.1');
    await new Promise((sent) => gone.write(`${head}abc`, sent));
    gone.resetAndDestroy();
    await speak(port, 'nonsense\r\n\r\n');
    const slow = speak(
      port,
      ...[...`${head}0123456789`].flatMap((letter, at) =>
        at % 40 === 0 ? [new Promise((rest) => setTimeout(rest, 5)), letter] : [letter],
      ),
    );
    expect(await slow).toMatch(/^HTTP\/1\.1 200 /);
    expect((await fetch(url)).status).toBe(200);
    expect(events.map(({ requestContext: { http } }) => http.method)).toEqual(['POST', 'GET']);
    expect(logged).toEqual([]);
  });

  it('outlives clients that go away before the answer', async () => {
    let go = () => {};
    let asked = () => {};
    const begun = new Promise<void>((resolve) => (asked = resolve));
    const held = () =>
      new Promise<void>((resolve) => {
        go = resolve;
        asked();
      });
    const { port, url, logged } = await start({
      api: async (event: Event) => {
        if (event.rawPath === '/slow') await held();
        return { statusCode: 200, body: 'x'.repeat(1_000_000) };
      },
    });
    const client = connect(port, '127.0.0.1');
    client.write(`GET /slow HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await begun;
    client.resetAndDestroy();
    await new Promise((rest) => setTimeout(rest, 20));
    go();
    expect((await fetch(url)).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it('answers 500 where what is behind it fails', async () => {
    const { url, logged } = await start({
      api: async () => Promise.reject(new Error('secret')),
      local: async () => Promise.reject(new Error('secret')),
    });
    for (const path of ['/v1/x', '/local/x']) {
      const answer = await fetch(`${url}${path}`);
      expect([answer.status, await codeOf(answer)]).toEqual([500, 'INTERNAL']);
    }
    expect(logged).toEqual(['LOCAL_SERVER_FAILED', 'LOCAL_SERVER_FAILED']);
  });

  it('says when its port is taken', async () => {
    const { port } = await start();
    await expect(
      serve({
        port,
        api: async () => ({}),
        local: async () => ({ status: 200, headers: {} }),
        files: async () => ({ status: 404, headers: {}, body: nothing() }),
      }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('ends soon, whoever still holds a connection', async () => {
    const { port } = await start();
    const idle = connect(port, '127.0.0.1');
    idle.on('error', () => {});
    await new Promise((sent) => idle.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, sent));
    await new Promise((answered) => idle.once('data', answered));
    const before = performance.now();
    await served?.close();
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
