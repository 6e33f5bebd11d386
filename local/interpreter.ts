import type { Program, StateProgram, TaskProgram } from './definition.ts';
import { reported, retryDelay, ruleFor, StateFailure } from './errors.ts';
import {
  type Event,
  type Execution,
  exceedsLimit,
  type Invocation,
  type Outcome,
  type Position,
  type Transition,
  type World,
} from './execution.ts';
import { QueryFailure, type Scope, type Template } from './expressions.ts';

/**
 * One execution's life as a function: (program, execution, event) → what to store and what to do. It reads no clock, makes
 * no id and touches no store, so whoever calls it decides what is durable before a function is invoked.
 * Sources: https://states-language.net; Step Functions Developer Guide, "Context object", "Task", "Quotas".
 */

const EVENT_LIMIT = 25_000;
const LONGEST_EXECUTION = 365 * 86_400_000;

type Attempt = Extract<Position, { phase: 'invoking' | 'submitted' | 'backing-off' }>;

/** What is left to do within one transition: go on at once, rest, or end. */
type Step = { readonly enter: string; readonly input: unknown } | { readonly outcome: Outcome };

/** The next outcome; `undefined` where the event comes too late to matter. */
export async function transition(
  program: Program,
  execution: Execution,
  event: Event,
  world: World,
): Promise<Transition | undefined> {
  const run = new Run(program, execution, world);
  let step = await run.react(event);
  while (step !== undefined && 'enter' in step && run.events < EVENT_LIMIT)
    step = await run.enter(step.enter, step.input);
  if (step === undefined) return undefined;
  const outcome = 'outcome' in step && run.events < EVENT_LIMIT ? step.outcome : historyFull;
  return { ...outcome, transitions: run.transitions, events: run.events };
}

/** Name and words as AWS gives them (seen in https://github.com/loads/ardere/issues/86). */
const historyFull: Outcome = {
  status: 'FAILED',
  error: 'States.Runtime',
  cause: `The execution reached the maximum number of history events (${EVENT_LIMIT}).`,
};

/** The working copy of one transition: it only counts, nothing outlives it. */
class Run {
  transitions: number;
  events: number;
  readonly #program: Program;
  readonly #execution: Execution;
  readonly #world: World;

  constructor(program: Program, execution: Execution, world: World) {
    this.#program = program;
    this.#execution = execution;
    this.#world = world;
    this.transitions = execution.transitions;
    this.events = execution.events;
  }

  async react(event: Event): Promise<Step | undefined> {
    const { position, startedAt } = this.#execution;
    if (event.type === 'due' && this.#world.now >= startedAt + LONGEST_EXECUTION) {
      return { outcome: { status: 'TIMED_OUT', error: 'States.Timeout', cause: undefined } };
    }
    if (position.phase === 'ready')
      return event.type === 'due' ? { enter: position.state, input: position.input } : undefined;
    const state = this.#state(position.state);
    if (position.phase === 'waiting') {
      if (event.type !== 'due') return undefined;
      if (state.type === 'Wait') return await this.#ending(() => this.#leaveWait(state, position));
    } else if (state.type === 'Task') {
      return await this.#reactTask(state, position, event);
    }
    throw new Error(`a state of type ${state.type} is never ${position.phase}`);
  }

  async enter(name: string, input: unknown): Promise<Step> {
    const state = this.#state(name);
    this.transitions += 1;
    this.events += 1;
    const entered = { state: name, input, enteredAt: this.#world.now };
    switch (state.type) {
      case 'Task':
        return await this.#begin(state, {
          ...entered,
          phase: 'invoking',
          retryCount: 0,
          retries: state.retry.map(() => 0),
          attempt: '',
          until: 0,
        });
      case 'Choice':
        return await this.#ending(() => this.#choose(state, entered));
      case 'Wait':
        return await this.#ending(() => this.#wait(state, entered));
      case 'Succeed':
        this.events += 2;
        return { outcome: { status: 'SUCCEEDED', output: input } };
      default:
        return state satisfies never;
    }
  }

  async #choose(state: Extract<StateProgram, { type: 'Choice' }>, at: Entered): Promise<Step> {
    for (const { condition, next } of state.choices) {
      const holds = await this.#evaluate(condition, at);
      if (typeof holds !== 'boolean') {
        throw new QueryFailure(`A Condition of the Choice state must be a boolean, and was ${JSON.stringify(holds)}.`);
      }
      if (holds) return this.#leave(next, at.input);
    }
    if (state.default === undefined)
      throw new StateFailure('States.NoChoiceMatched', 'No choice rule matched, and the state has no Default.');
    return this.#leave(state.default, at.input);
  }

  async #wait(state: Extract<StateProgram, { type: 'Wait' }>, at: Entered): Promise<Step> {
    // AWS cuts the instant to whole seconds (house fact, platform.md).
    const until = Math.floor(instant(await this.#evaluate(state.timestamp, at)) / 1000) * 1000;
    if (until <= this.#world.now) return await this.#leaveWait(state, at);
    return this.#rest({ ...at, phase: 'waiting', until }, undefined, undefined);
  }

  async #leaveWait(state: Extract<StateProgram, { type: 'Wait' }>, at: Entered): Promise<Step> {
    return this.#leave(state.next, state.output === undefined ? at.input : await this.#evaluate(state.output, at));
  }

  async #reactTask(state: TaskProgram, at: Attempt, event: Event): Promise<Step | undefined> {
    switch (event.type) {
      case 'due':
        if (at.phase === 'backing-off') {
          return await this.#begin(state, { ...at, retryCount: at.retryCount + 1 });
        }
        // No cause, as in AWS's TaskTimedOut event.
        return await this.#fail(state, at, new StateFailure('States.Timeout', undefined));
      case 'interrupted':
        return await this.#fail(state, at, new StateFailure('Lambda.Unknown', 'The process ended meanwhile.'));
      case 'failed':
        if (at.phase !== 'invoking' || event.attempt !== at.attempt) return undefined;
        return await this.#fail(state, at, reported(event.error));
      case 'returned': {
        if (at.phase !== 'invoking' || event.attempt !== at.attempt) return undefined;
        this.events += 1;
        // The function of a callback state answers nobody: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
        if (state.callback) return this.#rest({ ...at, phase: 'submitted' }, at.attempt, undefined);
        return await this.#succeed(state, at, { ExecutedVersion: '$LATEST', Payload: event.result, StatusCode: 200 });
      }
      case 'completed':
        this.events += 1;
        return await this.#succeed(state, at, event.output);
      default:
        return event satisfies never;
    }
  }

  async #begin(state: TaskProgram, at: Attempt): Promise<Step> {
    // Unique for ever: an execution's name is never used again, and the count only grows.
    const attempt = `${this.#execution.name}.${this.transitions}`;
    const begun: Attempt = { ...at, phase: 'invoking', attempt };
    const task = state.callback ? { Task: { Token: attempt } } : {};
    try {
      const functionName = await this.#evaluate(state.functionName, begun, {}, task);
      const payload = await this.#evaluate(state.payload, begun, {}, task);
      const seconds = await this.#evaluate(state.timeout.template, begun, {}, task);
      if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1 || seconds > 99_999_999) {
        throw new QueryFailure(
          `TimeoutSeconds must be a positive integer, and was ${JSON.stringify(seconds)}: ${String(state.timeout.source)}`,
        );
      }
      this.#measure(state, payload);
      this.events += 2;
      const invoke = { attempt, functionName: String(functionName), payload };
      return this.#rest(
        { ...begun, until: this.#world.now + seconds * 1000 },
        state.callback ? attempt : undefined,
        invoke,
      );
    } catch (error) {
      return await this.#fail(state, begun, StateFailure.of(error));
    }
  }

  async #succeed(state: TaskProgram, at: Attempt, result: unknown): Promise<Step> {
    try {
      this.#measure(state, result);
      const output = await this.#evaluate(state.output, at, { result });
      this.#measure(state, output);
      return this.#leave(state.next, output);
    } catch (error) {
      return await this.#fail(state, at, StateFailure.of(error));
    }
  }

  /** Retriers first, then catchers: "when a state has both, Step Functions uses any appropriate retriers first". */
  async #fail(state: TaskProgram, at: Attempt, failure: StateFailure): Promise<Step> {
    this.events += 1;
    const index = ruleFor(failure, state.retry);
    const retrier = state.retry[index];
    const used = at.retries[index] ?? 0;
    if (retrier !== undefined && used < retrier.maxAttempts) {
      this.transitions += 1;
      const until = this.#world.now + retryDelay(retrier, used, this.#world.random);
      const retries = at.retries.map((count, position) => (position === index ? count + 1 : count));
      return this.#rest({ ...at, phase: 'backing-off', retries, until }, undefined, undefined);
    }
    const catcher = state.catch[ruleFor(failure, state.catch)];
    if (catcher === undefined) return ended(failure);
    const errorOutput = failure.output();
    const { output } = catcher;
    return await this.#ending(async () =>
      this.#leave(catcher.next, output === undefined ? errorOutput : await this.#evaluate(output, at, { errorOutput })),
    );
  }

  /** For what no Retry or Catch looks at: a failure ends the execution. */
  async #ending(work: () => Promise<Step>): Promise<Step> {
    try {
      return await work();
    } catch (error) {
      return ended(StateFailure.of(error));
    }
  }

  #leave(next: string | undefined, output: unknown): Step {
    this.events += 1;
    return next === undefined ? { outcome: { status: 'SUCCEEDED', output } } : { enter: next, input: output };
  }

  #rest(
    position: Extract<Position, { until: number }>,
    token: string | undefined,
    invoke: Invocation | undefined,
  ): Step {
    // "An execution can run for a maximum of 1 year": no timer lies behind that.
    const due = Math.min(position.until, this.#execution.startedAt + LONGEST_EXECUTION);
    return { outcome: { status: 'RUNNING', position, due, token, invoke } };
  }

  #measure(state: TaskProgram, value: unknown): void {
    if (exceedsLimit(JSON.stringify(value))) {
      const cause = `The state/task '${state.resource}' returned a result with a size exceeding the maximum number of bytes service limit.`;
      throw new StateFailure('States.DataLimitExceeded', cause);
    }
  }

  #evaluate(
    template: Template,
    at: Entered & { readonly retryCount?: number },
    data: object = {},
    task: object = {},
  ): Promise<unknown> {
    const { id, name, machine, input, startedAt } = this.#execution;
    const states = {
      input: at.input,
      // Most templates are constants, or ask for something else.
      get context() {
        return {
          Execution: { Id: id, Input: input, Name: name, RedriveCount: 0, StartTime: iso(startedAt) },
          State: { EnteredTime: iso(at.enteredAt), Name: at.state, RetryCount: at.retryCount ?? 0 },
          StateMachine: { Id: machine.id, Name: machine.name },
          ...task,
        };
      },
      ...data,
    };
    const scope: Scope = { states, now: this.#world.now };
    return template(scope);
  }

  #state(name: string): StateProgram {
    const state = this.#program.states.get(name);
    if (state === undefined) throw new Error(`the definition of ${this.#execution.machine.id} has no state ${name}`);
    return state;
  }
}

interface Entered {
  readonly state: string;
  readonly input: unknown;
  readonly enteredAt: number;
}

const ended = ({ error, cause }: StateFailure): Step => ({ outcome: { status: 'FAILED', error, cause } });
const iso = (at: number): string => new Date(at).toISOString();

/** "The RFC3339 profile of ISO 8601, with an uppercase T and, where there is no offset, an uppercase Z." */
function instant(value: unknown): number {
  const at =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  if (Number.isNaN(at))
    throw new QueryFailure(
      `Timestamp must be an instant such as 2026-11-30T09:00:00Z, and was ${JSON.stringify(value)}.`,
    );
  return at;
}
