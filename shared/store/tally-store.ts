import * as z from 'zod/mini';
import { positionOf } from '../domain/cursor.ts';
import { type MessageId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import type { OutboundStatus } from '../domain/message.ts';
import type { Run } from '../domain/run.ts';
import { Block } from '../domain/tally-block.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { messages } from './message-store.ts';
import { positionOfRun, runs } from './run-store.ts';
import { get, type Kind, list, listIndex, read, type Stored } from './stored.ts';

export const blocks: Kind<Block> = {
  type: 'tally-block',
  packed: true,
  parse: (data) => Block.parse(data),
  key: ({ workflowId, from }) => keys.tallyBlock(workflowId, from),
};

/** That somebody wants the blocks counted again; the change feed gives it to the queue. Gone when they are. */
const TallyRequest = z.strictObject({ workflowId: WorkflowId, at: Instant });
export const tallyRequests: Kind<z.infer<typeof TallyRequest>> = {
  type: 'tally-request',
  parse: (data) => TallyRequest.parse(data),
  key: ({ workflowId }) => keys.tallyRequest(workflowId),
};

export const getBlock = (table: Table, workflow: WorkflowId, from: string) =>
  get(table, blocks, keys.tallyBlock(workflow, from));
export const getTallyRequest = (table: Table, workflow: WorkflowId) =>
  get(table, tallyRequests, keys.tallyRequest(workflow));

/** All blocks of a workflow, by where they begin. */
export async function blocksOf(table: Table, workflow: WorkflowId): Promise<ReadonlyMap<string, Stored<Block>>> {
  const { pk, sk: prefix } = keys.tallyBlock(workflow, '');
  const { items } = await list(table, blocks, { pk, prefix });
  return new Map(items.map((block) => [block.value.from, block]));
}

/** The position of the last run before a cursor; empty: it is the beginning. */
export const positionAt = (workflow: WorkflowId, cursor: string | undefined): string =>
  positionOf({ pk: keys.runsIndex(workflow), cursor }, 4)?.[1] ?? '';

export interface Slice {
  readonly runs: readonly Run[];
  readonly to?: string;
  readonly next?: string;
}

/** The runs from a cursor on, at most so many. */
export async function firstRuns(
  table: Table,
  workflow: WorkflowId,
  cursor: string | undefined,
  limit: number,
): Promise<Slice> {
  const page = await listIndex(table, runs, { pk: keys.runsIndex(workflow), limit, cursor });
  const found = page.items.map(({ value }) => value);
  return page.next === undefined
    ? { runs: found }
    : { runs: found, to: positionAt(workflow, page.next), next: page.next };
}

/** The runs from a cursor up to a position, however many have turned up there since: the index is late at times. */
export async function runsUpTo(
  table: Table,
  workflow: WorkflowId,
  cursor: string | undefined,
  to: string,
  limit: number,
): Promise<readonly Run[]> {
  const found: Run[] = [];
  for (let from = cursor; ; ) {
    const slice = await firstRuns(table, workflow, from, limit);
    found.push(...slice.runs.filter((run) => positionOfRun(run) <= to));
    if (slice.to === undefined || slice.to >= to) return found;
    from = slice.next;
  }
}

/** What became of texts; those of deleted contacts are not in it. */
export async function statusesOf(
  table: Table,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<MessageId, OutboundStatus>> {
  const statuses = new Map<MessageId, OutboundStatus>();
  for (const item of await table.getMany(ids.map(keys.message))) {
    const message = item && read(messages, item).value;
    if (message?.direction === 'outbound') statuses.set(message.id, message.status);
  }
  return statuses;
}
