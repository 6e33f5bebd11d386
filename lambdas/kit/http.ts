import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Part } from '../../shared/http/parts.ts';
import { problemReply } from '../../shared/http/problem-json.ts';
import type { Reply } from '../../shared/http/reply.ts';
import type { RoutePorts } from '../../shared/http/route.ts';
import { router } from '../../shared/http/router.ts';
import { type Handler, placeOf } from './handler.ts';

type Result = APIGatewayProxyStructuredResultV2;

/** What we read of API Gateway's payload format 2.0. */
const HttpEvent = z.looseObject({
  version: z.literal('2.0'),
  rawPath: z.string(),
  rawQueryString: z._default(z.string(), ''),
  headers: z._default(z.record(z.string(), z.optional(z.string())), {}),
  requestContext: z.looseObject({ http: z.looseObject({ method: z.string() }) }),
  body: z.optional(z.string()),
  isBase64Encoded: z._default(z.boolean(), false),
});

/** Faults that pass by themselves: worth repeating, and no news to whoever is on call. */
const PASSING: ReadonlySet<string> = new Set(['Contention', 'Throttled']);

/** The whole API behind API Gateway. Whatever comes is answered; a fault of ours as a problem that quotes nothing. */
export const http = (ports: RoutePorts, parts: readonly Part[]): Handler<Result> => {
  const { log, clock } = ports;
  const answer = router(ports, parts);

  return middy<unknown, Result, Error>()
    .onError((request) => {
      const { error, context } = request;
      const name = error?.name ?? 'Error';
      const isPassing = PASSING.has(name);
      log.error(isPassing ? 'HTTP_BUSY' : 'HTTP_FAILED', {
        request: context.awsRequestId,
        error: name,
        at: placeOf(error),
      });
      const reply = isPassing
        ? problemReply(
            { code: 'TEMPORARILY_UNAVAILABLE', detail: 'Try again in a moment.' },
            { 'retry-after': '1' },
            context.awsRequestId,
          )
        : problemReply({ code: 'INTERNAL', detail: 'It was logged under this request id.' }, {}, context.awsRequestId);
      request.response = resultOf(reply, context.awsRequestId);
    })
    .handler(async (event, { awsRequestId: requestId }) => {
      const start = clock.now();
      const { requestContext, rawPath, rawQueryString, headers, body, isBase64Encoded } = HttpEvent.parse(event);
      const { reply, route } = await answer({
        method: requestContext.http.method,
        path: rawPath,
        query: rawQueryString,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : body,
      });
      const { status, code } = reply;
      log.info('HTTP', {
        request: requestId,
        route,
        status,
        ...(code !== undefined && { problem: code }),
        milliseconds: clock.now() - start,
      });
      return resultOf(reply, requestId);
    });
};

const resultOf = ({ status, headers, body }: Reply, requestId: string): Result => ({
  statusCode: status,
  headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': requestId, ...headers },
  ...(body !== undefined && { body }),
});
