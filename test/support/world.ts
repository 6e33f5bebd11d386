import { virtualClock } from '../../local/clock.ts';
import { openDatabase } from '../../local/database.ts';
import { invocation } from '../../local/lambda.ts';
import { openWorld, type WorldOptions } from '../../local/world.ts';
import { scratchFolder } from './scratch.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: scenarios read answers as a client would, without our types
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a scenario may do, whichever world it plays in: call the API, hold a phone, let time pass. */
export interface ScenarioWorld {
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** What a phone shows: texts it got, oldest first. */
  texts(phone: string): Promise<string[]>;
  says(phone: string, text: string, options?: { readonly to?: string }): Promise<void>;
  pass(milliseconds: number): Promise<void>;
  now(): number;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Tuesday morning on the American east coast. */
export const START = Date.parse('2026-03-03T15:00:00.000Z');

/** The local world with nothing outside: in memory, on a clock that only moves when told. */
export function localWorld(
  options: Partial<Pick<WorldOptions, 'carrier' | 'database' | 'withoutReceipts'>> & { readonly start?: number } = {},
) {
  const clock = virtualClock(options.start ?? START);
  const faults: string[] = [];
  const world = openWorld({
    database: options.database ?? openDatabase(':memory:'),
    clock,
    folder: scratchFolder(),
    log: { info: () => {}, error: (code, facts) => faults.push(`${code} ${JSON.stringify(facts)}`) },
    random: () => 0.5,
    ...(options.carrier && { carrier: options.carrier }),
    ...(options.withoutReceipts && { withoutReceipts: true }),
  });
  for (const driven of world.driven) clock.drive(driven);

  /** Lets the world work while it is waited for; who sleeps meanwhile makes time pass. */
  async function during<T>(pending: Promise<T>): Promise<T> {
    let done = false;
    const over = pending.finally(() => {
      done = true;
    });
    over.catch(() => {});
    await clock.advance(0);
    while (!done) {
      const alarm = clock.nextAlarm();
      await clock.advance(alarm === undefined ? 0 : Math.max(0, alarm - clock.now()));
    }
    await clock.advance(0);
    return over;
  }

  const scenario: ScenarioWorld = {
    async api(method, path, body, headers = {}) {
      const [rawPath = '', rawQueryString = ''] = path.split('?');
      const event = {
        version: '2.0',
        routeKey: '$default',
        rawPath,
        rawQueryString,
        headers: { host: 'localhost', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
        requestContext: {
          http: { method, path: rawPath, sourceIp: '127.0.0.1', userAgent: 'test', protocol: 'HTTP/1.1' },
          requestId: 'r',
          stage: '$default',
          time: '',
          timeEpoch: clock.now(),
        },
        isBase64Encoded: false,
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      };
      const answer = (await during(world.http(event, invocation('api')))) as {
        statusCode: number;
        body?: string;
        headers?: Record<string, string>;
      };
      return {
        status: answer.statusCode,
        body: answer.body ? JSON.parse(answer.body) : undefined,
        headers: answer.headers ?? {},
      };
    },
    texts: async (phone) =>
      world.phones.messages(phone).flatMap(({ direction, text }) => (direction === 'received' ? [text] : [])),
    async says(phone, text, { to } = {}) {
      // Nobody answers in the same millisecond.
      await clock.advance(1000);
      const event = world.phones.write(phone, text, to);
      if (!event) throw new Error(`${phone} knows no number to write to`);
      world.receive(event);
      await clock.advance(0);
    },
    pass: (milliseconds) => clock.advance(milliseconds),
    now: () => clock.now(),
  };
  return { ...scenario, world, clock, faults };
}
