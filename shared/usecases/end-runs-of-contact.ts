import type { ContactId } from '../domain/id.ts';
import type { EndReason } from '../domain/run.ts';
import type { Ports } from '../ports.ts';
import { runsOfContact } from '../store/run-store.ts';
import { endRun } from './end-run.ts';

/** Ends whatever a contact is in. */
export const endRunsOfContact = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const end = endRun(ports);
  return async (id: ContactId, reason: EndReason): Promise<void> => {
    for (const { value } of await runsOfContact(ports.table, id))
      if (value.status !== 'ENDED') await end(value.id, reason);
  };
};
