import type { FilterWorkspace } from '../domain/filter.ts';
import { PassId, seededUlid, type WorkflowId } from '../domain/id.ts';
import { epoch, type Instant } from '../domain/instant.ts';
import type { TurnJob } from '../domain/job.ts';
import { criteriaOf, type Pass } from '../domain/pass.ts';
import { refuse } from '../domain/problem.ts';
import { isTimed } from '../domain/triggers-by-key.ts';
import type { Version, Workflow } from '../domain/workflow.ts';
import type { Ports, Table, Write } from '../ports.ts';
import { keys, SHARDS } from '../store/keys.ts';
import { contactTotals, passBegun } from '../store/pass-store.ts';
import { getRuleset, type Ruleset, rulesChanged } from '../store/ruleset-store.ts';
import { parkedRuns } from '../store/run-store.ts';
import { edit, fresh, list, put, remove, type Stored } from '../store/stored.ts';
import { getTrigger, type TriggerEntry, triggers, turns } from '../store/workflow-store.ts';
import { readWorkspace } from './workspace.ts';

/** What a turn of a workflow, on or off, rests on besides the workflow itself. */
export interface Turning {
  readonly ruleset: Stored<Ruleset>;
  readonly trigger: Stored<TriggerEntry> | undefined;
  readonly filters: FilterWorkspace;
}

export async function readTurning(ports: Pick<Ports, 'table' | 'clock'>, id: WorkflowId): Promise<Turning> {
  const [ruleset, trigger] = await Promise.all([getRuleset(ports.table), getTrigger(ports.table, id)]);
  return { ruleset, trigger, filters: (await readWorkspace(ports)).filters };
}

export interface TurnOptions {
  readonly enrollExisting: boolean;
  /** What becomes of runs that were parked when the workflow was turned off. */
  readonly parked: 'resume' | 'exit' | undefined;
  /** Names the request that asks for it. */
  readonly request?: string | undefined;
}

/** The workflow as it is on, and what is written with it: many contacts and runs are the queue's work, page by page. */
export async function turnedOn(
  table: Table,
  { rev, value: { inFlight: _, publishing: __, backfill: ___, request: ____, ...off } }: Stored<Workflow>,
  version: Version,
  { ruleset, trigger, filters }: Turning,
  at: Instant,
  by: 'publish' | 'turn-on',
  { enrollExisting, parked, request }: TurnOptions,
): Promise<{ on: Workflow; writes: Write[] }> {
  const { workflowId, exit } = version;
  const { manualOnly, filter } = version.trigger;
  const isEnrolling = enrollExisting && !manualOnly;
  const id = PassId.parse(`pass_${seededUlid(epoch(at), `back-fill ${workflowId}`)}`);
  const pass: Pass = { ...criteriaOf(workflowId, version, version.reentry), id, kind: 'enroll', at, by };
  const entry = { workflowId, filter, since: at };
  const filed = manualOnly
    ? trigger
      ? [remove(triggers, trigger)]
      : []
    : [put(triggers, trigger ? edit(trigger, entry) : fresh(entry))];
  const isFirstGoal = exit.goal !== undefined && !ruleset.value.goals;
  const jobs: TurnJob[] = [
    ...(parked === 'resume' ? [{ type: 'resume-parked', workflowId } as const] : []),
    ...(parked === 'exit' ? [{ type: 'end-parked', workflowId, since: at } as const] : []),
    // Nobody has foreseen yet when time will turn this trigger true of those who are contacts already.
    ...(!manualOnly && isTimed(filter, filters) ? watchJobs() : []),
  ];
  return {
    on: { ...off, status: 'ON', updatedAt: at, ...(isEnrolling && { backfill: id }), ...(request && { request }) },
    writes: [
      ...filed,
      ...(filed.length > 0 || isFirstGoal ? [rulesChanged(ruleset, workflowId, exit.goal !== undefined)] : []),
      ...(isEnrolling ? passBegun(pass, await contactTotals(table)) : []),
      ...turnWrites({ rev, workflowId }, at, jobs),
    ],
  };
}

export const triggerRemoved = (id: WorkflowId, { ruleset, trigger }: Pick<Turning, 'ruleset' | 'trigger'>): Write[] =>
  trigger ? [remove(triggers, trigger), rulesChanged(ruleset, id)] : [];

/** What a turn leaves to the queue is written with it: whoever turned the workflow may die right after. */
export const turnWrites = (
  { rev, workflowId }: { readonly rev: number; readonly workflowId?: WorkflowId },
  at: Instant,
  jobs: readonly TurnJob[],
): Write[] =>
  jobs.length === 0 ? [] : [put(turns, fresh({ ...(workflowId && { workflowId }), at, rev, jobs: [...jobs] }))];

export const watchJobs = (): TurnJob[] =>
  Array.from({ length: SHARDS }, (_, shard) => ({ type: 'watch-shard', shard }));

export const countParked = async (table: Table, id: WorkflowId): Promise<number> =>
  (await list(table, parkedRuns, { pk: keys.parkedRuns(id) })).items.length;

/** Whoever turns a workflow on says what becomes of its parked runs. */
export async function parkedFault(table: Table, id: WorkflowId, parked: TurnOptions['parked']) {
  const count = parked === undefined ? await countParked(table, id) : 0;
  return count === 0
    ? undefined
    : refuse('PARKED_RUNS', `${count} contact(s) were paused in the workflow when it was turned off.`, [
        { code: 'REQUIRED', path: ['parked'], detail: 'says what becomes of them', hint: '"resume" or "exit"' },
      ]);
}
