import * as z from 'zod/mini';
import { type ContactId, contactOf, RunId, WorkflowId } from '../domain/id.ts';
import { EndedRun, type Run } from '../domain/run.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { packed, unpacked } from './run-record.ts';
import { get, type Kind, list, once, type Stored } from './stored.ts';

/** Where it stands among the runs of its workflow, for good. */
export const positionOfRun = ({ id, enrolledAt }: Run): string => `${enrolledAt}#${id}`;
const index = (run: Run) => ({ pk: keys.runsIndex(run.workflowId), sk: positionOfRun(run) });

/** The one run of a contact in a workflow: guard, state, claim and mailbox in one item, so one write decides. */
export const runs: Kind<Run> = {
  type: 'run',
  parse: once(unpacked),
  stored: packed,
  key: ({ contactId, workflowId }) => keys.run(contactId, workflowId),
  index,
};

/** Where an ended run goes when the contact enters the workflow again. */
export const pastRuns: Kind<Run> = {
  type: 'past-run',
  parse: (data) => EndedRun.parse(unpacked(data)),
  stored: packed,
  key: ({ id }) => keys.pastRun(id),
  index,
};

const Parked = z.strictObject({ workflowId: WorkflowId, runId: RunId });
export const parkedRuns: Kind<z.infer<typeof Parked>> = {
  type: 'parked-run',
  parse: (data) => Parked.parse(data),
  key: ({ workflowId, runId }) => keys.parked(workflowId, runId),
};

/** Where to begin when looking for runs that have not ended: all before the cursor have. */
const RunsOver = z.strictObject({ workflowId: WorkflowId, cursor: z.string() });
export const runsOver: Kind<z.infer<typeof RunsOver>> = {
  type: 'runs-over',
  parse: (data) => RunsOver.parse(data),
  key: ({ workflowId }) => keys.runsOver(workflowId),
};
export const getRunsOver = (table: Table, workflow: WorkflowId) => get(table, runsOver, keys.runsOver(workflow));

export const getRunOf = (table: Table, contact: ContactId, workflow: WorkflowId): Promise<Stored<Run> | undefined> =>
  get(table, runs, keys.run(contact, workflow));

/** The runs that a contact is, or was last, in: one per workflow. */
export async function runsOfContact(table: Table, contact: ContactId): Promise<readonly Stored<Run>[]> {
  const { pk } = keys.contact(contact);
  return (await list(table, runs, { pk, prefix: keys.runPrefix })).items;
}

export async function pastRunsOfContact(table: Table, contact: ContactId): Promise<readonly Stored<Run>[]> {
  const { pk } = keys.contact(contact);
  return (await list(table, pastRuns, { pk, prefix: keys.pastRunPrefix })).items;
}

export const getPastRun = (table: Table, id: RunId): Promise<Stored<Run> | undefined> =>
  get(table, pastRuns, keys.pastRun(id));

/** Any run by its id, the current one of its workflow or an earlier one, with the kind of item it is kept as. */
export async function locateRun(table: Table, id: RunId): Promise<{ run: Stored<Run>; kind: Kind<Run> } | undefined> {
  const current = (await runsOfContact(table, contactOf(id))).find(({ value }) => value.id === id);
  if (current) return { run: current, kind: runs };
  const past = await getPastRun(table, id);
  return past && { run: past, kind: pastRuns };
}

export const getRun = async (table: Table, id: RunId): Promise<Stored<Run> | undefined> =>
  (await locateRun(table, id))?.run;
