import * as z from 'zod/mini';
import { ContactEventReceived } from '../shared/domain/contact-event.ts';
import { faultsOf } from '../shared/domain/input-fault.ts';
import { instant } from '../shared/domain/instant.ts';
import { MessageReceived } from '../shared/domain/message-received.ts';
import { Phone } from '../shared/domain/phone.ts';
import { type Problem, refuse } from '../shared/domain/problem.ts';
import { readBody } from '../shared/http/body.ts';
import { apiDocument } from '../shared/http/openapi-route.ts';
import { problemReply } from '../shared/http/problem-json.ts';
import type { Reply } from '../shared/http/reply.ts';
import { apiPage } from './api-page.ts';
import type { MovableClock } from './clock.ts';
import type { Driver } from './drive.ts';
import type { World } from './world.ts';

export interface LocalRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Uint8Array | undefined;
}

/** How long an answer waits for what is still on its way. */
const LONGEST_WAIT_MS = 2_000;

const Written = z.strictObject({
  text: z.string().check(z.minLength(1), z.maxLength(1600)),
  /** The number to write to; the one that texted last, if it is not given. */
  to: z.optional(Phone),
});
const part = (most: number) => z._default(z.int().check(z.gte(0), z.lte(most)), 0);
const Advance = z.strictObject({
  advance: z.pipe(
    z.pipe(
      z.strictObject({ days: part(3660), hours: part(87_840), minutes: part(5_270_400), seconds: part(316_224_000) }),
      z.transform(({ days, hours, minutes, seconds }) => (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000),
    ),
    z.number().check(z.gte(1, 'has to be longer than nothing')),
  ),
});

/** An event as others put it on the bus. */
const Put = z.discriminatedUnion('detail-type', [
  z.strictObject({ 'detail-type': z.literal('ContactEventReceived'), detail: ContactEventReceived }),
  z.strictObject({ 'detail-type': z.literal('MessageReceived'), detail: MessageReceived }),
]);

const PHONE = /^\/local\/phones\/([^/]+)\/messages$/;

/** What there is on one machine only: simulated phones, a clock that can be moved, and the events to look at. */
export const localRoutes =
  ({ phones, events, receive }: World, clock: MovableClock, driver: Driver) =>
  async ({ method, path, headers, body }: LocalRequest): Promise<Reply> => {
    const [, phone] = PHONE.exec(path) ?? [];
    if (phone !== undefined) return onPhone(phone);
    if (path === '/local/clock') return onClock();
    if (path === '/local/events') return onEvents();
    if (path === '/local/docs') return onDocs();
    return refused({
      code: 'NOT_FOUND',
      detail: 'Known are /local/phones/{phone}/messages, /local/clock, /local/events and /local/docs.',
    });

    async function onPhone(encoded: string): Promise<Reply> {
      const number = Phone.safeParse(decoded(encoded));
      if (!number.success) {
        const faults = [
          { code: 'INVALID_FORMAT', path: ['path', 'phone'], detail: 'is not an E.164 number', hint: '+12025550111' },
        ];
        return refused(refuse('INVALID_INPUT', 'The request is not valid.', faults).problem);
      }
      if (method === 'GET') {
        await driver.idle(LONGEST_WAIT_MS);
        return json(200, { items: phones.messages(number.data) });
      }
      if (method !== 'POST') return notAllowed('GET, POST');
      const input = read(Written);
      if ('problem' in input) return refused(input.problem);
      const event = phones.write(number.data, input.ok.text, input.ok.to);
      if (!event) {
        const faults = [
          {
            code: 'REQUIRED',
            path: ['to'],
            detail: 'is missing, and no text has come to this phone that it could answer',
          },
        ];
        return refused(refuse('INVALID_INPUT', 'The phone knows no number to write to.', faults).problem);
      }
      receive(event);
      await driver.idle(LONGEST_WAIT_MS);
      return json(201, {
        id: event.inboundMessageId,
        direction: 'sent',
        with: event.destinationNumber,
        text: input.ok.text,
        at: event.receivedAt,
      });
    }

    async function onClock(): Promise<Reply> {
      if (method === 'GET') return json(200, { now: instant(clock.now()) });
      if (method !== 'POST') return notAllowed('GET, POST');
      const input = read(Advance);
      if ('problem' in input) return refused(input.problem);
      await driver.pass(input.ok.advance);
      return json(200, { now: instant(clock.now()) });
    }

    async function onEvents(): Promise<Reply> {
      if (method === 'GET') {
        await driver.idle(LONGEST_WAIT_MS);
        return json(200, { items: events.latest() });
      }
      if (method !== 'POST') return notAllowed('GET, POST');
      const input = read(Put);
      if ('problem' in input) return refused(input.problem);
      const id = receive(input.ok.detail, input.ok['detail-type']);
      await driver.idle(LONGEST_WAIT_MS);
      return json(202, { id });
    }

    function onDocs(): Reply {
      if (method !== 'GET') return notAllowed('GET');
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      };
      return { status: 200, headers, body: apiPage(apiDocument()) };
    }

    function read<T extends z.ZodMiniType>(schema: T): { readonly ok: z.output<T> } | { readonly problem: Problem } {
      const raw = readBody(body, headers);
      if ('problem' in raw) return raw;
      const parsed = schema.safeParse(raw.ok ?? {});
      return parsed.success
        ? { ok: parsed.data }
        : refuse('INVALID_INPUT', 'The request is not valid.', faultsOf(parsed.error.issues, raw.ok));
    }
  };

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const refused = (problem: Problem): Reply => problemReply(problem);
const notAllowed = (allow: string): Reply =>
  problemReply({ code: 'METHOD_NOT_ALLOWED', detail: `Allowed: ${allow}.` }, { allow });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
