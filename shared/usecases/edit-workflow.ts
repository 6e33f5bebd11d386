import { WorkflowId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { type Fault, type Outcome, ok, refuse } from '../domain/problem.ts';
import { templates } from '../domain/templates/templates.ts';
import type { Draft, TemplateName, Workflow } from '../domain/workflow.ts';
import type { Ports, Table, Write } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { runs } from '../store/run-store.ts';
import { commit, contend, edit, fresh, listIndex, put, remove, type Stored } from '../store/stored.ts';
import {
  type DraftOf,
  drafts,
  getDraft,
  getNameOwner,
  getWorkflow,
  nameOwners,
  workflows,
} from '../store/workflow-store.ts';
import { customFields, getCustomField } from '../store/workspace-store.ts';
import { type Effect, ulidOf } from './effect-id.ts';

export interface WorkflowDocument {
  readonly workflow: Stored<Workflow>;
  readonly draft: DraftOf;
}

/** A version and its draft must fit into one item each. */
const LARGEST_DRAFT_BYTES = 250_000;

const notFound = (id: WorkflowId) => refuse('NOT_FOUND', `There is no workflow ${id}.`);
export const beingPublished = () =>
  refuse('WORKFLOW_PUBLISHING', 'The workflow is being published: wait until it is on.');
const nameTaken = (name: string) =>
  refuse('NAME_TAKEN', `Another workflow is already called "${name}".`, [
    { code: 'NAME_TAKEN', path: ['name'], detail: 'names are unique, upper and lower case alike' },
  ]);

/** Makes a DRAFT that holds the template's steps, and declares the fields that the template writes. */
export const createWorkflow =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (
    { name, template }: { name: string; template: TemplateName },
    effect: Effect,
  ): Promise<Outcome<WorkflowDocument>> => {
    const at = instant(clock.now());
    const { draft: steps, customFields: needed } = templates[template];
    const workflow: Workflow = {
      id: WorkflowId.parse(`wf_${ulidOf(effect)}`),
      name,
      template,
      status: 'DRAFT',
      version: 0,
      createdAt: at,
      updatedAt: at,
    };
    const draft: DraftOf = { ...steps, workflowId: workflow.id };
    const missing = (
      await Promise.all(
        needed.map(async (field) => ((await getCustomField(table, field.key)) ? [] : [{ ...field, createdAt: at }])),
      )
    ).flat();
    const { committed } = await table.write([
      put(workflows, fresh(workflow)),
      put(drafts, fresh(draft)),
      put(nameOwners, fresh({ name, workflowId: workflow.id })),
    ]);
    const [known, content] = committed
      ? []
      : [await getWorkflow(table, workflow.id), await getDraft(table, workflow.id)];
    if (!committed && !(known && content)) return nameTaken(name);
    for (const field of missing) await commit(table, put(customFields, fresh(field)));
    return ok({ workflow: known ?? { rev: 1, value: workflow }, draft: content?.value ?? draft });
  };

export const readWorkflow =
  ({ table }: Pick<Ports, 'table'>) =>
  async (id: WorkflowId): Promise<Outcome<WorkflowDocument>> => {
    const [workflow, draft] = await Promise.all([getWorkflow(table, id), getDraft(table, id)]);
    return workflow && draft ? ok({ workflow, draft: draft.value }) : notFound(id);
  };

export interface Edit {
  readonly id: WorkflowId;
  readonly name: string;
  readonly draft: Draft;
  /** The revision that was edited; undefined overwrites whatever there is. */
  readonly revision: number | undefined;
}

/** Replaces the draft. A workflow that is ON is not edited: what runs is what people see. */
export const editWorkflow =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  ({ id, name, draft, revision }: Edit): Promise<Outcome<WorkflowDocument>> =>
    contend(`editing ${id}`, async (): Promise<Outcome<WorkflowDocument> | undefined> => {
      const [workflow, stored] = await Promise.all([getWorkflow(table, id), getDraft(table, id)]);
      if (!workflow || !stored) return notFound(id);
      if (revision !== undefined && revision !== workflow.rev)
        return refuse('REVISION_MISMATCH', 'Somebody else has edited the workflow since you read it.');
      if (workflow.value.status === 'PUBLISHING') return beingPublished();
      if (workflow.value.status === 'ON')
        return refuse('WORKFLOW_ON', 'The workflow is on: turn it off, edit, then publish a new version.');
      const tooLarge = sizeFault(draft);
      if (tooLarge) return refuse('INVALID_INPUT', 'The workflow is too large.', [tooLarge]);

      const value: Workflow = { ...workflow.value, name, updatedAt: instant(clock.now()) };
      const edited: DraftOf = { ...draft, workflowId: id };
      const renamed = await rename(table, workflow.value, name);
      if (!renamed) return nameTaken(name);
      const written = await commit(
        table,
        put(workflows, edit(workflow, value)),
        put(drafts, edit(stored, edited)),
        ...renamed,
      );
      return written ? ok({ workflow: { rev: workflow.rev + 1, value }, draft: edited }) : undefined;
    });

/** The writes that pass a name on; undefined where another workflow bears it. */
async function rename(table: Table, { id, name: old }: Workflow, name: string): Promise<readonly Write[] | undefined> {
  if (old === name) return [];
  const [mine, wanted] = await Promise.all([getNameOwner(table, old), getNameOwner(table, name)]);
  if (wanted && wanted.value.workflowId !== id) return undefined;
  if (!mine) throw new Error(`${id} does not own its name`);
  const owner = { name, workflowId: id };
  return wanted ? [put(nameOwners, edit(wanted, owner))] : [remove(nameOwners, mine), put(nameOwners, fresh(owner))];
}

function sizeFault(draft: Draft): Fault | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(draft));
  if (bytes <= LARGEST_DRAFT_BYTES) return undefined;
  return { code: 'TOO_LARGE', path: ['steps'], detail: `${bytes} bytes of at most ${LARGEST_DRAFT_BYTES}` };
}

/** Deletes a workflow that is off and empty. Its versions and runs remain: they are history. */
export const deleteWorkflow =
  ({ table, machines }: Pick<Ports, 'table' | 'machines'>) =>
  (id: WorkflowId, revision: number | undefined): Promise<Outcome<null>> =>
    contend(`deleting ${id}`, async (): Promise<Outcome<null> | undefined> => {
      const [workflow, draft] = await Promise.all([getWorkflow(table, id), getDraft(table, id)]);
      if (!workflow || !draft) return notFound(id);
      if (revision !== undefined && revision !== workflow.rev)
        return refuse('REVISION_MISMATCH', 'Somebody else has edited the workflow since you read it.');
      if (workflow.value.status === 'PUBLISHING') return beingPublished();
      if (workflow.value.status === 'ON') return refuse('WORKFLOW_ON', 'The workflow is on: turn it off first.');
      const { items } = await listIndex(table, runs, { pk: keys.runsIndex(id) });
      if (items.some(({ value }) => value.status !== 'ENDED')) {
        return refuse(
          'WORKFLOW_HAS_RUNS',
          'Contacts are still in the workflow: turn it off with inFlight "exit", or let them finish.',
        );
      }
      const name = await getNameOwner(table, workflow.value.name);
      const written = await commit(
        table,
        remove(workflows, workflow),
        remove(drafts, draft),
        ...(name ? [remove(nameOwners, name)] : []),
      );
      if (!written) return undefined;
      await machines.remove(id);
      return ok(null);
    });
