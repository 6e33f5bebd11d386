import type { Contact } from '../domain/contact.ts';
import { epoch } from '../domain/instant.ts';
import type { Ports } from '../ports.ts';
import { getRuleset } from '../store/ruleset-store.ts';
import { runsOfContact } from '../store/run-store.ts';
import type { Stored } from '../store/stored.ts';
import { endRun } from './end-run.ts';
import { readGoal } from './goal.ts';
import { versionCache } from './version-cache.ts';

/**
 * Ends those of a contact's runs whose goal its change has reached, at once and not only before their next step. What it
 * was when it entered is no such change: had the goal been true then, it would not have entered.
 */
export const leaveByGoal = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const { table } = ports;
  const versionOf = versionCache(table);
  const end = endRun(ports);

  return async ({ rev, value: contact }: Stored<Contact>): Promise<void> => {
    if (!(await getRuleset(table)).value.goals) return;
    for (const { value: run } of await runsOfContact(table, contact.id)) {
      if (run.status === 'ENDED' || rev <= run.contactRev) continue;
      const goal = await readGoal(ports, (await versionOf(run.workflowId, run.version)).exit);
      if (goal?.(contact, epoch(contact.updatedAt))) await end(run.id, 'GOAL_REACHED');
    }
  };
};
