import type { WorkflowId } from '../domain/id.ts';
import type { Version } from '../domain/workflow.ts';
import type { Table } from '../ports.ts';
import { getVersion } from '../store/workflow-store.ts';

const MOST = 500;

/** Versions never change: each is read once per process. */
export function versionCache(table: Table): (workflow: WorkflowId, n: number) => Promise<Version> {
  const known = new Map<string, Version>();
  return async (workflow, n) => {
    const key = `${workflow}.${n}`;
    const cached = known.get(key);
    if (cached) return cached;
    const stored = await getVersion(table, workflow, n);
    if (!stored) throw new Error(`${workflow} has no version ${n}`);
    if (known.size >= MOST) known.clear();
    known.set(key, stored.value);
    return stored.value;
  };
}
