import type { Contact } from '../domain/contact.ts';
import { riseOf } from '../domain/filter.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { ReadyTrigger } from '../domain/triggers-by-key.ts';
import type { Ports } from '../ports.ts';
import { getWatch, watches } from '../store/ruleset-store.ts';
import { commit, contend, edit, fresh, put } from '../store/stored.ts';

/** When time next turns one of the triggers true of the contact as it is, ends a takeover, or a text of it is to be looked at. Epoch milliseconds. */
export function nextLook(contact: Contact, triggers: readonly ReadyTrigger[], after: number): number | undefined {
  const rises = triggers.flatMap((trigger) => riseOf(trigger, contact, Math.max(after, epoch(trigger.since))) ?? []);
  const ends = Object.values(contact.takeovers ?? {}).map(({ until }) => epoch(until));
  const resends = Object.values(contact.resends ?? {}).map(({ due }) => epoch(due));
  const looks = [...rises, ...ends, ...resends];
  return looks.length === 0 ? undefined : Math.min(...looks);
}

/**
 * Sees to it that a sweep looks at the contact when time next turns a trigger true of it, or ends a takeover. One that would look earlier
 * stays: it finds nothing then, and puts the next one in its place.
 */
export const watchContact =
  ({ table }: Pick<Ports, 'table'>) =>
  async (contact: Contact, timed: readonly ReadyTrigger[]): Promise<void> => {
    const looked = epoch(contact.updatedAt);
    const look = nextLook(contact, timed, looked);
    if (look === undefined) return;
    const due = instant(look);
    await contend(`watching ${contact.id}`, async () => {
      const known = await getWatch(table, contact.id);
      if (known?.value.due !== undefined && known.value.due <= due) return true;
      const watch = { contactId: contact.id, since: known?.value.since ?? contact.updatedAt, due };
      return (await commit(table, put(watches, known ? edit(known, watch) : fresh(watch)))) || undefined;
    });
  };
