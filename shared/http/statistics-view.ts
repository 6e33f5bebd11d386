import * as z from 'zod/mini';
import { WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';

const count = (description?: string) => (description === undefined ? z.int() : z.int().check(z.meta({ description })));
const counts = (description: string) => z.record(z.string(), z.int()).check(z.meta({ description }));
const rate = (description: string) =>
  z.nullable(z.number()).check(z.meta({ description: `${description} From 0 to 1; null where there are none yet.` }));

const DeliveryView = z
  .object({
    accepted: count('Taken by the provider, whatever came of them.'),
    delivered: count(),
    undelivered: count(),
    failed: count('Refused by the provider.'),
    unconfirmed: count('Nobody can tell whether they left.'),
  })
  .check(z.meta({ id: 'DeliveryFigures', description: 'Texts, by what became of them.' }));

const figures = {
  enrolled: count('Runs, as all that follows: who enters again counts again. Without test runs.'),
  enrolledBy: counts('By what has enrolled them.'),
  active: count('Not at an end yet.'),
  waiting: count('Of the active, those in a wait.'),
  parked: count('Of the active, those that are paused: the workflow is off, or a person has taken over.'),
  completed: count(),
  exited: counts('Ended otherwise, by reason.'),
  texted: count('With a text that the provider took.'),
  replied: count('With a reply that ended a wait.'),
  optedOut: count('Ended by an opt-out.'),
  delivery: DeliveryView,
  replyRate: rate('Of the texted, those that replied.'),
  optOutRate: rate('Of the texted, those that ended by an opt-out.'),
  deliveryRate: rate('Of the accepted texts, the delivered.'),
};

const StepFiguresView = z
  .object({
    id: z.string(),
    type: z.string(),
    waiting: count('Runs that are in this wait now.'),
    parked: count('Runs that are paused here now.'),
    events: counts('How often each code stands in the timelines of the runs.'),
    branches: z
      .optional(
        z.array(
          z.object({
            branch: z.enum(['then', 'else', 'noReply']),
            name: z.string(),
            runs: count(),
            silent: count('Of these, those that came here because nobody answered.'),
          }),
        ),
      )
      .check(z.meta({ description: 'Of an if/else.' })),
    delivery: z.optional(DeliveryView),
  })
  .check(z.meta({ id: 'StepFigures' }));

export const StatisticsView = z
  .object({
    workflowId: WorkflowId,
    asOf: Instant.check(z.meta({ description: 'No figure is older.' })),
    complete: z
      .boolean()
      .check(z.meta({ description: 'Whether all runs have been counted yet; if not, ask again in a minute.' })),
    totals: z.object(figures).check(z.meta({ id: 'WorkflowFigures' })),
    versions: z.array(z.object({ version: z.int(), ...figures })).check(z.meta({ description: 'Newest first.' })),
    steps: z.array(StepFiguresView).check(
      z.meta({
        description: 'Of the newest version, or the one asked for; outer ones before those in their branches.',
      }),
    ),
  })
  .check(z.meta({ id: 'WorkflowStatistics' }));
