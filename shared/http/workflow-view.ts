import * as z from 'zod';
import { ContactId, InboxId, RunId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import { Reentry, Step, TemplateName, Trigger, Workflow } from '../domain/workflow.ts';

/** A fault of a draft: what publishing would refuse, or only advise against. */
export const FaultView = z
  .object({
    code: z.string(),
    path: z.string().meta({ description: 'Where, as names and positions joined by dots.' }),
    detail: z.string(),
    hint: z.string().optional(),
  })
  .meta({ id: 'Fault' });

/** A workflow with the draft that people edit. */
export const WorkflowView = z
  .object({
    ...Workflow.shape,
    trigger: Trigger,
    inboxId: InboxId.optional(),
    steps: z.array(Step),
    problems: z.array(FaultView).meta({ description: 'What stands in the way of publishing.' }),
    advice: z.array(FaultView).meta({ description: 'What deserves a second look.' }),
    texts: z
      .array(z.object({ step: z.string(), encoding: z.string(), units: z.int(), parts: z.int() }))
      .meta({ description: 'How each text travels, measured with sample data.' }),
  })
  .meta({ id: 'Workflow' });

export const WorkflowSummary = z.object(Workflow.shape).meta({ id: 'WorkflowSummary' });

export const TemplateView = z
  .object({
    name: TemplateName,
    title: z.string(),
    description: z.string(),
    trigger: Trigger,
    steps: z.array(Step),
  })
  .meta({ id: 'Template' });

export const AudienceView = z
  .object({
    matching: z.int().meta({ description: 'Contacts that meet the trigger.' }),
    optedOut: z.int(),
    alreadyIn: z.int(),
    reentryBlocked: z.int(),
    willEnrol: z.int().meta({ description: 'Who is enrolled if existing contacts are.' }),
  })
  .meta({ id: 'Audience' });

export const PublishedView = z
  .object({
    workflow: WorkflowSummary,
    version: z.int(),
    audience: AudienceView,
    enrollingExisting: z.boolean(),
  })
  .meta({ id: 'Publication' });

export const VersionView = z
  .object({
    workflowId: WorkflowId,
    version: z.int(),
    name: z.string(),
    trigger: Trigger,
    inboxId: InboxId,
    steps: z.array(Step),
    reentry: z.object(Reentry.shape),
    publishedAt: Instant,
  })
  .meta({ id: 'Version' });

export const EnrollmentOutcome = z
  .object({
    contactId: ContactId,
    outcome: z.enum(['ENROLLED', 'REFUSED']),
    runId: RunId.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'EnrollmentOutcome' });
