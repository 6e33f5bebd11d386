import * as z from 'zod/mini';
import { ContactId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import type { Table, Write } from '../ports.ts';
import { keys } from './keys.ts';
import { edit, fresh, get, type Kind, put, type Stored } from './stored.ts';

/**
 * Its revision counts the changes of what enrols by itself: a trigger that came or went, or (without `workflowId`) a
 * setting that all of them rest on. Whoever remembers the triggers reads this first, and then only what has changed.
 */
const Ruleset = z.strictObject({
  changes: z.array(z.strictObject({ rev: z.int(), workflowId: z.optional(WorkflowId) })),
  /** A workflow with a goal has been on: whoever changes may be in one. */
  goals: z.optional(z.literal(true)),
});
export type Ruleset = z.infer<typeof Ruleset>;
export const rulesets: Kind<Ruleset> = {
  type: 'ruleset',
  parse: (data) => Ruleset.parse(data),
  key: () => keys.ruleset,
};

/** As many changes as are remembered one by one; whoever has missed more reads all. */
const REMEMBERED = 50;

export const getRuleset = async (table: Table): Promise<Stored<Ruleset>> =>
  (await get(table, rulesets, keys.ruleset)) ?? fresh({ changes: [] });

/** Belongs into every write that changes what enrols by itself. */
export function rulesChanged(ruleset: Stored<Ruleset>, workflowId: WorkflowId | undefined, withGoal = false): Write {
  const change = { rev: ruleset.rev + 1, ...(workflowId !== undefined && { workflowId }) };
  const { changes, goals } = ruleset.value;
  const next = {
    changes: [...changes, change].slice(-REMEMBERED),
    ...((goals || withGoal) && { goals: true as const }),
  };
  return put(rulesets, edit(ruleset, next));
}

/** The workflows whose triggers have changed since a revision; undefined: too long ago to tell, or all have. */
export function changedSince({ rev, value }: Stored<Ruleset>, known: number): ReadonlySet<WorkflowId> | undefined {
  const missed = value.changes.filter((change) => change.rev > known);
  const workflows = missed.flatMap(({ workflowId }) => workflowId ?? []);
  return missed.length === rev - known && workflows.length === missed.length ? new Set(workflows) : undefined;
}

/** When time alone next turns a trigger true of a contact, if it does. `since`: up to then it was looked at. */
const Watch = z.strictObject({ contactId: ContactId, since: Instant, due: z.optional(Instant) });
export type Watch = z.infer<typeof Watch>;
export const watches: Kind<Watch> = {
  type: 'watch',
  parse: (data) => Watch.parse(data),
  key: ({ contactId }) => keys.watch(contactId),
  index: ({ contactId, due }) => (due === undefined ? undefined : keys.due(contactId, due)),
};

export const getWatch = (table: Table, id: ContactId) => get(table, watches, keys.watch(id));
