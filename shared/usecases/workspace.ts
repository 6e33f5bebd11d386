import type { FilterContext } from '../domain/filter.ts';
import type { Settings } from '../domain/settings.ts';
import type { Ports } from '../ports.ts';
import { allLists, fieldTypes, getSettings } from '../store/workspace-store.ts';

/** What filters and texts are read against. */
export interface Workspace {
  readonly settings: Settings;
  readonly filters: FilterContext;
}

export async function readWorkspace({ table, clock }: Pick<Ports, 'table' | 'clock'>): Promise<Workspace> {
  const [settings, types, lists] = await Promise.all([getSettings(table), fieldTypes(table), allLists(table)]);
  const filterOf = new Map(lists.map(({ value }) => [value.id, value.filter]));
  return {
    settings: settings.value,
    filters: { now: clock.now(), zone: settings.value.timeZone, fieldTypes: types, list: (id) => filterOf.get(id) },
  };
}
