import { type Credentials, signed } from './sigv4.ts';

/** Who owns the emulated account. */
export const ROOT: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
export const ACCOUNT = '000000000000';

/** A call of a service that speaks AWS's JSON protocol, such as Step Functions; throws what it refuses. */
// biome-ignore lint/suspicious/noExplicitAny: answers are read as they come
export async function callJson(endpoint: string, service: string, target: string, input: object): Promise<any> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  const answer = await call(endpoint, service, headers, JSON.stringify(input));
  return JSON.parse(answer);
}

/** A call of a service that speaks AWS's older form-encoded protocol: CloudFormation, SNS, IAM. Answers XML. */
export const callQuery = (
  endpoint: string,
  service: string,
  input: Readonly<Record<string, string>>,
): Promise<string> =>
  call(
    endpoint,
    service,
    { 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams(input).toString(),
  );

async function call(endpoint: string, service: string, headers: Record<string, string>, body: string): Promise<string> {
  const url = new URL('/', endpoint);
  const answer = await fetch(url, {
    method: 'POST',
    headers: signed({ method: 'POST', url, service, headers, body }, ROOT),
    body,
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${service} ${headers['x-amz-target'] ?? body.slice(0, 60)}: ${answer.status} ${text}`);
  return text;
}

/** The texts of the elements of a name, in order. */
export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text ?? '');
