import * as z from 'zod/mini';
import { deliveryReceipts } from '../lambdas/kit/carrier.ts';
import { changes } from '../lambdas/kit/changes.ts';
import { contactEvent } from '../lambdas/kit/contact-event.ts';
import { inboundMessage } from '../lambdas/kit/event.ts';
import type { Handler } from '../lambdas/kit/handler.ts';
import { http } from '../lambdas/kit/http.ts';
import { jobsByKind } from '../lambdas/kit/jobs.ts';
import type { BatchAnswer } from '../lambdas/kit/records.ts';
import { task } from '../lambdas/kit/task.ts';
import { instant } from '../shared/domain/instant.ts';
import { type Job, type JobKind, kindOf } from '../shared/domain/job.ts';
import { Receipt } from '../shared/domain/receipt.ts';
import { parts } from '../shared/http/parts.ts';
import type { Change, Ids, Log, Ports, Sms } from '../shared/ports.ts';
import { type Events, openBus } from './bus.ts';
import type { Driven, MovableClock } from './clock.ts';
import type { Database } from './database.ts';
import { type LocalFiles, openFiles } from './files.ts';
import { followFeed } from './follow-feed.ts';
import { localIds } from './ids.ts';
import { invocation } from './lambda.ts';
import { type LocalMachines, openMachines } from './machines.ts';
import { openPhones, type Phones } from './phones.ts';
import { openQueue } from './queue.ts';
import { openSchedule } from './schedule.ts';
import { openTable } from './table.ts';

/** The local feed hands over changes as they are; a stream's records would be read here. */
const LocalChange = z.custom<Change>(
  (record) => typeof record === 'object' && record !== null && 'id' in record && 'at' in record,
);

/** The whole product on one machine: the deployed functions' own handlers over local ports. */
export interface World {
  readonly ports: Ports;
  readonly machines: LocalMachines;
  readonly phones: Phones;
  readonly files: LocalFiles;
  /** What was published on the bus last. */
  readonly events: Events;
  /** Takes and answers API Gateway events (payload format 2.0). */
  readonly http: Handler<unknown>;
  /** Puts an event on the bus for whoever hears it: an inbound text, unless another detail-type is given. Answers its id. */
  readonly receive: (detail: unknown, detailType?: HeardType) => string;
  /** What has timers of its own. */
  readonly driven: readonly Driven[];
}

/** What the product hears on the bus. */
export type HeardType = 'MessageReceived' | 'ContactEventReceived';

export interface WorldOptions {
  readonly database: Database;
  readonly clock: MovableClock;
  readonly log: Log;
  /** Where files are kept; asked for when there is a first one. */
  readonly folder: () => string;
  /** Where the server is. */
  readonly origin?: () => string;
  /** Called when there is work that time has not brought. */
  readonly wake?: () => void;
  readonly ids?: Ids;
  readonly random?: () => number;
  /** Stands between the product and the simulated phones: a carrier that fails, say. */
  readonly carrier?: (phones: Sms) => Sms;
  /** The network never tells what became of a text. */
  readonly withoutReceipts?: boolean;
  /** Told of each call of a function, by its name. */
  readonly called?: (functionName: string) => void;
}

export function openWorld({
  database,
  clock,
  log,
  folder,
  origin = () => 'http://localhost',
  wake = () => {},
  carrier = (sms) => sms,
  ...options
}: WorldOptions): World {
  const ids = options.ids ?? localIds(clock);
  const local = openTable(database, clock);
  const { table, feed } = local;
  const delivered = options.withoutReceipts ? () => {} : (receipt: unknown) => receipts.send(receipt);
  const phones = openPhones({ database, clock, ids, delivered });
  const call = <Result>(name: string, handler: Handler<Result>, event: unknown) => {
    options.called?.(name);
    return handler(event, invocation(name));
  };
  /** What a queue does: one message per call here, and again later if the answer says so. */
  const queueOf = (name: string, handler: () => Handler<BatchAnswer>) =>
    openQueue(name, {
      database,
      clock,
      log,
      wake,
      consume: async (body) => {
        const { batchItemFailures } = await call(name, handler(), {
          Records: [{ messageId: '1', body: JSON.stringify(body) }],
        });
        if (batchItemFailures.length > 0) throw new Error(`${name}: to be told again`);
      },
    });

  const machines: LocalMachines = openMachines({
    database,
    clock,
    wake,
    ...(options.random && { random: options.random }),
    invoke: (name, payload) => call(name, step, payload),
  });
  const jobQueue = (kind: JobKind) => queueOf(kind, () => runJobs[kind]);
  const work = {
    'workflow-job': jobQueue('workflow-job'),
    'due-job': jobQueue('due-job'),
    'reconcile-job': jobQueue('reconcile-job'),
    transfer: jobQueue('transfer'),
  };
  const send = (job: Job, delaySeconds?: number) => work[kindOf(job)].send(job, delaySeconds);
  const receipts = queueOf('receipts', () => readReceipts);
  const inboundTexts = openQueue('bus', {
    database,
    clock,
    log,
    wake,
    consume: (event) => call('inbound-message', inbound, event),
  });
  const contactEvents = openQueue('contact-events', {
    database,
    clock,
    log,
    wake,
    consume: (event) => call('contact-event', hearEvent, event),
  });
  /** The bus's rules: each detail-type has a function of its own. */
  const rules = { MessageReceived: inboundTexts, ContactEventReceived: contactEvents };
  const receive = (detail: unknown, detailType: HeardType = 'MessageReceived') => {
    const id = ids.next();
    rules[detailType].send({ id, time: instant(clock.now()), 'detail-type': detailType, source: 'local', detail });
    return id;
  };
  const { bus, events } = openBus({ database, receive });
  const files = openFiles({ folder, clock, origin });
  const ports: Ports = {
    table,
    machines,
    sms: carrier(phones.sms),
    queue: { send: async (job, delaySeconds) => send(job, delaySeconds) },
    bus,
    files,
    clock,
    ids,
    log,
  };

  const step = task(ports);
  const runJobs = jobsByKind(ports);
  const inbound = inboundMessage(ports);
  const hearEvent = contactEvent(ports);
  const readReceipts = deliveryReceipts(ports, (body) => Receipt.parse(body));
  const follow = changes(
    ports,
    (record) => LocalChange.parse(record),
    (record) => LocalChange.parse(record).id,
  );
  feed.onWrite(wake);
  const follower = followFeed({
    feed,
    clock,
    log,
    consume: (Records) => call('table-changes', follow, { Records }),
    settle: () => events.keep(),
  });

  return {
    ports,
    machines,
    phones,
    files,
    http: http(ports, parts),
    receive,
    events,
    driven: [
      ...[follower, machines, inboundTexts, ...Object.values(work), receipts, contactEvents],
      openSchedule(local, clock, send),
    ],
  };
}
