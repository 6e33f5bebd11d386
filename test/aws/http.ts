import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Answer } from '../support/world.ts';
import { type Credentials, signed } from './sigv4.ts';

/** Who calls: somebody who signs with IAM, who brings a token, or nobody known. */
export type Caller = { readonly credentials: Credentials } | { readonly token: string } | undefined;

/** A call of an HTTP API in the emulator, under the host name that API Gateway gave it. */
export async function callApi(
  emulator: string,
  apiUrl: string,
  caller: Caller,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(emulator);
  const [apiId = ''] = new URL(apiUrl).hostname.split('.');
  const url = new URL(path, `http://${apiId}.execute-api.localhost:${port}`);
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const given = { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers };
  const sent =
    caller === undefined
      ? given
      : 'token' in caller
        ? { ...given, authorization: `Bearer ${caller.token}` }
        : signed(
            { method, url, service: 'execute-api', headers: given, ...(text !== undefined && { body: text }) },
            caller.credentials,
          );
  const call = request({
    hostname,
    port,
    method,
    path: url.pathname + url.search,
    headers: { ...sent, host: url.host, ...(text !== undefined && { 'content-length': Buffer.byteLength(text) }) },
  });
  call.end(text);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const said = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    body: said === '' ? undefined : JSON.parse(said),
    headers: response.headers as Record<string, string>,
  };
}
