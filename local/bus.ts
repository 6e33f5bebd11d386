import * as z from 'zod/mini';
import { DomainEvent } from '../shared/domain/event.ts';
import type { Bus } from '../shared/ports.ts';
import { type Database, inTransaction } from './database.ts';

/** So many events can be looked at. */
const KEPT = 500;

export interface Events {
  /** What was published last, oldest first; each once, however often it was told. */
  latest(): readonly DomainEvent[];
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

  return {
    bus: {
      async publish(published) {
        inTransaction(database, () => {
          for (const event of published)
            if (event.type !== 'MessageReceived') insert.run(event.id, JSON.stringify(event));
          forget.run(KEPT);
        });
        for (const event of published) if (event.type === 'MessageReceived') receive(event);
      },
    },
    events: { latest: () => select.all().map((row) => Row.parse(row).event) },
  };
}
