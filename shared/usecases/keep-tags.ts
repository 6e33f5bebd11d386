import type { Tag } from '../domain/contact.ts';
import { instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { commit, fresh, type Listed, list, put } from '../store/stored.ts';
import { type KnownTag, tags } from '../store/workspace-store.ts';
import type { PageAsked } from './read-contacts.ts';

export const createTag =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (tag: Tag): Promise<Outcome<KnownTag>> => {
    const value = { tag, createdAt: instant(clock.now()) };
    if (await commit(table, put(tags, fresh(value)))) return ok(value);
    return refuse('ALREADY_EXISTS', `There is a tag "${tag}" already.`, [
      { code: 'ALREADY_EXISTS', path: ['tag'], detail: 'is known' },
    ]);
  };

/** All tags that were ever created, used or named by a published workflow, in alphabetical order. */
export const listTags =
  ({ table }: Pick<Ports, 'table'>) =>
  (page: PageAsked): Promise<Listed<KnownTag>> => {
    const { pk, sk } = keys.workspace('TAG');
    return list(table, tags, { pk, prefix: sk, ...page });
  };
