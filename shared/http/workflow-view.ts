import * as z from 'zod/mini';
import { ContactId, InboxId, RunId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import { Exit, Publishing, Reentry, Step, TemplateName, Trigger, Workflow } from '../domain/workflow.ts';
import { AudienceView } from './audience-view.ts';

/** A fault of a draft: what publishing would refuse, or only advise against. */
export const FaultView = z
  .object({
    code: z.string(),
    path: z.string().check(z.meta({ description: 'Where, as names and positions joined by dots.' })),
    detail: z.string(),
    hint: z.optional(z.string()),
  })
  .check(z.meta({ id: 'Fault' }));

/** Which request has turned it on is for that request to know. */
const shown = {
  ...z.omit(Workflow, { request: true }).shape,
  // Not strict: it is left out, not refused.
  publishing: z.optional(z.object(z.omit(Publishing, { request: true }).shape)),
};

/** A workflow with the draft that people edit. */
export const WorkflowView = z
  .object({
    ...shown,
    trigger: Trigger,
    exit: Exit,
    inboxId: z.optional(InboxId),
    steps: z.array(Step),
    problems: z.array(FaultView).check(z.meta({ description: 'What stands in the way of publishing.' })),
    advice: z.array(FaultView).check(z.meta({ description: 'What deserves a second look.' })),
    texts: z
      .array(z.object({ step: z.string(), encoding: z.string(), units: z.int(), parts: z.int() }))
      .check(z.meta({ description: 'How each text travels, measured with sample data.' })),
  })
  .check(z.meta({ id: 'Workflow' }));

export const WorkflowSummary = z.object(shown).check(z.meta({ id: 'WorkflowSummary' }));

export const TemplateView = z
  .object({
    name: TemplateName,
    title: z.string(),
    description: z.string(),
    trigger: Trigger,
    exit: Exit,
    steps: z.array(Step),
  })
  .check(z.meta({ id: 'Template' }));

export const PublishedView = z
  .object({
    workflow: WorkflowSummary,
    version: z.int(),
    audience: z
      .optional(AudienceView)
      .check(z.meta({ description: 'Absent where there are too many contacts to count at once: a preview tells.' })),
    enrollingExisting: z.boolean(),
  })
  .check(z.meta({ id: 'Publication' }));

export const VersionView = z
  .object({
    workflowId: WorkflowId,
    version: z.int(),
    name: z.string(),
    trigger: Trigger,
    exit: Exit,
    inboxId: InboxId,
    steps: z.array(Step),
    reentry: z.object(Reentry.shape),
    publishedAt: Instant,
  })
  .check(z.meta({ id: 'Version' }));

export const EnrollmentOutcome = z
  .object({
    contactId: ContactId,
    outcome: z.enum(['ENROLLED', 'REFUSED']),
    runId: z.optional(RunId),
    reason: z.optional(z.string()),
  })
  .check(z.meta({ id: 'EnrollmentOutcome' }));
