import type { Contact } from '../domain/contact.ts';
import { type Refusal, refusal } from '../domain/enrollment.ts';
import { type RunId, runIdOf } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { EnrolledBy, Run } from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import type { Version } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { getRunOf, pastRuns, runs } from '../store/run-store.ts';
import { commit, contend, edit, fresh, put, type Stored } from '../store/stored.ts';
import { readGoal } from './goal.ts';

export interface Enrollment {
  readonly contact: Stored<Contact>;
  readonly version: Version;
  readonly settings: Settings;
  readonly by: EnrolledBy;
  readonly test: boolean;
  /** How many workflows have set one another off to come here. */
  readonly hops?: number;
  /** Who has entered since then is not entered again: what time has turned true, or a page of a job, is told more than once. */
  readonly since?: Instant;
  /** The run's own: what is asked for again, under the same, finds its run. */
  readonly ulid: string;
}
export type Enrolled = { readonly runId: RunId } | { readonly refused: Refusal };

/**
 * Puts a contact into a workflow, at most once. Guard and run are one item; the change feed starts its execution, so
 * that a crash right here leaves no run without one.
 */
export const enroll =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  ({ contact, version, settings, by, test, hops = 0, since, ulid }: Enrollment): Promise<Enrolled> =>
    contend(`enrolling ${contact.value.id}`, async () => {
      const id = runIdOf(contact.value.id, ulid);
      const last = await getRunOf(table, contact.value.id, version.workflowId);
      if (last?.value.id === id) return { runId: id };
      const now = clock.now();
      const goal = await readGoal({ table, clock }, version.exit);
      const refused = refusal({
        contact: contact.value,
        settings,
        reentry: version.reentry,
        last: last?.value,
        reached: goal?.(contact.value, now) ?? false,
        test,
        now,
      });
      if (refused) return { refused };
      // A change of the contact that has enrolled it before, told again.
      const isTold =
        by === 'trigger' && since === undefined && last !== undefined && last.value.contactRev >= contact.rev;
      const isTaken = since !== undefined && last !== undefined && last.value.enrolledAt >= since;
      // By hand is another matter than by what has come true.
      if (isTold || (isTaken && (by !== 'trigger' || last.value.enrolledBy === by)))
        return { refused: 'ALREADY_ACTIVE' };

      const at = instant(now);
      const run: Run = {
        id,
        workflowId: version.workflowId,
        version: version.version,
        contactId: contact.value.id,
        status: 'RUNNING',
        enrolledAt: at,
        enrolledBy: by,
        test,
        entry: (last?.value.entry ?? 0) + (test ? 0 : 1),
        contactRev: contact.rev,
        ...(hops > 0 && { hops }),
        execution: 1,
        startedAt: at,
        log: [{ at, code: 'ENROLLED', detail: by }],
      };
      const archived = last?.value.status === 'ENDED' ? [put(pastRuns, fresh(last.value))] : [];
      const written = await commit(table, put(runs, last ? edit(last, run) : fresh(run)), ...archived);
      return written ? { runId: id } : undefined;
    });
