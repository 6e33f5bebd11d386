import { compileDefinition, type Program } from '../../local/definition.ts';
import type { Event, Execution, Invocation, Position } from '../../local/execution.ts';
import { transition } from '../../local/interpreter.ts';
import type { RunningExecutions, Execution as Started } from '../../shared/ports.ts';
import type { Definition } from '../../statemachines/asl.ts';
import { hashOf, mixed, unit } from './hash.ts';
import type { ExecutionState } from './record.ts';
import type { Scheduler } from './scheduler.ts';

/** Compiled once, whoever publishes the same again. */
const compiled = new Map<string, Program>();
function programOf(definition: Definition): Program {
  const text = JSON.stringify(definition);
  const known = compiled.get(text) ?? compileDefinition(JSON.parse(text));
  if (compiled.size > 200) compiled.clear();
  compiled.set(text, known);
  return known;
}

/** Machines by the address of each version. */
export type Programs = Map<string, Program>;

interface Running {
  readonly name: string;
  readonly machine: string;
  readonly program: Program;
  readonly input: unknown;
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  position: Position;
  transitions: number;
  events: number;
  due: number;
  token: string | undefined;
  /** Grows with each change: a timer of before is none. */
  generation: number;
  error?: string;
}

export interface Executions {
  put(machine: { readonly name: string; readonly definition: Definition }): string;
  start(execution: Started): 'started' | 'already-started';
  complete(token: string, output: unknown): 'completed' | 'gone';
  stop(name: string): void;
  states(): readonly ExecutionState[];
  status(name: string): 'running' | 'over' | 'unknown';
  running(machine: string): RunningExecutions;
}

export interface ExecutionsOptions {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly programs: Programs;
  /** Has a function called; `returned` or `failed` comes back with the attempt. */
  readonly invoke: (invocation: Invocation, told: (event: Event) => void) => void;
  readonly trace: (line: () => string) => void;
}

const PREFIX = 'arn:aws:states:local:000000000000';

/** Step Functions in memory, over the interpreter of `local/`. */
export function openExecutions({ seed, scheduler, programs, invoke, trace }: ExecutionsOptions): Executions {
  const executions = new Map<string, Running>();
  const byToken = new Map<string, Running>();
  const now = () => Math.floor(scheduler.now());

  async function step(execution: Running, event: Event): Promise<void> {
    const { name, machine, input, startedAt, position, transitions, events } = execution;
    const id = { id: `${PREFIX}:stateMachine:${machine}`, name: machine };
    const here = {
      id: `${PREFIX}:execution:${name}`,
      name,
      machine: id,
      input,
      startedAt,
      position,
      transitions,
      events,
    };
    const random = () => unit(mixed(hashOf(name, seed), transitions));
    const next = await transition(execution.program, here satisfies Execution, event, { now: now(), random });
    if (!next || execution.status !== 'RUNNING') return;
    execution.generation += 1;
    execution.transitions = next.transitions;
    execution.events = next.events;
    if (execution.token !== undefined) byToken.delete(execution.token);
    execution.token = undefined;
    if (next.status !== 'RUNNING') {
      execution.status = next.status;
      if ('error' in next) execution.error = `${next.error} ${next.cause ?? ''}`;
      trace(() => `  execution ${name} ${next.status} ${execution.error ?? ''}`);
      return;
    }
    execution.position = next.position;
    if (next.token !== undefined) {
      execution.token = next.token;
      byToken.set(next.token, execution);
    }
    timer(execution, next.due);
    const { invoke: called } = next;
    if (called) invoke(called, (told) => void step(execution, told));
  }

  function timer(execution: Running, due: number): void {
    execution.due = due;
    const { generation } = execution;
    scheduler.at(due, () => {
      if (execution.generation !== generation || execution.status !== 'RUNNING') return false;
      void step(execution, { type: 'due' });
      return true;
    });
  }

  return {
    put({ name, definition }) {
      const address = `${name}:${[...programs.keys()].filter((known) => known.startsWith(`${name}:`)).length + 1}`;
      programs.set(address, programOf(definition));
      return address;
    },
    start({ machine, name, input }) {
      if (executions.has(name)) return 'already-started';
      const program = programs.get(machine);
      if (!program) throw new Error(`there is no machine ${machine}`);
      const execution: Running = {
        ...{
          name,
          machine,
          program,
          input,
          startedAt: now(),
          status: 'RUNNING',
          transitions: 0,
          events: 1,
          generation: 0,
        },
        ...{ position: { phase: 'ready', state: program.startAt, input }, due: 0, token: undefined },
      };
      executions.set(name, execution);
      timer(execution, now() + 5);
      return 'started';
    },
    complete(token, output) {
      const execution = byToken.get(token);
      if (execution?.token !== token || execution.status !== 'RUNNING' || execution.due <= now()) return 'gone';
      byToken.delete(token);
      execution.token = undefined;
      execution.generation += 1;
      scheduler.after(3, () => {
        if (execution.status === 'RUNNING') void step(execution, { type: 'completed', output });
      });
      return 'completed';
    },
    stop(name) {
      const execution = executions.get(name);
      if (execution?.status !== 'RUNNING') return;
      execution.status = 'ABORTED';
      execution.generation += 1;
      if (execution.token !== undefined) byToken.delete(execution.token);
    },
    status: (name) => {
      const status = executions.get(name)?.status;
      return status === undefined ? 'unknown' : status === 'RUNNING' ? 'running' : 'over';
    },
    running: (machine) => {
      const [workflow] = machine.split(':');
      const all = [...executions.values()].filter(
        (each) => each.status === 'RUNNING' && each.machine.startsWith(`${workflow}:`),
      );
      return { executions: all.map(({ name, startedAt }) => ({ name, startedAt })) };
    },
    states: () => [...executions.values()].map(({ name, status, error, due }) => ({ name, status, error, due })),
  };
}
