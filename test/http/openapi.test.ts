import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ok } from '../../shared/domain/problem.ts';
import { openApi } from '../../shared/http/openapi.ts';
import { parts } from '../../shared/http/parts.ts';
import { type Route, route } from '../../shared/http/route.ts';
import { routes } from '../../shared/http/routes.ts';
import { firstWord, openApi as open } from './api.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is read as any client reads it
const described = (of: readonly Route[]): any => JSON.parse(JSON.stringify(openApi(of)));
const document = described(routes);
const operations: { method: string; path: string; operationId: string; [name: string]: unknown }[] = Object.entries(
  document.paths,
).flatMap(([path, methods]) =>
  Object.entries(methods as object).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);

describe('the description of the API', () => {
  it('is OpenAPI 3.1, by an independent validator', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('is served by the API itself', async () => {
    const { status, body } = await open().call('GET', '/v1/openapi.json');
    expect([status, body]).toEqual([200, document]);
  });

  it('has every route, each under a name of its own', () => {
    const names = (of: readonly { method: string; path: string }[]) =>
      of.map(({ method, path }) => `${method} ${path}`).sort();
    expect(names(operations)).toEqual(names(routes));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  it('refers to nothing that it does not define', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter(([, kind = '', name = '']) => document.components[kind]?.[name] === undefined)).toEqual(
      [],
    );
    expect(JSON.stringify(document)).not.toMatch(/\$defs|__schema/);
  });

  it('has no pattern that only some can read', () => {
    expect(JSON.stringify(document)).not.toMatch(/"pattern":"[^"]*\\\\p\{/);
    expect(document.paths['/v1/tags'].post.requestBody.content['application/json'].schema.properties.tag).toMatchObject(
      { pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]*$` },
    );
  });

  it('names every parameter of a path', () => {
    for (const { path, parameters } of operations) {
      const named = (parameters as { in: string; name: string }[])
        .filter((each) => each.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(named.sort()).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
    }
  });
});

it('every route is in the part of the API that its path asks for', async () => {
  for (const { words, load } of parts) {
    expect([...new Set((await load()).map(firstWord))].sort()).toEqual([...words].sort());
  }
});

it('every list tells that a cursor may not be one of its own', () => {
  const lists = routes.filter(({ input }) => input.query instanceof z.ZodMiniObject && 'cursor' in input.query.shape);
  expect(lists.length).toBeGreaterThan(5);
  expect(lists.filter(({ refusals = [] }) => !refusals.includes('INVALID_CURSOR')).map(({ path }) => path)).toEqual([]);
});

describe('an operation', () => {
  const widget = z.object({ id: z.string(), size: z._default(z.int(), 1) }).check(z.meta({ id: 'Widget' }));
  const run = () => async () => ok({ body: { id: 'w', size: 1 } });
  const given = { scope: 'workspace:write', tags: ['Widgets'], run, answer: widget } as const;
  const { paths, components } = described([
    route({
      ...given,
      method: 'POST',
      path: '/v1/widgets',
      summary: 'Make a widget',
      input: { body: widget },
      status: 201,
      etag: true,
      refusals: ['NAME_TAKEN'],
    }),
    route({
      ...given,
      method: 'PUT',
      path: '/v1/widgets/{widgetId}',
      summary: 'Replace a widget',
      input: {
        path: z.strictObject({ widgetId: z.string() }),
        query: z.strictObject({ dry: z.optional(z.enum(['yes'])).check(z.meta({ description: 'Only looks.' })) }),
      },
      status: 200,
      also: { 202: 'It is on its way.' },
      etag: true,
      refusals: ['REVISION_MISMATCH'],
    }),
  ]);
  const { post } = paths['/v1/widgets'];
  const { put } = paths['/v1/widgets/{widgetId}'];

  it('says who may: whoever signs, or whose token has the scope', () => {
    expect(post.security).toEqual([{ iam: [] }, { jwt: ['workspace:write'] }]);
    expect(Object.keys(components.securitySchemes)).toEqual(['iam', 'jwt']);
  });

  it('takes an Idempotency-Key where it is a POST, and If-Match where it changes a document', () => {
    expect(post.parameters.map(({ name }: { name: string }) => name)).toEqual(['Idempotency-Key']);
    expect(
      put.parameters.map(({ name, in: where, required }: Record<string, unknown>) => [name, where, required]),
    ).toEqual([
      ['widgetId', 'path', true],
      ['dry', 'query', false],
      ['If-Match', 'header', false],
    ]);
    expect(put.parameters[1]).toEqual({
      name: 'dry',
      in: 'query',
      required: false,
      description: 'Only looks.',
      schema: { type: 'string', enum: ['yes'] },
    });
  });

  it('takes and gives a document by name, under two where they differ', () => {
    expect(post.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/WidgetInput' } } },
    });
    expect(post.responses['201'].content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Widget' } },
    });
    expect([components.schemas.WidgetInput.required, components.schemas.Widget.required]).toEqual([
      ['id'],
      ['id', 'size'],
    ]);
    expect(put.requestBody).toBeUndefined();
  });

  it('gives an ETag, and an address to what is new', () => {
    expect([Object.keys(post.responses['201'].headers), Object.keys(put.responses['200'].headers)]).toEqual([
      ['ETag', 'Location'],
      ['ETag'],
    ]);
    expect(put.responses['202'].description).toBe('It is on its way.');
  });

  it('names its refusals by status and code', () => {
    const codesOf = (responses: Record<string, { $ref?: string; content?: object }>) =>
      Object.fromEntries(
        Object.entries(responses).flatMap(([status, response]) => {
          const code = response.$ref?.split('/').at(-1);
          const { content } = code === undefined ? response : components.responses[code];
          const codes = content['application/problem+json']?.schema.allOf[1].properties.code.enum;
          return codes ? [[status, codes]] : [];
        }),
      );
    const always = { 400: ['INVALID_INPUT'], 500: ['INTERNAL'], 503: ['TEMPORARILY_UNAVAILABLE'] };
    expect(codesOf(post.responses)).toEqual({
      ...always,
      409: ['NAME_TAKEN', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_IN_USE'],
      410: ['IDEMPOTENCY_ANSWER_ERASED'],
      413: ['BODY_TOO_LARGE'],
      415: ['UNSUPPORTED_MEDIA_TYPE'],
    });
    expect(codesOf(put.responses)).toEqual({ ...always, 412: ['REVISION_MISMATCH'] });
    expect([post.responses['401'].$ref, post.responses['403'].$ref]).toEqual([
      '#/components/responses/Unauthorized',
      '#/components/responses/Forbidden',
    ]);
  });

  it('of a schema that contains itself without a name is refused', () => {
    const tree: z.ZodMiniType = z.strictObject({
      get inner() {
        return z.array(tree);
      },
    });
    const grow = route({
      ...given,
      method: 'POST',
      path: '/v1/trees',
      summary: 'Grow',
      input: { body: tree },
      status: 200,
    });
    expect(() => openApi([grow])).toThrow('needs a name');
  });
});
