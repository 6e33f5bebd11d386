import { mayText } from '../domain/admission.ts';
import type { Contact } from '../domain/contact.ts';
import { type Refusal, refusal } from '../domain/enrollment.ts';
import { compileFilter, type Explanation, explain, riseOf } from '../domain/filter.ts';
import type { ContactId, RunId, WorkflowId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Run } from '../domain/run.ts';
import type { Reentry, Workflow } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { getRunOf } from '../store/run-store.ts';
import { getDraft, getVersion, getWorkflow } from '../store/workflow-store.ts';
import { readWorkspace } from './workspace.ts';

/** Why a contact is, or is not, in a workflow: each claim of the trigger with its value, then all that stands after it. */
export interface Explained {
  readonly workflowId: WorkflowId;
  readonly contactId: ContactId;
  readonly at: Instant;
  readonly workflowStatus: Workflow['status'];
  /** The version whose trigger is explained; absent: the draft's. */
  readonly version?: number;
  readonly manualOnly: boolean;
  /** Whether the contact would enter if existing contacts were enrolled now. */
  readonly verdict: 'WILL_ENROL' | Refusal;
  readonly trigger: Explanation;
  /** Whoever it is true of does not enter, and leaves. */
  readonly goal?: Explanation;
  /** When time alone will turn the trigger true, where it will. */
  readonly turnsTrueAt?: Instant;
  readonly consent: { readonly status: Contact['consent']['status']; readonly mayBeTexted: boolean };
  /** The contact's run in the workflow that is active, or was last. */
  readonly run?: {
    readonly id: RunId;
    readonly status: Run['status'];
    readonly enrolledAt: Instant;
    readonly entry: number;
  };
  readonly reentry?: Reentry;
}

/** `of`: the draft, or the version that was published last; by itself, the version of a workflow that is on. */
export const explainContact =
  (ports: Pick<Ports, 'table' | 'clock'>) =>
  async (id: WorkflowId, contactId: ContactId, of: 'draft' | 'version' | undefined): Promise<Outcome<Explained>> => {
    const { table } = ports;
    const [workflow, contact, run] = await Promise.all([
      getWorkflow(table, id),
      getContact(table, contactId),
      getRunOf(table, contactId, id),
    ]);
    if (!workflow) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
    if (!contact) return refuse('NOT_FOUND', `There is no contact ${contactId}.`);
    const { status } = workflow.value;
    const isVersion = of === 'version' || (of === undefined && status === 'ON');
    const version = isVersion ? await getVersion(table, id, workflow.value.version) : undefined;
    if (isVersion && !version) return refuse('WORKFLOW_NEVER_PUBLISHED', 'The workflow was never published.');
    const content = version?.value ?? (await getDraft(table, id))?.value;
    if (!content) return refuse('NOT_FOUND', `There is no workflow ${id}.`);

    const { trigger, exit } = content;
    const { settings, filters } = await readWorkspace(ports);
    const { now } = filters;
    const explained = explain(trigger.filter, contact.value, filters);
    const rise = riseOf(compileFilter(trigger.filter, filters), contact.value, now);
    const reentry = version?.value.reentry ?? { allowReentry: false };
    const goal = exit.goal && explain(exit.goal, contact.value, filters);
    const refused = refusal({
      ...{ contact: contact.value, settings, reentry, last: run?.value, test: false, now },
      reached: goal?.truth ?? false,
    });
    return ok({
      workflowId: id,
      contactId,
      at: instant(now),
      workflowStatus: status,
      ...(version && { version: version.value.version, reentry }),
      manualOnly: trigger.manualOnly,
      verdict: explained.truth ? (refused ?? 'WILL_ENROL') : 'NOT_MATCHING',
      trigger: explained,
      ...(goal && { goal }),
      ...(rise !== undefined && { turnsTrueAt: instant(rise) }),
      consent: { status: contact.value.consent.status, mayBeTexted: mayText(contact.value, settings) },
      ...(run && {
        run: {
          id: run.value.id,
          status: run.value.status,
          enrolledAt: run.value.enrolledAt,
          entry: run.value.entry,
        },
      }),
    });
  };
