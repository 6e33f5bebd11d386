import type { RecordedEvent } from '../domain/contact-event.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import type { ContactId, RunId, WorkflowId } from '../domain/id.ts';
import type { Message } from '../domain/message.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { LogEntry } from '../domain/run.ts';
import type { Ports, Table } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { eventsOfContact } from '../store/event-store.ts';
import { conversation } from '../store/message-store.ts';
import { pastRunsOfContact, runsOfContact } from '../store/run-store.ts';
import type { Listed } from '../store/stored.ts';
import type { PageAsked } from './read-contacts.ts';

export type TimelineEntry =
  | { readonly type: 'message'; readonly at: string; readonly message: Message }
  | { readonly type: 'event'; readonly at: string; readonly event: RecordedEvent }
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

type Order = 'asc' | 'desc';

/** What the timeline is merged from: each in order of time, and read on from a place that it has given. */
type Source = (limit: number, from: string | undefined) => Promise<Stretch>;
interface Stretch {
  readonly items: readonly TimelineEntry[];
  readonly next?: string | undefined;
}

const PLACE = 'TIMELINE';
/** Where nothing of a source has been taken yet, and where all has. */
const START = '-';
const END = '.';

/**
 * All that happened with a contact, by time: what was said, what happened elsewhere, and what its runs did. The cursor is
 * one place in each; on the same millisecond they come in that order.
 */
export const readTimeline =
  ({ table }: Pick<Ports, 'table'>) =>
  async (
    id: ContactId,
    { limit, cursor, order }: PageAsked & { readonly order: Order },
  ): Promise<Outcome<Timeline>> => {
    const sources = [said(table, id, order), happened(table, id, order), done(table, id, order)];
    const [, , ...places] = positionOf({ pk: PLACE, prefix: order, cursor }, sources.length + 2) ?? [];
    if (!(await getContact(table, id))) return refuse('NOT_FOUND', `There is no contact ${id}.`);

    const read = await Promise.all(
      sources.map(async (source, n) => {
        const place = places[n] ?? START;
        const from = place === START ? undefined : place;
        return { source, place, from, stretch: place === END ? { items: [] } : await source(limit, from) };
      }),
    );
    const { items, taken } = merge(
      read.map(({ stretch }) => stretch.items),
      limit,
      order,
    );
    const after = await Promise.all(
      read.map(async ({ source, place, from, stretch }, n) => {
        const many = taken[n] ?? 0;
        if (many === stretch.items.length) return stretch.next ?? END;
        if (many === 0) return place;
        // The table tells a place only at the end of a page: what was taken is read again as one.
        return (await source(many, from)).next ?? END;
      }),
    );
    return ok(after.every((place) => place === END) ? { items } : { items, next: cursorOf([PLACE, order, ...after]) });
  };

const directionOf = (order: Order) => (order === 'asc' ? 'ascending' : 'descending');

const stretchOf = <T>({ items, next }: Listed<T>, entry: (value: T) => TimelineEntry): Stretch => ({
  items: items.map(({ value }) => entry(value)),
  next,
});

const said =
  (table: Table, id: ContactId, order: Order): Source =>
  async (limit, cursor) => {
    const page = await conversation(table, id, { limit, ...(cursor && { cursor }), order: directionOf(order) });
    return stretchOf(page, (message) => ({ type: 'message', at: message.at, message }));
  };

const happened =
  (table: Table, id: ContactId, order: Order): Source =>
  async (limit, cursor) => {
    const page = await eventsOfContact(table, id, { limit, ...(cursor && { cursor }), order: directionOf(order) });
    return stretchOf(page, (event) => ({ type: 'event', at: event.at, event }));
  };

/** Logs only grow, so an entry's place in its run names it for good. */
const done =
  (table: Table, id: ContactId, order: Order): Source =>
  async (limit, from) => {
    const runs = (await Promise.all([runsOfContact(table, id), pastRunsOfContact(table, id)])).flat();
    const log = runs.flatMap(({ value: { id: runId, workflowId, log } }) =>
      log.map((entry, n) => ({
        key: `${entry.at}#${runId}#${String(n).padStart(6, '0')}`,
        item: { type: 'run', at: entry.at, runId, workflowId, entry } as const,
      })),
    );
    const rest = log
      .filter(({ key }) => from === undefined || compare(key, from, order) > 0)
      .toSorted((one, other) => compare(one.key, other.key, order));
    const page = rest.slice(0, limit);
    return { items: page.map(({ item }) => item), next: rest.length > limit ? page.at(-1)?.key : undefined };
  };

const compare = (one: string, other: string, order: Order): number => {
  const ascending = one < other ? -1 : Number(one > other);
  return order === 'asc' ? ascending : -ascending;
};

/** Takes from the front of the sources, whichever comes first; of the same instant, in their order or against it. */
function merge(sources: readonly (readonly TimelineEntry[])[], limit: number, order: Order) {
  const ranked = sources.flatMap((entries, source) => entries.map((item) => ({ item, source })));
  const byTime = (one: (typeof ranked)[number], other: (typeof ranked)[number]) =>
    compare(one.item.at, other.item.at, order) ||
    (order === 'asc' ? one.source - other.source : other.source - one.source);
  const first = ranked.toSorted(byTime).slice(0, limit);
  return {
    items: first.map(({ item }) => item),
    taken: sources.map((_, n) => first.filter(({ source }) => source === n).length),
  };
}
