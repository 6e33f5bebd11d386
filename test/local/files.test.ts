import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Local, openLocal } from '../../local/open-local.ts';

let folder = '';
let local: Local | undefined;
const complaints: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sms-workflows-files-'));
});
afterEach(async () => {
  await local?.close();
  local = undefined;
  rmSync(folder, { recursive: true });
  expect(complaints.splice(0)).toEqual([]);
});

const open = async () => {
  local = await openLocal({ folder, port: 0, complain: (line) => complaints.push(line) });
  return local.url;
};

async function ask(url: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return answer.json() as Promise<{ [name: string]: unknown }>;
}

async function ended(url: string, path: string) {
  for (let tries = 0; tries < 400; tries += 1) {
    const read: { status?: string; [name: string]: unknown } = await ask(url, 'GET', path);
    if (read.status !== 'RUNNING') return read;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path} does not end`);
}

it('a file larger than any request goes to the server by its link, and what comes of it comes back', async () => {
  const url = await open();
  const { id, upload }: { id?: string; upload?: { url?: string } } = await ask(url, 'POST', '/v1/contacts/import', {
    format: 'csv',
  });
  // Twelve megabytes, of which the rows are few.
  const file = Buffer.concat([
    Buffer.from('phone,firstName\n+12025550111,Ada\n'),
    Buffer.alloc(12 * 1024 * 1024, '\n'),
    Buffer.from('+12025550112,Bo\n'),
  ]);
  expect((await fetch(upload?.url ?? '', { method: 'PUT', body: file })).status).toBe(200);
  await ask(url, 'POST', `/v1/imports/${id}/start`);
  expect(await ended(url, `/v1/imports/${id}`)).toMatchObject({ status: 'DONE', counts: { created: 2 } });
  const { id: out }: { id?: string } = await ask(url, 'POST', '/v1/exports', { kind: 'contacts', format: 'csv' });
  const { download } = (await ended(url, `/v1/exports/${out}`)) as { download?: { url?: string } };
  const got = await fetch(download?.url ?? '');
  expect(got.headers.get('content-disposition')).toMatch(/^attachment; filename="contacts-[\d-]+\.csv"$/);
  expect(await got.text()).toMatch(/,\+12025550111,Ada,/);
  expect(await readdir(join(folder, 'files', 'imports'))).toEqual([]);
});

it('nobody without a link gets or puts a file', async () => {
  const url = await open();
  for (const [method, path] of [
    ['GET', '/local/files/exports/exp_1.csv'],
    ['PUT', '/local/files/imports/imp_1.csv?until=9999999999999&token=x'],
    ['GET', '/local/files/../state.db?until=9999999999999&token=x'],
    ['GET', '/local/files/%2e%2e%2fstate.db'],
  ] as const) {
    const answer = await fetch(`${url}${path}`, { method, ...(method === 'PUT' && { body: 'phone\n' }) });
    expect([403, 404]).toContain(answer.status);
  }
});

it('what is older than a week is gone at the next start', async () => {
  const url = await open();
  const { id }: { id?: string } = await ask(url, 'POST', '/v1/exports', { kind: 'contacts', format: 'csv' });
  await ended(url, `/v1/exports/${id}`);
  await local?.close();
  const exports = join(folder, 'files', 'exports');
  const week = 7 * 86_400;
  utimesSync(join(exports, `${id}.csv`), Date.now() / 1000 - week + 60, Date.now() / 1000 - week + 60);
  await open();
  expect(await readdir(exports)).toEqual([`${id}.csv`]);
  await local?.close();
  utimesSync(join(exports, `${id}.csv`), Date.now() / 1000 - week - 60, Date.now() / 1000 - week - 60);
  await open();
  expect(await readdir(exports)).toEqual([]);
});
