import type { Contact } from '../domain/contact.ts';
import type { FilterWorkspace } from '../domain/filter.ts';
import { type ReadyTrigger, triggersByKey } from '../domain/triggers-by-key.ts';
import type { Ports } from '../ports.ts';
import { changedSince, getRuleset } from '../store/ruleset-store.ts';
import { getTriggers, listTriggers } from '../store/workflow-store.ts';
import { readWorkspace } from './workspace.ts';

/** The triggers of the workflows that are on. */
export interface Triggers {
  /** Whatever may be true of a contact, and little else. */
  candidates(contact: Contact): readonly ReadyTrigger[];
  /** Whether there is any that time alone may turn true, of anybody. */
  hasTimed(): boolean;
}

/** Reads the triggers as they are now: one small item, and beyond that only those that have changed since the last time. */
export const triggersReader = (ports: Pick<Ports, 'table' | 'clock'>): (() => Promise<Triggers>) => {
  const { table } = ports;
  let known: { rev: number; readonly index: ReturnType<typeof triggersByKey>; workspace: FilterWorkspace } | undefined;

  return async () => {
    const ruleset = await getRuleset(table);
    const current = known?.rev === ruleset.rev ? known : await refreshed(ruleset);
    known = current;
    const { index, workspace } = current;
    return { candidates: (contact) => index.candidates(contact, workspace), hasTimed: () => index.hasTimed() };
  };

  async function refreshed(ruleset: Awaited<ReturnType<typeof getRuleset>>) {
    const { filters: workspace } = await readWorkspace(ports);
    const changed = known && changedSince(ruleset, known.rev);
    const index = (changed && known?.index) ?? triggersByKey();
    for (const id of changed ?? []) index.remove(id);
    const entries = changed ? await getTriggers(table, [...changed]) : await listTriggers(table);
    for (const { value } of entries) index.set(value, workspace);
    return { rev: ruleset.rev, index, workspace };
  }
};
