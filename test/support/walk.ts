import jsonata from 'jsonata';
import { branchesTaken, type Plan, silence, type Verdict } from '../../shared/domain/plan.ts';
import { allSteps, type IfElse, readsReply, type Step, type StepOf } from '../../shared/domain/workflow.ts';
import type { Definition, State } from '../../statemachines/asl.ts';

/** What a walk asks of its surroundings. Effects are counted there, so that a filter may change its mind after each. */
export interface World {
  did(event: string): void;
  /** Undefined: nobody answered in time. */
  answer(wait: StepOf<'wait'>): string | undefined;
  holds(step: IfElse, answer: string | undefined): boolean;
}

/** A number of 32 bits from any facts, the same for the same (FNV-1a). */
export function hash(...facts: unknown[]): number {
  let sum = 0x811c9dc5;
  for (const character of JSON.stringify(facts)) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (sum ^ (sum >>> 15)) >>> 0;
}

/** Answers, silences and truths drawn from a seed: the same question at the same point has the same answer. */
export function drawn(seed: number): World & { readonly events: readonly string[] } {
  const events: string[] = [];
  /** Branches are no effects: what is decided together has to come out as if it were decided one by one. */
  const effects = () => events.filter((event) => !event.includes('→')).length;
  return {
    events,
    did: (event: string) => void events.push(event),
    answer: ({ id, orReply }) => (orReply && hash(seed, id, 'answer') % 3 > 0 ? `answer to ${id}` : undefined),
    holds: (step, answer) =>
      (!readsReply(step) || answer !== undefined) && hash(seed, step.id, answer, effects()) % 2 === 0,
  };
}

/** What a workflow means: its steps, read from the top. */
export function walkSteps(steps: readonly Step[], world: World, heard?: string): string | undefined {
  let answer = heard;
  for (const step of steps) {
    if (step.type === 'if-else') {
      const silent = step.noReply && answer === undefined;
      const way = silent ? 'noReply' : world.holds(step, answer) ? 'then' : 'else';
      world.did(`${step.id} → ${way}`);
      answer = walkSteps(step[way]?.steps ?? [], world, answer);
    } else {
      world.did(step.id);
      if (step.type === 'wait') answer = world.answer(step);
    }
  }
  return answer;
}

export interface Interruptions {
  /** Whether this entry into a task ends at once, deferred, armed again or parked, to be tried again. */
  interrupts(): 'NotBefore' | 'Rearm' | 'Parked' | undefined;
  /** Whether the timer and the answer cross: the state times out, and the next one finds the answer. */
  crosses(): boolean;
}

const EXECUTION = { run: 'run_1', workflow: 'wf_1', execution: 1 };

/**
 * What a compiled workflow does: its definition, state by state with real JSONata, each task doing what the plan says of
 * it. Throws where anything does not fit together.
 */
export async function walkMachine(
  { definition, plan }: { definition: Definition; plan: Plan },
  steps: readonly Step[],
  world: World,
  { interrupts, crosses }: Interruptions = { interrupts: () => undefined, crosses: () => false },
): Promise<void> {
  const byId = new Map(Array.from(allSteps(steps), (step) => [step.id, step]));
  const stepOf = <Type extends Step['type']>(id: string, type: Type): StepOf<Type> => {
    const step = byId.get(id);
    if (step?.type !== type) throw new Error(`${id} is no ${type}`);
    return step as StepOf<Type>;
  };
  let answer: string | undefined;
  let closing: string | undefined;
  let resumeAt: string | undefined;
  let crossed: { to: string | undefined; verdict: Verdict } | undefined;
  /** What the choices until the next task have to come to. */
  let expected: { step: string; branch: string }[] = [];

  const decided = (decides: readonly string[]): Verdict => ({
    replied: answer !== undefined,
    is: Object.fromEntries(decides.map((id) => [id, world.holds(stepOf(id, 'if-else'), answer)])),
  });
  const foresee = (next: string | undefined, verdict: Verdict) => {
    expected = [...branchesTaken(plan, next, verdict)];
    for (const { step, branch } of expected) world.did(`${step} → ${branch}`);
  };

  let name = definition.StartAt;
  let input: unknown = EXECUTION;
  const goTo = (next: string | undefined, given: unknown) => {
    if (next === undefined) throw new Error(`nothing follows ${name}`);
    name = next;
    input = given;
  };
  for (let hops = 0; ; hops += 1) {
    if (hops > 5000) throw new Error('does not end');
    const state = definition.States[name];
    if (!state) throw new Error(`there is no state ${name}`);
    if (state.Type === 'Succeed') {
      if (resumeAt === undefined) return;
      goTo(definition.StartAt, { ...EXECUTION, execution: 2 });
      continue;
    }
    if (state.Type === 'Wait') {
      await evaluate(state.Timestamp, { input });
      goTo(state.Next, input);
      continue;
    }
    if (state.Type === 'Choice') {
      const next = await chosen(state, input);
      const fork = plan.forks[name];
      if (fork) {
        const taken = expected.shift();
        const branch = Object.entries(fork).find(([, to]) => to === next)?.[0];
        const foreseen = taken && (fork as Record<string, unknown>)[taken.branch];
        if (taken?.step !== name || foreseen !== next) {
          throw new Error(`${name} chose ${branch} where the plan foresees ${JSON.stringify(taken)}`);
        }
      }
      goTo(next, input);
      continue;
    }

    if (expected.length > 0) throw new Error(`${name} is reached past ${JSON.stringify(expected)}`);
    const segment = plan.segments[name];
    if (!segment) throw new Error(`the plan knows no ${name}`);
    const payload = (await evaluate(state.Arguments.Payload, { input, context: CONTEXT })) as {
      state: string;
      input: { closing?: string; seconds?: number };
      token?: string;
      seconds?: number;
    };
    if (payload.state !== name) throw new Error(`${name} says it is ${payload.state}`);
    const raised = async (error: string, message: unknown) => {
      const catcher = state.Catch.find(({ ErrorEquals }) => ErrorEquals.includes(error));
      if (!catcher) throw new Error(`${name} does not catch ${error}`);
      const Cause = JSON.stringify({ errorType: error, errorMessage: JSON.stringify(message) });
      const output = catcher.Output ?? { Error: error, Cause };
      goTo(catcher.Next, await evaluate(output, { input, errorOutput: { Error: error, Cause } }));
    };

    if (resumeAt !== undefined) {
      const to = resumeAt;
      resumeAt = undefined;
      if (to !== name) {
        await raised('Resume', { to });
        continue;
      }
    }
    if (payload.input.closing !== closing) {
      throw new Error(`${name} is told to close ${payload.input.closing} where ${closing} is open`);
    }
    closing = undefined;
    if (crossed) {
      const { to, verdict } = crossed;
      crossed = undefined;
      foresee(to, verdict);
      await raised('Replied', { to, ...verdict });
      continue;
    }
    const interruption = interrupts();
    if (interruption === 'NotBefore') {
      await raised('NotBefore', { to: name, until: '2026-01-01T00:00:00Z' });
      continue;
    }
    if (interruption === 'Parked') {
      resumeAt = name;
      await raised('Parked', {});
      continue;
    }
    if (interruption === 'Rearm' && segment.wait !== undefined && payload.seconds !== 77) {
      await raised('Rearm', { to: name, seconds: 77 });
      continue;
    }

    for (const id of [...segment.before, ...(segment.send === undefined ? [] : [segment.send]), ...segment.after]) {
      world.did(id);
    }
    if (segment.wait === undefined) {
      const verdict = decided(segment.decides);
      if (state.End) return;
      foresee(segment.next, verdict);
      goTo(state.Next, await evaluate(state.Output, { input, result: { Payload: verdict } }));
      continue;
    }
    if (payload.token === undefined) throw new Error(`${name} waits without a token`);
    const wait = stepOf(segment.wait, 'wait');
    world.did(wait.id);
    answer = world.answer(wait);
    const verdict = decided(segment.decides);
    if (answer !== undefined && !crosses()) {
      foresee(segment.next, verdict);
      goTo(state.Next, await evaluate(state.Output, { input, result: verdict }));
      continue;
    }
    closing = wait.id;
    if (answer !== undefined) crossed = { to: segment.next, verdict };
    else {
      foresee(segment.next, silence(plan, segment.decides));
      expected = [];
    }
    await raised('States.Timeout', {});
  }
}

const CONTEXT = {
  Execution: { Input: EXECUTION, RedriveCount: 0 },
  State: { EnteredTime: '2026-01-01T00:00:00Z', RetryCount: 0 },
  Task: { Token: 'token' },
};

async function chosen(state: Extract<State, { Type: 'Choice' }>, input: unknown): Promise<string | undefined> {
  for (const { Condition, Next } of state.Choices) {
    const truth = await evaluate(Condition, { input });
    if (typeof truth !== 'boolean')
      throw new Error(`${Condition} is ${JSON.stringify(truth)} of ${JSON.stringify(input)}`);
    if (truth) return Next;
  }
  return state.Default;
}

const parsed = new Map<string, jsonata.Expression>();

async function evaluate(template: unknown, states: object): Promise<unknown> {
  if (typeof template === 'string') {
    const [, source] = /^\{%(.*)%\}$/s.exec(template) ?? [];
    if (source === undefined) return template;
    const expression = parsed.get(source) ?? jsonata(source);
    parsed.set(source, expression);
    const value: unknown = await expression.evaluate({}, { states, parse: JSON.parse });
    if (value === undefined) throw new Error(`${source} is undefined`);
    return value;
  }
  if (Array.isArray(template)) return Promise.all(template.map((item) => evaluate(item, states)));
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(async ([key, value]) => [key, await evaluate(value, states)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
