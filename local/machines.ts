import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Machines } from '../shared/ports.ts';
import type { Database } from './database.ts';
import { compileDefinition, Definition, type Program } from './definition.ts';
import { type Event, exceedsLimit, type Invocation, type Transition } from './execution.ts';
import { chance } from './ids.ts';
import { transition } from './interpreter.ts';
import { type ExecutionSummary, openMachineStore, type Running } from './machine-store.ts';

/**
 * Step Functions on one machine. All that decides an execution is in the database before it is acted on: a function is
 * invoked after its attempt was recorded as begun, a completion is answered after it was stored. A process that was
 * killed and is started again therefore goes on where it was; a function that ran meanwhile counts as failed
 * (`Lambda.Unknown`), as on AWS when its environment is lost, and its state's Retry decides.
 */
export interface LocalMachines extends Machines {
  /** No quota here. */
  put(machine: Parameters<Machines['put']>[0]): Promise<string>;
  /** The earliest timer; `undefined` when time alone can bring nothing forward. */
  nextDue(): number | undefined;
  /** Does what is ready, and much of what this makes ready; then says whether there was anything. Does not wait for slow functions. */
  work(): Promise<boolean>;
  /** How many functions run now. */
  running(): number;
  describe(name: string): ExecutionSummary | undefined;
  /** Nothing is read or written any more, as if the process had died. */
  close(): void;
}

export interface MachinesOptions {
  readonly database: Database;
  readonly clock: Pick<Clock, 'now'>;
  readonly invoke: (functionName: string, payload: unknown) => Promise<unknown>;
  readonly random?: () => number;
  readonly stepFunction?: string;
  /** Called when there is work that time has not brought: something was started, completed, or has returned. */
  readonly wake?: () => void;
  /** How many functions may run at once. Some only sleep (up to 30 s), so it is well above what the processor needs. */
  readonly concurrency?: number;
}

const PREFIX = 'arn:aws:states:local:000000000000';
const ADDRESS = /^arn:aws:states:local:000000000000:stateMachine:([\w-]{1,80}):(\d+)$/;
/** As many as AWS gives at once by itself. */
const LISTED = 100;
const NAME = /^[\w-]{1,80}$/;
/** Turns of the event loop in which a function may still answer within the same `work`: handlers here seldom await more. */
const PATIENCE = 64;
/** So many moves of everything that is ready, and others have their turn: under load something always is. */
const MOST_AT_ONCE = 100;

interface Ready {
  readonly row: Running;
  readonly event: Event;
}
interface Settled {
  readonly id: number;
  readonly event: Extract<Event, { type: 'returned' | 'failed' }>;
}

export function openMachines(options: MachinesOptions): LocalMachines {
  const { database, clock, invoke, random = chance, wake = () => {}, concurrency = 256 } = options;
  const store = openMachineStore(database);
  const programs = new Map<string, Program>();
  const inFlight = new Set<string>();
  let settled: Settled[] = [];
  let working: Promise<boolean> | undefined;
  let closed = false;
  store.interruptAll();

  function programOf(machine: string, version: number): Program {
    const key = `${machine}:${version}`;
    const known = programs.get(key) ?? compileDefinition(store.definition(machine, version));
    programs.set(key, known);
    return known;
  }

  function ready(): Ready[] {
    if (closed) return [];
    const batch = new Map<number, Ready>();
    for (const { id, event } of settled.splice(0)) {
      const row = store.get(id);
      if (row !== undefined) batch.set(id, { row, event: row.completion === null ? event : completed(row) });
    }
    const now = clock.now();
    for (const row of store.due(now, Math.max(0, concurrency - inFlight.size))) {
      if (!batch.has(row.id)) batch.set(row.id, { row, event: dueEvent(row, now) });
    }
    return [...batch.values()];
  }

  async function step(batch: readonly Ready[]): Promise<void> {
    const world = { now: clock.now(), random };
    const moves = await Promise.all(
      batch.map(async ({ row, event }) => ({ row, event, next: await move(row, event, world) })),
    );
    if (closed) return;
    const returned = moves.flatMap(({ row, event }) =>
      event.type === 'returned' || event.type === 'failed' ? [{ id: row.id, event }] : [],
    );
    try {
      const saved = await store.commit(
        () => new Set(moves.filter(({ row, next }) => next !== undefined && store.save(row, next))),
      );
      for (const made of saved) {
        if (made.next?.status === 'RUNNING' && made.next.invoke !== undefined)
          void run({ id: made.row.id, ...made.next.invoke });
      }
      // Overtaken by a completion or a stop: what the function said is looked at again, over the new row.
      const overtaken = new Set(
        moves.flatMap((made) => (made.next === undefined || saved.has(made) ? [] : [made.row.id])),
      );
      settled.push(...returned.filter(({ id }) => overtaken.has(id)));
    } catch (error) {
      // Nothing was written, so nothing was begun: what the functions said must not be lost with it.
      settled.push(...returned);
      throw error;
    }
  }

  async function move(
    row: Running,
    event: Event,
    world: { readonly now: number; readonly random: () => number },
  ): Promise<Transition | undefined> {
    const execution = {
      id: `${PREFIX}:execution:${row.machine}:${row.name}`,
      name: row.name,
      machine: { id: `${PREFIX}:stateMachine:${row.machine}`, name: row.machine },
      input: row.input,
      startedAt: row.started_at,
      position: row.position,
      transitions: row.transitions,
      events: row.events,
    };
    try {
      return await transition(programOf(row.machine, row.version), execution, event, world);
    } catch (error) {
      // A fault of this program: the execution shows it, and the others go on.
      return {
        status: 'FAILED',
        error: 'States.Runtime',
        cause: String(error),
        transitions: row.transitions,
        events: row.events,
      };
    }
  }

  async function run({ id, attempt, functionName, payload }: Invocation & { readonly id: number }): Promise<void> {
    inFlight.add(attempt);
    let event: Settled['event'];
    try {
      event = { type: 'returned', attempt, result: asJson(await invoke(functionName, asJson(payload))) };
    } catch (error) {
      event = { type: 'failed', attempt, error };
    }
    inFlight.delete(attempt);
    if (closed) return;
    settled.push({ id, event });
    wake();
  }

  async function drain(): Promise<boolean> {
    let worked = false;
    // Not before the caller holds the promise, which the end takes away again.
    await Promise.resolve();
    try {
      let moves = 0;
      for (let patience = PATIENCE; moves < MOST_AT_ONCE; patience -= 1) {
        const batch = ready();
        if (batch.length > 0) {
          worked = true;
          moves += 1;
          patience = PATIENCE;
          await step(batch);
        } else if (inFlight.size > 0 && patience > 0 && !closed) {
          await turn();
        } else {
          return worked;
        }
      }
      return worked;
    } finally {
      // In the same turn as the last look, so that a wake after it starts a new drain.
      working = undefined;
    }
  }

  return {
    stepFunction: options.stepFunction ?? 'arn:aws:lambda:local:000000000000:function:step',

    async put({ name, definition }) {
      if (!NAME.test(name)) throw new Error(`InvalidName: a machine's name has 1–80 letters, digits, - and _: ${name}`);
      const sent = asJson(definition);
      compileDefinition(sent);
      const version = await store.commit(() => store.publish(name, sent));
      return `${PREFIX}:stateMachine:${name}:${version}`;
    },

    async definition(machine) {
      const { machineName, version } = parseAddress(machine);
      const definition = store.definition(machineName, version);
      if (definition === null) throw new Error(`StateMachineDoesNotExist: ${machine}`);
      return Definition.parse(definition);
    },

    async start({ machine, name, input }) {
      const { machineName, version } = parseAddress(machine);
      if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) throw new Error(`InvalidName: ${name}`);
      const text = JSON.stringify(input);
      if (exceedsLimit(text)) throw new Error('InvalidExecutionInput: more than 256 KiB');
      const started = await store.commit(() => {
        if (store.definition(machineName, version) === null) throw new Error(`StateMachineDoesNotExist: ${machine}`);
        const { startAt } = programOf(machineName, version);
        return store.start(machineName, version, name, clock.now(), text, { phase: 'ready', state: startAt, input });
      });
      if (started) wake();
      return started ? 'started' : 'already-started';
    },

    async complete(token, output) {
      const text = JSON.stringify(output);
      if (exceedsLimit(text)) throw new Error('InvalidOutput: more than 256 KiB');
      const accepted = await store.commit(() => store.complete(token, text, clock.now()));
      if (accepted) wake();
      return accepted ? 'completed' : 'gone';
    },

    async stop({ machine, name }) {
      await store.commit(() => store.stop(parseAddress(machine).machineName, name));
    },

    async status({ name }) {
      const found = store.summary(name);
      if (!found) return 'unknown';
      return found.status === 'RUNNING' ? 'running' : 'over';
    },

    async listRunning(machine, cursor) {
      const found = store.running(parseAddress(machine).machineName, Number(cursor ?? 0), LISTED);
      const last = found.length === LISTED ? found.at(-1) : undefined;
      return {
        executions: found.map(({ name, started_at }) => ({ name, startedAt: started_at })),
        ...(last && { next: String(last.id) }),
      };
    },

    async remove(name) {
      await store.commit(() => store.remove(name));
    },

    nextDue: () => (closed || inFlight.size >= concurrency ? undefined : store.nextDue()),
    work: () => (working ??= drain()),
    running: () => inFlight.size,
    describe: (name) => store.summary(name),
    close() {
      closed = true;
      settled = [];
    },
  };
}

function parseAddress(address: string): { readonly machineName: string; readonly version: number } {
  const [, machineName, version] = ADDRESS.exec(address) ?? [];
  if (machineName === undefined) throw new Error(`InvalidArn: ${address}`);
  return { machineName, version: Number(version) };
}

const completed = (row: Running): Event => ({ type: 'completed', output: row.completion });

function dueEvent(row: Running, now: number): Event {
  if (row.completion !== null) return completed(row);
  const { phase } = row.position;
  // No longer in flight, and no result: the mark that `interruptAll` leaves. A time-out that has passed meanwhile comes first.
  return phase === 'invoking' && row.in_flight === null && row.position.until > now
    ? { type: 'interrupted' }
    : { type: 'due' };
}

/** Lambda's way over the wire: what is not JSON does not arrive, and nobody shares an object. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');
