import type { Contact } from '../domain/contact.ts';
import { MOST_HOPS } from '../domain/enrollment.ts';
import { riseOf } from '../domain/filter.ts';
import type { RunId, WorkflowId } from '../domain/id.ts';
import { epoch, instant } from '../domain/instant.ts';
import { type ReadyTrigger, timedOf } from '../domain/triggers-by-key.ts';
import type { Ports } from '../ports.ts';
import { getWatch } from '../store/ruleset-store.ts';
import { getRun, locateRun } from '../store/run-store.ts';
import { commit, contend, edit, put, type Stored } from '../store/stored.ts';
import { getSettings } from '../store/workspace-store.ts';
import { enrollIfOn } from './enroll-if-on.ts';
import { triggersReader } from './triggers.ts';
import { watchContact } from './watch-contact.ts';

/** Enrols a contact in each workflow whose trigger its change has turned from false to true. */
export const matchContact = (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) => {
  const { table, clock } = ports;
  const enrolOn = enrollIfOn(ports);
  const readTriggers = triggersReader(ports);
  const watch = watchContact(ports);

  /** Once for each workflow that the run would have set off. */
  const notePrevented = (id: RunId, workflowId: WorkflowId): Promise<true> =>
    contend(`noting on ${id}`, async () => {
      const found = await locateRun(table, id);
      if (!found) return true;
      const { run, kind } = found;
      if (run.value.log.some(({ code, detail }) => code === 'LOOP_PREVENTED' && detail === workflowId)) return true;
      const entry = { at: instant(clock.now()), code: 'LOOP_PREVENTED', detail: workflowId } as const;
      return (await commit(table, put(kind, edit(run, { ...run.value, log: [...run.value.log, entry] })))) || undefined;
    });

  return async (before: Contact | undefined, after: Stored<Contact>): Promise<void> => {
    const triggers = await readTriggers();
    const candidates = triggers.candidates(after.value);
    const timed = timedOf(candidates);
    const turned = await turnedBy(before, after.value, candidates, timed.length > 0);
    const { changedBy } = after.value;
    // A message has one effect: what a run has taken, or STOP, HELP or START, starts nothing else.
    if (turned.length > 0 && !(changedBy.type === 'inbound' && changedBy.consumed)) {
      const { value: settings } = await getSettings(table);
      const cause = changedBy.type === 'run' ? await getRun(table, changedBy.runId) : undefined;
      const hops = changedBy.type === 'run' ? (cause?.value.hops ?? 0) + 1 : 0;
      for (const { workflowId, rise } of turned) {
        const isCircle = hops > MOST_HOPS || (changedBy.type === 'run' && changedBy.workflowId === workflowId);
        if (isCircle && cause) await notePrevented(cause.value.id, workflowId);
        const since = rise === undefined ? {} : { since: instant(rise) };
        if (!isCircle)
          await enrolOn(workflowId, { contact: after, settings, by: 'trigger', test: false, hops, ...since });
      }
    }
    await watch(after.value, timed);
  };

  /**
   * What was false of the contact as it was and is true of it as it is now; and what time had turned true before this
   * change (`rise`), unless a sweep has seen it.
   */
  async function turnedBy(
    before: Contact | undefined,
    after: Contact,
    candidates: readonly ReadyTrigger[],
    mayBeWatched: boolean,
  ): Promise<readonly Turned[]> {
    const at = epoch(after.updatedAt);
    const holding = candidates.filter(({ test, since }) => epoch(since) <= at && test(after, at));
    if (!before || holding.length === 0) return holding;
    const watch = mayBeWatched ? await getWatch(table, after.id) : undefined;
    const seen = watch && watch.value.since <= after.updatedAt ? [watch.value.since] : [];
    return holding.flatMap((trigger): Turned[] => {
      if (!trigger.test(before, at)) return [trigger];
      const looked = Math.max(...[before.updatedAt, trigger.since, ...seen].map(epoch));
      const rise = riseOf(trigger, before, looked, at);
      return rise === undefined ? [] : [{ ...trigger, rise }];
    });
  }
};

/** `rise`: when time alone turned it, epoch milliseconds. */
type Turned = ReadyTrigger & { readonly rise?: number };
