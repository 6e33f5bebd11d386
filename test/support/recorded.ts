import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { deliveryReceipts, inboundBridge } from '../../lambdas/kit/carrier.ts';
import { changes } from '../../lambdas/kit/changes.ts';
import { contactEvent } from '../../lambdas/kit/contact-event.ts';
import { inboundMessage } from '../../lambdas/kit/event.ts';
import { jobsByKind } from '../../lambdas/kit/jobs.ts';
import { openDatabase } from '../../local/database.ts';
import { invocation } from '../../local/lambda.ts';
import { changeOf, itemAttributes, placeOf } from '../../shared/aws/table-item.ts';
import { JOB_KINDS } from '../../shared/domain/job.ts';
import { MessageReceived } from '../../shared/domain/message-received.ts';
import { Receipt } from '../../shared/domain/receipt.ts';
import { localWorld } from './world.ts';

/**
 * A world whose queues, bus and stream can tell all once more: all that its functions were ever given is kept, and given
 * again to the same handlers.
 */
export function recorded() {
  const database = openDatabase(':memory:');
  const world = localWorld({ database });
  const { ports } = world.world;
  // Both forget what was done with.
  database.exec(`
    CREATE TEMP TABLE told (name TEXT, body TEXT);
    CREATE TEMP TABLE changed (position INTEGER, at INTEGER, before TEXT, after TEXT);
    CREATE TEMP TRIGGER keep_told AFTER INSERT ON queue BEGIN
      INSERT INTO told VALUES (NEW.name, NEW.body);
    END;
    CREATE TEMP TRIGGER keep_changed AFTER INSERT ON changes BEGIN
      INSERT INTO changed VALUES (NEW.position, NEW.at, NEW.before, NEW.after);
    END;
  `);
  const rows = (sql: string, ...values: string[]) => database.prepare(sql).all(...values);
  const Told = z.object({
    body: z.pipe(
      z.string(),
      z.transform((text): object => JSON.parse(text)),
    ),
  });
  const Image = z.pipe(
    z.nullable(z.string()),
    z.transform((text) =>
      text === null ? undefined : marshall(itemAttributes(JSON.parse(text)), { removeUndefinedValues: true }),
    ),
  );
  const Changed = z.object({ position: z.int(), at: z.int(), before: Image, after: Image });
  const told = (queue: string): object[] =>
    rows('SELECT body FROM told WHERE name = ?', queue).map((row) => Told.parse(row).body);
  /** The changes as the table's stream would have them. */
  const stream = () =>
    rows('SELECT * FROM changed ORDER BY position').map((row) => {
      const { position, at, before, after } = Changed.parse(row);
      return {
        eventID: String(position),
        dynamodb: {
          SequenceNumber: `1000${position}`,
          ApproximateCreationDateTime: at / 1000,
          OldImage: before,
          NewImage: after,
        },
      };
    });
  const inQueue = (bodies: readonly object[]) => ({
    Records: bodies.map((body, n) => ({ messageId: `m-${n}`, body: JSON.stringify(body) })),
  });

  const handlers = {
    bridge: inboundBridge(ports, (body) => MessageReceived.parse(body)),
    inbound: inboundMessage(ports),
    contactEvents: contactEvent(ports),
    jobs: jobsByKind(ports),
    receipts: deliveryReceipts(ports, (body) => Receipt.parse(body)),
    changes: changes(ports, changeOf, placeOf),
  };
  /** Each of these gives the functions all that they were given before, and answers how much that was. */
  const again = {
    'inbound texts, from the queue': async () => {
      const details = (told('bus') as { detail: object }[]).map(({ detail }) => detail);
      expect(await handlers.bridge(inQueue(details), invocation('bridge'))).toEqual({ batchItemFailures: [] });
      return details.length;
    },
    'inbound texts, from the bus': async () => {
      const events = told('bus');
      for (const event of events) await handlers.inbound(event, invocation('inbound'));
      return events.length;
    },
    'contact events, from the bus': async () => {
      const events = told('contact-events');
      for (const event of events) await handlers.contactEvents(event, invocation('contact-events'));
      return events.length;
    },
    'receipts, from the queue': async () => {
      const receipts = told('receipts');
      expect(await handlers.receipts(inQueue(receipts), invocation('receipts'))).toEqual({ batchItemFailures: [] });
      return receipts.length;
    },
    'jobs, from their queues': async () => {
      let count = 0;
      for (const kind of JOB_KINDS) {
        const queued = told(kind);
        expect(await handlers.jobs[kind](inQueue(queued), invocation(kind))).toEqual({ batchItemFailures: [] });
        count += queued.length;
      }
      return count;
    },
    'changes, from the stream': async () => {
      const Records = stream();
      expect(await handlers.changes({ Records }, invocation('changes'))).toEqual({ batchItemFailures: [] });
      return Records.length;
    },
  };
  /** All that anybody could tell apart: the table, the runs' executions, the phones, and what others were told. */
  const dump = () => ({
    items: rows('SELECT pk, sk, rev, body FROM items ORDER BY pk, sk'),
    machines: rows('SELECT name, version FROM sfn_machines ORDER BY name, version'),
    executions: rows('SELECT name, machine, version, status, transitions FROM sfn_executions ORDER BY name'),
    phones: rows('SELECT * FROM phone_messages ORDER BY position'),
    waiting: rows('SELECT name, body FROM queue'),
    events: world.world.events.latest(),
  });
  return { world, database, again, dump, stream, handlers, inQueue };
}

export type Recorded = ReturnType<typeof recorded>;
