import type { Check } from '../view.ts';

/** By now whatever waits has waited its time out: a run has ended, or is held by a workflow that is off. */
const nobodyIsStuck: Check = function* ({ runs, workflows, items, contacts, now }) {
  const parked = new Set(items.filter(({ type }) => type === 'parked-run').map(({ data }) => String(data['runId'])));
  for (const run of runs) {
    const workflow = workflows.get(run.workflowId);
    const isOff = workflow?.status !== 'ON' && workflow?.inFlight !== 'finish';
    if (run.status === 'RUNNING') yield `${run.id} still runs`;
    if (run.status === 'PARKED') {
      const takeover = run.takenOverIn && contacts.find(({ id }) => id === run.contactId)?.takeovers?.[run.takenOverIn];
      const isHeld = isOff || (takeover !== undefined && Date.parse(takeover.until) > now);
      if (!isHeld) yield `${run.id} is parked, and nothing holds it`;
    }
    if ((run.status === 'PARKED') !== parked.has(run.id))
      yield `${run.id} is ${run.status}, and the index of parked runs says otherwise`;
    parked.delete(run.id);
    if (run.status === 'ENDED' && run.claim?.status === 'claimed')
      yield `nobody says what became of the text of ${run.claim.step} of ${run.id}`;
  }
  for (const id of parked) yield `${id} is in the index of parked runs and is no run`;
};

const oneActive: Check = function* ({ items, runs }) {
  for (const { type, data } of items)
    if (type === 'past-run' && data['status'] !== 'ENDED') yield `${String(data['id'])} is past and has not ended`;
  const seen = new Set<string>();
  for (const { id } of runs) {
    if (seen.has(id)) yield `${id} is there twice`;
    seen.add(id);
  }
};

const executionsRest: Check = function* ({ executions, deadLetters }) {
  for (const { name, status, error } of executions)
    if (status !== 'SUCCEEDED' && status !== 'ABORTED') yield `the execution ${name} is ${status} ${error ?? ''}`;
  if (deadLetters > 0) yield `${deadLetters} messages are never done with`;
};

export const neverStuck: readonly Check[] = [nobodyIsStuck, oneActive, executionsRest];
