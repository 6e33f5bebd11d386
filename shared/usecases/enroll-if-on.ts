import type { WorkflowId } from '../domain/id.ts';
import type { Ports } from '../ports.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { type Enrolled, type Enrollment, enroll } from './enroll.ts';
import { versionCache } from './version-cache.ts';

/** Enrols into the version that is on now; a workflow that is not on takes nobody. */
export const enrollIfOn = (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) => {
  const versionOf = versionCache(ports.table);
  const enrolled = enroll(ports);
  return async (id: WorkflowId, enrollment: Omit<Enrollment, 'version' | 'ulid'>): Promise<Enrolled> => {
    const workflow = await getWorkflow(ports.table, id);
    if (workflow?.value.status !== 'ON') return { refused: 'WORKFLOW_NOT_ON' };
    const version = await versionOf(id, workflow.value.version);
    return enrolled({ ...enrollment, version, ulid: ports.ids.next() });
  };
};
