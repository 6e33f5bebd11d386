import type { Contact } from '../domain/contact.ts';
import { refusal } from '../domain/enrollment.ts';
import { compileFilter } from '../domain/filter.ts';
import { type Audience, audienceOf, type Criteria, counted, type Outcomes, type PassOutcome } from '../domain/pass.ts';
import type { Ports } from '../ports.ts';
import { listMatching } from '../store/contact-store.ts';
import { keys, SHARDS } from '../store/keys.ts';
import { runs } from '../store/run-store.ts';
import { read, type Stored } from '../store/stored.ts';
import { readWorkspace } from './workspace.ts';

/** Of a page of contacts, those that meet the trigger. */
export interface AudiencePage {
  readonly read: number;
  readonly matching: readonly Stored<Contact>[];
  readonly next: string | undefined;
}

export interface AudienceAsked extends Criteria {
  /** What is meant by "now", epoch milliseconds. */
  readonly now: number;
}

/** Reads contacts for a workflow, shard by shard. The cost grows with the contacts read, and with nothing else. */
export async function audienceReader(
  ports: Pick<Ports, 'table' | 'clock'>,
  { workflowId, filter, goal, reentry, now }: AudienceAsked,
) {
  const { table } = ports;
  const { settings, filters } = await readWorkspace(ports);
  const { test } = compileFilter(filter, filters);
  const reached = goal && compileFilter(goal, filters).test;

  return {
    settings,
    async page(shard: number, cursor: string | undefined, limit: number): Promise<AudiencePage> {
      return listMatching(table, { pk: keys.contactsIndex(shard), limit, cursor }, (contact) => test(contact, now));
    },
    /** What would become of each if they were enrolled now. */
    async outcomes(matching: AudiencePage['matching']): Promise<readonly PassOutcome[]> {
      const lasts = await table.getMany(matching.map(({ value }) => keys.run(value.id, workflowId)));
      return matching.map(({ value: contact }, at) => {
        const item = lasts[at];
        const last = item && read(runs, item).value;
        const isReached = reached?.(contact, now) ?? false;
        return refusal({ contact, settings, reentry, last, reached: isReached, test: false, now }) ?? 'WILL_ENROL';
      });
    },
  };
}

const PAGE = 500;
/** As many are read in a few seconds, while somebody waits. */
const COUNTED_CONTACTS = 20_000;

/** What a count has come to, shard by shard from the first. */
export interface AudienceCount {
  readonly shards: readonly Outcomes[];
  /** Whether it is of all contacts. */
  readonly complete: boolean;
}

/** The count as an audience, where it is of all contacts. */
export const wholeAudience = ({ shards, complete }: AudienceCount): { audience?: Audience } =>
  complete ? { audience: audienceOf(shards) } : {};

/** Counts what would become of whom: of all contacts, or of as many whole shards as make 20 000. */
export async function countAudience(ports: Pick<Ports, 'table' | 'clock'>, asked: Criteria): Promise<AudienceCount> {
  const audience = await audienceReader(ports, { ...asked, now: ports.clock.now() });
  const shards: Outcomes[] = [];
  let contactsRead = 0;
  while (shards.length < SHARDS && contactsRead < COUNTED_CONTACTS) {
    let outcomes: Outcomes = {};
    let cursor: string | undefined;
    do {
      const page = await audience.page(shards.length, cursor, PAGE);
      outcomes = counted(outcomes, await audience.outcomes(page.matching));
      contactsRead += page.read;
      cursor = page.next;
    } while (cursor !== undefined);
    shards.push(outcomes);
  }
  return { shards, complete: shards.length === SHARDS };
}
