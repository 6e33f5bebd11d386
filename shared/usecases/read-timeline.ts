import { cursorOf, positionOf } from '../domain/cursor.ts';
import type { ContactId, RunId, WorkflowId } from '../domain/id.ts';
import type { Message } from '../domain/message.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { LogEntry } from '../domain/run.ts';
import type { Ports, Table } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { conversation } from '../store/message-store.ts';
import { pastRunsOfContact, runsOfContact } from '../store/run-store.ts';
import type { PageAsked } from './read-contacts.ts';

export type TimelineEntry =
  | { readonly type: 'message'; readonly at: string; readonly message: Message }
  | {
      readonly type: 'run';
      readonly at: string;
      readonly runId: RunId;
      readonly workflowId: WorkflowId;
      readonly entry: LogEntry;
    };

export interface Timeline {
  readonly items: readonly TimelineEntry[];
  readonly next?: string;
}

/** Logs only grow, so an entry's place in its run names it for good. */
interface Logged {
  readonly key: string;
  readonly item: TimelineEntry;
}

const PLACE = 'TIMELINE';
/** Where nothing has been taken yet, and where all has. */
const START = '-';
const END = '.';

/**
 * All that happened with a contact, by time: what was said, and what its runs did. The cursor is one place in the
 * conversation and one in the runs' logs; on the same millisecond messages come before what runs made of them.
 */
export const readTimeline =
  ({ table }: Pick<Ports, 'table'>) =>
  async (
    id: ContactId,
    { limit, cursor, order }: PageAsked & { readonly order: 'asc' | 'desc' },
  ): Promise<Outcome<Timeline>> => {
    const place = positionOf({ pk: PLACE, prefix: order, cursor }, 4);
    const [, , said = START, logged = START] = place ?? [];
    if (!(await getContact(table, id))) return refuse('NOT_FOUND', `There is no contact ${id}.`);

    const entries = (await logOf(table, id)).toSorted((one, other) => compare(one.key, other.key, order));
    const log = logged === START ? entries : entries.filter(({ key }) => compare(key, logged, order) > 0);
    const from = said === START ? {} : { cursor: said };
    const direction = order === 'asc' ? 'ascending' : 'descending';
    const page = said === END ? { items: [] } : await conversation(table, id, { limit, ...from, order: direction });
    const messages = page.items.map(({ value }): TimelineEntry => ({ type: 'message', at: value.at, message: value }));

    const { items, saidTaken, logTaken } = merge(messages, log, limit, order);
    const isSaid = said === END || (saidTaken === messages.length && !('next' in page && page.next !== undefined));
    if (isSaid && logTaken === log.length) return ok({ items });
    return ok({ items, next: cursorOf([PLACE, order, await saidUpTo(), log[logTaken - 1]?.key ?? logged]) });

    /** The table tells a place only at the end of a page: the messages taken are read again as one. */
    async function saidUpTo(): Promise<string> {
      if (isSaid) return END;
      if (saidTaken === 0) return said;
      if (saidTaken === messages.length && 'next' in page && page.next !== undefined) return page.next;
      const taken = await conversation(table, id, { limit: saidTaken, ...from, order: direction });
      return taken.next ?? END;
    }
  };

async function logOf(table: Table, id: ContactId): Promise<Logged[]> {
  const runs = (await Promise.all([runsOfContact(table, id), pastRunsOfContact(table, id)])).flat();
  return runs.flatMap(({ value: { id: runId, workflowId, log } }) =>
    log.map((entry, at) => ({
      key: `${entry.at}#${runId}#${String(at).padStart(6, '0')}`,
      item: { type: 'run', at: entry.at, runId, workflowId, entry },
    })),
  );
}

const compare = (one: string, other: string, order: 'asc' | 'desc'): number => {
  const ascending = one < other ? -1 : Number(one > other);
  return order === 'asc' ? ascending : -ascending;
};

/** Takes from the front of either, whichever comes first. */
function merge(messages: readonly TimelineEntry[], log: readonly Logged[], limit: number, order: 'asc' | 'desc') {
  const items: TimelineEntry[] = [];
  let saidTaken = 0;
  let logTaken = 0;
  while (items.length < limit) {
    const message = messages[saidTaken];
    const logged = log[logTaken]?.item;
    if (!message && !logged) break;
    const difference = message && logged ? compare(message.at, logged.at, order) : message ? -1 : 1;
    const isMessage = difference < 0 || (difference === 0 && order === 'asc');
    const first = isMessage ? message : logged;
    if (!first) break;
    items.push(first);
    if (isMessage) saidTaken += 1;
    else logTaken += 1;
  }
  return { items, saidTaken, logTaken };
}
