import type { Tag } from '../domain/contact.ts';
import { instant } from '../domain/instant.ts';
import type { Ports } from '../ports.ts';
import { commit, fresh, put } from '../store/stored.ts';
import { tags } from '../store/workspace-store.ts';

/** A tag that somebody has used is known from then on. */
export const registerTags =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (used: readonly Tag[]): Promise<void> => {
    // A lost write: it was known already.
    for (const tag of used) await commit(table, put(tags, fresh({ tag, createdAt: instant(clock.now()) })));
  };
