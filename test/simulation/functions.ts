import { encodeTime } from 'ulid';
import type { Handler } from '../../lambdas/kit/handler.ts';
import type { Ports, RunningExecutions, Submission, Text } from '../../shared/ports.ts';
import type { Call, Faults } from './faults.ts';
import { hashOf, letters, mixed, unit } from './hash.ts';
import type { Scheduler } from './scheduler.ts';

/** As `infra/functions.ts` has them; a test holds the two together. */
export const TIMEOUT_SECONDS = {
  api: 29,
  runStep: 30,
  inboundBridge: 20,
  inboundMessage: 30,
  contactEvent: 30,
  deliveryReceipt: 30,
  tableChanges: 120,
  workflowJob: 120,
  dueJob: 30,
  reconcileJob: 120,
} as const;
export type FunctionName = keyof typeof TIMEOUT_SECONDS;

/** One call of one function: a coroutine that the scheduler wakes at each answer of a port, or never again. */
export interface Invocation {
  readonly name: string;
  readonly hash: number;
  /** How wrong its clock is. */
  readonly skew: number;
  ordinal: number;
  ids: number;
  isOver: boolean;
  /** The function dies. */
  readonly crash: () => void;
}

/** A place where a function runs: one invocation at a time, as with Lambda, and what it remembers outlives that. */
interface Environment {
  readonly handler: Handler<unknown>;
  invocation: Invocation | undefined;
}

/** What stands behind the ports, at once and without faults. `by` is who calls. */
export interface Outside {
  readonly table: {
    get(by: string, ...given: Parameters<Ports['table']['get']>): Awaited<ReturnType<Ports['table']['get']>>;
    getMany(
      by: string,
      ...given: Parameters<Ports['table']['getMany']>
    ): Awaited<ReturnType<Ports['table']['getMany']>>;
    query(by: string, ...given: Parameters<Ports['table']['query']>): Awaited<ReturnType<Ports['table']['query']>>;
    queryIndex(by: string, ...given: Parameters<Ports['table']['query']>): Awaited<ReturnType<Ports['table']['query']>>;
    countIndex(by: string, pk: string): number;
    take(by: string, ...given: Parameters<Ports['table']['take']>): number;
    write(by: string, ...given: Parameters<Ports['table']['write']>): Awaited<ReturnType<Ports['table']['write']>>;
  };
  readonly machines: {
    start(by: string, ...given: Parameters<Ports['machines']['start']>): 'started' | 'already-started';
    complete(by: string, ...given: Parameters<Ports['machines']['complete']>): 'completed' | 'gone';
    stop(by: string, ...given: Parameters<Ports['machines']['stop']>): void;
    put(by: string, ...given: Parameters<Ports['machines']['put']>): string;
    status(name: string): 'running' | 'over' | 'unknown';
    running(machine: string): RunningExecutions;
  };
  readonly sms: {
    /** `isTaken`: by the carrier, whatever the function gets to know of it. */
    send(
      by: string,
      text: Text,
      handedOver: number,
      seq: number,
      isTaken: boolean,
      refused?: 'throttled' | 'rejected',
    ): string;
    block(phone: string): void;
    unblock(phone: string): void;
  };
  readonly queue: { send(by: string, ...given: Parameters<Ports['queue']['send']>): void };
  readonly bus: { publish(by: string, ...given: Parameters<Ports['bus']['publish']>): void };
  /** A text is on its way out. Answers its place in the order of things. */
  readonly handingOver: (by: string, text: Text) => number;
}

class Failed extends Error {
  override readonly name = 'Failed';
}
/** As the SDK names it, and `lambdas/kit/http.ts` knows it. */
class Throttled extends Error {
  override readonly name = 'Throttled';
}

export interface Functions {
  /** Calls a function; `done` hears of it once, unless nobody ever will. */
  invoke(
    called: FunctionName,
    name: string,
    event: unknown,
    done: (outcome: Outcome) => void,
    isSkewed?: boolean,
  ): void;
  readonly running: () => number;
}
export type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** How long a call takes, milliseconds. In some schedules all of it is slow, and much more happens between one call and the next. */
const latency = (chance: number, slowness: number): number => (1 + chance * 11) * slowness;
const LATE_MS = { from: 500, to: 9_000 };

export interface FunctionsOptions {
  readonly seed: number;
  /** How much longer than usual each call takes. */
  readonly slowness: number;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly outside: Outside;
  readonly make: (name: FunctionName, ports: Ports) => Handler<unknown>;
  readonly trace: (line: () => string) => void;
}

export function openFunctions({
  seed,
  slowness,
  scheduler,
  faults,
  outside,
  make,
  trace,
}: FunctionsOptions): Functions {
  const idle = new Map<FunctionName, Environment[]>();
  let running = 0;

  function environmentOf(name: FunctionName): Environment {
    const known = idle.get(name)?.pop();
    if (known) return known;
    const environment: Environment = { handler: async () => undefined, invocation: undefined };
    const ports = portsOf(() => environment.invocation);
    return Object.assign(environment, { handler: make(name, ports) });
  }

  function portsOf(current: () => Invocation | undefined): Ports {
    /** Has the effect some moments from now, unless a fault is in its way; the invocation goes on when it is answered. */
    function call<T>(effect: Call, apply: (by: string) => T): Promise<T> {
      const invocation = current();
      // Left over from an invocation that is done: a frozen function goes on with nothing.
      if (!invocation || invocation.isOver) return new Promise(() => {});
      const ordinal = invocation.ordinal;
      invocation.ordinal += 1;
      const { name, hash } = invocation;
      const kind = faults.decide(effect, name, hash, ordinal);
      const chance = mixed(hash, ordinal * 31 + 7);
      return new Promise((resolve, reject) => {
        scheduler.after(latency(unit(chance), slowness), () => {
          if (invocation.isOver) return;
          if (kind !== undefined) trace(() => `  ${name} ${effect}: ${kind}`);
          switch (kind) {
            case undefined:
              resolve(apply(name));
              return;
            case 'crash before':
              invocation.crash();
              return;
            case 'crash after':
              apply(name);
              invocation.crash();
              return;
            case 'throttled':
              reject(new Throttled(`${effect} was throttled`));
              return;
            case 'lost answer':
              apply(name);
              reject(new Failed(`the answer of ${effect} was lost`));
              return;
            case 'late answer': {
              const late = LATE_MS.from + unit(mixed(chance, 3)) * (LATE_MS.to - LATE_MS.from);
              // The way there is as long as the way back may be.
              if (mixed(chance, 9) % 2 === 0) {
                scheduler.after(late, () => {
                  if (!invocation.isOver) resolve(apply(name));
                });
                return;
              }
              const answer = apply(name);
              scheduler.after(late, () => {
                if (!invocation.isOver) resolve(answer);
              });
              return;
            }
            default:
              throw new Error(`${effect} knows no ${kind}`);
          }
        });
      });
    }

    function send(text: Text): Promise<Submission> {
      const invocation = current();
      if (!invocation || invocation.isOver) return new Promise(() => {});
      const ordinal = invocation.ordinal;
      invocation.ordinal += 1;
      const { name, hash } = invocation;
      const kind = faults.decide('sms.send', name, hash, ordinal);
      const chance = mixed(hash, ordinal * 31 + 7);
      const handedOver = scheduler.now();
      const seq = outside.handingOver(name, text);
      trace(() => `  ${name} hands over ${text.messageId} ${JSON.stringify(text.body)} to ${text.to}`);
      const hand = (isTaken: boolean, refused?: 'throttled' | 'rejected') =>
        outside.sms.send(name, text, handedOver, seq, isTaken, refused);
      return new Promise((resolve) => {
        const answer = (submission: Submission, after = 0) =>
          scheduler.after(after, () => {
            if (!invocation.isOver) resolve(submission);
          });
        scheduler.after(20 + unit(chance) * 200, () => {
          if (invocation.isOver) return;
          if (kind !== undefined) trace(() => `  ${name} sms.send: ${kind}`);
          const late = LATE_MS.from + unit(mixed(chance, 3)) * (LATE_MS.to - LATE_MS.from);
          switch (kind) {
            case 'crash before':
              hand(false);
              invocation.crash();
              return;
            case 'crash after':
              hand(true);
              invocation.crash();
              return;
            case 'throttled':
              hand(false, 'throttled');
              answer({ outcome: 'throttled' });
              return;
            case 'rejected': {
              hand(false, 'rejected');
              const optedOut = mixed(chance, 5) % 4 === 0;
              answer({ outcome: 'rejected', reason: optedOut ? 'OPTED_OUT' : 'BLOCKED', optedOut });
              return;
            }
            case 'timed out, accepted':
              hand(true);
              answer({ outcome: 'unknown', reason: 'TimeoutError' }, late);
              return;
            case 'timed out, never accepted':
              hand(false);
              answer({ outcome: 'unknown', reason: 'TimeoutError' }, late);
              return;
            default:
              answer({ outcome: 'accepted', providerId: hand(true) }, kind === 'late answer' ? late : 0);
          }
        });
      });
    }

    const { table, machines, queue, bus, sms } = outside;
    const now = (): number => Math.floor(scheduler.now() + (current()?.skew ?? 0));
    const nothing = () => Promise.reject(new Error('no schedule has files'));
    return {
      table: {
        get: (key) => call('table.get', (by) => table.get(by, key)),
        getMany: (keys) => call('table.getMany', (by) => table.getMany(by, keys)),
        query: (query) => call('table.query', (by) => table.query(by, query)),
        queryIndex: (query) => call('table.query', (by) => table.queryIndex(by, query)),
        countIndex: (pk) => call('table.query', (by) => table.countIndex(by, pk)),
        take: (line, floor, stretch) => call('table.take', (by) => table.take(by, line, floor, stretch)),
        write: (writes) => call('table.write', (by) => table.write(by, writes)),
      },
      machines: {
        stepFunction: STEP_FUNCTION,
        start: (execution) => call('machines.start', (by) => machines.start(by, execution)),
        complete: (token, output) => call('machines.complete', (by) => machines.complete(by, token, output)),
        stop: (execution) => call('machines.stop', (by) => machines.stop(by, execution)),
        // Throttled, it answers that there is none to be had now.
        put: (machine) =>
          call<string | undefined>('machines.put', (by) => machines.put(by, machine)).catch((error: unknown) => {
            if (error instanceof Throttled) return undefined;
            throw error;
          }),
        status: ({ name }) => call('machines.status', () => machines.status(name)),
        listRunning: (machine) => call('machines.status', () => machines.running(machine)),
        definition: () => Promise.reject(new Error('nobody asks for a definition')),
        remove: async () => {},
      },
      sms: {
        send,
        blockNumber: (phone) => call('sms.blockNumber', () => sms.block(phone)),
        unblockNumber: (phone) =>
          call('sms.unblockNumber', () => {
            sms.unblock(phone);
            return 'unblocked' as const;
          }),
      },
      queue: { send: (job, delaySeconds) => call('queue.send', (by) => queue.send(by, job, delaySeconds)) },
      bus: { publish: (events) => call('bus.publish', (by) => bus.publish(by, events)) },
      files: {
        uploadLink: nothing,
        downloadLink: nothing,
        size: nothing,
        read: () => {
          throw new Error('no schedule has files');
        },
        put: nothing,
        begin: nothing,
        putPart: nothing,
        finish: nothing,
        abandon: nothing,
        remove: nothing,
      },
      clock: {
        now,
        sleep: (milliseconds) => {
          const invocation = current();
          return new Promise((resolve) => {
            scheduler.after(milliseconds, () => {
              if (invocation && !invocation.isOver) resolve();
            });
          });
        },
      },
      ids: {
        next: () => {
          const invocation = current();
          if (!invocation) throw new Error('an id is made by somebody');
          invocation.ids += 1;
          return encodeTime(now()) + letters(mixed(invocation.hash, invocation.ids + 1000), 16);
        },
      },
      log: {
        info: () => {},
        error: (code, facts) => trace(() => `  ${current()?.name} logs ${code} ${JSON.stringify(facts)}`),
      },
    };
  }

  return {
    running: () => running,
    invoke(called, name, event, done, isSkewed = false) {
      const environment = environmentOf(called);
      const hash = hashOf(name, seed);
      const began = scheduler.now();
      const timeout = TIMEOUT_SECONDS[called] * 1000;
      running += 1;
      trace(() => `${new Date(began).toISOString()} ${name}`);

      const end = (outcome: Outcome, after: number, isAlive: boolean): void => {
        if (invocation.isOver) return;
        invocation.isOver = true;
        running -= 1;
        environment.invocation = undefined;
        if (isAlive) idle.set(called, [...(idle.get(called) ?? []), environment]);
        if (after > 0) scheduler.after(after, () => done(outcome));
        else done(outcome);
      };
      const invocation: Invocation = {
        name,
        hash,
        skew: isSkewed ? (unit(mixed(hash, 11)) * 2 - 1) * 1000 : 0,
        ordinal: 1,
        ids: 0,
        isOver: false,
        crash: () => {
          // Lambda tells at once of a process that ended; of one that hangs, when its time is up.
          const hangs = mixed(hash, 13) % 2 === 0;
          end({ error: new Failed(`${name} died`) }, hangs ? began + timeout - scheduler.now() : 50, false);
        },
      };
      environment.invocation = invocation;
      scheduler.after(timeout, () => {
        if (invocation.isOver) return false;
        end({ error: new Failed(`${name} ran out of time`) }, 0, false);
        return true;
      });
      environment.handler(event, contextOf(called, name)).then(
        (result) => end({ result }, 0, true),
        (error: unknown) => end({ error }, 0, true),
      );
    },
  };
}

export const STEP_FUNCTION = 'arn:aws:lambda:local:000000000000:function:step';

/** Without the time that remains: middy would set a timer of the real clock by it. */
const contextOf = (functionName: string, awsRequestId: string) =>
  ({ functionName, awsRequestId }) as unknown as Parameters<Handler<unknown>>[1];
