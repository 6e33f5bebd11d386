import * as z from 'zod/mini';
import { ContactId, InboxId, RunId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import { EndReason, EnrolledBy, LogEntry, type Run } from '../domain/run.ts';

export const LogEntryView = z.object(LogEntry.shape).check(z.meta({ id: 'RunEvent' }));

/** A run as the API shows it: tokens, attempts and claims are between us and the state machine. */
export const RunView = z
  .object({
    id: RunId,
    workflowId: WorkflowId,
    version: z.int(),
    contactId: ContactId,
    status: z.enum(['RUNNING', 'PARKED', 'ENDED']),
    enrolledAt: Instant,
    enrolledBy: EnrolledBy,
    test: z.boolean(),
    entry: z.int().check(z.meta({ description: 'Which enrolment of this contact in this workflow, from 1.' })),
    parkedAt: z.optional(Instant),
    endedAt: z.optional(Instant),
    reason: z.optional(EndReason),
    waiting: z
      .optional(
        z.object({
          step: z.string(),
          inboxId: InboxId,
          forReply: z.boolean(),
          since: Instant,
          until: z.optional(Instant),
        }),
      )
      .check(z.meta({ description: 'What it waits for now, if it waits.' })),
    timeline: z.array(LogEntryView).check(z.meta({ description: 'What happened, in order.' })),
  })
  .check(z.meta({ id: 'Run' }));

export function runView({ mailbox, log, ...run }: Run): z.input<typeof RunView> {
  if (run.status === 'ENDED' || mailbox?.status !== 'open') return { ...run, timeline: log };
  const { wait: step, inboxId, forReply, openedAt: since, deadline: until } = mailbox;
  return { ...run, timeline: log, waiting: { step, inboxId, forReply, since, until } };
}
