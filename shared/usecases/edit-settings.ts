import { ok, type Outcome, refuse } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import type { Ports } from '../ports.ts';
import { commit, contend, edit, put, type Stored } from '../store/stored.ts';
import { getSettings, settings } from '../store/workspace-store.ts';

/** The settings; before anyone has written any, what holds by default (revision 0). */
export const readSettings =
  ({ table }: Pick<Ports, 'table'>) =>
  (): Promise<Stored<Settings>> =>
    getSettings(table);

/** Replaces the settings. */
export const editSettings =
  ({ table }: Pick<Ports, 'table'>) =>
  (value: Settings, revision: number | undefined): Promise<Outcome<Stored<Settings>>> =>
    contend('editing the settings', async (): Promise<Outcome<Stored<Settings>> | undefined> => {
      const stored = await getSettings(table);
      if (revision !== undefined && revision !== stored.rev) return refuse('REVISION_MISMATCH', 'Somebody else has edited the settings since you read them.');
      return (await commit(table, put(settings, edit(stored, value)))) ? ok({ rev: stored.rev + 1, value }) : undefined;
    });
