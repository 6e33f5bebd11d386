import type { CheckWorkspace } from '../../statemachines/check.ts';
import type { Ports } from '../ports.ts';
import { allInboxes } from '../store/workspace-store.ts';
import { readWorkspace } from './workspace.ts';

/** What a workflow is checked against. */
export async function readCheckWorkspace(ports: Pick<Ports, 'table' | 'clock'>): Promise<CheckWorkspace> {
  const [{ settings, filters }, inboxes] = await Promise.all([readWorkspace(ports), allInboxes(ports.table)]);
  return {
    settings,
    fieldTypes: filters.fieldTypes,
    list: filters.list,
    inboxes: new Set(inboxes.map(({ value }) => value.id)),
  };
}
