import { ContactId, runIdOf, seededUlid, WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { EndedRun, Run } from '../../shared/domain/run.ts';
import type { Table } from '../../shared/ports.ts';
import { runs } from '../../shared/store/run-store.ts';
import { fresh, put } from '../../shared/store/stored.ts';

/** A run that has ended, of a contact of its own; `n` tells it from others. */
export function endedRun(n: number, at: number, more: Partial<EndedRun> = {}): EndedRun {
  const contactId = ContactId.parse(`ct_${seededUlid(at, `contact ${n}`)}`);
  return {
    id: runIdOf(contactId, seededUlid(at, `run ${n}`)),
    workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`),
    version: 1,
    contactId,
    status: 'ENDED',
    enrolledAt: instant(at + n),
    enrolledBy: 'trigger',
    test: false,
    entry: 1,
    contactRev: 1,
    execution: 1,
    startedAt: instant(at + n),
    endedAt: instant(at + n + 1),
    reason: 'COMPLETED',
    log: [{ at: instant(at + n), code: 'ENROLLED', detail: 'trigger' }],
    ...more,
  };
}

/** Writes runs as if they had run: many, and at once. */
export async function seedRuns(table: Table, all: readonly Run[]): Promise<void> {
  for (let from = 0; from < all.length; from += 100)
    await table.write(all.slice(from, from + 100).map((run) => put(runs, fresh(run))));
}
