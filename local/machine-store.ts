import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { type Database, inTransaction } from './database.ts';
import { Position, type Transition } from './execution.ts';

/**
 * The rows of the local Step Functions. One row is one execution with its only timer and its only token, so a step of an
 * execution is one UPDATE. `rev` counts a row's writes: a transition is stored only over the row it was computed from,
 * so that a completion or a stop in between is never lost.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS sfn_machines (
    name TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT, -- NULL: removed; its number is never used again
    PRIMARY KEY (name, version)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_executions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    machine TEXT NOT NULL, version INTEGER NOT NULL,
    status TEXT NOT NULL,
    rev INTEGER NOT NULL DEFAULT 1,
    transitions INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 1,
    started_at INTEGER NOT NULL,
    input TEXT, position TEXT,      -- while it runs
    due INTEGER, token TEXT, completion TEXT, in_flight INTEGER,
    output TEXT, error TEXT, cause TEXT  -- when it has ended
  );
  CREATE INDEX IF NOT EXISTS sfn_due ON sfn_executions (due) WHERE due IS NOT NULL;
  CREATE UNIQUE INDEX IF NOT EXISTS sfn_token ON sfn_executions (token) WHERE token IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sfn_in_flight ON sfn_executions (in_flight) WHERE in_flight IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sfn_running ON sfn_executions (machine) WHERE status = 'RUNNING';
`;

const json = z.pipe(
  z.string(),
  z.transform((text): unknown => JSON.parse(text)),
);
const Running = z.object({
  id: z.int(),
  name: z.string(),
  machine: z.string(),
  version: z.int(),
  rev: z.int(),
  transitions: z.int(),
  events: z.int(),
  started_at: z.int(),
  input: json,
  position: z.pipe(json, Position),
  completion: z.nullable(json),
  in_flight: z.nullable(z.int()),
});
export type Running = z.infer<typeof Running>;

const runningColumns = Object.keys(Running.shape).join(', ');
const cleared = 'position = NULL, input = NULL, due = NULL, token = NULL, completion = NULL, in_flight = NULL';

const ExecutionSummary = z.object({
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  output: z.nullable(z.string()),
  error: z.nullable(z.string()),
  cause: z.nullable(z.string()),
  transitions: z.int(),
});
export type ExecutionSummary = z.infer<typeof ExecutionSummary>;

const Listed = z.object({ id: z.int(), name: z.string(), started_at: z.int() });
type Listed = z.infer<typeof Listed>;

const MachineRow = z.object({ version: z.int(), definition: z.nullable(json) });
const Due = z.object({ due: z.nullable(z.int()) });

export function openMachineStore(database: Database) {
  database.exec(schema);
  const statement = {
    latest: database.prepare(
      'SELECT version, definition FROM sfn_machines WHERE name = ? ORDER BY version DESC LIMIT 1',
    ),
    version: database.prepare('SELECT version, definition FROM sfn_machines WHERE name = ? AND version = ?'),
    publish: database.prepare('INSERT INTO sfn_machines (name, version, definition) VALUES (?, ?, ?)'),
    unpublish: database.prepare('UPDATE sfn_machines SET definition = NULL WHERE name = ?'),
    start: database.prepare(
      `INSERT INTO sfn_executions (name, machine, version, status, started_at, input, position, due)
       VALUES (?, ?, ?, 'RUNNING', ?, ?, ?, 0) ON CONFLICT (name) DO NOTHING`,
    ),
    get: database.prepare(`SELECT ${runningColumns} FROM sfn_executions WHERE id = ? AND status = 'RUNNING'`),
    due: database.prepare(`SELECT ${runningColumns} FROM sfn_executions WHERE due <= ? ORDER BY due, id LIMIT ?`),
    nextDue: database.prepare('SELECT min(due) AS due FROM sfn_executions WHERE due IS NOT NULL'),
    move: database.prepare(
      `UPDATE sfn_executions SET rev = rev + 1, transitions = ?, events = ?, position = ?, due = ?, token = ?, completion = NULL, in_flight = ?
       WHERE id = ? AND rev = ?`,
    ),
    end: database.prepare(
      `UPDATE sfn_executions SET rev = rev + 1, transitions = ?, events = ?, status = ?, output = ?, error = ?, cause = ?, ${cleared}
       WHERE id = ? AND rev = ?`,
    ),
    complete: database.prepare(
      'UPDATE sfn_executions SET rev = rev + 1, completion = ?, token = NULL, due = 0 WHERE token = ? AND due > ?',
    ),
    stop: database.prepare(
      `UPDATE sfn_executions SET rev = rev + 1, status = 'ABORTED', ${cleared} WHERE name = ? AND machine = ? AND status = 'RUNNING'`,
    ),
    abort: database.prepare(
      `UPDATE sfn_executions SET rev = rev + 1, status = 'ABORTED', ${cleared} WHERE machine = ? AND status = 'RUNNING'`,
    ),
    // A completion that was accepted stands; a token of an attempt that died does not.
    interrupt: database.prepare(
      'UPDATE sfn_executions SET rev = rev + 1, due = 0, token = NULL, in_flight = NULL WHERE in_flight IS NOT NULL',
    ),
    running: database.prepare(
      "SELECT id, name, started_at FROM sfn_executions WHERE machine = ? AND status = 'RUNNING' AND id > ? ORDER BY id LIMIT ?",
    ),
    summary: database.prepare('SELECT status, output, error, cause, transitions FROM sfn_executions WHERE name = ?'),
  };

  const machineRow = (row: unknown) => (row === undefined ? undefined : MachineRow.parse(row));

  return {
    commit: groupCommit(database),

    /** The number of the version that holds this definition, which is the newest. */
    publish(name: string, definition: unknown): number {
      const latest = machineRow(statement.latest.get(name));
      if (latest !== undefined && isDeepStrictEqual(latest.definition, definition)) return latest.version;
      const version = (latest?.version ?? 0) + 1;
      statement.publish.run(name, version, JSON.stringify(definition));
      return version;
    },
    /** `null`: removed. */
    definition: (name: string, version: number): unknown =>
      machineRow(statement.version.get(name, version))?.definition ?? null,
    remove(name: string): void {
      statement.unpublish.run(name);
      statement.abort.run(name);
    },

    start(
      machine: string,
      version: number,
      name: string,
      startedAt: number,
      input: string,
      position: Position,
    ): boolean {
      return statement.start.run(name, machine, version, startedAt, input, JSON.stringify(position)).changes === 1;
    },
    get(id: number): Running | undefined {
      const row = statement.get.get(id);
      return row === undefined ? undefined : Running.parse(row);
    },
    due: (now: number, limit: number): Running[] => statement.due.all(now, limit).map((row) => Running.parse(row)),
    nextDue: (): number | undefined => Due.parse(statement.nextDue.get()).due ?? undefined,
    /** `false`: somebody else has written the row since it was read. */
    save(row: Running, next: Transition): boolean {
      const counts = [next.transitions, next.events] as const;
      const { changes } =
        next.status === 'RUNNING'
          ? statement.move.run(
              ...counts,
              JSON.stringify(next.position),
              next.due,
              next.token ?? null,
              next.invoke === undefined ? null : 1,
              row.id,
              row.rev,
            )
          : next.status === 'SUCCEEDED'
            ? statement.end.run(...counts, next.status, JSON.stringify(next.output), null, null, row.id, row.rev)
            : statement.end.run(...counts, next.status, null, next.error, next.cause ?? null, row.id, row.rev);
      return changes === 1;
    },
    complete: (token: string, output: string, now: number): boolean =>
      statement.complete.run(output, token, now).changes === 1,
    stop(machine: string, name: string): void {
      statement.stop.run(name, machine);
    },
    interruptAll(): void {
      statement.interrupt.run();
    },
    running: (machine: string, after: number, limit: number): Listed[] =>
      statement.running.all(machine, after, limit).map((row) => Listed.parse(row)),
    summary(name: string): ExecutionSummary | undefined {
      const row = statement.summary.get(name);
      return row === undefined ? undefined : ExecutionSummary.parse(row);
    },
  };
}

/**
 * One transaction, hence one wait for the disk, for all that is written within a turn of the event loop. A write that
 * throws is left out; the others are written.
 */
function groupCommit(database: Database) {
  interface Waiting {
    readonly write: () => void;
    readonly committed: () => void;
    readonly refused: (error: unknown) => void;
  }
  let queue: Waiting[] = [];

  const flush = (): void => {
    let batch = queue;
    queue = [];
    while (batch.length > 0) {
      let current: Waiting | undefined;
      try {
        inTransaction(database, () => {
          for (current of batch) current.write();
          current = undefined;
        });
        for (const { committed } of batch) committed();
        return;
      } catch (error) {
        const failed = current === undefined ? batch : [current];
        for (const { refused } of failed) refused(error);
        batch = batch.filter((waiting) => !failed.includes(waiting));
      }
    }
  };

  return <T>(write: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      let result: { readonly value: T };
      queue.push({
        write: () => {
          result = { value: write() };
        },
        committed: () => resolve(result.value),
        refused: reject,
      });
      if (queue.length === 1) setImmediate(flush);
    });
}
