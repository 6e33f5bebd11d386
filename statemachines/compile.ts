import { secondsOf } from '../shared/domain/duration.ts';
import type { Plan } from '../shared/domain/plan.ts';
import { readsReply, type Step } from '../shared/domain/workflow.ts';
import type { Catcher, Choice, Definition, Payload, Retrier, State, Task } from './asl.ts';
import { allNodes, type ChoiceNode, graph, planOf, type TaskNode } from './plan.ts';

/**
 * The outcomes that a task throws by name. `NotBefore` carries `{to, until}`, the others that lead somewhere carry
 * `{to, …}`: the input of the state they lead to.
 */
export const OUTCOMES = ['NotBefore', 'Parked', 'Exit', 'Replied', 'Rearm', 'Resume'] as const;

/** A wait's state may end this much after its deadline: the text before it took some of the time. */
export const GRACE_SECONDS = 5;
/** Above the function's own time-out. */
const PLAIN_TASK_SECONDS = 60;

const ROUTE = 'run.route';
const UNTIL = 'run.until';
const PARKED = 'run.parked';
const ENDED = 'run.ended';

/**
 * Compiles a checked workflow. Only ids and numbers enter the definition: texts, keywords and filters stay in the
 * version's snapshot, since a string that looks like an expression would be evaluated.
 */
export function compile(steps: readonly Step[], stepFunction: string): { definition: Definition; plan: Plan } {
  const start = graph(steps);
  const nodes = allNodes(start);
  const states = nodes.map((node): [string, State] => [
    node.name,
    node.kind === 'task' ? task(node, stepFunction) : choice(node),
  ]);
  const definition: Definition = {
    QueryLanguage: 'JSONata',
    StartAt: start.name,
    States: { ...Object.fromEntries(states), ...outcomes(routable(nodes)) },
  };
  return { definition, plan: planOf(start) };
}

const NAMED = [...OUTCOMES];
/** Faults pass: with full jitter this goes on for more than a day, so that no outage strands a run. */
const FAULTS: Retrier = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 700,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
};
const RETRY: readonly Retrier[] = [{ ErrorEquals: NAMED, MaxAttempts: 0 }, FAULTS];
/** A callback that runs into its time-out has done its work: the wait is over. */
const RETRY_CALLBACK: readonly Retrier[] = [{ ErrorEquals: ['States.Timeout', ...NAMED], MaxAttempts: 0 }, FAULTS];

/** What a thrown outcome says: Lambda puts an error's message into the cause, and ours is JSON. */
const MESSAGE: Payload = '{% $parse($parse($states.errorOutput.Cause).errorMessage) %}';

const CATCH: readonly Catcher[] = [
  { ErrorEquals: ['Exit'], Next: ENDED },
  { ErrorEquals: ['Parked'], Next: PARKED },
  { ErrorEquals: ['NotBefore'], Next: UNTIL, Output: MESSAGE },
  { ErrorEquals: ['Replied', 'Rearm', 'Resume'], Next: ROUTE, Output: MESSAGE },
];

function task(node: TaskNode, stepFunction: string): Task {
  const payload = {
    execution: '{% $states.context.Execution.Input %}',
    state: node.name,
    input: '{% $states.input %}',
    attempt: {
      redrive: '{% $states.context.Execution.RedriveCount %}',
      enteredAt: '{% $states.context.State.EnteredTime %}',
      retry: '{% $states.context.State.RetryCount %}',
    },
  };
  const next = node.next.kind === 'end' ? { End: true as const } : { Next: node.next.name };
  if (!node.wait || !node.onTime) {
    return {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: stepFunction, Payload: payload },
      TimeoutSeconds: PLAIN_TASK_SECONDS,
      Retry: RETRY,
      Catch: CATCH,
      Output: '{% $states.result.Payload %}',
      ...next,
    };
  }
  const seconds = secondsOf(node.wait.duration) + GRACE_SECONDS;
  const timeout = `{% $exists($states.input.seconds) ? $states.input.seconds : ${seconds} %}` as const;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: stepFunction,
      Payload: { ...payload, token: '{% $states.context.Task.Token %}', seconds: timeout },
    },
    TimeoutSeconds: timeout,
    Retry: RETRY_CALLBACK,
    Catch: [...CATCH, { ErrorEquals: ['States.Timeout'], Next: node.onTime.name, Output: { closing: node.wait.id } }],
    Output: '{% $states.result %}',
    ...next,
  };
}

/** Chooses by the booleans that whoever came before has decided. */
function choice({ name, step, then, else: otherwise, noReply }: ChoiceNode): Choice {
  return {
    Type: 'Choice',
    Choices: [
      ...(noReply && readsReply(step)
        ? [{ Condition: '{% $not($states.input.replied) %}' as const, Next: noReply.name }]
        : []),
      { Condition: `{% $states.input.is.\`${name}\` %}`, Next: then.name },
    ],
    Default: otherwise.name,
  };
}

/** A task may be tried again later; what follows a wait may be reached by an answer that time has overtaken. */
function routable(nodes: readonly (TaskNode | ChoiceNode)[]): string[] {
  const tasks = nodes.filter((node) => node.kind === 'task');
  const answered = tasks.flatMap(({ wait, next }) => (wait && next.kind !== 'end' ? [next.name] : []));
  return [...new Set([...tasks.map(({ name }) => name), ...answered])];
}

/** Where thrown outcomes lead. A route that is not listed is a fault and stops the execution, visibly. */
function outcomes(names: readonly string[]): Definition['States'] {
  return {
    [UNTIL]: { Type: 'Wait', Timestamp: '{% $states.input.until %}', Next: ROUTE },
    [ROUTE]: {
      Type: 'Choice',
      Choices: names.map((name) => ({ Condition: `{% $states.input.to = '${name}' %}`, Next: name })),
    },
    [PARKED]: { Type: 'Succeed' },
    [ENDED]: { Type: 'Succeed' },
  };
}
