import { type Refusal, refusal } from '../domain/enrollment.ts';
import { compileFilter } from '../domain/filter.ts';
import type { Version } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { keys, SHARDS } from '../store/keys.ts';
import { runs } from '../store/run-store.ts';
import { listIndex, read } from '../store/stored.ts';
import { readWorkspace } from './workspace.ts';

/** How many contacts meet the trigger, and what would become of each if existing contacts were enrolled now. */
export interface Audience {
  readonly matching: number;
  readonly optedOut: number;
  readonly alreadyIn: number;
  readonly reentryBlocked: number;
  readonly willEnrol: number;
}

const KIND: { readonly [Reason in Refusal]?: Exclude<keyof Audience, 'matching' | 'willEnrol'> } = {
  OPTED_OUT: 'optedOut',
  NO_OPT_IN: 'optedOut',
  ALREADY_ACTIVE: 'alreadyIn',
  REENTRY_NOT_ALLOWED: 'reentryBlocked',
  REENTRY_TOO_SOON: 'reentryBlocked',
  REENTRY_LIMIT: 'reentryBlocked',
};

export async function surveyAudience(
  ports: Pick<Ports, 'table' | 'clock'>,
  version: Pick<Version, 'workflowId' | 'trigger' | 'reentry'>,
): Promise<Audience> {
  const { table } = ports;
  const { settings, filters } = await readWorkspace(ports);
  const { test: matches } = compileFilter(version.trigger.filter, filters);
  const count = { matching: 0, optedOut: 0, alreadyIn: 0, reentryBlocked: 0, willEnrol: 0 };
  if (version.trigger.manualOnly) return count;
  for (let shard = 0; shard < SHARDS; shard += 1) {
    let cursor: string | undefined;
    do {
      const page = await listIndex(table, contacts, {
        pk: keys.contactsIndex(shard),
        limit: 500,
        ...(cursor !== undefined && { cursor }),
      });
      const matching = page.items.filter(({ value }) => matches(value, filters.now));
      const lasts = await table.getMany(matching.map(({ value }) => keys.run(value.id, version.workflowId)));
      matching.forEach(({ value: contact }, at) => {
        const item = lasts[at];
        const last = item && read(runs, item).value;
        const refused = refusal({ contact, settings, reentry: version.reentry, last, test: false, now: filters.now });
        count.matching += 1;
        const kind = refused ? KIND[refused] : 'willEnrol';
        if (kind) count[kind] += 1;
      });
      cursor = page.next;
    } while (cursor !== undefined);
  }
  return count;
}
