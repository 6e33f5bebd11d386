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
  expect((await fetch(`${local.url}/local/events`, { method: 'POST' })).status).toBe(405);
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
