import type { Contact } from '../domain/contact.ts';
import { compileFilter } from '../domain/filter.ts';
import type { Ports } from '../ports.ts';
import type { Stored } from '../store/stored.ts';
import { listTriggers, type TriggerEntry } from '../store/workflow-store.ts';
import { enrollIfOn } from './enroll-if-on.ts';
import { readWorkspace } from './workspace.ts';

/** Enrols a contact in each workflow whose trigger its change has turned from false to true. */
export const matchContact = (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) => {
  const enrolOn = enrollIfOn(ports);

  return async (before: Contact | undefined, after: Stored<Contact>, at: number): Promise<void> => {
    const { changedBy } = after.value;
    // A message has one effect: what a run has taken, or STOP, HELP or START, starts nothing else.
    if (changedBy.type === 'inbound' && changedBy.consumed) return;
    const entries = await listTriggers(ports.table);
    if (entries.length === 0) return;
    const { settings, filters } = await readWorkspace(ports);
    const turned = ({ filter, workflowId }: TriggerEntry) => {
      if (changedBy.type === 'run' && changedBy.workflowId === workflowId) return false;
      const holds = compileFilter(filter, filters);
      return holds(after.value, at) && !(before && holds(before, at));
    };
    for (const { value } of entries.filter((entry) => turned(entry.value))) {
      await enrolOn(value.workflowId, { contact: after, settings, by: 'trigger', test: false });
    }
  };
};
