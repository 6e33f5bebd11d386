import { instant } from '../../shared/domain/instant.ts';
import { type Job, kindOf } from '../../shared/domain/job.ts';
import type { Change } from '../../shared/ports.ts';
import type { Delivery, Faults, Kind } from './faults.ts';
import type { FunctionName, Functions, Outcome } from './functions.ts';
import { hashOf, mixed, unit } from './hash.ts';
import type { Scheduler } from './scheduler.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export interface Deliveries {
  /** Hands a message to a function until it is done with; what it can never do is set aside, and handed over again hours later. */
  send(to: Destination, name: string, body: unknown, delay?: number): void;
  /** The table's change feed. */
  changed(changes: readonly Change[]): void;
  /** What has not been done with. */
  pending(): number;
}

export interface Destination {
  readonly delivery: Delivery;
  readonly called: FunctionName;
  /** As it comes to the function. */
  readonly event: (body: unknown) => unknown;
  readonly isBatch: boolean;
  /** After each attempt that failed, so long until the next; then it is a dead letter. */
  readonly pauses: readonly number[];
}

const record = (body: unknown) => ({ Records: [{ messageId: '1', body: JSON.stringify(body) }] });
const queue = (delivery: Delivery, called: FunctionName, seconds: number): Destination => ({
  ...{ delivery, called, event: record, isBatch: true },
  // Visible again after three times what the worker may take; five times, then aside.
  pauses: Array.from({ length: 4 }, () => 3 * seconds * SECOND),
});
/** As `infra/constructs/work-queue.ts` and `take-from-bus.ts` have them. */
export const DESTINATIONS = {
  bridge: queue('deliver inbound', 'inboundBridge', 20),
  receipts: queue('deliver receipt', 'deliveryReceipt', 30),
  'workflow-job': queue('deliver job', 'workflowJob', 120),
  'due-job': queue('deliver job', 'dueJob', 30),
  'reconcile-job': queue('deliver job', 'reconcileJob', 120),
  inbound: {
    ...{ delivery: 'deliver inbound', called: 'inboundMessage', event: (body: unknown) => body, isBatch: false },
    pauses: [MINUTE, 2 * MINUTE],
  },
} as const satisfies Record<string, Destination>;

/** The queue of the job's kind. */
export function destinationOf(job: Job): Destination {
  const kind = kindOf(job);
  if (kind === 'transfer') throw new Error('no schedule has files');
  return DESTINATIONS[kind];
}

/** The kinds of items whose changes are given to anyone, as in `infra/constructs/change-feed.ts`; a test holds the two together. */
export const FOLLOWED: readonly string[] = [
  ...['contact', 'run', 'message', 'workflow', 'turn', 'pass', 'tally-request', 'import', 'export'],
];
export const FOLLOWED_TO_THE_END: readonly string[] = ['contact'];
const isFollowed = ({ before, after }: Change): boolean =>
  after ? FOLLOWED.includes(after.type) : before !== undefined && FOLLOWED_TO_THE_END.includes(before.type);

interface Lane {
  readonly name: string;
  readonly changes: { readonly change: Change; readonly name: string }[];
  isBusy: boolean;
  failures: number;
}
const BATCH = 10;
/** The stream keeps a change for a day, and whoever redrives what was set aside has to be in time. */
const FEED_KEEPS_MS = 23.5 * HOUR;

export function openDeliveries({
  seed,
  scheduler,
  faults,
  functions,
  trace,
}: {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly functions: Functions;
  readonly trace: (line: () => string) => void;
}): Deliveries {
  const lanes = new Map<string, Lane>();
  const times = new Map<string, number>();
  let pending = 0;

  /** The same thing done once more has another name. */
  const nameOf = (base: string): string => {
    const time = (times.get(base) ?? 0) + 1;
    times.set(base, time);
    return time === 1 ? base : `${base} (${time})`;
  };
  const chanceOf = (name: string, ordinal: number): number => unit(mixed(hashOf(name, seed), ordinal));

  function send(to: Destination, base: string, body: unknown, delay = 0): void {
    const name = nameOf(base);
    const hash = hashOf(name, seed);
    pending += 1;
    const first = faults.decide(to.delivery, name, hash, -1);
    if (first !== undefined) trace(() => `  ${name}: ${first}`);
    const chance = chanceOf(name, 17);
    const held = {
      reordered: SECOND + chance * 10 * MINUTE,
      delayed: HOUR + chance * 71 * HOUR,
    } as Partial<Record<Kind, number>>;
    if (first === 'duplicated') {
      pending += 1;
      // Mostly at once, sometimes days later.
      const later = chance < 0.5 ? chance * 200 : chance < 0.8 ? chance * 10 * MINUTE : chance * 72 * HOUR;
      scheduler.after(delay + 20 + later, () => attempt(0, `${name} again`, 'no fault'));
    }
    if (first === 'dead-lettered') scheduler.after(delay, () => aside());
    else scheduler.after(delay + 20 + chance * 60 + (held[first ?? 'skewed'] ?? 0), () => attempt(0, name, first));

    function attempt(failed: number, called: string, kind: Kind | 'no fault' | undefined): void {
      const isDead = kind === 'crash before';
      const told = (outcome: Outcome): void => {
        if (isDone(outcome, to.isBatch)) {
          pending -= 1;
          return;
        }
        const pause = to.pauses[failed];
        if (pause === undefined) aside();
        else scheduler.after(pause, () => attempt(failed + 1, nameOf(name), undefined));
      };
      if (isDead) told({ error: 'it never began' });
      else functions.invoke(to.called, called, to.event(body), told, kind === 'skewed' || chanceOf(called, 5) < 0.3);
    }

    function aside(): void {
      trace(() => `  ${name} is set aside`);
      scheduler.after(HOUR + chanceOf(name, 23) * 11 * HOUR, () => attempt(0, nameOf(`${name} redriven`), undefined));
    }
  }

  function changed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (!isFollowed(change)) continue;
      const { pk, sk } = change.after ?? change.before ?? { pk: '', sk: '' };
      const lane = lanes.get(pk) ?? { name: pk, changes: [], isBusy: false, failures: 0 };
      lanes.set(pk, lane);
      lane.changes.push({ change, name: `feed ${pk}/${sk}@${change.after?.rev ?? 'end'}` });
      pending += 1;
      poll(lane, 10 + chanceOf(lane.name, lane.changes.length) * 40);
    }
  }

  function poll(lane: Lane, after: number): void {
    if (lane.isBusy) return;
    lane.isBusy = true;
    scheduler.after(after, () => batch(lane));
  }

  function batch(lane: Lane): void {
    const entries = lane.changes.slice(0, BATCH);
    const [first] = entries;
    if (!first) return;
    const name = nameOf(first.name);
    const hash = hashOf(name, seed);
    const kind = faults.decide('deliver feed', name, hash, -1);
    if (kind !== undefined) trace(() => `  ${name}: ${kind}`);
    const chance = chanceOf(name, 17);
    const again = (after: number) => {
      lane.isBusy = false;
      if (lane.changes.length > 0) poll(lane, after);
    };
    const call = (called: string, done: (outcome: Outcome) => void) =>
      functions.invoke(
        'tableChanges',
        called,
        { Records: entries.map(({ change }) => change) },
        done,
        kind === 'skewed' || chanceOf(called, 5) < 0.3,
      );
    const finish = (outcome: Outcome): void => {
      const done = doneOf(outcome, entries);
      lane.changes.splice(0, done);
      pending -= done;
      lane.failures = done === entries.length ? 0 : done > 0 ? 1 : lane.failures + 1;
      again(done === entries.length ? 5 : Math.min(SECOND * 2 ** lane.failures, MINUTE));
    };
    switch (kind) {
      case 'crash before':
        finish({ error: 'it never began' });
        return;
      case 'delayed':
        // As a whole shard is: what comes after on it waits too.
        scheduler.after(Math.min(HOUR + chance * 20 * HOUR, first.change.at + FEED_KEEPS_MS - scheduler.now()), () =>
          call(name, finish),
        );
        return;
      case 'reordered':
        scheduler.after(SECOND + chance * 10 * MINUTE, () => call(name, finish));
        return;
      case 'duplicated':
        // All of it was done, and the stream was not told so.
        call(name, () => call(nameOf(first.name), finish));
        return;
      case 'dead-lettered': {
        lane.changes.shift();
        const latest = first.change.at + FEED_KEEPS_MS;
        const redriven = Math.min(scheduler.now() + HOUR + chance * 10 * HOUR, latest);
        const aside = (): void => {
          scheduler.at(redriven, () => redrive(first, 1));
          again(5);
        };
        // At times all of it had been done, and only its answer was lost.
        if (mixed(hash, 29) % 2 === 0) aside();
        else functions.invoke('tableChanges', name, { Records: [first.change] }, aside);
        return;
      }
      default:
        call(name, finish);
    }
  }

  /** By itself, whatever has come after it meanwhile; until it is done. */
  function redrive(entry: Lane['changes'][number], tries: number): void {
    functions.invoke('tableChanges', nameOf(`${entry.name} redriven`), { Records: [entry.change] }, (outcome) => {
      if (doneOf(outcome, [entry]) === 1) pending -= 1;
      else scheduler.after(tries * 10 * SECOND, () => redrive(entry, tries + 1));
    });
  }

  return { send, changed, pending: () => pending };
}

interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}
const isDone = (outcome: Outcome, isBatch: boolean): boolean =>
  'result' in outcome && (!isBatch || (outcome.result as BatchAnswer).batchItemFailures.length === 0);

/** How many from the first on are done with. */
function doneOf(outcome: Outcome, entries: readonly { readonly change: Change }[]): number {
  if (!('result' in outcome)) return 0;
  const [failed] = (outcome.result as BatchAnswer).batchItemFailures;
  return failed ? entries.findIndex(({ change }) => change.id === failed.itemIdentifier) : entries.length;
}

/** An event as the bus hands it over. */
export const busEvent = (id: string, at: number, detailType: string, detail: unknown) => ({
  ...{ id, time: instant(Math.floor(at)), source: 'local', detail },
  'detail-type': detailType,
});
