import type { ContactId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import type { Item, Ports } from '../ports.ts';
import { erasures } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { answersAbout, getRequest, requests } from '../store/request-store.ts';
import { pastRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, put, read, remove } from '../store/stored.ts';
import { endRunsOfContact } from './end-runs-of-contact.ts';

const BATCH = 100;

/** All that stays of a contact: which ways it went, as ids and codes, and that it was erased. */
const KEPT: ReadonlySet<string> = new Set([runs.type, pastRuns.type, erasures.type]);

/**
 * Erases what lies around a contact that is gone, of whatever kind it is, with the answers that tell of it; its runs end.
 * May be repeated: what a crash has left, the next one takes.
 */
export const eraseContact = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const { table, clock } = ports;
  const endRuns = endRunsOfContact(ports);

  return async (id: ContactId): Promise<void> => {
    await endRuns(id, 'CONTACT_DELETED');
    let cursor: string | undefined;
    do {
      const page = await contend(`erasing ${id}`, () => erasePage(id, cursor));
      cursor = page.next;
    } while (cursor !== undefined);
  };

  async function erasePage(id: ContactId, cursor: string | undefined): Promise<{ next?: string } | undefined> {
    const { items, next } = await table.query({ pk: keys.contact(id).pk, limit: BATCH, cursor });
    for (const item of items) if (item.type === answersAbout.type && !(await eraseAnswer(item))) return undefined;
    const gone = items.filter(({ type }) => !KEPT.has(type) && type !== answersAbout.type);
    // A receipt may have come in between: once more.
    if (gone.length > 0 && !(await commit(table, ...gone.map(({ pk, sk, rev }) => ({ delete: { pk, sk }, rev })))))
      return undefined;
    return next === undefined ? {} : { next };
  }

  /** That the request was done stays for as long as its key is known: repeated, it still has no second effect. */
  async function eraseAnswer(item: Item): Promise<boolean> {
    const about = read(answersAbout, item);
    const request = await getRequest(table, about.value.request);
    if (request?.value.at !== about.value.at) return commit(table, remove(answersAbout, about));
    const { answer: _, ...done } = request.value;
    const erased = { ...done, erasedAt: instant(clock.now()) };
    return commit(table, put(requests, edit(request, erased)), remove(answersAbout, about));
  }
};
