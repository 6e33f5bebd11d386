import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Local, openLocal } from '../../local/open-local.ts';

const complaints: string[] = [];
let local: Local;
beforeAll(async () => {
  local = await openLocal({ folder: undefined, port: 0, complain: (line) => complaints.push(line) });
});
afterAll(() => local.close());

it('what happened can be looked at', async () => {
  const made = await fetch(`${local.url}/v1/contacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phone: '+12025550111' }),
  });
  const { id: contactId } = (await made.json()) as { id: string };
  const { items } = (await (await fetch(`${local.url}/local/events`)).json()) as { items: object[] };
  expect(items).toEqual([{ type: 'ContactCreated', id: expect.any(String), at: expect.any(String), contactId }]);
  expect((await fetch(`${local.url}/local/events`, { method: 'PUT' })).status).toBe(405);
});

it('an event of others can be put on the bus', async () => {
  const put = (body: object) =>
    fetch(`${local.url}/local/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const detail = { type: 'opt-in', eventId: 'e-1', phone: '+12025550112', source: 'web_chat' };
  expect((await put({ 'detail-type': 'ContactEventReceived', detail })).status).toBe(202);
  const { items } = (await (await fetch(`${local.url}/local/events`)).json()) as { items: { type: string }[] };
  expect(items.map(({ type }) => type).slice(-2)).toEqual(['ContactCreated', 'ContactOptedIn']);
  const refused = await put({ 'detail-type': 'ContactEventReceived', detail: { ...detail, phone: '5550112' } });
  expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ path: 'detail.phone' }] }]);
  expect((await put({ 'detail-type': 'MessageSent', detail: {} })).status).toBe(400);
});

it('the API can be read about on a page that loads nothing', async () => {
  const page = await fetch(`${local.url}/local/docs`);
  expect([page.status, page.headers.get('content-type'), page.headers.get('content-security-policy')]).toEqual([
    200,
    'text/html; charset=utf-8',
    "default-src 'none'; style-src 'unsafe-inline'",
  ]);
  expect(await page.text()).toContain('Create a contact');
  expect((await fetch(`${local.url}/local/docs`, { method: 'POST' })).status).toBe(405);
  expect(complaints).toEqual([]);
});
