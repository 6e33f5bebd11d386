import * as z from 'zod/mini';
import { compileTemplate, RefusedExpression, type Template } from './expressions.ts';

/**
 * What the local Step Functions can run, and nothing else: a definition with any other field is refused when it is put,
 * never ignored. Source: https://states-language.net; limits: Step Functions Developer Guide, "Retry and Catch" and
 * "Quotas".
 */
export class RefusedDefinition extends Error {
  override readonly name = 'RefusedDefinition';
}

const seconds = z.int().check(z.gte(1), z.lte(99_999_999));
const stateName = z.string().check(z.minLength(1), z.maxLength(80));

const expression = z.templateLiteral(['{% ', z.string(), ' %}']);
const errorNames = z.array(z.string().check(z.minLength(1))).check(z.minLength(1));

const Retry = z.strictObject({
  ErrorEquals: errorNames,
  MaxAttempts: z.int().check(z.gte(0), z.lte(99_999_999)),
  IntervalSeconds: z.exactOptional(seconds),
  BackoffRate: z.exactOptional(z.number().check(z.gte(1))),
  MaxDelaySeconds: z.exactOptional(z.int().check(z.gte(1), z.lte(31_622_399))),
  JitterStrategy: z.exactOptional(z.enum(['FULL', 'NONE'])),
});
const Task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.enum(['arn:aws:states:::lambda:invoke', 'arn:aws:states:::lambda:invoke.waitForTaskToken']),
  Arguments: z.strictObject({ FunctionName: z.string().check(z.minLength(1)), Payload: z.json() }),
  TimeoutSeconds: z.union([seconds, expression]),
  Retry: z.array(Retry),
  Catch: z.array(z.strictObject({ ErrorEquals: errorNames, Next: stateName, Output: z.exactOptional(z.json()) })),
  Output: z.json(),
  Next: z.exactOptional(stateName),
  End: z.exactOptional(z.literal(true)),
});
const Choice = z.strictObject({
  Type: z.literal('Choice'),
  Choices: z.array(z.strictObject({ Condition: expression, Next: stateName })).check(z.minLength(1)),
  Default: z.exactOptional(stateName),
});
const Wait = z.strictObject({
  Type: z.literal('Wait'),
  Timestamp: expression,
  Output: z.exactOptional(z.json()),
  Next: stateName,
});
const Succeed = z.strictObject({ Type: z.literal('Succeed') });

const State = z.discriminatedUnion('Type', [Task, Choice, Wait, Succeed]);
type State = z.infer<typeof State>;
/** The shape alone; `compileDefinition` looks at the rest. */
export const Definition = z.strictObject({
  Comment: z.exactOptional(z.string()),
  QueryLanguage: z.literal('JSONata'),
  StartAt: stateName,
  States: z.record(stateName, State),
});

interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly output: Template | undefined;
}

/** With the defaults of the specification. */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly maxAttempts: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly jitter: boolean;
}

export interface TaskProgram {
  readonly type: 'Task';
  readonly resource: string;
  readonly callback: boolean;
  readonly functionName: Template;
  readonly payload: Template;
  readonly timeout: { readonly source: unknown; readonly template: Template };
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly output: Template;
  /** `undefined`: the execution ends here. */
  readonly next: string | undefined;
}

export type StateProgram =
  | TaskProgram
  | {
      readonly type: 'Choice';
      readonly choices: readonly { readonly condition: Template; readonly next: string }[];
      readonly default: string | undefined;
    }
  | {
      readonly type: 'Wait';
      readonly timestamp: Template;
      readonly output: Template | undefined;
      readonly next: string;
    }
  | { readonly type: 'Succeed' };

/** A definition with its expressions compiled. */
export interface Program {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, StateProgram>;
}

/** Compiles a definition; throws `RefusedDefinition`, naming state and field, for all that is not implemented. */
export function compileDefinition(definition: unknown): Program {
  const parsed = Definition.safeParse(definition);
  if (!parsed.success) throw new RefusedDefinition(parsed.error.issues.map(describe).join('\n'));
  const { StartAt, States } = parsed.data;
  const problems = [
    ...checkTargets(StartAt, States),
    ...Object.entries(States).flatMap(([name, state]) => checkState(name, state)),
  ];
  const states = new Map<string, StateProgram>();
  for (const [name, state] of Object.entries(States)) {
    const field = (path: string, template: unknown): Template => {
      try {
        return compileTemplate(template, path);
      } catch (error) {
        if (!(error instanceof RefusedExpression)) throw error;
        problems.push(`state "${name}", field "${path}": ${error.message}`);
        return () => Promise.resolve(null);
      }
    };
    states.set(name, compileState(state, field));
  }
  if (problems.length > 0) throw new RefusedDefinition(problems.join('\n'));
  return { startAt: StartAt, states };
}

function compileState(state: State, field: (path: string, template: unknown) => Template): StateProgram {
  const optional = (path: string, template: unknown) => (template === undefined ? undefined : field(path, template));
  switch (state.Type) {
    case 'Task':
      return {
        type: 'Task',
        resource: state.Resource,
        callback: state.Resource.endsWith('.waitForTaskToken'),
        functionName: field('Arguments/FunctionName', state.Arguments.FunctionName),
        payload: field('Arguments/Payload', state.Arguments.Payload),
        timeout: { source: state.TimeoutSeconds, template: field('TimeoutSeconds', state.TimeoutSeconds) },
        retry: state.Retry.map((retrier) => ({
          errorEquals: retrier.ErrorEquals,
          maxAttempts: retrier.MaxAttempts,
          intervalSeconds: retrier.IntervalSeconds ?? 1,
          backoffRate: retrier.BackoffRate ?? 2,
          maxDelaySeconds: retrier.MaxDelaySeconds ?? Infinity,
          jitter: retrier.JitterStrategy === 'FULL',
        })),
        catch: state.Catch.map((catcher, position) => ({
          errorEquals: catcher.ErrorEquals,
          next: catcher.Next,
          output: optional(`Catch/${position}/Output`, catcher.Output),
        })),
        output: field('Output', state.Output),
        next: state.Next,
      };
    case 'Choice':
      return {
        type: 'Choice',
        choices: state.Choices.map(({ Condition, Next }, position) => ({
          condition: field(`Choices/${position}/Condition`, Condition),
          next: Next,
        })),
        default: state.Default,
      };
    case 'Wait':
      return {
        type: 'Wait',
        timestamp: field('Timestamp', state.Timestamp),
        output: optional('Output', state.Output),
        next: state.Next,
      };
    case 'Succeed':
      return { type: 'Succeed' };
    default:
      return state satisfies never;
  }
}

function targetsOf(state: State): readonly string[] {
  switch (state.Type) {
    case 'Task':
      return [...(state.Next === undefined ? [] : [state.Next]), ...state.Catch.map(({ Next }) => Next)];
    case 'Choice':
      return [...state.Choices.map(({ Next }) => Next), ...(state.Default === undefined ? [] : [state.Default])];
    case 'Wait':
      return [state.Next];
    case 'Succeed':
      return [];
    default:
      return state satisfies never;
  }
}

/** AWS refuses both a missing target and a state that nothing leads to (MISSING_TRANSITION_TARGET). */
function checkTargets(startAt: string, states: Readonly<Record<string, State>>): string[] {
  if (!Object.hasOwn(states, startAt)) return [`field "StartAt": there is no state "${startAt}"`];
  const missing: string[] = [];
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = states[name];
    if (state === undefined) continue;
    for (const target of targetsOf(state)) {
      if (Object.hasOwn(states, target)) reached.add(target);
      else missing.push(`state "${name}": there is no state "${target}" to go to`);
    }
  }
  return [
    ...missing,
    ...Object.keys(states).flatMap((name) => (reached.has(name) ? [] : [`state "${name}": nothing leads to it`])),
  ];
}

function checkState(name: string, state: State): string[] {
  if (state.Type !== 'Task') return [];
  const problems: string[] = [];
  if ((state.Next === undefined) === (state.End === undefined))
    problems.push(`state "${name}": exactly one of "Next" and "End" is needed`);
  for (const [field, rules] of [['Retry', state.Retry] as const, ['Catch', state.Catch] as const]) {
    rules.forEach(({ ErrorEquals }, position) => {
      if (ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || position < rules.length - 1)) {
        problems.push(`state "${name}", field "${field}": States.ALL stands alone and last`);
      }
    });
  }
  state.Retry.forEach(({ IntervalSeconds = 1, MaxDelaySeconds }) => {
    if (MaxDelaySeconds !== undefined && MaxDelaySeconds <= IntervalSeconds) {
      problems.push(`state "${name}", field "Retry": MaxDelaySeconds must be greater than IntervalSeconds`);
    }
  });
  return problems;
}

function describe(issue: z.core.$ZodIssue): string {
  const [top, name, ...rest] = issue.path.map(String);
  const inState = top === 'States' && name !== undefined;
  const path = inState ? rest : issue.path.map(String);
  const where = inState ? `state "${name}"` : 'definition';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${where}: field "${[...path, key].join('/')}" is not implemented`).join('\n');
  }
  return path.length === 0 ? `${where}: ${issue.message}` : `${where}, field "${path.join('/')}": ${issue.message}`;
}
