import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';
import { openDatabase } from '../local/database.ts';
import { compileDefinition } from '../local/definition.ts';
import type { Event, Execution } from '../local/execution.ts';
import { transition } from '../local/interpreter.ts';
import { openMachines } from '../local/machines.ts';
import type { Definition, State } from '../statemachines/asl.ts';
import { inTurns, spreadOf, swept, timesOf } from './measure.ts';
import { type Bench, digits, tableOf, versionOf } from './report.ts';

const ROUNDS = 20;
const WARM_UP = 5;
const EXECUTIONS = 200;
const DURABLE_EXECUTIONS = 500;
const NOW = Date.parse('2026-06-15T12:00:00.000Z');
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:step';

// Six states, three of them tasks: the function says how to go on, and two choices read it.

const task = (name: string, Next: string): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: FUNCTION,
    Payload: {
      execution: '{% $states.context.Execution.Input %}',
      state: name,
      input: '{% $states.input %}',
    },
  },
  TimeoutSeconds: 60,
  Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
  Catch: [],
  Output: '{% $states.result.Payload %}',
  Next,
});
const choice = (then: string, otherwise: string): State => ({
  Type: 'Choice',
  Choices: [
    { Condition: '{% $states.input.score >= 9 %}', Next: 'done' },
    { Condition: '{% $states.input.replied and $states.input.score < 7 %}', Next: then },
  ],
  Default: otherwise,
});
const ours: Definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'greet',
  States: {
    greet: task('greet', 'answered'),
    answered: choice('ask', 'done'),
    ask: task('ask', 'judged'),
    judged: choice('thank', 'done'),
    thank: task('thank', 'done'),
    done: { Type: 'Succeed' },
  },
};

const theirTask = (name: string, Next: string) => ({
  Type: 'Task' as const,
  Resource: FUNCTION,
  Parameters: { 'execution.$': '$$.Execution.Input', state: name, 'input.$': '$' },
  TimeoutSeconds: 60,
  Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
  Next,
});
const theirChoice = (then: string, otherwise: string) => ({
  Type: 'Choice' as const,
  Choices: [
    { Variable: '$.score', NumericGreaterThanEquals: 9, Next: 'done' },
    {
      And: [
        { Variable: '$.replied', BooleanEquals: true },
        { Variable: '$.score', NumericLessThan: 7 },
      ],
      Next: then,
    },
  ],
  Default: otherwise,
});
const theirs = {
  StartAt: 'greet',
  States: {
    greet: theirTask('greet', 'answered'),
    answered: theirChoice('ask', 'done'),
    ask: theirTask('ask', 'judged'),
    judged: theirChoice('thank', 'done'),
    thank: theirTask('thank', 'done'),
    done: { Type: 'Succeed' as const },
  },
};

const answer = () => Promise.resolve({ replied: true, score: 5, texts: ['yes', 'on Monday'] });
const INPUT = { contact: 'ct_1', workflow: 'wf_1', replied: false, score: 0 };

const program = compileDefinition(ours);
async function runOurs(name: string): Promise<unknown> {
  let execution: Execution = {
    id: `arn:aws:states:us-east-1:123456789012:execution:bench:${name}`,
    name,
    machine: { id: 'arn:aws:states:us-east-1:123456789012:stateMachine:bench', name: 'bench' },
    input: INPUT,
    startedAt: NOW,
    position: { phase: 'ready', state: program.startAt, input: INPUT },
    transitions: 0,
    events: 1,
  };
  let event: Event = { type: 'due' };
  for (;;) {
    const next = await transition(program, execution, event, { now: NOW, random: () => 0.5 });
    if (next?.status === 'SUCCEEDED') return next.output;
    if (next?.status !== 'RUNNING' || !next.invoke) throw new Error(`${name} went wrong`);
    const { position, transitions, events } = next;
    execution = { ...execution, position, transitions, events };
    event = { type: 'returned', attempt: next.invoke.attempt, result: await answer() };
  }
}

const machine = new StateMachine(theirs, { validationOptions: { noValidate: true } });
const handlers = { greet: answer, ask: answer, thank: answer };
async function runTheirs(name: string): Promise<unknown> {
  const context = { Execution: { Name: name, Input: INPUT, StartTime: '2026-06-15T12:00:00.000Z' } };
  return await machine.run(INPUT, { overrides: { taskResourceLocalHandlers: handlers }, context }).result;
}

const together = async (run: (name: string) => Promise<unknown>) => {
  await Promise.all(Array.from({ length: EXECUTIONS }, (_, n) => run(`run_${n}`)));
};

/** Many executions over a database on disk: each step is committed before it is acted on. Answers steps a second. */
async function durably(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-engine-'));
  const database = openDatabase(join(folder, 'state.db'));
  const machines = openMachines({ database, clock: { now: () => NOW }, invoke: answer, random: () => 0.5 });
  const address = await machines.put({ name: 'bench', definition: ours });
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: DURABLE_EXECUTIONS }, (_, n) =>
      machines.start({ machine: address, name: `run_${n}`, input: INPUT }),
    ),
  );
  while (await machines.work());
  const seconds = (performance.now() - begun) / 1000;
  const ended = Array.from({ length: DURABLE_EXECUTIONS }, (_, n) => machines.describe(`run_${n}`));
  if (!ended.every((one) => one?.status === 'SUCCEEDED')) throw new Error('an execution has not succeeded');
  const steps = ended.reduce((sum, one) => sum + (one?.transitions ?? 0), 0);
  machines.close();
  database.close();
  rmSync(folder, { recursive: true });
  return steps / seconds;
}

export const engine: Bench = async () => {
  const same = JSON.stringify([await runOurs('run_0'), await answer()]);
  if (same !== JSON.stringify([await runTheirs('run_0'), await answer()])) throw new Error('they end differently');
  const contestants = { ours: () => together(runOurs), theirs: () => together(runTheirs) };
  await inTurns(contestants, WARM_UP);
  const times = await inTurns(contestants, ROUNDS, undefined, swept);
  const rates: number[] = [];
  await durably();
  for (let round = 0; round < ROUNDS / 2; round += 1) rates.push(await durably());

  const row = (name: string, rate: readonly number[]) => {
    const { median, low, high } = spreadOf(rate);
    return { '': name, 'a second': digits(median), 'half of the rounds': `${digits(low)} – ${digits(high)}` };
  };
  const perSecond = (taken: readonly number[]) => taken.map((ms) => (EXECUTIONS * 1000) / ms);
  return {
    title: 'The local engine',
    text: `\`npm run bench -- engine\`: executions of a machine of six states (three tasks, two choices, the end), ${EXECUTIONS} at a time, in memory. Ours evaluates JSONata, as
AWS does for our definitions; aws-local-stepfunctions ${versionOf('aws-local-stepfunctions')} runs the same machine in JSONPath, since it knows no other.
Then ours on a disk, where each step is committed (\`synchronous = FULL\`) before it is acted on, many executions to a commit.

${tableOf([
  row('ours, executions in memory', perSecond(times.ours)),
  row('aws-local-stepfunctions, executions in memory', perSecond(times.theirs)),
  row(`ours, states entered, on a disk, ${DURABLE_EXECUTIONS} executions`, rates),
])}`,
    figures: [
      {
        what: 'speed of ours ÷ aws-local-stepfunctions',
        value: timesOf(times.theirs, times.ours),
        unit: '×',
        atLeast: 1,
      },
      { what: 'durable steps', value: spreadOf(rates).median, unit: 'a second', atLeast: 5_000 },
    ],
  };
};
