import type { Contact } from '../domain/contact.ts';
import { riseOf } from '../domain/filter.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { JobOf } from '../domain/job.ts';
import { type ReadyTrigger, timedOf } from '../domain/triggers-by-key.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { keys, SHARDS } from '../store/keys.ts';
import { type Watch, watches } from '../store/ruleset-store.ts';
import { commit, edit, listIndex, put, remove, type Stored } from '../store/stored.ts';
import { getSettings } from '../store/workspace-store.ts';
import { enrollIfOn } from './enroll-if-on.ts';
import { resendTexts } from './resend-texts.ts';
import { endTakeovers } from './take-over.ts';
import { type Triggers, triggersReader } from './triggers.ts';
import { nextLook } from './watch-contact.ts';

type Sweeping = Pick<Ports, 'table' | 'clock' | 'ids' | 'queue' | 'sms'>;

const CONTACTS_PER_CALL = 100;
/** A text may wait some seconds for its slot, and a call may take 30: what is left over is still due, and the next sweep finds it. */
const LONGEST_MS = 10_000;

/** Asks each shard in which something is due to be swept: the others cost one read of an empty range. */
export const sweep =
  ({ table, clock, queue }: Pick<Sweeping, 'table' | 'clock' | 'queue'>) =>
  async (): Promise<void> => {
    const until = instant(clock.now());
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const { items } = await table.queryIndex({ pk: keys.dueIndex(shard), upTo: behind(until), limit: 1 });
      if (items.length > 0) await queue.send({ type: 'sweep-shard', shard, until });
    }
  };

/** Enrols whom time has turned a trigger true of, ends takeovers that are over and sends texts once more, a page per call: only who is due is read. Answers where the next page begins. */
export const sweepShard = (ports: Sweeping) => {
  const { table, clock } = ports;
  const enrolOn = enrollIfOn(ports);
  const readTriggers = triggersReader(ports);
  const end = endTakeovers(ports);
  const resend = resendTexts(ports);

  return async ({ shard, until, cursor }: JobOf<'sweep-shard'>): Promise<string | undefined> => {
    const triggers = await readTriggers();
    const range = { pk: keys.dueIndex(shard), upTo: behind(until), limit: CONTACTS_PER_CALL, cursor };
    const page = await listIndex(table, watches, range);
    const began = clock.now();
    for (const watch of page.items) {
      if (clock.now() - began >= LONGEST_MS) return undefined;
      await look(watch, triggers);
    }
    return page.next;
  };

  async function look(watch: Stored<Watch>, triggers: Triggers): Promise<void> {
    const contact = await getContact(table, watch.value.contactId);
    const now = clock.now();
    if (contact) {
      // What it was before its last change is the affair of whoever follows that change.
      const looked = Math.max(epoch(contact.value.updatedAt), epoch(watch.value.since));
      for (const trigger of timedOf(triggers.candidates(contact.value))) {
        const rise = riseOf(trigger, contact.value, Math.max(looked, epoch(trigger.since)), now);
        if (rise === undefined || !trigger.test(contact.value, now)) continue;
        const { value: settings } = await getSettings(table);
        const since = instant(rise);
        await enrolOn(trigger.workflowId, { contact, settings, by: 'trigger', test: false, since });
      }
    }
    if (contact) await resend(contact.value);
    const kept = contact && (await end(contact.value.id));
    // Lost: the contact has changed meanwhile, and is looked at again.
    if (!kept || 'problem' in kept) await commit(table, remove(watches, watch));
    else
      await commit(
        table,
        put(watches, edit(watch, lookedAt(kept.ok.value, timedOf(triggers.candidates(kept.ok.value)), now))),
      );
  }
};

/** That it was looked at stays, so that a later change does not count anew what has come true by then. */
function lookedAt(contact: Contact, triggers: readonly ReadyTrigger[], now: number): Watch {
  const next = nextLook(contact, triggers, now);
  return { contactId: contact.id, since: instant(now), ...(next !== undefined && { due: instant(next) }) };
}

/** Behind all that is due at the instant. */
const behind = (until: string): string => `${until}~`;
