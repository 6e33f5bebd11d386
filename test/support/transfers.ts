import { done } from './business.ts';
import type { Answer, localWorld } from './world.ts';

type World = ReturnType<typeof localWorld>;

const chunks = async function* (bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
};

/** Puts a file to a link, as a client would. */
export async function putFile(world: World, { url }: { url: string }, content: string | Uint8Array): Promise<number> {
  const body = chunks(typeof content === 'string' ? Buffer.from(content) : content);
  return (await world.world.files.answer({ method: 'PUT', url, body })).status;
}

/** Gets what is behind a link. */
export async function getFile(world: World, { url }: { url: string }): Promise<{ status: number; text: string }> {
  const { status, body } = await world.world.files.answer({ method: 'GET', url, body: chunks(Buffer.from('')) });
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return { status, text: Buffer.concat(parts).toString() };
}

/** An import whose file was put and begun, and what it has come to when nothing is left to do. */
export async function importFile(
  world: World,
  content: string | Uint8Array,
  options: object = {},
): Promise<Answer['body']> {
  const { id, upload } = await done(world.api('POST', '/v1/contacts/import', { format: 'csv', ...options }));
  await putFile(world, upload, content);
  await done(world.api('POST', `/v1/imports/${id}/start`));
  await world.pass(0);
  return done(world.api('GET', `/v1/imports/${id}`));
}

/** `row OUTCOME code path …`, one for each row. */
export async function rowsOf(world: World, { id }: { id: string }, query = ''): Promise<string[]> {
  const rows: string[] = [];
  let cursor = '';
  do {
    const page = await done(world.api('GET', `/v1/imports/${id}/rows?limit=100${query}${cursor}`));
    for (const { row, outcome, faults } of page.items) {
      const told = faults.map(({ code, path }: { code: string; path: string }) => ` ${code} ${path}`.trimEnd());
      rows.push(`${row} ${outcome}${told.join('')}`);
    }
    cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
  } while (cursor);
  return rows;
}

/** Everybody, by phone. */
export async function contactsByPhone(world: World): Promise<Record<string, Answer['body']>> {
  const found: Record<string, Answer['body']> = {};
  let cursor = '';
  do {
    const page = await done(world.api('GET', `/v1/contacts?limit=100${cursor}`));
    for (const contact of page.items) found[contact.phone] = contact;
    cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
  } while (cursor);
  return found;
}

/** An export, when nothing is left to do. */
export async function exportOf(world: World, kind: string, format: string): Promise<Answer['body']> {
  const { id } = await done(world.api('POST', '/v1/exports', { kind, format }));
  await world.pass(0);
  return done(world.api('GET', `/v1/exports/${id}`));
}
