import * as z from 'zod/mini';
import { type Schemas, schemasOf } from './openapi-schemas.ts';
import { PROBLEMS } from './problem-json.ts';
import type { Route } from './route.ts';

type Code = keyof typeof PROBLEMS;
type Document = Readonly<Record<string, unknown>>;

const DESCRIPTION = `Workflows that text people, wait for their answers and go on by them.

**Lists** come in pages: \`limit\` and \`cursor\`; without a \`next\` the page was the last one.

**Problems** are \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`errors\` names every place in the input that is wrong.

**Repeating a POST** under one \`Idempotency-Key\` within 24 hours has its effect once, and gives the first answer again.

**Changing what others change too**: send the \`ETag\` that you have read as \`If-Match\`.

Every answer bears an \`X-Request-Id\`, under which the log knows it.`;

const STATUS: Readonly<Record<Route['status'], string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Under way.',
  204: 'Done; there is nothing to say.',
};

/** Any request may come to these. */
const ALWAYS: readonly Code[] = ['INVALID_INPUT', 'INTERNAL', 'TEMPORARILY_UNAVAILABLE'];

const Problem = z
  .object({
    type: z.string().check(z.meta({ description: 'A URN that ends in the code.' })),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.optional(z.string()),
    errors: z
      .optional(
        z.array(z.object({ code: z.string(), path: z.string(), detail: z.string(), hint: z.optional(z.string()) })),
      )
      .check(z.meta({ description: 'What is wrong where; a path is names and positions joined by dots.' })),
  })
  .check(z.meta({ id: 'Problem', description: 'Why a request was refused.' }));

/** OpenAPI 3.1, read off the routes themselves. */
export function openApi(routes: readonly Route[]): Document {
  const schemas = schemasOf(routes, { Problem });
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of routes) {
    paths[each.path] = { ...paths[each.path], [each.method.toLowerCase()]: operation(each, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'sms-workflows',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.flatMap(({ tags }) => tags))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components,
      responses: {
        Unauthorized: {
          description: 'Not signed, or without a valid token; said by API Gateway, before the request gets here.',
          content: GATEWAY,
        },
        Forbidden: { description: 'Known, and not allowed to do this; said by API Gateway.', content: GATEWAY },
        ...Object.fromEntries(Object.keys(PROBLEMS).map((code) => [code, problemResponse([code])])),
      },
      securitySchemes: {
        iam: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4 for the service `execute-api`: the usual way.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        jwt: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'Where the deployment names an issuer and an audience: a token that bears the scope of the operation.',
        },
      },
    },
  };
}

const GATEWAY = { 'application/json': { schema: { type: 'object', properties: { message: { type: 'string' } } } } };

function operation(it: Route, schemas: Schemas) {
  const body = schemas.part(it, 'body');
  return {
    operationId: operationId(it),
    summary: it.summary,
    ...(it.description !== undefined && { description: it.description }),
    tags: it.tags,
    security: [{ iam: [] }, { jwt: [it.scope] }],
    parameters: parametersOf(it, schemas),
    ...(body && { requestBody: { required: body.required, content: { 'application/json': { schema: body.schema } } } }),
    responses: { ...successes(it, schemas), ...refusals(it) },
  };
}

/** `GET /v1/contacts/{contactId}/tags` → `getContactsByContactIdTags` */
const operationId = ({ method, path }: Route): string =>
  path
    .split('/')
    .slice(2)
    .map((segment) =>
      segment.startsWith('{') ? `By${capital(segment.slice(1, -1))}` : segment.split(/[.-]/).map(capital).join(''),
    )
    .reduce((name, part) => name + part, method.toLowerCase());
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const takesKey = ({ method, idempotencyKey = method === 'POST' }: Route): boolean => idempotencyKey;
const takesMatch = ({ method, etag = false }: Route): boolean => etag && method !== 'GET' && method !== 'POST';

function parametersOf(it: Route, schemas: Schemas) {
  const from = (part: 'path' | 'query') => {
    const { properties = {}, required = [] } = schemas.part(it, part)?.schema ?? {};
    return Object.entries(properties).map(([name, given]) => {
      const { description, ...schema } = typeof given === 'object' ? given : {};
      return {
        name,
        in: part,
        required: part === 'path' || required.includes(name),
        ...(description !== undefined && { description }),
        schema,
      };
    });
  };
  const header = (name: string, description: string, schema: object) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema,
  });
  return [
    ...from('path'),
    ...from('query'),
    ...(takesMatch(it)
      ? [
          header('If-Match', 'The `ETag` that was read: nobody may have changed it since.', {
            type: 'string',
            example: '"3"',
          }),
        ]
      : []),
    ...(takesKey(it)
      ? [
          header('Idempotency-Key', 'Names this request: repeated, it has its effect once.', {
            type: 'string',
            minLength: 1,
            maxLength: 200,
          }),
        ]
      : []),
  ];
}

function successes(it: Route, schemas: Schemas) {
  const schema = schemas.answer(it);
  const headers = {
    ...(it.etag && schema && { ETag: { description: 'The revision, for `If-Match`.', schema: { type: 'string' } } }),
    ...(it.method === 'POST' &&
      it.status === 201 && {
        Location: { description: 'Where it is, if it has an address.', schema: { type: 'string' } },
      }),
  };
  const response = (description: string) => ({
    description,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(schema && { content: { 'application/json': { schema } } }),
  });
  const also = Object.entries(it.also ?? {}).map(([status, description]): [string, object] => [
    status,
    response(description),
  ]);
  return { [it.status]: response(STATUS[it.status]), ...Object.fromEntries(also) };
}

const problemResponse = (codes: readonly string[]) => ({
  description: codes.map((code) => `\`${code}\`: ${TITLES.get(code)}.`).join('\n\n'),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { code: { enum: codes } } }],
      },
    },
  },
});
const TITLES: ReadonlyMap<string, string> = new Map(Object.entries(PROBLEMS).map(([code, { title }]) => [code, title]));

function refusals(it: Route) {
  const codes: readonly Code[] = [
    ...ALWAYS,
    ...(it.refusals ?? []),
    ...(takesKey(it)
      ? (['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_ANSWER_ERASED'] as const)
      : []),
    ...(it.input.body ? (['BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  const problems = [...byStatus].map(([status, these]): [number, object] => {
    const [code, ...others] = these;
    return [status, others.length === 0 ? { $ref: `#/components/responses/${code}` } : problemResponse(these)];
  });
  return {
    ...Object.fromEntries(problems),
    401: { $ref: '#/components/responses/Unauthorized' },
    403: { $ref: '#/components/responses/Forbidden' },
  };
}
