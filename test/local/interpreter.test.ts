import { describe, expect, it } from 'vitest';
import { compileDefinition, RefusedDefinition } from '../../local/definition.ts';
import type { Event, Execution, Transition } from '../../local/execution.ts';
import { transition } from '../../local/interpreter.ts';

const START = Date.parse('2026-11-23T10:00:00.000Z');
const task = (fields: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'step', Payload: { run: '{% $states.input.run %}' } },
  TimeoutSeconds: 60,
  Retry: [],
  Catch: [],
  Output: '{% $states.result %}',
  End: true,
  ...fields,
});
const callback = (fields: object = {}) =>
  task({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'step', Payload: { token: '{% $states.context.Task.Token %}' } },
    ...fields,
  });
const machine = (States: object, StartAt = 'A'): object =>
  JSON.parse(JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States }));
const output = (Output: unknown) => machine({ A: task({ Arguments: { FunctionName: 'step', Payload: {} }, Output }) });
const choice = (Condition: string, more: object = { Default: 'No' }) =>
  machine({
    A: { Type: 'Choice', Choices: [{ Condition, Next: 'Yes' }], ...more },
    Yes: task(),
    ...('Default' in more ? { No: task() } : {}),
  });

/** Plays an execution: each call gives it an event at a time and answers what came of it. */
function play(definition: object, input: unknown = {}, random = () => 0.5) {
  const program = compileDefinition(definition);
  let execution: Execution = {
    id: 'arn:aws:states:local:000000000000:execution:m:run_1',
    name: 'run_1',
    machine: { id: 'arn:aws:states:local:000000000000:stateMachine:m', name: 'm' },
    input,
    startedAt: START,
    position: { phase: 'ready', state: program.startAt, input },
    transitions: 0,
    events: 1,
  };
  let attempt = '';
  return {
    attempt: () => attempt,
    counts: () => ({ transitions: execution.transitions, events: execution.events }),
    set: (facts: Partial<Execution>) => {
      execution = { ...execution, ...facts };
    },
    async give(
      event: Event | { type: 'returned'; result: unknown } | { type: 'failed'; error: unknown },
      after = 0,
    ): Promise<Transition | undefined> {
      const next = await transition(program, execution, { attempt, ...event } as Event, { now: START + after, random });
      if (next?.status === 'RUNNING') {
        execution = { ...execution, position: next.position, transitions: next.transitions, events: next.events };
        if (next.invoke !== undefined) attempt = next.invoke.attempt;
      }
      return next;
    },
  };
}
const due: Event = { type: 'due' };
const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });

describe('JSONata', () => {
  const input = { one: [{ x: 1 }], two: [{ x: 1 }, { x: 2 }], text: '{"a":[1]}', n: 3 };
  it.each([
    ['text without braces is literal', '$states.input.n', '$states.input.n'],
    ['braces within a text are literal', 'a {% 1 %}', 'a {% 1 %}'],
    ['expressions stand anywhere', { a: ['{% $states.input.n %}', 'x', null, true] }, { a: [3, 'x', null, true] }],
    ['names are never evaluated', { '{% 1 %}': 1 }, { '{% 1 %}': 1 }],
    ['a sequence becomes an array', '{% $states.input.two.x %}', [1, 2]],
    ['a one-element filter collapses to an object', '{% $states.input.one[x=1] %}', { x: 1 }],
    ['brackets keep it an array', '{% [$states.input.one[x=1]] %}', [{ x: 1 }]],
    ['nothing within an object is left out', '{% {"a": $states.input.nope, "b": 1} %}', { b: 1 }],
    ['a missing value differs from nothing', "{% $states.input.nope != 'x' %}", false],
    ['$parse reads JSON', '{% $parse($states.input.text).a %}', [1]],
    ['$now reads the virtual time', '{% $now() %}', '2026-11-23T10:00:00.000Z'],
    ['$now takes a picture', "{% $now('[Y0001]') %}", '2026'],
    ['$millis reads the virtual time', '{% $millis() %}', START],
    ['an expression may span lines', '{% (\n $a := 1;\n $a + 1\n) %}', 2],
  ])('%s', async (_, template, expected) => {
    const run = play(output(template), input);
    await run.give(due);
    expect(await run.give({ type: 'returned', result: {} })).toMatchObject({ status: 'SUCCEEDED', output: expected });
  });

  it.each([
    ['undefined', '{% $states.input.nope %}', /returned nothing \(undefined\)/],
    ['undefined deep within', { a: ['{% $states.input.nope %}'] }, /field 'Output\/a\/0' returned nothing/],
    ['a function', '{% function($x) { $x } %}', /unsupported result type/],
    ['a built-in function within an object', '{% {"a": $sum} %}', /unsupported result type/],
    ['an infinite number', '{% 1/0 %}', /unsupported result type/],
    ['a type error', "{% 1 + 'x' %}", /T2002/],
    ['an unknown function', '{% $nope() %}', /T1006/],
    ['$error', "{% $error('mine') %}", /mine/],
    ['text that is not JSON', "{% $parse('{') %}", /threw an error/],
    ['an input document, as there is none', '{% n %}', /undefined/],
  ])('%s is a States.QueryEvaluationError', async (_, template, cause) => {
    const run = play(output(template), { n: 1 });
    await run.give(due);
    expect(await run.give({ type: 'returned', result: {} })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringMatching(cause),
    });
  });

  it('shows the context object of the attempt', async () => {
    const run = play(machine({ A: callback({ Arguments: { FunctionName: 'f', Payload: '{% $states.context %}' } }) }), {
      run: 'run_1',
    });
    const next = await run.give(due, 1234);
    expect(next).toMatchObject({
      status: 'RUNNING',
      token: 'run_1.1',
      invoke: {
        functionName: 'f',
        payload: {
          Execution: {
            Id: 'arn:aws:states:local:000000000000:execution:m:run_1',
            Input: { run: 'run_1' },
            Name: 'run_1',
            RedriveCount: 0,
            StartTime: '2026-11-23T10:00:00.000Z',
          },
          State: { EnteredTime: '2026-11-23T10:00:01.234Z', Name: 'A', RetryCount: 0 },
          StateMachine: { Id: 'arn:aws:states:local:000000000000:stateMachine:m', Name: 'm' },
          Task: { Token: 'run_1.1' },
        },
      },
    });
  });
});

describe('Choice', () => {
  it.each([
    ['true goes to its state', '{% $states.input.n = 1 %}', 'Yes'],
    ['false goes to Default', '{% $states.input.n = 2 %}', 'No'],
    ['a comparison with nothing is false', "{% $states.input.nope != 'x' %}", 'No'],
  ])('%s', async (_, condition, state) => {
    expect(await play(choice(condition), { n: 1, run: 'r' }).give(due)).toMatchObject({ position: { state } });
  });

  it.each([
    ['no boolean', '{% 1 %}', 'States.QueryEvaluationError'],
    ['nothing', '{% $states.input.nope %}', 'States.QueryEvaluationError'],
  ])('a condition that gives %s fails', async (_, condition, error) => {
    expect(await play(choice(condition)).give(due)).toMatchObject({ status: 'FAILED', error });
  });

  it('fails without a match and without a Default', async () => {
    expect(await play(choice('{% false %}', {})).give(due)).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });

  it('a circle ends at 25 000 events', async () => {
    const circle = machine({
      A: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'B' }] },
      B: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'A' }] },
    });
    expect(await play(circle).give(due)).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
      events: 25_001,
    });
  });
});

describe('Wait', () => {
  const wait = (Timestamp: string, more: object = {}) =>
    machine({ A: { Type: 'Wait', Timestamp, Next: 'Z', ...more }, Z: { Type: 'Succeed' } });
  it('cuts its instant to whole seconds', async () => {
    const run = play(wait('{% $states.input.at %}'), { at: '2026-11-23T10:00:05.999Z' });
    expect(await run.give(due)).toMatchObject({ status: 'RUNNING', due: START + 5000, position: { phase: 'waiting' } });
    expect(await run.give(due, 5000)).toMatchObject({
      status: 'SUCCEEDED',
      output: { at: '2026-11-23T10:00:05.999Z' },
    });
  });
  it('an instant that has passed costs no time', async () => {
    expect(
      await play(wait('{% "2026-11-23T11:00:00.900+01:00" %}', { Output: { done: true } })).give(due),
    ).toMatchObject({
      status: 'SUCCEEDED',
      output: { done: true },
    });
  });
  it.each(['{% "tomorrow" %}', '{% "2026-11-23" %}', '{% 5 %}', '{% $states.input.nope %}'])(
    '%s is no instant',
    async (timestamp) => {
      expect(await play(wait(timestamp)).give(due)).toMatchObject({
        status: 'FAILED',
        error: 'States.QueryEvaluationError',
      });
    },
  );
  it('an execution lives a year', async () => {
    const run = play(wait('{% "2029-01-01T00:00:00Z" %}'));
    const next = await run.give(due);
    expect(next).toMatchObject({ due: START + 365 * 86_400_000 });
    expect(await run.give(due, 365 * 86_400_000)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});

describe('Task', () => {
  it('wraps what the function has returned', async () => {
    const run = play(machine({ A: task() }), { run: 'r' });
    expect(await run.give(due)).toMatchObject({
      due: START + 60_000,
      invoke: { functionName: 'step', payload: { run: 'r' } },
      token: undefined,
    });
    expect(await run.give({ type: 'returned', result: { a: 1 } })).toMatchObject({
      status: 'SUCCEEDED',
      output: { ExecutedVersion: '$LATEST', Payload: { a: 1 }, StatusCode: 200 },
    });
  });
  it('a callback is ended by its token only', async () => {
    const run = play(machine({ A: callback() }));
    const begun = await run.give(due);
    expect(begun).toMatchObject({ token: 'run_1.1', invoke: { payload: { token: 'run_1.1' } } });
    expect(await run.give({ type: 'returned', result: 1 }, 5000)).toMatchObject({
      position: { phase: 'submitted' },
      due: START + 60_000,
      token: 'run_1.1',
    });
    expect(await run.give({ type: 'completed', output: { replied: true } })).toMatchObject({
      status: 'SUCCEEDED',
      output: { replied: true },
    });
  });
  it('a callback fails when its function fails', async () => {
    const run = play(machine({ A: callback() }));
    await run.give(due);
    expect(await run.give({ type: 'failed', error: named('Parked') })).toMatchObject({
      status: 'FAILED',
      error: 'Parked',
    });
  });
  it.each([
    [
      'a named error',
      named('NotBefore', '{"until":1}'),
      'NotBefore',
      { errorType: 'NotBefore', errorMessage: '{"until":1}', trace: expect.any(Array) },
    ],
    ['a thrown text', 'oops', 'string', { errorType: 'string', errorMessage: 'oops', trace: [] }],
  ])('reports %s as Lambda does', async (_, thrown, error, cause) => {
    const run = play(
      machine({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }] }), Z: { Type: 'Succeed' } }),
      { run: 'r' },
    );
    await run.give(due);
    const next = await run.give({ type: 'failed', error: thrown });
    const caught = next?.status === 'SUCCEEDED' ? (next.output as { Error: string; Cause: string }) : undefined;
    expect({ error: caught?.Error, cause: JSON.parse(caught?.Cause ?? 'null') }).toEqual({ error, cause });
  });
  it('what was said by an earlier attempt is not heard', async () => {
    const run = play(machine({ A: task({ Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }] }) }), {
      run: 'r',
    });
    await run.give(due);
    const first = run.attempt();
    await run.give(due, 60_000);
    expect(await run.give({ type: 'returned', attempt: first, result: 1 })).toBeUndefined();
    await run.give(due, 61_000);
    expect(run.attempt()).not.toBe(first);
    expect(await run.give({ type: 'returned', attempt: first, result: 1 })).toBeUndefined();
  });
  it.each([0, -1, 1.5, 100_000_000, '"5"'])('TimeoutSeconds of %s fails the state', async (seconds) => {
    expect(
      await play(machine({ A: task({ TimeoutSeconds: `{% ${seconds} %}` }) }), { run: 'r' }).give(due),
    ).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });
  it.each([
    ['the result', { Output: {} }, 'x'.repeat(262_144)],
    ['the output', { Output: '{% [$states.result.Payload, $states.result.Payload] %}' }, 'é'.repeat(65_536)],
  ])('%s above 256 KiB is a States.DataLimitExceeded, which States.ALL does not catch', async (_, fields, result) => {
    const states = {
      A: task({ ...fields, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }] }),
      Z: { Type: 'Succeed' },
    };
    const run = play(machine(states), { run: 'r' });
    await run.give(due);
    expect(await run.give({ type: 'returned', result })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });
  it('an end of the process while the function ran is a Lambda.Unknown', async () => {
    const run = play(machine({ A: callback({ Retry: [{ ErrorEquals: ['Lambda.Unknown'], MaxAttempts: 1 }] }) }));
    await run.give(due);
    expect(await run.give({ type: 'interrupted' })).toMatchObject({
      position: { phase: 'backing-off' },
      due: START + 1000,
    });
    expect(await run.give(due, 1000)).toMatchObject({ token: 'run_1.2', due: START + 61_000 });
  });
  it('counts transitions as they are billed, and events as history has them', async () => {
    const run = play(machine({ A: task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }] }) }), { run: 'r' });
    await run.give(due);
    await run.give({ type: 'failed', error: named('E') });
    await run.give(due, 1000);
    expect(await run.give({ type: 'returned', result: 1 })).toMatchObject({
      status: 'SUCCEEDED',
      transitions: 2,
      events: 9,
    });
  });
});

describe('Retry and Catch', () => {
  const schedule = async (retrier: object, failures: number, random?: () => number) => {
    const run = play(
      machine({ A: task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 9, ...retrier }] }) }),
      { run: 'r' },
      random,
    );
    await run.give(due);
    const delays: number[] = [];
    for (let at = 0, count = 0; count < failures; count += 1) {
      const next = await run.give({ type: 'failed', error: named('E') }, at);
      if (next?.status !== 'RUNNING') break;
      delays.push(next.due - START - at);
      at = next.due - START;
      await run.give(due, at);
    }
    return delays;
  };
  it.each([
    ['by default', {}, [1000, 2000, 4000, 8000]],
    ['an interval and a rate', { IntervalSeconds: 3, BackoffRate: 1.5 }, [3000, 4500, 6750, 10_125]],
    ['a longest delay', { MaxDelaySeconds: 3 }, [1000, 2000, 3000, 3000]],
    ['full jitter', { JitterStrategy: 'FULL' }, [500, 1000, 2000, 4000]],
    ['attempts used up', { MaxAttempts: 2 }, [1000, 2000]],
    ['no attempts', { MaxAttempts: 0 }, []],
  ])('backs off with %s', async (_, retrier, delays) => {
    expect(await schedule(retrier, 4)).toEqual(delays);
  });

  it('each retrier counts for itself, and the first that names the error decides', async () => {
    const states = {
      A: task({
        Retry: [
          { ErrorEquals: ['NotBefore', 'Exit'], MaxAttempts: 0 },
          { ErrorEquals: ['A'], MaxAttempts: 2 },
          { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 5 },
        ],
        Catch: [
          {
            ErrorEquals: ['NotBefore'],
            Next: 'Z',
            Output: { why: '{% $states.errorOutput.Error %}', was: '{% $states.input.run %}' },
          },
          { ErrorEquals: ['States.ALL'], Next: 'Z', Output: 'other' },
        ],
      }),
      Z: { Type: 'Succeed' },
    };
    const fail = async (errors: string[]) => {
      const run = play(machine(states), { run: 'r' });
      await run.give(due);
      const seen: unknown[] = [];
      for (const error of errors) {
        const next = await run.give({ type: 'failed', error: named(error) });
        if (next?.status !== 'RUNNING') return [...seen, next?.status === 'SUCCEEDED' ? next.output : next];
        seen.push(next.due - START);
        await run.give(due);
      }
      return seen;
    };
    expect(await fail(['NotBefore'])).toEqual([{ why: 'NotBefore', was: 'r' }]);
    expect(await fail(['A', 'B', 'A', 'A'])).toEqual([1000, 5000, 2000, 'other']);
    expect(await fail(['B', 'C'])).toEqual([5000, 'other']);
  });

  it('State.RetryCount counts the attempts of the state, EnteredTime stays', async () => {
    const Payload = {
      retry: '{% $states.context.State.RetryCount %}',
      entered: '{% $states.context.State.EnteredTime %}',
    };
    const run = play(
      machine({
        A: task({
          Arguments: { FunctionName: 'f', Payload },
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
        }),
      }),
    );
    await run.give(due);
    await run.give({ type: 'failed', error: named('E') });
    const next = await run.give(due, 1000);
    expect(next).toMatchObject({ invoke: { payload: { retry: 1, entered: '2026-11-23T10:00:00.000Z' } } });
  });

  it.each([
    ['States.ALL', 'Custom', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.QueryEvaluationError', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.Runtime', 'States.Runtime', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.TaskFailed', 'Custom', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.Timeout', 'States.Timeout', true],
    ['Custom', 'Other', false],
  ])('%s and %s: matches %s', async (rule, error, caught) => {
    const run = play(machine({ A: task({ Catch: [{ ErrorEquals: [rule], Next: 'Z' }] }), Z: { Type: 'Succeed' } }), {
      run: 'r',
    });
    await run.give(due);
    const next =
      error === 'States.Timeout'
        ? await run.give(due, 60_000)
        : await run.give({ type: 'failed', error: named(error) });
    expect(next?.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
  });

  it('an uncaught time-out of a state fails the execution, without a cause', async () => {
    const run = play(machine({ A: callback() }));
    await run.give(due);
    expect(await run.give(due, 60_000)).toMatchObject({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
  });
  it('an expression of a Catch that gives nothing fails the execution', async () => {
    const states = {
      A: callback({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z', Output: '{% $states.errorOutput.Cause %}' }] }),
      Z: { Type: 'Succeed' },
    };
    const run = play(machine(states));
    await run.give(due);
    expect(await run.give(due, 60_000)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
  it('a broken Arguments is caught like any other error', async () => {
    const states = {
      A: task({ Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Z', Output: 1 }] }),
      Z: { Type: 'Succeed' },
    };
    expect(await play(machine(states), {}).give(due)).toMatchObject({ status: 'SUCCEEDED', output: 1 });
  });
});

describe('a definition is refused', () => {
  const wait = { Type: 'Wait', Timestamp: '{% "x" %}', Next: 'A' };
  it.each<[string, object, RegExp]>([
    ['with JSONPath', { ...machine({ A: task() }), QueryLanguage: 'JSONPath' }, /definition, field "QueryLanguage"/],
    ['without a query language', { StartAt: 'A', States: { A: task() } }, /QueryLanguage/],
    [
      'with an unknown field at its top',
      { ...machine({ A: task() }), TimeoutSeconds: 5 },
      /definition: field "TimeoutSeconds" is not implemented/,
    ],
    [
      'with an unknown field of a Task',
      machine({ A: task({ HeartbeatSeconds: 5 }) }),
      /state "A": field "HeartbeatSeconds" is not implemented/,
    ],
    ['with Assign', machine({ A: task({ Assign: {} }) }), /state "A": field "Assign"/],
    [
      'with an unknown argument',
      machine({ A: task({ Arguments: { FunctionName: 'f', Payload: 1, Qualifier: '1' } }) }),
      /state "A": field "Arguments\/Qualifier"/,
    ],
    [
      'with an unknown field of a retrier',
      machine({ A: task({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1, X: 1 }] }) }),
      /state "A": field "Retry\/0\/X"/,
    ],
    [
      'with an unknown field of a catcher',
      machine({ A: task({ Catch: [{ ErrorEquals: ['E'], Next: 'A', Assign: {} }] }) }),
      /state "A": field "Catch\/0\/Assign"/,
    ],
    [
      'with Seconds in a Wait',
      machine({ B: { ...wait, Seconds: 5 }, A: task() }, 'B'),
      /state "B": field "Seconds" is not implemented/,
    ],
    ['with another type', machine({ A: { Type: 'Map', End: true } }), /state "A", field "Type"/],
    [
      'with another integration',
      machine({ A: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) }),
      /state "A", field "Resource"/,
    ],
    ['without a time-out', machine({ A: task({ TimeoutSeconds: undefined }) }), /state "A", field "TimeoutSeconds"/],
    ['with Next and End', machine({ A: task({ Next: 'A' }) }), /state "A": exactly one of "Next" and "End"/],
    ['with a missing start', machine({ A: task() }, 'B'), /StartAt": there is no state "B"/],
    ['with a missing target', machine({ A: task({ End: undefined, Next: 'B' }) }), /state "A": there is no state "B"/],
    ['with a state that nothing leads to', machine({ A: task(), B: task() }), /state "B": nothing leads to it/],
    [
      'with States.ALL not last',
      machine({
        A: task({
          Retry: [
            { ErrorEquals: ['States.ALL'], MaxAttempts: 1 },
            { ErrorEquals: ['E'], MaxAttempts: 1 },
          ],
        }),
      }),
      /States.ALL/,
    ],
    [
      'with States.ALL beside another',
      machine({ A: task({ Catch: [{ ErrorEquals: ['E', 'States.ALL'], Next: 'A' }] }) }),
      /"Catch": States.ALL/,
    ],
    [
      'with a longest delay below the first',
      machine({ A: task({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 5, MaxDelaySeconds: 5 }] }) }),
      /MaxDelaySeconds/,
    ],
    ['with a broken expression', output('{% $states. %}'), /state "A", field "Output": is not JSONata/],
    ['with an open expression', output({ a: '{% 1 ' }), /state "A", field "Output": an expression that starts/],
    ['with $eval', output('{% $eval("1") %}'), /uses \$eval/],
    ['with $eval handed on', output('{% $map(["1"], $eval) %}'), /uses \$eval/],
    ['with $random', output('{% $random() %}'), /uses \$random/],
    ['with ?:', output('{% $states.input.a ?: 1 %}'), /JSONata 2.0.6/],
    ['with ??', output('{% {"b": $states.input.a ?? 1} %}'), /JSONata 2.0.6/],
  ])('%s', (_, definition, message) => {
    expect(() => compileDefinition(definition)).toThrow(RefusedDefinition);
    expect(() => compileDefinition(definition)).toThrow(message);
  });
  it('names every problem at once', () => {
    expect(() => compileDefinition(machine({ A: task({ X: 1, Y: 2 }) }))).toThrow(/field "X".*\n.*field "Y"/);
  });
  it('but not for a plain conditional', () => {
    expect(() => compileDefinition(output('{% $exists($states.input.a) ? $states.input.a : 1 %}'))).not.toThrow();
  });
});
