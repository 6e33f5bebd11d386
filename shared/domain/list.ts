import * as z from 'zod/mini';
import { Filter, leavesOf } from './filter.ts';
import { ListId } from './id.ts';
import { Instant } from './instant.ts';

export const SavedListInput = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(120)),
  filter: Filter,
});

/** A saved filter, to be used as a claim of other filters. Who is in it is decided whenever it is asked. */
export const SavedList = z.extend(SavedListInput, { id: ListId, createdAt: Instant, updatedAt: Instant });
export type SavedList = z.infer<typeof SavedList>;

/** The lists that a filter rests on, those that its lists use included. */
export function listsIn(filters: readonly Filter[], filterOf: (id: ListId) => Filter | undefined): ReadonlySet<ListId> {
  const found = new Set<ListId>();
  const open = [...filters];
  for (let filter = open.pop(); filter; filter = open.pop()) {
    for (const { leaf } of leavesOf(filter)) {
      if (leaf.type !== 'list' || found.has(leaf.listId)) continue;
      found.add(leaf.listId);
      const inner = filterOf(leaf.listId);
      if (inner) open.push(inner);
    }
  }
  return found;
}
