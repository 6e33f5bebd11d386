import * as z from 'zod/mini';
import { Consent, Contact } from '../domain/contact.ts';
import { Refusal } from '../domain/enrollment.ts';
import type { Explanation } from '../domain/filter.ts';
import { Leaf } from '../domain/filter-leaf.ts';
import { ContactId, PassId, RunId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import { PassOutcome } from '../domain/pass.ts';
import { Reentry, Workflow } from '../domain/workflow.ts';
import type { Passing } from '../usecases/read-pass.ts';

const told = (description: string) => z.meta({ description });

export const AudienceView = z
  .object({
    matching: z.int().check(told('Contacts that meet the trigger.')),
    optedOut: z.int().check(told('Of those: who may not be texted.')),
    alreadyIn: z.int(),
    goalReached: z.int().check(told('Who has reached the workflow’s goal by now.')),
    reentryBlocked: z.int(),
    willEnrol: z.int().check(told('Who enters if existing contacts are enrolled; of a back-fill: who has entered.')),
  })
  .check(z.meta({ id: 'Audience' }));

const progress = {
  workflowId: WorkflowId,
  status: z
    .enum(['RUNNING', 'DONE', 'STOPPED', 'CANCELLED'])
    .check(told('`STOPPED`: the workflow was turned off, or turned on anew, meanwhile.')),
  contacts: z.int().check(told('How many there were at the start.')),
  read: z.int().check(told('How many of them have been looked at.')),
  audience: AudienceView,
  startedAt: Instant,
  estimatedEndAt: z.optional(Instant),
  endedAt: z.optional(Instant),
};

export const PreviewView = z.object({ id: PassId, ...progress }).check(
  z.meta({
    id: 'Preview',
    description: 'Counts and list are of one reading; contacts that change meanwhile are in it as they were read.',
  }),
);

export const BackfillView = z.object(progress).check(z.meta({ id: 'Backfill' }));

export const passingView = ({ pass, progress: { status, ...rest } }: Passing) => ({
  id: pass.id,
  workflowId: pass.workflowId,
  status,
  ...rest,
  startedAt: pass.at,
});

const { phone, firstName, lastName } = Contact.shape;
export const PreviewedView = z
  .object({
    contactId: ContactId,
    outcome: PassOutcome,
    contact: z
      .optional(z.object({ phone, firstName, lastName }))
      .check(told('As the contact is now; absent: it was deleted since.')),
  })
  .check(z.meta({ id: 'PreviewedContact' }));

const Actual = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.object({ latitude: z.number(), longitude: z.number(), km: z.number() }),
]);

const truth = z.boolean();
/** The trigger's tree, each node with its truth. */
export const ExplanationView: z.ZodMiniType<Explanation> = z
  .union([
    z.object({
      truth,
      leaf: Leaf,
      actual: z.nullable(Actual).check(told('What the contact has; null: unknown.')),
      derived: z.exactOptional(z.literal(true).check(told('Only the phone number tells it.'))),
      get list() {
        return z.exactOptional(ExplanationView);
      },
    }),
    z.object({
      truth,
      get all() {
        return z.array(ExplanationView);
      },
    }),
    z.object({
      truth,
      get any() {
        return z.array(ExplanationView);
      },
    }),
    z.object({
      truth,
      get not() {
        return ExplanationView;
      },
    }),
  ])
  .check(z.meta({ id: 'Explanation' }));

export const ExplainedView = z
  .object({
    workflowId: WorkflowId,
    contactId: ContactId,
    at: Instant,
    workflowStatus: Workflow.shape.status,
    version: z.optional(z.int()).check(told('The version whose trigger is explained; absent: the draft’s.')),
    manualOnly: z.boolean(),
    verdict: z
      .enum(['WILL_ENROL', ...Refusal.options])
      .check(told('What would become of the contact if existing contacts were enrolled now.')),
    trigger: ExplanationView,
    goal: z.optional(ExplanationView).check(told('Whoever it is true of does not enter, and leaves.')),
    turnsTrueAt: z.optional(Instant).check(told('When time alone will turn the trigger true.')),
    consent: z.object({ status: Consent.shape.status, mayBeTexted: z.boolean() }),
    run: z
      .optional(
        z.object({ id: RunId, status: z.enum(['RUNNING', 'PARKED', 'ENDED']), enrolledAt: Instant, entry: z.int() }),
      )
      .check(told('The contact’s run in the workflow that is active, or was last.')),
    reentry: z.optional(z.object(Reentry.shape)),
  })
  .check(z.meta({ id: 'EnrolmentExplained' }));
