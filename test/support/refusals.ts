import { expect } from 'vitest';
import { openDatabase } from '../../local/database.ts';
import { business, done } from './business.ts';
import { type Answer, localWorld } from './world.ts';

/** A world of which one can tell whether anything at all was written, wherever. */
export async function openedToRefuse() {
  const database = openDatabase(':memory:');
  const world = localWorld({ database });
  const studio = await business(world);
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .all()
    .map(({ name }) => String(name));
  const everything = () => tables.map((name) => ({ name, rows: database.prepare(`SELECT * FROM "${name}"`).all() }));
  const create = (name: string, template = 'blank') => done(world.api('POST', '/v1/workflows', { name, template }));

  /** Refused with these faults, and nothing was written. */
  async function refused(...request: Parameters<typeof world.api>) {
    const before = everything();
    const answer = await world.api(...request);
    expect(everything()).toEqual(before);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    return [answer.status, answer.body.code, ...faultsIn(answer)];
  }
  return { world, studio, everything, create, refused };
}

const faultsIn = ({ body }: Answer): string[] =>
  (body.errors ?? []).map(({ code, path }: { code: string; path: string }) => `${code} ${path}`);
