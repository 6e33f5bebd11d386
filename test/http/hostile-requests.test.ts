import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../shared/http/route.ts';
import { routes } from '../../shared/http/routes.ts';
import { hostile, MARK } from '../support/hostile.ts';
import { type Answer, type Api, openApi } from './api.ts';

const RUNS = { numRuns: 25 };
const named = (some: readonly Route[]) => some.map((one) => [`${one.method} ${one.path}`, one] as const);

/** A workspace with something in it that could change. */
async function inhabited() {
  const api = openApi();
  const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
  const contact = await api.done('POST', '/v1/contacts', { phone: '+12025550101', tags: ['lead'] });
  await api.done('POST', '/v1/custom-fields', { key: 'plan', type: 'text', label: 'Plan' });
  const filter = { all: [{ type: 'tag', op: 'has', tag: 'lead' }] };
  const list = await api.done('POST', '/v1/lists', { name: 'Leads', filter });
  const workflow = await api.done('POST', '/v1/workflows', { name: 'Greet', template: 'blank' });
  const file = await api.done('POST', '/v1/contacts/import', { format: 'csv' });
  const known: Readonly<Record<string, string>> = {
    ...{ contactId: contact.id, inboxId: inbox.id, listId: list.id, workflowId: workflow.id, importId: file.id },
    ...{ phone: contact.phone, tag: 'lead', key: 'plan', version: '1' },
  };
  const address = ({ path }: Route) => path.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? name);
  return { api, known, address };
}

/** What is there, but for the refusals that are remembered under an Idempotency-Key. */
const state = (api: Api) => api.dump().filter((row) => !JSON.stringify(row).includes('fingerprint'));

/** Asks, and where it is refused, sees to it that nothing has changed and nothing of it is in an answer or a log. */
async function refusedWhole(api: Api, ask: () => Promise<Answer>): Promise<Answer> {
  const before = state(api);
  const answer = await ask();
  expect(answer.status).toBeLessThan(500);
  if (answer.status >= 400) {
    expect(state(api)).toEqual(before);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  }
  expect(api.logged.join('\n')).not.toContain(MARK);
  return answer;
}

describe.each(named(routes))('%s', (_, route) => {
  it('has no headers that make it fail, or that leave half of a refused request behind', async () => {
    const { api, address } = await inhabited();
    const header = fc.oneof(hostile, fc.constantFrom('', '*', '"1"', '"999"', 'W/"1"', '"1", "2"', '0', 'k-1'));
    const headers = fc.record(
      {
        'if-match': header,
        'idempotency-key': header,
        'content-type': fc.oneof(header, fc.constant('application/json')),
        'content-encoding': fc.oneof(header, fc.constant('identity')),
        host: header,
        origin: header,
        'x-forwarded-host': header,
        'x-http-method-override': fc.constantFrom('DELETE', 'PUT'),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(headers, async (given) => {
        const body = route.input.body ? '{"§":1}' : undefined;
        const { status } = await refusedWhole(api, () => api.call(route.method, address(route), body, given));
        if (body !== undefined) expect(status).toBeGreaterThanOrEqual(400);
      }),
      RUNS,
    );
  });
});

describe.each(named(routes.filter(({ path }) => path.includes('Id}'))))('%s', (_, route) => {
  it('finds nothing under ids that are none', async () => {
    const { api, known } = await inhabited();
    const id = fc.oneof(
      hostile.map((text) => encodeURIComponent(text.toWellFormed())),
      // Ids of other things, with a little more or in another case.
      fc
        .constantFrom(...Object.values(known))
        .chain((one) => fc.constantFrom(`${one}%00`, `${one}%20`, `${one}#`, `${one.toLowerCase()}%2F..`)),
      fc.string({ minLength: 1, unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
    );
    await fc.assert(
      fc.asyncProperty(id, async (word) => {
        const path = route.path
          .replace(/\{\w+Id\}/g, word)
          .replace(/\{(\w+)\}/g, (_whole, name) => known[name] ?? name);
        const body = route.input.body ? '{}' : undefined;
        const { status, body: problem } = await refusedWhole(api, () => api.call(route.method, path, body));
        expect([400, 404]).toContain(status);
        expect(JSON.stringify(problem)).not.toContain(MARK);
      }),
      RUNS,
    );
  });
});

describe.each(named(routes.filter(({ input: { query } }) => query?.safeParse({ cursor: 'any' }).success)))(
  '%s',
  (_, route) => {
    it('has pages behind its own cursors only', async () => {
      const { api, address } = await inhabited();
      const position = fc.oneof(
        fc.array(fc.oneof(hostile, fc.constantFrom('CONTACTS', 'CONTACTS#0', 'WORKSPACE', 'WORKFLOWS', ''))),
        fc.jsonValue({ maxDepth: 2 }),
      );
      const cursor = fc.oneof(
        hostile,
        position.map((keys) => Buffer.from(JSON.stringify(keys)).toString('base64url')),
        position.map((keys) => Buffer.from(JSON.stringify(keys)).toString('base64')),
      );
      await fc.assert(
        fc.asyncProperty(cursor, async (given) => {
          const query = `cursor=${encodeURIComponent(given.toWellFormed())}`;
          const { status } = await refusedWhole(api, () => api.call('GET', `${address(route)}?${query}`));
          expect([400, 404]).toContain(status);
        }),
        RUNS,
      );
    });
  },
);

describe.each(named(routes.filter(({ input, method }) => input.body && method !== 'GET')))('%s', (_, route) => {
  it('is not talked into other prototypes, however deep', async () => {
    const { api, address } = await inhabited();
    const name = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty');
    const around = fc.array(fc.constantFrom('filter', 'all', 'steps', 'fields', 'trigger', 'address', '0'), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(name, around, async (evil, names) => {
        const inner = `{"${evil}":{"polluted":"${MARK}","status":200}}`;
        const body = names.reduceRight((rest, one) => (one === '0' ? `[${rest}]` : `{"${one}":${rest}}`), inner);
        const { status } = await refusedWhole(api, () => api.call(route.method, address(route), body));
        expect([400, 404]).toContain(status);
        expect([Object.prototype, Array.prototype, Function.prototype].some((it) => 'polluted' in it)).toBe(false);
      }),
      RUNS,
    );
  });
});

// Bodies are read in one place; these three are the usual one, the deepest and the largest.
const BOMBED = ['POST /v1/contacts', 'PUT /v1/workflows/{workflowId}', 'POST /v1/contacts/import'];
describe.each(named(routes).filter(([name]) => BOMBED.includes(name)))('%s', (_, route) => {
  it.each([
    ['brackets', (bytes: number) => '['.repeat(bytes)],
    ['objects in objects', (bytes: number) => '{"a":'.repeat(bytes / 5)],
    ['many names', (bytes: number) => `{${Array.from({ length: bytes / 12 }, (_one, at) => `"n${at}":1`).join(',')}}`],
    ['many items', (bytes: number) => `{"tags":[${'1,'.repeat(bytes / 2 - 10)}1]}`],
    ['one long name', (bytes: number) => `{"${'n'.repeat(bytes - 10)}":1}`],
    ['one long number', (bytes: number) => `{"n":${'9'.repeat(bytes - 10)}}`],
  ])(
    'is soon done with a mebibyte of %s, and does not take ten',
    async (__, bomb) => {
      const { api, address } = await inhabited();
      for (const [mebibytes, statuses] of [
        [1, [400]],
        [10, [413]],
      ] as const) {
        const body = bomb(mebibytes * 1024 * 1024 - 64);
        const { status } = await refusedWhole(api, () => api.call(route.method, address(route), body));
        expect(statuses).toContain(status);
      }
    },
    5_000,
  );
});
