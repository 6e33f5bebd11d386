import type { Refusal } from '../domain/enrollment.ts';
import { matches } from '../domain/filter.ts';
import type { ContactId, RunId, WorkflowId } from '../domain/id.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { type Effect, ulidOf } from './effect-id.ts';
import { enroll } from './enroll.ts';
import { versionCache } from './version-cache.ts';
import { readWorkspace } from './workspace.ts';

export interface ManualEnrollment {
  readonly workflowId: WorkflowId;
  readonly contactIds: readonly ContactId[];
  /** Without it the trigger's filter is not asked; consent and one-run-at-a-time still are. */
  readonly applyFilters: boolean;
  readonly test: boolean;
}

export type ManualOutcome =
  | { readonly contactId: ContactId; readonly outcome: 'ENROLLED'; readonly runId: RunId }
  | { readonly contactId: ContactId; readonly outcome: 'REFUSED'; readonly reason: Refusal };

/** Enrols contacts by hand: an outcome per contact, never all or nothing. */
export const enrollByHand = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const versionOf = versionCache(ports.table);
  return async (
    { workflowId, contactIds, applyFilters, test }: ManualEnrollment,
    effect: Effect,
  ): Promise<Outcome<ManualOutcome[]>> => {
    const workflow = await getWorkflow(ports.table, workflowId);
    if (!workflow) return refuse('NOT_FOUND', `There is no workflow ${workflowId}.`);
    if (workflow.value.status !== 'ON')
      return refuse('WORKFLOW_NOT_ON', 'The workflow is not on: publish it or turn it on first.');
    const version = await versionOf(workflowId, workflow.value.version);
    const { settings, filters } = await readWorkspace(ports);

    const one = async (contactId: ContactId): Promise<ManualOutcome> => {
      const refused = (reason: Refusal) => ({ contactId, outcome: 'REFUSED', reason }) as const;
      const contact = await getContact(ports.table, contactId);
      if (!contact) return refused('CONTACT_NOT_FOUND');
      if (applyFilters && !matches(version.trigger.filter, contact.value, filters)) return refused('NOT_MATCHING');
      const entered = await enroll(ports)({ contact, version, settings, by: 'manual', test, ulid: ulidOf(effect) });
      return 'refused' in entered ? refused(entered.refused) : { contactId, outcome: 'ENROLLED', runId: entered.runId };
    };
    const outcomes: ManualOutcome[] = [];
    for (const contactId of new Set(contactIds)) outcomes.push(await one(contactId));
    return ok(outcomes);
  };
};
