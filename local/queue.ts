import * as z from 'zod/mini';
import type { Clock, Log } from '../shared/ports.ts';
import type { Driven } from './clock.ts';
import type { Database } from './database.ts';

export interface LocalQueue extends Driven {
  /** Durable before it answers. */
  send(body: unknown, delaySeconds?: number): void;
}

const ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 300_000;
/** So many, and others have their turn: under load a queue may never be empty. */
const MOST_AT_ONCE = 20;

const Row = z.object({ id: z.int(), body: z.string(), attempts: z.int() });
const Due = z.object({ due: z.nullable(z.int()) });

/**
 * A queue on SQLite: at least once, again after a growing pause where the consumer fails, and aside (`dead`) after ten
 * attempts. What a killed process was at is delivered again.
 */
export function openQueue(
  name: string,
  {
    database,
    clock,
    log,
    wake,
    consume,
  }: {
    readonly database: Database;
    readonly clock: Pick<Clock, 'now'>;
    readonly log: Log;
    readonly wake: () => void;
    readonly consume: (body: unknown) => Promise<void>;
  },
): LocalQueue {
  database.exec(`
    CREATE TABLE IF NOT EXISTS queue (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, body TEXT NOT NULL,
      due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS queue_due ON queue (name, dead, due, id);
  `);
  const sql = {
    send: database.prepare('INSERT INTO queue (name, body, due) VALUES (?, ?, ?)'),
    next: database.prepare(
      'SELECT id, body, attempts FROM queue WHERE name = ? AND dead = 0 AND due <= ? ORDER BY due, id LIMIT 1',
    ),
    due: database.prepare('SELECT MIN(due) AS due FROM queue WHERE name = ? AND dead = 0'),
    done: database.prepare('DELETE FROM queue WHERE id = ?'),
    again: database.prepare('UPDATE queue SET attempts = attempts + 1, due = ?, dead = ? WHERE id = ?'),
  };

  async function one(): Promise<boolean> {
    const row = z.optional(Row).parse(sql.next.get(name, clock.now()));
    if (!row) return false;
    try {
      await consume(JSON.parse(row.body));
      sql.done.run(row.id);
    } catch (error) {
      const pause = Math.min(1000 * 2 ** row.attempts, LONGEST_PAUSE_MS);
      const dead = row.attempts + 1 >= ATTEMPTS;
      sql.again.run(clock.now() + pause, dead ? 1 : 0, row.id);
      log.error(dead ? 'QUEUE_DEAD_LETTER' : 'QUEUE_RETRY', {
        queue: name,
        item: row.id,
        error: error instanceof Error ? error.name : 'Error',
      });
    }
    return true;
  }

  let working: Promise<boolean> | undefined;
  async function drain(): Promise<boolean> {
    try {
      let done = 0;
      while (done < MOST_AT_ONCE && (await one())) done += 1;
      return done > 0;
    } finally {
      working = undefined;
    }
  }

  return {
    send(body, delaySeconds = 0) {
      sql.send.run(name, JSON.stringify(body), clock.now() + delaySeconds * 1000);
      wake();
    },
    nextDue: () => Due.parse(sql.due.get(name)).due ?? undefined,
    work: () => (working ??= drain()),
  };
}
