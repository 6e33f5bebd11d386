import type { ContactId } from '../domain/id.ts';
import type { Instant } from '../domain/instant.ts';
import type { EndReason } from '../domain/run.ts';
import type { Ports } from '../ports.ts';
import { runsOfContact } from '../store/run-store.ts';
import { endRun } from './end-run.ts';

/** Ends whatever a contact is in, or of that what it had entered before an instant. */
export const endRunsOfContact = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const end = endRun(ports);
  return async (id: ContactId, reason: EndReason, before?: Instant): Promise<void> => {
    for (const { value } of await runsOfContact(ports.table, id))
      if (value.status !== 'ENDED' && (before === undefined || value.enrolledAt < before)) await end(value.id, reason);
  };
};
