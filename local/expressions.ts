import { isDeepStrictEqual } from 'node:util';
import jsonata from 'jsonata';
import * as z from 'zod/mini';

/**
 * JSONata as AWS Step Functions runs it, over the reference evaluator.
 * Source: Step Functions Developer Guide, "Transforming data with JSONata"
 * (https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html): version 2.0.6, all its functions but
 * `$eval`, and `$parse` of their own; an expression sees only `$states`, for there is no input document.
 */

/** What an expression sees: `$states`, and the time for `$now()` and `$millis()`. */
export interface Scope {
  readonly states: Readonly<Record<string, unknown>>;
  readonly now: number;
}

/** A field of a state, compiled; gives plain JSON. */
export type Template = (scope: Scope) => Promise<unknown>;

/** Becomes `States.QueryEvaluationError`; the words are AWS's own, as seen in executions' causes. */
export class QueryFailure extends Error {
  override readonly name = 'QueryFailure';
}

/** An expression that this machine or AWS does not run. */
export class RefusedExpression extends Error {
  override readonly name = 'RefusedExpression';
}

/** Of the functions that Step Functions adds only `$parse` is implemented; its `$random` takes a seed, so the original must not stand in. */
const refusedFunctions: ReadonlySet<string> = new Set(['eval', 'hash', 'partition', 'random', 'range', 'uuid']);

/** Strings that start `{%` and end `%}` are evaluated, wherever they stand; everything else is literal. */
export function compileTemplate(template: unknown, field: string): Template {
  if (typeof template === 'string')
    return template.startsWith('{%') ? compileExpression(template, field) : constant(template);
  if (typeof template !== 'object' || template === null) return constant(template);
  const entries = Object.entries(template).map(
    ([name, value]) => [name, compileTemplate(value, `${field}/${name}`)] as const,
  );
  if (Array.isArray(template)) {
    return async (scope) => {
      const values: unknown[] = [];
      for (const [, value] of entries) values.push(await value(scope));
      return values;
    };
  }
  return async (scope) => {
    const values: [string, unknown][] = [];
    for (const [name, value] of entries) values.push([name, await value(scope)]);
    return Object.fromEntries(values);
  };
}

const constant =
  (value: unknown): Template =>
  () =>
    Promise.resolve(value);

function compileExpression(text: string, field: string): Template {
  if (!text.endsWith('%}') || text.length < 4)
    throw new RefusedExpression('an expression that starts with {% must end with %}');
  const source = text.slice(2, -2).trim();
  const compiled = parseExpression(source);
  const names = namesOf(compiled.ast());
  return async (scope) => {
    const direct = names && valueAt(scope.states, names);
    if (direct !== undefined) return plain(direct, source, field);
    let value: unknown;
    try {
      value = await compiled.evaluate(undefined, { states: scope.states, millis: () => scope.now, parse: parseJson });
    } catch (error) {
      const cause = `The JSONata expression '${source}' specified for the field '${field}' threw an error during evaluation. ${reason(error)}`;
      throw new QueryFailure(cause, { cause: error });
    }
    if (value === undefined) {
      throw new QueryFailure(
        `The JSONata expression '${source}' specified for the field '${field}' returned nothing (undefined).`,
      );
    }
    return plain(value, source, field);
  };
}

function parseExpression(source: string): jsonata.Expression {
  let compiled: jsonata.Expression;
  try {
    // $now() of the evaluator reads the system's clock; ours reads the scope's, so that virtual time is seen everywhere.
    const clocked = source.includes('$now')
      ? `($now := function($picture, $zone) { $fromMillis($millis(), $picture, $zone) }; ${source})`
      : source;
    compiled = jsonata(clocked);
  } catch (error) {
    throw new RefusedExpression(`is not JSONata: ${reason(error)}`, { cause: error });
  }
  refuseNode(compiled.ast());
  return compiled;
}

const Step = z.strictObject({ type: z.enum(['variable', 'name']), value: z.string(), position: z.optional(z.int()) });
const Names = z.strictObject({ type: z.literal('path'), steps: z.array(Step) });

/** Of `$states.input.seconds`, as most expressions are, the names; undefined of whatever says more than that. */
function namesOf(ast: unknown): readonly string[] | undefined {
  // The parser's nodes inherit from its symbols, and a strict object would see that.
  const { data } = Names.safeParse(JSON.parse(JSON.stringify(ast)));
  const [first, ...rest] = data?.steps ?? [];
  const isPlain = first?.type === 'variable' && first.value === 'states' && rest.every(({ type }) => type === 'name');
  return isPlain ? rest.map(({ value }) => value) : undefined;
}

/**
 * What lies there, where objects lead to it: found in a hundredth of the evaluator's time. Undefined: it is for the
 * evaluator to say, which goes through arrays in ways of its own.
 */
function valueAt(root: unknown, names: readonly string[]): unknown {
  let value = root;
  for (const name of names) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return Array.isArray(value) ? undefined : value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The evaluator is newer than AWS's: `?:` and `??` came with JSONata 2.1, and its parser rewrites both to a plain condition. */
function refuseNode(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const child of node) refuseNode(child);
    return;
  }
  const { type, value, condition, then } = Node.parse(node);
  if (type === 'variable' && typeof value === 'string' && refusedFunctions.has(value)) {
    throw new RefusedExpression(`uses $${value}, which is not implemented`);
  }
  if (type === 'condition' && (isDeepStrictEqual(condition, then) || Coalescing.safeParse(condition).success)) {
    throw new RefusedExpression('uses ?: or ??, which JSONata 2.0.6 does not know');
  }
  for (const child of Object.values(node)) refuseNode(child);
}

const Node = z.partial(
  z.looseObject({ type: z.unknown(), value: z.unknown(), condition: z.unknown(), then: z.unknown() }),
);
/** Only a function that the parser itself has put in has no position. */
const Coalescing = z.looseObject({
  type: z.literal('function'),
  position: z.optional(z.undefined()),
  procedure: z.looseObject({ value: z.literal('exists'), position: z.optional(z.undefined()) }),
});

/** The evaluator throws plain objects. */
const Thrown = z.looseObject({ code: z.optional(z.string()), message: z.optional(z.string()) });

function reason(error: unknown): string {
  const { data } = Thrown.safeParse(error);
  return [data?.code, data?.message].filter((part) => part !== undefined).join(': ');
}

/** "Use `$parse` in place of `$eval`": text → JSON. */
function parseJson(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new TypeError('$parse takes a string');
  return JSON.parse(text);
}

/** The evaluator's sequences carry properties of their own and alias the input; functions, NaN and infinities are no JSON. */
function plain(value: unknown, source: string, field: string): unknown {
  const copy = (part: unknown): unknown => {
    if (part === null || typeof part === 'string' || typeof part === 'boolean') return part;
    if (typeof part === 'number' && Number.isFinite(part)) return part;
    if (Array.isArray(part)) return part.map((item) => (item === undefined ? null : copy(item)));
    if (typeof part === 'object' && !('_jsonata_lambda' in part) && !('_jsonata_function' in part)) {
      const names = Object.entries(part).filter(([, item]) => item !== undefined);
      return Object.fromEntries(names.map(([name, item]) => [name, copy(item)]));
    }
    throw new QueryFailure(
      `The JSONata expression '${source}' specified for the field '${field}' returned an unsupported result type.`,
    );
  };
  return copy(value);
}
