import type { WorkflowId } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import type { JobOf } from '../domain/job.ts';
import { add, type Tally, textsOf, ZERO } from '../domain/tally.ts';
import { type Block, blockOf } from '../domain/tally-block.ts';
import type { Ports } from '../ports.ts';
import { commit, edit, fresh, put, remove, type Stored } from '../store/stored.ts';
import {
  blocks,
  blocksOf,
  firstRuns,
  getBlock,
  getTallyRequest,
  positionAt,
  runsUpTo,
  statusesOf,
  tallyRequests,
} from '../store/tally-store.ts';

const RUNS_PER_BLOCK = 500;
/** Runs that one request counts itself; those in sealed blocks are not among them. */
const LIVE_RUNS = 10_000;
const BLOCKS_PER_JOB = 4;
/** Figures of that age need no new ones. */
const FRESH_MS = 5 * 60 * 1000;
/** A request for a new count that is older has been lost. */
const REQUEST_IS_LOST_MS = 60 * 60 * 1000;
/** What an item can hold, with room to spare. A block that comes to more is counted whenever it is asked for. */
const LARGEST_BLOCK = 300_000;

export interface TallyOptions {
  readonly liveRuns?: number;
  readonly runsPerBlock?: number;
}

export interface Tallied {
  readonly byVersion: ReadonlyMap<number, Tally>;
  /** When the oldest of the figures was counted that may have changed since. */
  readonly asOf: Instant;
  /** Whether all runs are in it. */
  readonly complete: boolean;
}

type Counting = Pick<Ports, 'table' | 'clock'>;

/**
 * Counts the runs of a workflow, block by block: sealed ones as they are stored, the others anew, up to the budget;
 * beyond it as they were counted last, and then a new count is asked for, which the change feed gives to the queue.
 */
export const tallyRuns = (
  ports: Counting,
  { liveRuns = LIVE_RUNS, runsPerBlock = RUNS_PER_BLOCK }: TallyOptions = {},
) => {
  const { table, clock } = ports;

  return async (workflow: WorkflowId): Promise<Tallied> => {
    const tallied = await walk(workflow);
    if (!tallied.complete || epoch(tallied.asOf) + FRESH_MS < clock.now()) await askForCount(ports, workflow);
    return tallied;
  };

  async function walk(workflow: WorkflowId): Promise<Tallied> {
    const known = await blocksOf(table, workflow);
    const byVersion = new Map<number, Tally>();
    let asOf = instant(clock.now());
    let budget = liveRuns;
    for (let cursor: string | undefined; ; ) {
      const stored = known.get(positionAt(workflow, cursor));
      const isLive = !stored?.value.sealed && budget > 0;
      const block: Block | undefined = isLive
        ? await counted(ports, workflow, cursor, stored?.value, runsPerBlock)
        : stored?.value;
      if (!block) return { byVersion, asOf, complete: false };
      if (isLive) budget -= block.runs;
      else if (!block.sealed && block.asOf < asOf) asOf = block.asOf;
      // Only what is on its way to being sealed: the others would be written again and again.
      if (isLive && (block.sealed || block.settledSince !== stored?.value.settledSince))
        await keep(ports, stored, block);
      for (const [version, tally] of Object.entries(block.tallies))
        byVersion.set(Number(version), add(byVersion.get(Number(version)) ?? ZERO, tally));
      if (block.next === undefined) return { byVersion, asOf, complete: true };
      cursor = block.next;
    }
  }
};

/** Counts the next blocks of a workflow anew and stores them; answers the cursor of what is left. */
export const recountRuns = (ports: Counting, { runsPerBlock = RUNS_PER_BLOCK }: TallyOptions = {}) => {
  const { table } = ports;
  return async ({ workflowId, cursor: start }: JobOf<'tally'>): Promise<string | undefined> => {
    let cursor = start;
    for (let done = 0; done < BLOCKS_PER_JOB; ) {
      const stored = await getBlock(table, workflowId, positionAt(workflowId, cursor));
      let block = stored?.value;
      if (!block?.sealed) {
        block = await counted(ports, workflowId, cursor, block, runsPerBlock);
        await keep(ports, stored, block);
        done += 1;
      }
      cursor = block.next;
      if (cursor === undefined) break;
    }
    const request = cursor === undefined ? await getTallyRequest(table, workflowId) : undefined;
    if (request) await commit(table, remove(tallyRequests, request));
    return cursor;
  };
};

/** A block that was full once keeps its bounds, whatever turns up between them. */
async function counted(
  { table, clock }: Counting,
  workflowId: WorkflowId,
  cursor: string | undefined,
  before: Block | undefined,
  runsPerBlock: number,
): Promise<Block> {
  const { to, next } = before ?? {};
  const slice =
    to !== undefined && next !== undefined
      ? { runs: await runsUpTo(table, workflowId, cursor, to, runsPerBlock), to, next }
      : await firstRuns(table, workflowId, cursor, runsPerBlock);
  const { runs, ...end } = slice;
  const statuses = await statusesOf(table, runs.flatMap(textsOf));
  const bounds = { workflowId, from: positionAt(workflowId, cursor), ...end };
  return blockOf(bounds, runs, statuses, clock.now(), before);
}

/** Lost: somebody else has just counted it. */
async function keep({ table }: Counting, stored: Stored<Block> | undefined, block: Block): Promise<void> {
  if (JSON.stringify(block).length > LARGEST_BLOCK) return;
  await commit(table, put(blocks, stored ? edit(stored, block) : fresh(block)));
}

async function askForCount({ table, clock }: Counting, workflowId: WorkflowId): Promise<void> {
  const now = clock.now();
  const asked = await getTallyRequest(table, workflowId);
  if (asked && epoch(asked.value.at) + REQUEST_IS_LOST_MS > now) return;
  const request = { workflowId, at: instant(now) };
  await commit(table, put(tallyRequests, asked ? edit(asked, request) : fresh(request)));
}
