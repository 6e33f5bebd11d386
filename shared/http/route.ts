import * as z from 'zod/mini';
import { InvalidCursor } from '../domain/cursor.ts';
import type { ContactId } from '../domain/id.ts';
import { faultsOf } from '../domain/input-fault.ts';
import type { Fault, Outcome, ProblemCode } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { problemReply } from './problem-json.ts';
import type { Reply } from './reply.ts';

/** What requests may reach: jobs and events follow from what they write, by the change feed. */
export type RoutePorts = Omit<Ports, 'queue' | 'bus'>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Area = 'contacts' | 'workflows' | 'messages' | 'workspace';

/** What a route reads; a part that is not declared has to be empty. */
type InputShape = {
  readonly path?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
};
type InputPart = keyof InputShape;

/** What a route knows about the request besides its input. */
export interface Effect {
  /** The revision in `If-Match`; undefined: whatever there is. */
  readonly revision: number | undefined;
  /** Names this effect: the same for a request that is repeated under its `Idempotency-Key`, else never given twice. */
  readonly seed: string;
  /** When this effect was first asked for; as `seed`, the same again for a repetition. Epoch milliseconds. */
  readonly at: number;
}

type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Plain<T[Name]> }
    : T;

export interface Answer<Body> {
  readonly body: Body;
  /** Goes out as the `ETag`. */
  readonly revision?: number;
  /** Where it is one of the route's `also`. */
  readonly status?: number;
  readonly location?: string;
  /** The contact whose data the body shows; a POST has to say, because its answer is remembered under its key. */
  readonly about?: ContactId;
}

interface Described {
  readonly method: Method;
  /** `/v1/contacts/{contactId}` */
  readonly path: `/v1/${string}`;
  readonly scope: `${Area}:${'read' | 'write'}`;
  /** One line; a sentence in the imperative without a full stop. */
  readonly summary: string;
  /** What the summary leaves open, in Markdown. */
  readonly description?: string;
  readonly tags: readonly string[];
  /** The usual status of success. */
  readonly status: 200 | 201 | 202 | 204;
  /** Other statuses of success, and what they mean. */
  readonly also?: Readonly<Partial<Record<200 | 201 | 202, string>>>;
  /** Why it may be refused, besides invalid input. */
  readonly refusals?: readonly ProblemCode[];
  /** Bytes, where a body may be larger than usual. Lambda is given 6 MB at most, and JSON within JSON grows. */
  readonly largestBody?: number;
  /** The answer carries an `ETag`, and a change honours `If-Match`. */
  readonly etag?: boolean;
  /** Whether repeating it under one `Idempotency-Key` gives the first answer again. Every POST, unless it has no effect. */
  readonly idempotencyKey?: boolean;
}

interface Spec<Input extends InputShape, Body extends z.ZodMiniType> extends Described {
  /** `{}`: nothing. */
  readonly input: Input;
  /** The shape of the answer: what it does not name does not leave. */
  readonly answer?: Body;
  readonly run: (
    ports: RoutePorts,
  ) => (request: z.output<z.ZodMiniObject<Input>> & Effect) => Promise<Outcome<Answer<Plain<z.input<Body>>>>>;
}

/** A route as others see it: data to route by and to document, and one way to call it. */
export interface Route extends Described {
  readonly input: InputShape;
  readonly answer?: z.ZodMiniType;
  /** Reads the input, all faults at once; if there are none, the effect may be had. */
  readonly bind: (
    ports: RoutePorts,
  ) => (input: RawInput) => { readonly faults: readonly Fault[] } | { readonly perform: Perform };
}
export type Perform = (effect: Effect) => Promise<Reply>;
export type RawInput = Readonly<Record<InputPart, unknown>>;

const Nothing = { path: z.strictObject({}), query: z.strictObject({}), body: z.optional(z.strictObject({})) };

/**
 * A route as data, its request typed by its schemas:
 *
 *     export const renameWidget = route({
 *       method: 'PUT',
 *       path: '/v1/widgets/{widgetId}',
 *       scope: 'workspace:write',
 *       summary: 'Rename a widget',
 *       tags: ['Widgets'],
 *       input: { path: z.strictObject({ widgetId: WidgetId }), body: z.strictObject({ name: WidgetName }) },
 *       status: 200,
 *       answer: WidgetView,                 // z.object: drops what it does not name
 *       etag: true,
 *       refusals: ['NOT_FOUND', 'NAME_TAKEN', 'REVISION_MISMATCH'],
 *       run: (ports) => {
 *         const rename = renameWidget(ports); // made once per process
 *         return async ({ path, body, revision }) => mapped(await rename(path.widgetId, body.name, revision), document);
 *       },
 *     });
 *
 * Faults of a body have bare paths ("name"); those of other parts begin with it ("query.limit", "path.widgetId").
 * A use case's faults are taken to be about the body.
 */
export function route<const Input extends InputShape, Body extends z.ZodMiniType = z.ZodMiniUndefined>(
  spec: Spec<Input, Body>,
): Route {
  const { input, run, answer, ...described } = spec;
  const shape: InputShape = input;
  return {
    ...described,
    input: shape,
    ...(answer && { answer }),
    bind: (ports) => {
      const declared = z.object(input);
      const undeclared = z.object({
        ...(shape.path ? {} : { path: Nothing.path }),
        ...(shape.query ? {} : { query: Nothing.query }),
        ...(shape.body ? {} : { body: Nothing.body }),
      });
      const act = run(ports);
      return (raw) => {
        const parsed = declared.safeParse(raw);
        const rest = undeclared.safeParse(raw);
        const issues = [...(parsed.error?.issues ?? []), ...(rest.error?.issues ?? [])];
        if (!parsed.success || issues.length > 0) return { faults: faultsOf(issues, raw).map(withoutBody) };
        const { data } = parsed;
        return {
          perform: async (effect) => {
            try {
              return replyOf(spec, await act({ ...data, ...effect }));
            } catch (error) {
              if (!(error instanceof InvalidCursor)) throw error;
              const fault = { code: 'INVALID_CURSOR', path: ['query', 'cursor'], detail: 'was not given by this list' };
              return problemReply({ code: 'INVALID_CURSOR', detail: 'Start again without a cursor.', errors: [fault] });
            }
          },
        };
      };
    },
  };
}

const withoutBody = (fault: Fault): Fault =>
  fault.path[0] === 'body' ? { ...fault, path: fault.path.slice(1) } : fault;

function replyOf({ status, answer }: Pick<Route, 'status' | 'answer'>, outcome: Outcome<Answer<unknown>>): Reply {
  if ('problem' in outcome) return problemReply(outcome.problem);
  const { ok: given } = outcome;
  const headers = {
    ...(given.revision !== undefined && { etag: `"${given.revision}"` }),
    ...(given.location !== undefined && { location: given.location }),
  };
  if (!answer) return { status: given.status ?? status, headers };
  return {
    status: given.status ?? status,
    headers: { ...headers, 'content-type': 'application/json' },
    // Parsed, so that what the documented shape does not name stays here.
    body: JSON.stringify(answer.parse(given.body)),
    ...(given.about !== undefined && { about: given.about }),
  };
}

/** What a use case has answered, as the route's answer; a refusal passes through. */
export const mapped = <T, U>(outcome: Outcome<T>, turn: (value: T) => U): Outcome<U> =>
  'problem' in outcome ? outcome : { ok: turn(outcome.ok) };

/** The answer that shows a stored document, with its revision as `ETag`. */
export const document = <T>({ rev, value }: { readonly rev: number; readonly value: T }): Answer<T> => ({
  body: value,
  revision: rev,
});

/** The answer without a body. */
export const nothing: Answer<undefined> = { body: undefined };

/** A page of stored documents, without their revisions. */
export const valuesOf = <T>({
  items,
  next,
}: {
  readonly items: readonly { readonly value: T }[];
  readonly next?: string | undefined;
}) => ({
  items: items.map(({ value }) => value),
  ...(next !== undefined && { next }),
});
