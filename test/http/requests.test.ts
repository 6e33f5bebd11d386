import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import * as z from 'zod/mini';
import { ok, refuse } from '../../shared/domain/problem.ts';
import { PROBLEMS } from '../../shared/http/problem-json.ts';
import { type Route, route } from '../../shared/http/route.ts';
import { routes } from '../../shared/http/routes.ts';
import { type Answer, faultsIn, openApi } from './api.ts';

const Echo = z.strictObject({ text: z.string(), deep: z.optional(z.unknown()) });

/** A route that says what it got, and one of each way to fail. */
const echoing = [
  route({
    method: 'PUT',
    path: '/v1/echo/{name}',
    scope: 'workspace:write',
    summary: 'Echo',
    tags: [],
    input: {
      path: z.strictObject({ name: z.string().check(z.maxLength(20)) }),
      query: z.strictObject({ loud: z.optional(z.enum(['yes', 'no'])) }),
      body: Echo,
    },
    status: 200,
    answer: z.object({ name: z.string(), text: z.string(), loud: z.optional(z.string()) }),
    etag: true,
    run:
      () =>
      async ({ path, query, body, revision }) =>
        ok({
          body: { ...path, ...query, ...body, secret: 'never leaves' },
          ...(revision !== undefined && { revision }),
        }),
  }),
  route({
    method: 'GET',
    path: '/v1/echo/known',
    scope: 'workspace:read',
    summary: 'Words come before parameters',
    tags: [],
    input: {},
    status: 204,
    run: () => async () => ok({ body: undefined }),
  }),
  route({
    method: 'GET',
    path: '/v1/echo/{name}',
    scope: 'workspace:read',
    summary: 'Fail',
    tags: [],
    input: { path: z.strictObject({ name: z.string() }) },
    status: 204,
    run:
      () =>
      async ({ path }) => {
        if (path.name === 'refused') return refuse('NOT_FOUND', 'There is none.');
        const error = new Error(`the secret of ${path.name}`);
        if (path.name === 'contention') error.name = 'Contention';
        throw error;
      },
  }),
];
const echo = (body: unknown, headers?: Record<string, string>, path = '/v1/echo/me') =>
  openApi(echoing).call('PUT', path, body, headers);
const PROBLEM = {
  'content-type': 'application/problem+json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

describe('a request', () => {
  it('is answered with what the answer declares, and nothing else', async () => {
    const { status, headers, body } = await echo({ text: 'hi' });
    expect({ status, body }).toEqual({ status: 200, body: { name: 'me', text: 'hi' } });
    expect(headers).toMatchObject({ ...PROBLEM, 'content-type': 'application/json' });
  });

  it.each([
    ['percent-encoded', '/v1/echo/50%25%20off', '50% off'],
    ['decoded, as API Gateway hands it over', '/v1/echo/50% off', '50% off'],
    ['not valid UTF-8', '/v1/echo/%ff', '%ff'],
    ['with a slash inside', '/v1/echo/a%2Fb', 'a/b'],
  ])('may have a path that is %s', async (_, path, name) => {
    expect((await echo({ text: '' }, {}, path)).body.name).toBe(name);
  });

  it('finds words before parameters', async () => {
    expect((await openApi(echoing).call('GET', '/v1/echo/known')).status).toBe(204);
  });

  it.each([
    '/',
    '/v1',
    '/v1/echo',
    '/v1/echo/',
    '/v1/echo/a/b',
    '//v1/echo/a',
    '/v1/Echo/a',
    '/v2/echo/a',
    '/v1/echo/a/',
    '/v1/../v1/echo/a',
    '',
  ])('to %j, where nothing is, gets 404', async (path) => {
    const answer = await openApi(echoing).call('GET', path);
    expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('with a method that the path does not know gets 405 and is told which it knows', async () => {
    const { status, headers, body } = await openApi(echoing).call('DELETE', '/v1/echo/a');
    expect([status, body.code, headers['allow']]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, PUT']);
  });

  it('with a method that only a parameter in the place of a word would know gets 405 too', async () => {
    const { status, headers } = await openApi(echoing).call('PUT', '/v1/echo/known', { text: '' });
    expect([status, headers['allow']]).toEqual([405, 'GET']);
  });

  it.each([
    ['an unknown parameter', 'quiet=1', ['UNKNOWN_FIELD query.quiet']],
    ['a parameter twice', 'loud=yes&loud=yes', ['DUPLICATE query.loud']],
    ['a broken encoding', 'loud=%zz', ['INVALID_FORMAT query.loud']],
    ['a value that is not allowed', 'loud=maybe', ['INVALID_VALUE query.loud']],
    ['__proto__', '__proto__=1', ['UNKNOWN_FIELD query.__proto__']],
  ])('with %s in its query is refused', async (_, query, faults) => {
    const answer = await echo({ text: '' }, {}, `/v1/echo/me?${query}`);
    expect([answer.status, faultsIn(answer)]).toEqual([400, faults]);
  });

  it('is told all its faults at once, wherever they are', async () => {
    const answer = await echo({ txt: 1 }, { 'if-match': 'yesterday' }, `/v1/echo/${'x'.repeat(21)}?loud=1`);
    expect(answer.status).toBe(400);
    expect(faultsIn(answer).sort()).toEqual(
      [
        'INVALID_FORMAT header.If-Match',
        'INVALID_VALUE query.loud',
        'REQUIRED text',
        'TOO_BIG path.name',
        'UNKNOWN_FIELD txt',
      ].sort(),
    );
  });
});

describe('a body', () => {
  const nested = (levels: number) => `{"text":"","deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

  it.each<[string, unknown, Record<string, string>, number, string, RegExp]>([
    ['that is missing', undefined, {}, 400, 'INVALID_INPUT', /a fault/],
    ['that is empty', '', {}, 400, 'INVALID_INPUT', /a fault/],
    [
      'that is cut off',
      '{"text":"hi"',
      {},
      400,
      'INVALID_INPUT',
      /not valid JSON, at position 12 \(line 1, column 13\)/,
    ],
    ['with a comma too many', '{\n"text":"hi",}', {}, 400, 'INVALID_INPUT', /position 14 \(line 2, column 13\)/],
    ['of two documents', '{"text":""}{}', {}, 400, 'INVALID_INPUT', /position 11/],
    ['that is no object', '[]', {}, 400, 'INVALID_INPUT', /a fault/],
    ['that is null', 'null', {}, 400, 'INVALID_INPUT', /a fault/],
    [
      'of another type',
      'text=hi',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      /JSON/,
    ],
    ['of no type', '{"text":""}', { 'content-type': '' }, 415, 'UNSUPPORTED_MEDIA_TYPE', /JSON/],
    [
      'in another charset',
      '{"text":""}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      /UTF-8/,
    ],
    [
      'that is compressed',
      '{"text":""}',
      { 'content-encoding': 'gzip' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      /not compressed/,
    ],
    ['of more than a mebibyte', `{"text":"${'x'.repeat(1024 * 1024)}"}`, {}, 413, 'BODY_TOO_LARGE', /1048587 bytes/],
    ['that is nested too deep', nested(65), {}, 400, 'INVALID_INPUT', /cannot be taken/],
    ['that is nested absurdly deep', nested(400_000), {}, 400, 'INVALID_INPUT', /cannot be taken/],
    ['with half a surrogate pair', '{"text":"\\ud800"}', {}, 400, 'INVALID_INPUT', /cannot be taken/],
    ['with __proto__', '{"text":"","__proto__":{"text":""}}', {}, 400, 'INVALID_INPUT', /cannot be taken/],
    ['with constructor', '{"text":"","constructor":{"prototype":{}}}', {}, 400, 'INVALID_INPUT', /a fault/],
    ['with a number beyond all numbers', '{"text":"","deep":1e400}', {}, 400, 'INVALID_INPUT', /cannot be taken/],
  ])('%s is refused', async (_, body, headers, status, code, detail) => {
    const answer = await echo(body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(detail);
    expect(answer.headers).toMatchObject(PROBLEM);
    expect(Object.prototype).not.toHaveProperty('text');
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset="UTF-8"',
    'application/merge-patch+json',
  ])('of type %s is taken', async (type) => {
    expect((await echo({ text: 'hi' }, { 'content-type': type })).status).toBe(200);
  });

  it('may be nested 64 deep', async () => {
    expect((await echo(nested(64))).status).toBe(200);
  });

  it('may come in base64, with or without a byte order mark', async () => {
    const api = openApi(echoing);
    const base64 = (bytes: Buffer) =>
      api.raw({
        ...api.event('PUT', '/v1/echo/me', ''),
        headers: { 'Content-Type': 'application/json' },
        isBase64Encoded: true,
        body: bytes.toString('base64'),
      });
    expect((await base64(Buffer.from('{"text":"é"}'))).body).toEqual({ name: 'me', text: 'é' });
    expect((await base64(Buffer.from('\uFEFF{"text":"é"}'))).body).toEqual({ name: 'me', text: 'é' });
    const broken = await base64(Buffer.from('{"text":"\xe9"}', 'latin1'));
    expect([broken.status, broken.body.detail]).toEqual([400, 'The body is not valid UTF-8.']);
  });

  it('names its faults by their paths, and quotes little of what was sent', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`${at}${'k'.repeat(600)}`, 1]));
    const { status, body } = await echo({ text: '', ...many });
    expect([status, body.errors.length]).toEqual([400, 100]);
    expect(JSON.stringify(body).length).toBeLessThan(60_000);
  });
});

describe('a fault of ours', () => {
  it('is a 500 with a request id and a log entry, without what was thrown', async () => {
    const api = openApi(echoing);
    const { status, headers, body } = await api.call('GET', '/v1/echo/alice');
    expect([status, body.code, body.requestId]).toEqual([500, 'INTERNAL', headers['x-request-id']]);
    expect(headers).toMatchObject(PROBLEM);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(api.logged).toHaveLength(1);
    expect(api.logged[0]).toMatch(/^HTTP_FAILED .*"error":"Error"/);
    expect(api.logged[0]).not.toMatch(/secret|alice/);
  });

  it('that will pass is a 503 that says when to try again', async () => {
    const { status, headers, body } = await openApi(echoing).call('GET', '/v1/echo/contention');
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'TEMPORARILY_UNAVAILABLE', '1']);
  });

  it('is an event that is none of API Gateway: answered all the same', async () => {
    expect((await openApi(echoing).raw({ hello: 'world' })).status).toBe(500);
  });
});

test('requests are logged by route and code, never by what they hold', async () => {
  const api = openApi();
  await api.call('PUT', '/v1/contacts/by-phone/+14155550171', { firstName: 'Guest' });
  await api.call('GET', '/v1/contacts/+14155550171');
  expect(api.logged.map((line) => line.replace(/"request":"[^"]*"/, '"request":""'))).toEqual([
    'HTTP {"request":"","route":"PUT /v1/contacts/by-phone/{phone}","status":201,"milliseconds":0}',
    'HTTP {"request":"","route":"GET /v1/contacts/{contactId}","status":400,"problem":"INVALID_INPUT","milliseconds":0}',
  ]);
});

test('If-Match is read as a revision; * and its absence mean any', async () => {
  const etag = async (ifMatch: string) => (await echo({ text: '' }, { 'if-match': ifMatch })).headers['etag'];
  expect(await etag('"3"')).toBe('"3"');
  expect(await etag('W/"3"')).toBe('"3"');
  expect(await etag('*')).toBeUndefined();
});

test('every problem has a status of its kind', () => {
  for (const { status, title } of Object.values(PROBLEMS)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toBe('');
  }
});

// What cannot be asked for like this: nothing of it is written, and nothing of it is a fault of ours.
const garbage: [string, unknown][] = [
  ['null', null],
  ['a list', []],
  ['a text', 'text'],
  ['a number', 7],
  ['unknown fields', { nonsense: 1 }],
  [
    'nothing but nulls',
    {
      phone: null,
      name: null,
      text: null,
      tag: null,
      key: null,
      trigger: null,
      inFlight: null,
      contactIds: null,
      label: null,
      profile: null,
      template: null,
      timeZone: null,
      optIn: null,
      enrollExisting: null,
    },
  ],
];
const withBody = routes.filter(({ input, method }) => input.body && method !== 'GET');

describe.each(withBody.map((one) => [`${one.method} ${one.path}`, one] as const))('%s', (_, { method, path }) => {
  const address = path
    .replace('{phone}', '+14155550171')
    .replace('{key}', 'plan')
    .replace('{tag}', 'lead')
    .replace('{version}', '1')
    .replace(/\{(\w+)Id\}/g, (_whole, name: string) => {
      const prefix = { contact: 'ct', workflow: 'wf', inbox: 'inb', run: 'run', message: 'msg' }[name] ?? '';
      return `${prefix}_${'0'.repeat(26)}${prefix === 'run' || prefix === 'msg' ? '0'.repeat(26) : ''}`;
    });

  it.each(garbage)('refuses %s as its body and writes nothing', async (__, body) => {
    const api = openApi();
    const before = api.dump();
    const { status, headers, body: problem } = await api.call(method, address, JSON.stringify(body));
    expect([status, problem.code]).toEqual([400, 'INVALID_INPUT']);
    expect(headers).toMatchObject(PROBLEM);
    expect(problem.errors.length).toBeGreaterThan(0);
    expect(api.dump()).toEqual(before);
  });

  it('has no body that makes it fail', async () => {
    const api = openApi();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (body) => {
        const answer: Answer = await api.call(method, address, JSON.stringify(body));
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 30 },
    );
  });
});

describe.each(
  routes.filter(({ path }) => path.includes('{')).map((one) => [`${one.method} ${one.path}`, one] as const),
)('%s', (_, { method, path }) => {
  it.each(['nonsense', '%00', '..', '%ff', 'ct_', '__proto__', 'constructor', '🙂', 'x'.repeat(3000)])(
    'takes %j for no address of anything',
    async (word) => {
      const api = openApi();
      const { status } = await api.call(method, path.replace(/\{\w+\}/g, word), method === 'GET' ? undefined : '{}');
      expect([400, 404]).toContain(status);
      expect(api.dump()).toEqual([]);
    },
  );
});

const isPaged = ({ input: { query } }: Route) => query?.safeParse({ cursor: 'any' }).success ?? false;
const PREFIXES: Readonly<Record<string, string>> = { contact: 'ct', preview: 'pass', import: 'imp', export: 'exp' };
describe.each(routes.filter(isPaged).map((one) => [`${one.method} ${one.path}`, one] as const))(
  '%s',
  (_, { method, path }) => {
    const somewhere = path.replace(
      /\{(\w+)Id\}/g,
      (_whole, name: string) => `${PREFIXES[name] ?? 'wf'}_${'0'.repeat(26)}`,
    );
    it.each([
      ['limit=0', 'INVALID_INPUT'],
      ['limit=101', 'INVALID_INPUT'],
      ['limit=', 'INVALID_INPUT'],
      ['limit=1e1', 'INVALID_INPUT'],
      ['limit=-1', 'INVALID_INPUT'],
      ['cursor=', 'INVALID_INPUT'],
      ['cursor=nonsense', 'INVALID_CURSOR'],
      ['cursor=WyJhIiwiYiIsImMiXQ', 'INVALID_CURSOR'],
    ])('refuses %s', async (query, code) => {
      const answer = await openApi().call(method, `${somewhere}?${query}`);
      expect([404, 400]).toContain(answer.status);
      if (answer.status === 400) expect(answer.body.code).toBe(code);
    });
  },
);
