/** A request as it would have left the machine. */
export interface Sent {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly target: string;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body?: object;
}
type Answering = (sent: Sent, nth: number) => Reply | 'hang-up' | 'time-out';

interface Request {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * Configuration of an SDK client that reaches no network: serialised requests are noted, and answered as told. All else,
 * retries included, is the SDK's own.
 */
export function wire(answering: Answering) {
  const sent: Sent[] = [];
  const handle = async ({ method, hostname, path, headers, body }: Request) => {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    const request: Sent = {
      method,
      host: hostname,
      path,
      target: headers['x-amz-target'] ?? '',
      body: text === '' ? undefined : JSON.parse(text),
    };
    sent.push(request);
    const reply = answering(request, sent.length);
    if (reply === 'hang-up') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    if (reply === 'time-out') throw Object.assign(new Error('timed out'), { name: 'TimeoutError' });
    const answer = { 'content-type': headers['content-type'] ?? 'application/json', 'x-amzn-requestid': 'r' };
    return {
      response: {
        statusCode: reply.status,
        headers: answer,
        body: new TextEncoder().encode(JSON.stringify(reply.body ?? {})),
      },
    };
  };
  const config = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIA0', secretAccessKey: 'secret' },
    requestHandler: { handle },
  };
  return { config: config as { region: string; credentials: typeof config.credentials; requestHandler: never }, sent };
}

/** How AWS's JSON protocols tell an error. */
export const fault = (type: string, status = 400, more: object = {}): Reply => ({
  status,
  body: { __type: type, message: 'no', ...more },
});
