import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { ok } from '../domain/problem.ts';
import { route } from './route.ts';

const ApiDocument = z.record(z.string(), z.unknown()).check(z.meta({ description: 'OpenAPI 3.1.' }));
type ApiDocument = z.infer<typeof ApiDocument>;

/**
 * `docs/openapi.json`, as `npm run docs` wrote it. A file beside the function's JavaScript, read when somebody asks for it:
 * what makes it (`openapi.ts`) is no part of a function.
 */
export const apiDocument = (): ApiDocument =>
  ApiDocument.parse(createRequire(import.meta.url)('sms-workflows/docs/openapi.json'));

/** The route that serves the document, of itself and the others. */
export const openApiRoute = route({
  method: 'GET',
  path: '/v1/openapi.json',
  scope: 'workspace:read',
  summary: 'Read this description of the API',
  tags: ['API'],
  input: {},
  status: 200,
  answer: ApiDocument,
  run: () => async () => ok({ body: apiDocument() }),
});
