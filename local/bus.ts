import * as z from 'zod/mini';
import { DomainEvent } from '../shared/domain/event.ts';
import type { Bus } from '../shared/ports.ts';
import { type Database, inTransaction } from './database.ts';

/** So many events can be looked at. */
const KEPT = 500;

export interface Events {
  /** What was published last, oldest first; each once, however often it was told. */
  latest(): readonly DomainEvent[];
  /** Makes durable what was published since the last time: before the changes that it tells of are acknowledged. */
  keep(): void;
}

const Row = z.object({
  event: z.pipe(
    z.string(),
    z.transform((text) => DomainEvent.parse(JSON.parse(text))),
  ),
});

/** The event bus on one machine: its one rule hands inbound texts to their handler, the rest is kept to be seen. */
export function openBus({
  database,
  receive,
}: {
  readonly database: Database;
  readonly receive: (text: unknown) => void;
}): {
  readonly bus: Bus;
  readonly events: Events;
} {
  database.exec(
    'CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL) STRICT',
  );
  const insert = database.prepare('INSERT INTO events (id, event) VALUES (?, ?) ON CONFLICT (id) DO NOTHING');
  const forget = database.prepare('DELETE FROM events WHERE position <= (SELECT MAX(position) FROM events) - ?');
  const select = database.prepare('SELECT event FROM events ORDER BY position');
  // A commit for each would cost more than all else that follows from a change.
  let published: DomainEvent[] = [];
  const keep = (): void => {
    if (published.length === 0) return;
    inTransaction(database, () => {
      for (const event of published) insert.run(event.id, JSON.stringify(event));
      forget.run(KEPT);
    });
    published = [];
  };

  return {
    bus: {
      async publish(events) {
        for (const event of events) {
          if (event.type === 'MessageReceived') receive(event);
          else published.push(event);
        }
      },
    },
    events: {
      keep,
      latest: () => {
        keep();
        return select.all().map((row) => Row.parse(row).event);
      },
    },
  };
}
