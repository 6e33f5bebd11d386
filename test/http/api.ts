import { http } from '../../lambdas/kit/http.ts';
import { virtualClock } from '../../local/clock.ts';
import { openDatabase } from '../../local/database.ts';
import { openFiles } from '../../local/files.ts';
import { invocation } from '../../local/lambda.ts';
import { openTable } from '../../local/table.ts';
import type { Job, TransferJob } from '../../shared/domain/job.ts';
import { parts } from '../../shared/http/parts.ts';
import type { Route } from '../../shared/http/route.ts';
import type { Machines, Ports, Submission, Text } from '../../shared/ports.ts';
import { scratchFolder } from '../support/scratch.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client would, without our types
  readonly body: any;
}

type Headers = Readonly<Record<string, string>>;

export const START = Date.parse('2026-03-03T15:00:00.000Z');
export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

/** Nothing is published here: the state machines only take note. */
const machines: Machines = {
  stepFunction: 'arn:aws:lambda:local:0:function:step',
  put: async ({ name }) => `${name}:1`,
  definition: async () =>
    ({ QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }) as never,
  start: async () => 'started',
  complete: async () => 'gone',
  stop: async () => {},
  status: async () => 'unknown',
  listRunning: async () => ({ executions: [] }),
  remove: async () => {},
};

const partOf = (routes: readonly Route[]) => ({ words: routes.map(firstWord), load: async () => routes });
export const firstWord = ({ path }: Route): string => path.split('/')[2] ?? '';

/** The API, or just these routes, over a table in memory, a carrier that takes note, and a clock that stands still. */
export function openApi(routes?: readonly Route[]) {
  const clock = virtualClock(START);
  const database = openDatabase(':memory:');
  const { table } = openTable(database, clock);
  const texts: Text[] = [];
  const blocked: string[] = [];
  const jobs: (Job | TransferJob)[] = [];
  const logged: string[] = [];
  const carrier: { next: () => Submission | Promise<Submission> } = {
    next: () => ({ outcome: 'accepted', providerId: `p-${texts.length}` }),
  };
  let made = 0;
  const ports: Ports = {
    table,
    machines,
    sms: {
      send: async (text) => {
        texts.push(text);
        return carrier.next();
      },
      blockNumber: async (phone) => {
        blocked.push(phone);
      },
      unblockNumber: async () => 'unblocked',
    },
    queue: { send: async (job) => void jobs.push(job) },
    bus: { publish: async () => {} },
    files: openFiles({ folder: scratchFolder(), clock, origin: () => 'http://localhost' }),
    clock,
    ids: { next: () => String(++made).padStart(26, '0') },
    log: {
      info: (code, facts) => logged.push(`${code} ${JSON.stringify(facts)}`),
      error: (code, facts) => logged.push(`${code} ${JSON.stringify(facts)}`),
    },
  };
  const handler = http(ports, routes ? [partOf(routes)] : parts);

  async function raw(event: object): Promise<Answer> {
    const answer = await handler(event, invocation('api'));
    const { statusCode = 0, headers = {}, body } = answer;
    return { status: statusCode, headers: headers as Headers, body: body === undefined ? undefined : JSON.parse(body) };
  }

  const event = (method: string, path: string, body?: unknown, headers: Headers = {}) => {
    const [rawPath = '', rawQueryString = ''] = path.split('?');
    return {
      version: '2.0',
      rawPath,
      rawQueryString,
      headers: { host: 'localhost', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      requestContext: { http: { method } },
      isBase64Encoded: false,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
  };

  const call = (method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer> =>
    raw(event(method, path, body, headers));

  /** The body of an answer that has to be a success. */
  async function done(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer['body']> {
    const answer = await call(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** All that is in the table. */
  const dump = (): unknown[] => database.prepare('SELECT body FROM items ORDER BY pk, sk').all();

  return { call, done, raw, event, dump, ports, clock, table, texts, blocked, jobs, logged, carrier };
}

export type Api = ReturnType<typeof openApi>;

/** The codes and paths of what a problem finds fault with. */
export const faultsIn = ({ body }: Answer): string[] =>
  (body.errors ?? []).map(({ code, path }: { code: string; path: string }) => `${code} ${path}`);

export const NOBODY = `ct_${'Z'.repeat(26)}`;
