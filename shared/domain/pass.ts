import * as z from 'zod/mini';
import { Refusal } from './enrollment.ts';
import { Filter } from './filter.ts';
import { ContactId, PassId, WorkflowId } from './id.ts';
import { epoch, Instant, instant } from './instant.ts';
import { type Draft, Reentry } from './workflow.ts';

/** What became, or would become, of a contact that meets the trigger. */
export const PassOutcome = z.enum(['WILL_ENROL', 'ENROLLED', ...Refusal.options]);
export type PassOutcome = z.infer<typeof PassOutcome>;

/**
 * One reading of all contacts for one workflow: to tell who would enrol (`preview`), or to enrol them (`enroll`). Its
 * shards are read side by side, each page of a shard once.
 */
export const Pass = z.strictObject({
  id: PassId,
  kind: z.enum(['preview', 'enroll']),
  workflowId: WorkflowId,
  filter: Filter,
  /** Whoever it is true of does not enter. */
  goal: z.optional(Filter),
  reentry: Reentry,
  /** The instant that is meant by "now". Of a back-fill, when the workflow was turned on. */
  at: Instant,
  by: z.optional(z.enum(['publish', 'turn-on'])),
  cancelledAt: z.optional(Instant),
});
export type Pass = z.infer<typeof Pass>;

/** Whom a pass is about. */
export type Criteria = Pick<Pass, 'workflowId' | 'filter' | 'goal' | 'reentry'>;

export const criteriaOf = (
  workflowId: WorkflowId,
  { trigger: { filter }, exit: { goal } }: Pick<Draft, 'trigger' | 'exit'>,
  reentry: Reentry,
): Criteria => ({ workflowId, filter, ...(goal && { goal }), reentry });

/** How far a pass has come in one shard. */
export const PassShard = z.strictObject({
  passId: PassId,
  shard: z.int(),
  /** The page to be read next, from 0. */
  page: z.int(),
  cursor: z.optional(z.string()),
  /** Contacts in the shard, as counted at the start. */
  total: z.int(),
  read: z.int(),
  /** Of those that meet the trigger: how many came to what. */
  outcomes: z.partialRecord(PassOutcome, z.int()),
  status: z.enum(['RUNNING', 'DONE', 'STOPPED']),
  updatedAt: Instant,
});
export type PassShard = z.infer<typeof PassShard>;

/** What a page of a preview has found, in the order it was read. */
export const PassPage = z.strictObject({
  passId: PassId,
  shard: z.int(),
  page: z.int(),
  found: z.array(z.tuple([ContactId, PassOutcome])),
  expiresAt: z.int(),
});
export type PassPage = z.infer<typeof PassPage>;

export type Outcomes = PassShard['outcomes'];

export const counted = (outcomes: Outcomes, found: Iterable<PassOutcome>): Outcomes => {
  const counts = new Map(Object.entries(outcomes));
  for (const outcome of found) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return Object.fromEntries(counts);
};

/** How many contacts meet the trigger, and what becomes of each if they are enrolled now. */
export interface Audience {
  readonly matching: number;
  readonly optedOut: number;
  readonly alreadyIn: number;
  readonly goalReached: number;
  readonly reentryBlocked: number;
  readonly willEnrol: number;
}

const KIND: { readonly [Outcome in PassOutcome]?: Exclude<keyof Audience, 'matching'> } = {
  WILL_ENROL: 'willEnrol',
  ENROLLED: 'willEnrol',
  OPTED_OUT: 'optedOut',
  NO_OPT_IN: 'optedOut',
  ALREADY_ACTIVE: 'alreadyIn',
  GOAL_REACHED: 'goalReached',
  REENTRY_NOT_ALLOWED: 'reentryBlocked',
  REENTRY_TOO_SOON: 'reentryBlocked',
  REENTRY_LIMIT: 'reentryBlocked',
};

export function audienceOf(shards: Iterable<Outcomes>): Audience {
  const audience = { matching: 0, optedOut: 0, alreadyIn: 0, goalReached: 0, reentryBlocked: 0, willEnrol: 0 };
  for (const outcomes of shards) {
    for (const outcome of PassOutcome.options) {
      const count = outcomes[outcome] ?? 0;
      const kind = KIND[outcome];
      audience.matching += count;
      if (kind) audience[kind] += count;
    }
  }
  return audience;
}

export interface Progress {
  readonly status: 'RUNNING' | 'DONE' | 'STOPPED' | 'CANCELLED';
  readonly contacts: number;
  readonly read: number;
  readonly audience: Audience;
  /** While it runs, and as soon as it can be told. */
  readonly estimatedEndAt?: Instant;
  /** Where it no longer runs. */
  readonly endedAt?: Instant;
}

/** How far a pass has come; the end is foreseen from the pace so far. */
export function progressOf(pass: Pass, shards: readonly PassShard[], now: number): Progress {
  const sum = (of: (shard: PassShard) => number) => shards.reduce((total, shard) => total + of(shard), 0);
  const [contacts, read] = [sum(({ total }) => total), sum((shard) => shard.read)];
  const audience = audienceOf(shards.map(({ outcomes }) => outcomes));
  const latest =
    shards
      .map(({ updatedAt }) => updatedAt)
      .toSorted()
      .at(-1) ?? pass.at;
  const is = (status: PassShard['status']) => shards.some((shard) => shard.status === status);
  const status =
    pass.cancelledAt !== undefined ? 'CANCELLED' : is('STOPPED') ? 'STOPPED' : is('RUNNING') ? 'RUNNING' : 'DONE';
  const end = { status, contacts, read, audience } as const;
  if (status !== 'RUNNING') return { ...end, endedAt: pass.cancelledAt ?? latest };
  const started = epoch(pass.at);
  return read === 0
    ? end
    : { ...end, estimatedEndAt: instant(Math.round(now + ((now - started) * (contacts - read)) / read)) };
}

/** A preview is no longer what would happen if the number who would enrol has moved by more than a tenth. */
export const hasDrifted = (previewed: number, now: number): boolean => Math.abs(now - previewed) * 10 > previewed;
