import type { Handler } from '../../lambdas/kit/handler.ts';
import type { DomainEvent } from '../../shared/domain/event.ts';
import { contactOf, WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Job } from '../../shared/domain/job.ts';
import type { Figures } from '../../shared/domain/statistics.ts';
import { StepTask } from '../../shared/domain/step-task.ts';
import type { Part } from '../../shared/http/parts.ts';
import type { Change, Item, Ports } from '../../shared/ports.ts';
import { dueAt, keys, SHARDS } from '../../shared/store/keys.ts';
import { runs } from '../../shared/store/run-store.ts';
import { readStatistics } from '../../shared/usecases/read-statistics.ts';
import { type Known, type Request, requestOf } from './acts.ts';
import { busEvent, DESTINATIONS, destinationOf, openDeliveries } from './deliveries.ts';
import { openExecutions } from './executions.ts';
import { type Fault, faultsOf } from './faults.ts';
import { type FunctionName, type Outside, openFunctions } from './functions.ts';
import { HANDLERS } from './handlers.ts';
import { hashOf, mixed, unit } from './hash.ts';
import { asyncTable, memoryTable } from './memory-table.ts';
import { described, momentsOf } from './moments.ts';
import type { Asked, Record as Everything, Happened, Said } from './record.ts';
import { type Act, FAULTY_MS, type Moment, phoneOf, type Schedule } from './schedule.ts';
import { openScheduler } from './scheduler.ts';
import { stepCaller } from './step-calls.ts';
import { FLOW_NAMES, FLOWS, httpEvent, INBOXES, PHONES, START, type Workspace } from './workspace.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** So long until everything has come to rest: what is delayed longest and then set aside is told by then, and its run waits its time out. */
const REST_MS = 9 * DAY;

/** What somebody writes down of the items; the others follow from these. */
const RECORDED: ReadonlySet<string> = new Set(['run', 'past-run', 'contact', 'message', 'workflow']);

/** What comes by a schedule: its job, how often, and from when on there is anything to do at all. */
const PERIODIC: readonly {
  readonly job: Job;
  readonly every: number;
  readonly due: (lowest: Lowest) => number | undefined;
}[] = [{ job: { type: 'sweep' }, every: MINUTE, due: (lowest) => lowest(DUE_PARTITIONS) }];
type Lowest = (pks: readonly string[]) => number | undefined;
const DUE_PARTITIONS = Array.from({ length: SHARDS }, (_, shard) => keys.dueIndex(shard));

export interface Played {
  readonly record: Everything;
  readonly injected: readonly Fault[];
  readonly trace: readonly string[];
  readonly effects: number;
}

export interface PlayOptions {
  readonly workspace: Workspace;
  readonly parts: readonly Part[];
  /** Only these faults, instead of those of the seed. */
  readonly only?: readonly Fault[];
  readonly isTraced?: boolean;
}

/** Plays one schedule: the real handlers, from its first act until everything has come to rest. */
export async function play(schedule: Schedule, options: PlayOptions): Promise<Played> {
  const { seed, slowness } = schedule;
  const { workspace, parts, only, isTraced = false } = options;
  const start = START + schedule.startsAfter;
  const scheduler = openScheduler(start);
  const faults = faultsOf(seed, only);
  const lines: string[] = [];
  const trace = (line: () => string): void => {
    if (isTraced) lines.push(line());
  };
  const chance = (name: string, ordinal: number): number => unit(mixed(hashOf(name, seed), ordinal));

  const happened: Happened = { commits: [], submissions: [], said: [], asked: [], slots: [], told: [], receipts: [] };
  let seq = 0;
  const next = (): number => (seq += 1);
  const waiting = new Map<Moment, Map<number, Act[]>>();
  const counts = new Map<Moment, number>();

  // ------------------------------------------------------------- the table

  let writer = '';
  const table = memoryTable({ now: () => Math.floor(scheduler.now()), items: workspace.items, changed });

  function changed(all: readonly Change[]): void {
    for (const change of all) {
      const [before, after] = [plain(change.before), plain(change.after)];
      const type = (after ?? before)?.type ?? '';
      if (after?.index?.pk.startsWith('DUE#')) tick();
      if (!RECORDED.has(type)) continue;
      const at = scheduler.now();
      happened.commits.push({ seq: next(), at, by: writer, ...(before && { before }), ...(after && { after }) });
      trace(() => `  ${writer} commits ${described(before, after)}`);
      for (const moment of momentsOf(before, after)) reached(moment, subjectOf(after));
    }
    deliveries.changed(all);
  }

  // -------------------------------------------------------------- outside

  const outside: Outside = {
    table: {
      get: (_, key) => table.get(key),
      getMany: (_, all) => table.getMany(all),
      query: (_, query) => table.query(query),
      queryIndex: (_, query) => table.queryIndex(query),
      countIndex: (_, pk) => table.countIndex(pk),
      take: (_, line, floor, stretch) => {
        const from = table.take(line, floor, stretch);
        happened.slots.push({ inbox: line.pk, at: scheduler.now(), from, stretch });
        return from;
      },
      write: (by, writes) => {
        writer = by;
        return table.write(writes);
      },
    },
    machines: {
      start: (_, execution) => executions.start(execution),
      complete: (_, token, output) => executions.complete(token, output),
      stop: (_, { name }) => executions.stop(name),
      put: (_, machine) => executions.put(machine),
      status: (name) => executions.status(name),
      running: (machine) => executions.running(machine),
    },
    handingOver: (_, text) => {
      const place = next();
      reached('handed over', { phone: text.to });
      return place;
    },
    sms: {
      send: (by, text, at, place, isTaken, refused) => {
        happened.submissions.push({
          ...{ seq: place, at, by, text, accepted: isTaken, reached: scheduler.now() },
          ...(refused && { refused }),
        });
        const providerId = `sim-${text.messageId}`;
        if (isTaken) tellReceipts(text.messageId, providerId);
        return providerId;
      },
      block: () => {},
      unblock: () => {},
    },
    queue: {
      send: (_, job, delaySeconds = 0) => {
        deliveries.send(destinationOf(job), `job ${JSON.stringify(job)}`, job, delaySeconds * SECOND);
      },
    },
    bus: {
      publish: (_, events) => {
        for (const event of events) {
          if (event.type === 'MessageReceived') {
            const { type, at, ...text } = event;
            const name = `inbound ${text.inboundMessageId}`;
            deliveries.send(DESTINATIONS.inbound, name, busEvent(name, scheduler.now(), type, text));
          } else happened.told.push(event satisfies DomainEvent);
        }
      },
    },
  };

  const make = (name: FunctionName, ports: Ports): Handler<unknown> => HANDLERS[name](ports, parts);
  const functions = openFunctions({ seed, slowness, scheduler, faults, outside, make, trace });
  const deliveries = openDeliveries({ seed, scheduler, faults, functions, trace });
  const executions = openExecutions({
    ...{ seed, scheduler, trace },
    programs: new Map(workspace.programs),
    invoke: stepCaller({
      seed,
      scheduler,
      faults,
      functions,
      trace,
      called: (task) => reached('called', subjectOfTask(task)),
    }),
  });

  function subjectOfTask(payload: unknown): Subject {
    const { run, workflow } = StepTask.parse(payload).execution;
    return { contact: contactOf(run), workflow };
  }

  function tellReceipts(messageId: string, providerId: string): void {
    const luck = chance(messageId, 1);
    const tell = (status: 'ACCEPTED' | 'DELIVERED' | 'UNDELIVERED', after: number): void => {
      const at = instant(Math.floor(scheduler.now() + after));
      const receipt = { messageId, providerId, status, at, ...(status === 'UNDELIVERED' && { reason: 'UNREACHABLE' }) };
      happened.receipts.push({ messageId, status });
      deliveries.send(DESTINATIONS.receipts, `receipt ${messageId} ${status}`, receipt, after);
    };
    if (luck < 0.2) return;
    if (luck < 0.4) tell('ACCEPTED', 300);
    if (luck < 0.5) tell('UNDELIVERED', 20 * SECOND);
    if (luck > 0.45) tell('DELIVERED', luck * 30 * SECOND);
  }

  // --------------------------------------------------------- by a schedule

  const asked = new Map<Job['type'], number>();
  const lowest: Lowest = (pks) => {
    const dues = pks.flatMap((pk) =>
      table.queryIndex({ pk, limit: 1 }).items.map(({ index }) => dueAt(index?.sk ?? '')),
    );
    return dues.length === 0 ? undefined : Math.min(...dues);
  };
  /** Not each minute of weeks, but those by which there is something to do. */
  function tick(): void {
    for (const { job, every, due } of PERIODIC) {
      const from = due(lowest);
      if (from === undefined) continue;
      const at = Math.ceil(Math.max(from, scheduler.now() + 1) / every) * every;
      const known = asked.get(job.type);
      if (known !== undefined && known <= at && known > scheduler.now()) continue;
      asked.set(job.type, at);
      scheduler.at(at, () => {
        if (asked.get(job.type) !== at) return false;
        deliveries.send(destinationOf(job), `job ${job.type}`, job);
        scheduler.after(1, () => {
          tick();
          return false;
        });
        return true;
      });
    }
  }

  // ------------------------------------------------------------------ acts

  const known: Known = {
    workspace,
    contactOf: (phone) => idAt(`PHONE#${phone}`, 'PHONE', 'contactId'),
    runOf: (contact, workflow) => idAt(`C#${contact}`, `RUN#${workflow}`, 'id'),
  };
  function idAt(pk: string, sk: string, field: string): string | undefined {
    const id = table.get({ pk, sk })?.data[field];
    return typeof id === 'string' ? id : undefined;
  }

  function reached(moment: Moment, subject: Subject): void {
    const time = (counts.get(moment) ?? 0) + 1;
    counts.set(moment, time);
    for (const act of waiting.get(moment)?.get(time) ?? [])
      scheduler.after(act.when.after, () => perform(aimed(act, subject)));
  }
  const subjectOf = (item: Item | undefined): Subject => ({
    contact: text(item?.data['contactId']),
    workflow: text(item?.data['workflowId']) ?? (item?.type === 'workflow' ? text(item.data['id']) : undefined),
  });
  function aimed(act: Act, { contact, phone, workflow }: Subject): Act {
    if (!('on' in act.when) || !act.when.isAimed) return act;
    const number =
      phone ??
      text(contact === undefined ? undefined : table.get({ pk: `C#${contact}`, sk: 'CONTACT' })?.data['phone']);
    const who = phones.indexOf(number ?? '');
    const flow = FLOW_NAMES.find((name) => workspace.flows[name] === workflow);
    return {
      ...act,
      ...('who' in act && who >= 0 && { who }),
      ...('flow' in act && flow && { flow }),
      ...('to' in act && flow && { to: FLOWS[flow].inbox }),
    };
  }

  function perform(act: Act): void {
    trace(() => `${new Date(scheduler.now()).toISOString()} ACT ${JSON.stringify(act)}`);
    if (act.do === 'say') {
      say(act.id, {
        at: Math.floor(scheduler.now()),
        phone: phoneOf(act.who),
        to: INBOXES[act.to].phone,
        text: act.text,
      });
      return;
    }
    if (act.do === 'look after') {
      const job: Job = { type: 'reconcile', of: act.of };
      deliveries.send(destinationOf(job), `job ${act.id}`, job);
      return;
    }
    const request = requestOf(act, known);
    if (request === undefined) return;
    const entry: Asked = { act, at: scheduler.now(), seq: next() };
    happened.asked.push(entry);
    ask(request, entry, 1);
    if (act.do === 'write') reached('asked', { phone: phoneOf(act.who) });
  }

  function say(act: number, words: Omit<Said, 'id'>): void {
    const id = `said-${act}`;
    happened.said.push({ id, ...words });
    deliveries.send(DESTINATIONS.bridge, `bridge ${id}`, {
      ...{ inboundMessageId: id, originationNumber: words.phone, destinationNumber: words.to },
      ...{ messageBody: words.text, receivedAt: instant(words.at) },
    });
  }

  /** As a program does that needs an answer: the same again, under the same key, until there is one. */
  function ask(request: Request, entry: Asked, time: number): void {
    const name = `request ${entry.act.id}${time === 1 ? '' : ` (${time})`}`;
    const hash = hashOf(name, seed);
    const kind = faults.decide('deliver request', name, hash, -1);
    const headers = request.method === 'POST' ? { 'idempotency-key': `act-${entry.act.id}` } : {};
    const again = (): unknown => scheduler.after(time * 5 * SECOND, () => ask(request, entry, time + 1));
    functions.invoke(
      'api',
      name,
      httpEvent(request.method, request.path, request.body, headers),
      (outcome) => {
        const status = 'result' in outcome ? (outcome.result as { statusCode: number }).statusCode : 500;
        const isInUse = 'result' in outcome && JSON.stringify(outcome.result).includes('IDEMPOTENCY_KEY_IN_USE');
        trace(
          () =>
            `  ${name} is answered ${status} ${JSON.stringify('result' in outcome ? outcome.result : '').slice(0, 300)}`,
        );
        if ((status >= 500 || kind === 'lost answer' || isInUse) && time < 12) again();
        else entry.answered = { at: scheduler.now(), seq: next(), status };
      },
      kind === 'skewed',
    );
  }

  for (const act of schedule.acts) {
    const { when } = act;
    if ('on' in when) {
      const byTime = waiting.get(when.on) ?? new Map<number, Act[]>();
      waiting.set(when.on, byTime.set(when.time, [...(byTime.get(when.time) ?? []), act]));
    } else scheduler.at(start + when.after, () => perform(act));
  }

  await scheduler.run(start + FAULTY_MS);
  faults.stop();
  await scheduler.run(start + FAULTY_MS + REST_MS);
  const read = readStatistics({ table: asyncTable(table), clock: { now: scheduler.now, sleep: async () => {} } });
  const statistics = new Map<string, Figures>();
  for (const id of Object.values(workspace.flows)) {
    const counted = await read(WorkflowId.parse(id));
    if ('ok' in counted) statistics.set(id, counted.ok.totals);
  }
  return {
    record: {
      ...happened,
      statistics,
      now: scheduler.now(),
      items: [...table.items()].flatMap((item) => plain(item) ?? []),
      executions: executions.states(),
      deadLetters: deliveries.pending(),
      disturbed: disturbedBy(faults.injected),
    },
    injected: faults.injected,
    trace: lines,
    effects: scheduler.happened(),
  };
}

/** A run as it is, not as it lies in the table. */
const plain = (item: Item | undefined): Item | undefined =>
  item && (item.type === 'run' || item.type === 'past-run') ? { ...item, data: runs.parse(item.data) } : item;

const disturbedBy = (injected: readonly Fault[]): ReadonlySet<string> =>
  new Set(
    injected
      .filter(({ at, kind }) => kind !== 'skewed' && !(kind === 'throttled' && at.startsWith('sms.send')))
      .map(({ at }) => at.split(' | ')[1] ?? ''),
  );

/** Whom and what something has happened to. */
interface Subject {
  readonly contact?: string | undefined;
  readonly phone?: string;
  readonly workflow?: string | undefined;
}
const phones: readonly string[] = PHONES;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
