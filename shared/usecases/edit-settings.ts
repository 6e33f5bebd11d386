import { instant } from '../domain/instant.ts';
import { type Fault, type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import type { Ports } from '../ports.ts';
import { getRuleset, rulesChanged } from '../store/ruleset-store.ts';
import { commit, contend, edit, put, type Stored } from '../store/stored.ts';
import { getSettings, settings } from '../store/workspace-store.ts';
import { turnWrites, watchJobs } from './turning.ts';

/** The settings; before anyone has written any, what holds by default (revision 0). */
export const readSettings =
  ({ table }: Pick<Ports, 'table'>) =>
  (): Promise<Stored<Settings>> =>
    getSettings(table);

/** Replaces the settings. */
export const editSettings =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (value: Settings, revision: number | undefined): Promise<Outcome<Stored<Settings>>> => {
    const faults = settingsFaults(value);
    if (faults.length > 0) return refuse('INVALID_INPUT', 'The settings cannot be taken as they are.', faults);
    return contend('editing the settings', async (): Promise<Outcome<Stored<Settings>> | undefined> => {
      const [stored, ruleset] = await Promise.all([getSettings(table), getRuleset(table)]);
      if (revision !== undefined && revision !== stored.rev)
        return refuse('REVISION_MISMATCH', 'Somebody else has edited the settings since you read them.');
      // Days begin elsewhere, for every trigger that speaks of them.
      const isMoved = value.timeZone !== stored.value.timeZone;
      const moved = isMoved
        ? [rulesChanged(ruleset, undefined), ...turnWrites({ rev: stored.rev }, instant(clock.now()), watchJobs())]
        : [];
      const written = await commit(table, put(settings, edit(stored, value)), ...moved);
      return written ? ok({ rev: stored.rev + 1, value }) : undefined;
    });
  };

/** Names that nothing could be read by later. */
function settingsFaults({ timeZone, defaultCountry }: Settings): Fault[] {
  const faults: Fault[] = [];
  if (!isTimeZone(timeZone)) {
    faults.push({
      code: 'INVALID_VALUE',
      path: ['timeZone'],
      detail: 'is not an IANA time zone',
      hint: 'as "America/New_York"',
    });
  }
  if (new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(defaultCountry) === undefined) {
    faults.push({
      code: 'INVALID_VALUE',
      path: ['defaultCountry'],
      detail: 'is not a country',
      hint: 'ISO 3166-1 alpha-2, as "US"',
    });
  }
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
