import { check } from '../../statemachines/check.ts';
import { compile } from '../../statemachines/compile.ts';
import type { WorkflowId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Job } from '../domain/job.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import { allSteps, type Reentry, type Step, type Version, type Workflow } from '../domain/workflow.ts';
import type { Ports, Table, Write } from '../ports.ts';
import { keys, SHARDS } from '../store/keys.ts';
import { getRuleset, rulesChanged } from '../store/ruleset-store.ts';
import { parkedRuns } from '../store/run-store.ts';
import { commit, contend, edit, fresh, list, put, remove, type Stored, unchanged } from '../store/stored.ts';
import {
  drafts,
  getDraft,
  getTrigger,
  getWorkflow,
  triggers,
  turns,
  versions,
  workflows,
} from '../store/workflow-store.ts';
import { tags } from '../store/workspace-store.ts';
import { readCheckWorkspace } from './check-workspace.ts';
import { type Audience, surveyAudience } from './survey-audience.ts';

export interface Options {
  readonly reentry: Reentry;
  readonly enrollExisting: boolean;
  /** What becomes of runs that were parked when the workflow was turned off. */
  readonly parked: 'resume' | 'exit' | undefined;
}

export interface Published {
  readonly workflow: Stored<Workflow>;
  readonly version: Version;
  readonly audience: Audience;
}
/** A quota makes it wait: the queue goes on with it, and nobody edits it meanwhile. */
export interface Publishing {
  readonly publishing: Stored<Workflow>;
}

type Publisher = Pick<Ports, 'table' | 'machines' | 'clock' | 'log'>;

/**
 * Checks and compiles the draft, then turns it on as an immutable version, in one transaction. Asked again while a quota
 * makes it wait, it says so again.
 */
export const publishWorkflow = (ports: Publisher) => {
  const attempt = publishAttempt(ports);
  return (id: WorkflowId, options: Options): Promise<Outcome<Published | Publishing>> =>
    contend(`publishing ${id}`, async () => {
      const workflow = await getWorkflow(ports.table, id);
      if (workflow?.value.status !== 'PUBLISHING') return attempt(id, options);
      // Should its job have been lost, asking again is what brings it back.
      await commit(
        ports.table,
        ...turnWrites(id, instant(ports.clock.now()), [{ type: 'finish-publishing', workflowId: id }]),
      );
      return ok({ publishing: workflow });
    });
};

/** Goes on with a publication that had to wait; what cannot be published any more is a draft again. */
export const finishPublishing = (ports: Publisher) => {
  const attempt = publishAttempt(ports);
  return (id: WorkflowId): Promise<'done' | 'waits'> =>
    contend(`publishing ${id}`, async (): Promise<'done' | 'waits' | undefined> => {
      const workflow = await getWorkflow(ports.table, id);
      const asked = workflow?.value.publishing;
      if (!asked) return 'done';
      const published = await attempt(id, { ...asked, parked: asked.parked });
      if (!published) return undefined;
      if ('ok' in published) return 'publishing' in published.ok ? 'waits' : 'done';
      const { publishing: _, ...rest } = workflow.value;
      const given: Workflow = { ...rest, status: rest.version === 0 ? 'DRAFT' : 'OFF' };
      ports.log.error('PUBLICATION_FAILED', { workflow: id, problem: published.problem.code });
      return (await commit(ports.table, put(workflows, edit(workflow, given)))) ? 'done' : undefined;
    });
};

const publishAttempt =
  (ports: Publisher) =>
  async (id: WorkflowId, options: Options): Promise<Outcome<Published | Publishing> | undefined> => {
    const { table, clock, machines } = ports;
    const [workflow, draft, rules] = await Promise.all([
      getWorkflow(table, id),
      getDraft(table, id),
      rulesOf(table, id),
    ]);
    if (!workflow || !draft) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
    if (workflow.value.status === 'ON')
      return refuse('WORKFLOW_ON', 'The workflow is on: turn it off before you publish a new version.');
    const { workflowId: _, ...content } = draft.value;
    const faults = check(content, await readCheckWorkspace(ports));
    const { inboxId } = content;
    if (faults.length > 0 || inboxId === undefined) {
      return refuse('WORKFLOW_INVALID', `The workflow has ${faults.length} problem(s).`, faults);
    }
    const undecided = await parkedFault(table, id, options.parked);
    if (undecided) return undecided;

    const { definition, plan } = compile(content.steps, machines.stepFunction);
    const at = instant(clock.now());
    const machine = await machines.put({ name: id, definition });
    const { inFlight: ___, publishing: __, ...rest } = workflow.value;
    if (machine === undefined) {
      if (workflow.value.status === 'PUBLISHING') return ok({ publishing: workflow });
      const { reentry, enrollExisting, parked } = options;
      const asked = { reentry, enrollExisting, ...(parked !== undefined && { parked }) };
      const waiting: Workflow = { ...workflow.value, status: 'PUBLISHING', publishing: asked, updatedAt: at };
      const written = await commit(
        table,
        put(workflows, edit(workflow, waiting)),
        unchanged(drafts, draft),
        ...turnWrites(id, at, [{ type: 'finish-publishing', workflowId: id }]),
      );
      return written ? ok({ publishing: { rev: workflow.rev + 1, value: waiting } }) : undefined;
    }

    const version: Version = {
      ...content,
      inboxId,
      workflowId: id,
      version: workflow.value.version + 1,
      name: workflow.value.name,
      reentry: options.reentry,
      plan,
      machine,
      publishedAt: at,
    };
    await registerTags(table, content.steps, at);
    const audience = await surveyAudience(ports, version);
    const on: Workflow = { ...rest, status: 'ON', version: version.version, updatedAt: at };
    const written = await commit(
      table,
      put(versions, fresh(version)),
      put(workflows, edit(workflow, on)),
      unchanged(drafts, draft),
      ...triggerWrites(version, at, rules),
      ...turnWrites(id, at, jobsOfTurningOn(on, 'publish', options)),
    );
    return written ? ok({ workflow: { rev: workflow.rev + 1, value: on }, version, audience }) : undefined;
  };

export const countParked = async (table: Table, id: WorkflowId): Promise<number> =>
  (await list(table, parkedRuns, { pk: keys.parkedRuns(id) })).items.length;

/** Whoever turns a workflow on says what becomes of its parked runs. */
export async function parkedFault(table: Table, id: WorkflowId, parked: Options['parked']) {
  const count = parked === undefined ? await countParked(table, id) : 0;
  return count === 0
    ? undefined
    : refuse('PARKED_RUNS', `${count} contact(s) were paused in the workflow when it was turned off.`, [
        { code: 'REQUIRED', path: ['parked'], detail: 'says what becomes of them', hint: '"resume" or "exit"' },
      ]);
}

/** What a workflow's turn, on or off, has to read of what enrols by itself. */
export async function rulesOf(table: Table, id: WorkflowId) {
  const [ruleset, trigger] = await Promise.all([getRuleset(table), getTrigger(table, id)]);
  return { ruleset, trigger };
}
type Rules = Awaited<ReturnType<typeof rulesOf>>;

/** What enrols by itself while the workflow is on. */
export function triggerWrites(
  { workflowId, trigger: { manualOnly, filter } }: Version,
  since: Instant,
  { ruleset, trigger }: Rules,
): Write[] {
  if (manualOnly) return triggerRemoved(workflowId, { ruleset, trigger });
  const entry = { workflowId, filter, since };
  return [put(triggers, trigger ? edit(trigger, entry) : fresh(entry)), rulesChanged(ruleset, workflowId)];
}

export const triggerRemoved = (id: WorkflowId, { ruleset, trigger }: Rules): Write[] =>
  trigger ? [remove(triggers, trigger), rulesChanged(ruleset, id)] : [];

/** Many contacts and runs are the queue's work, page by page. */
export function jobsOfTurningOn(
  { id: workflowId, updatedAt: since }: Workflow,
  by: 'publish' | 'turn-on',
  { enrollExisting, parked }: Pick<Options, 'enrollExisting' | 'parked'>,
): Job[] {
  const shards = enrollExisting ? Array.from({ length: SHARDS }, (_, shard) => shard) : [];
  return [
    ...(parked === 'resume' ? [{ type: 'resume-parked', workflowId } as const] : []),
    ...(parked === 'exit' ? [{ type: 'end-parked', workflowId, since } as const] : []),
    ...shards.map((shard) => ({ type: 'enroll-existing', workflowId, since, by, shard }) as const),
  ];
}

/** What a turn leaves to the queue is written with it: whoever turned the workflow may die right after. */
export const turnWrites = (workflowId: WorkflowId, at: Instant, jobs: Job[]): Write[] =>
  jobs.length === 0 ? [] : [put(turns, fresh({ workflowId, at, jobs }))];

/** A tag that a workflow will set is known from its publication on. */
async function registerTags(table: Table, steps: readonly Step[], createdAt: string): Promise<void> {
  for (const step of allSteps(steps)) {
    // Lost: it is known already.
    if (step.type === 'add-tag') await commit(table, put(tags, fresh({ tag: step.tag, createdAt })));
  }
}
