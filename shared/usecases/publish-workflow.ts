import { check } from '../../statemachines/check.ts';
import { compile } from '../../statemachines/compile.ts';
import type { WorkflowId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type Audience, criteriaOf } from '../domain/pass.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import { allSteps, type Reentry, type Step, type Version, type Workflow } from '../domain/workflow.ts';
import type { Ports, Table } from '../ports.ts';
import { commit, contend, edit, fresh, put, type Stored, unchanged } from '../store/stored.ts';
import { drafts, getDraft, getWorkflow, versions, workflows } from '../store/workflow-store.ts';
import { tags } from '../store/workspace-store.ts';
import { readCheckWorkspace } from './check-workspace.ts';
import { type PreviewBound, previewFault } from './preview-workflow.ts';
import { countAudience, wholeAudience } from './read-audience.ts';
import { parkedFault, readTurning, type TurnOptions, turnedOn, turnWrites } from './turning.ts';

export interface Options extends TurnOptions {
  readonly reentry: Reentry;
  /** What was seen beforehand, and must still be so. */
  readonly preview?: PreviewBound | undefined;
}

export interface Published {
  readonly workflow: Stored<Workflow>;
  readonly version: Version;
  /** Absent where there are too many contacts to count while somebody waits: a preview tells. */
  readonly audience?: Audience;
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
        ...turnWrites({ rev: workflow.rev, workflowId: id }, instant(ports.clock.now()), [
          { type: 'finish-publishing', workflowId: id },
        ]),
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
    const [workflow, draft, turning] = await Promise.all([
      getWorkflow(table, id),
      getDraft(table, id),
      readTurning(ports, id),
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

    const asked = criteriaOf(id, content, options.reentry);
    const counted = await countAudience(ports, asked);
    const unforeseen = options.preview && (await previewFault(ports, options.preview, asked, counted));
    if (unforeseen) return unforeseen;

    const { definition, plan } = compile(content.steps, machines.stepFunction);
    const at = instant(clock.now());
    const machine = await machines.put({ name: id, definition });
    if (machine === undefined) {
      if (workflow.value.status === 'PUBLISHING') return ok({ publishing: workflow });
      const { reentry, enrollExisting, parked } = options;
      const asked = { reentry, enrollExisting, ...(parked !== undefined && { parked }) };
      const waiting: Workflow = { ...workflow.value, status: 'PUBLISHING', publishing: asked, updatedAt: at };
      const written = await commit(
        table,
        put(workflows, edit(workflow, waiting)),
        unchanged(drafts, draft),
        ...turnWrites({ rev: workflow.rev, workflowId: id }, at, [{ type: 'finish-publishing', workflowId: id }]),
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
    const off = edit(workflow, { ...workflow.value, version: version.version });
    const { on, writes } = await turnedOn(table, off, version, turning, at, 'publish', options);
    const written = await commit(
      table,
      put(versions, fresh(version)),
      put(workflows, edit(workflow, on)),
      unchanged(drafts, draft),
      ...writes,
    );
    return written
      ? ok({ workflow: { rev: workflow.rev + 1, value: on }, version, ...wholeAudience(counted) })
      : undefined;
  };

/** A tag that a workflow will set is known from its publication on. */
async function registerTags(table: Table, steps: readonly Step[], createdAt: string): Promise<void> {
  for (const step of allSteps(steps)) {
    // Lost: it is known already.
    if (step.type === 'add-tag') await commit(table, put(tags, fresh({ tag: step.tag, createdAt })));
  }
}
