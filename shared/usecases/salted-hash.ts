import { createHash } from 'node:crypto';
import type { Ports } from '../ports.ts';
import { commit, contend, fresh, put } from '../store/stored.ts';
import { getSalt, salts } from '../store/workspace-store.ts';

type Needed = Pick<Ports, 'table' | 'ids'>;

export const hashed = (text: string, salt: string): string =>
  createHash('sha256').update(`${salt}:${text}`).digest('hex');

/** The workspace's salt, made when it is first needed. */
export const saltOf = ({ table, ids }: Needed): Promise<string> =>
  contend('making the salt', async () => {
    const known = await getSalt(table);
    if (known) return known.value.salt;
    const salt = `${ids.next()}${ids.next()}`;
    return (await commit(table, put(salts, fresh({ salt })))) ? salt : undefined;
  });

/** Names what was told of a number, for whoever is told it again, without telling the number. */
export const toldHash = (ports: Needed) => {
  // It never changes.
  let salt: string | undefined;
  return async (number: string, id: string): Promise<string> => {
    salt ??= await saltOf(ports);
    return hashed(`${number} ${id}`, salt);
  };
};
