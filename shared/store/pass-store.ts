import type { PassId } from '../domain/id.ts';
import { epoch, type Instant } from '../domain/instant.ts';
import { Pass, PassPage, PassShard } from '../domain/pass.ts';
import type { Table, Write } from '../ports.ts';
import { keys, SHARDS } from './keys.ts';
import { fresh, get, type Kind, list, put, type Stored } from './stored.ts';

/** What was found is of use for a while; what was done stays longer. */
const REMEMBERED_DAYS = { preview: 7, enroll: 400 } as const;
const expiry = (kind: Pass['kind'], at: Instant) => Math.ceil(epoch(at) / 1000) + REMEMBERED_DAYS[kind] * 86_400;

export const passes: Kind<Pass> = {
  type: 'pass',
  // A filter may nest deeper than DynamoDB's documents.
  packed: true,
  parse: (data) => Pass.parse(data),
  key: ({ id }) => keys.pass(id),
  expiresAt: ({ kind, at }) => expiry(kind, at),
};

export const passShards: Kind<PassShard> = {
  type: 'pass-shard',
  parse: (data) => PassShard.parse(data),
  key: ({ passId, shard }) => keys.passShard(passId, shard),
  expiresAt: ({ updatedAt }) => expiry('enroll', updatedAt),
};

export const passPages: Kind<PassPage> = {
  type: 'pass-page',
  packed: true,
  parse: (data) => PassPage.parse(data),
  key: ({ passId, shard, page }) => keys.passPage(passId, shard, page),
  expiresAt: ({ expiresAt }) => expiresAt,
};
export const expiryOf = ({ kind, at }: Pass): number => expiry(kind, at);

export const getPass = (table: Table, id: PassId) => get(table, passes, keys.pass(id));
export const getPassShard = (table: Table, id: PassId, shard: number) =>
  get(table, passShards, keys.passShard(id, shard));

export async function shardsOfPass(table: Table, id: PassId): Promise<readonly Stored<PassShard>[]> {
  const { pk } = keys.pass(id);
  return (await list(table, passShards, { pk, prefix: keys.passShardPrefix })).items;
}

/** A pass with all its shards; the change feed has them read. */
export const passBegun = (pass: Pass, totals: readonly number[]): Write[] => [
  put(passes, fresh(pass)),
  ...Array.from({ length: SHARDS }, (_, shard) => {
    const progress = { page: 0, total: totals[shard] ?? 0, read: 0, outcomes: {}, status: 'RUNNING' } as const;
    return put(passShards, fresh<PassShard>({ passId: pass.id, shard, ...progress, updatedAt: pass.at }));
  }),
];

/** How many contacts there are, shard by shard. */
export const contactTotals = (table: Table): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: SHARDS }, (_, shard) => table.countIndex(keys.contactsIndex(shard))));
