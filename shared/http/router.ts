import { createHash } from 'node:crypto';
import { lazy } from '../domain/lazy.ts';
import type { Fault } from '../domain/problem.ts';
import { readBody } from './body.ts';
import type { Part } from './parts.ts';
import { problemReply } from './problem-json.ts';
import { readQuery } from './query.ts';
import type { Reply } from './reply.ts';
import type { Effect, Route, RoutePorts } from './route.ts';

/** A request as it came; nothing of it has been trusted yet. */
export interface RawRequest {
  readonly method: string;
  /** Percent-encoded, or decoded as API Gateway's HTTP APIs hand it over. */
  readonly path: string;
  /** Percent-encoded, without "?". */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array | undefined;
}

export interface Routed {
  readonly reply: Reply;
  /** The route that took it, as a template: real paths hold phone numbers. */
  readonly route: string;
}

interface Bound {
  readonly route: Route;
  readonly segments: readonly string[];
  readonly read: () => ReturnType<Route['bind']>;
}

/** Answers any request: finds its route, reads its input, has its effect once, and says what came of it. */
export function router(ports: RoutePorts, parts: readonly Part[]): (request: RawRequest) => Promise<Routed> {
  const words = new Set(parts.flatMap((part) => part.words));
  const boundAt = new Map(Array.from(words, (word) => [word, lazy(() => boundOf(word))]));
  const once = lazy(async () => (await import('../usecases/answer-once.ts')).answerOnce(ports));

  return async (request) => {
    const segments = request.path.split('/').map(decoded);
    const bound = (await boundAt.get(segments[2] ?? '')?.()) ?? [];
    const fitting = bound.filter((candidate) => fits(candidate, segments));
    // Whatever the method: where there is a word of ours, a parameter stands for something else.
    const here = fitting.filter((candidate) => fitting[0] && parameters(candidate) === parameters(fitting[0]));
    const found = here.find(({ route }) => route.method === request.method);
    if (!found) return { reply: here.length === 0 ? unknownPath() : unknownMethod(here), route: 'none' };
    return { reply: await answer(found, segments, request), route: `${found.route.method} ${found.route.path}` };
  };

  /** The routes whose paths begin with the word. */
  async function boundOf(word: string): Promise<readonly Bound[]> {
    const loaded = await Promise.all(parts.filter((part) => part.words.includes(word)).map((part) => part.load()));
    const table = new Map<string, Bound>();
    for (const route of loaded.flat()) {
      const name = `${route.method} ${route.path.replace(/\{\w+\}/g, '{}')}`;
      if (table.has(name)) throw new Error(`two routes are ${name}`);
      table.set(name, { route, segments: route.path.split('/'), read: lazy(() => route.bind(ports)) });
    }
    // Words before parameters: /contacts/by-phone/… is no contact's id.
    return [...table.values()].sort((one, other) => parameters(one) - parameters(other));
  }

  async function answer(
    { route, segments: names, read }: Bound,
    segments: readonly string[],
    request: RawRequest,
  ): Promise<Reply> {
    const body = readBody(request.body, request.headers, route.largestBody);
    const query = readQuery(request.query);
    const header = readHeaders(request.headers, route);
    if ('problem' in body) return problemReply(body.problem);
    const path = Object.fromEntries(
      names.flatMap((name, at) => (isParameter(name) ? [[name.slice(1, -1), segments[at]]] : [])),
    );
    const ready = read()({ path, query: query.values, body: body.ok });
    const faults = [...query.faults, ...header.faults, ...('faults' in ready ? ready.faults : [])];
    if ('faults' in ready || faults.length > 0) {
      return problemReply({ code: 'INVALID_INPUT', detail: inputDetail(faults), errors: faults });
    }

    const { revision, key } = header;
    const perform = (effect: Omit<Effect, 'revision'>) => ready.perform({ ...effect, revision });
    if (key === undefined) return perform({ seed: ports.ids.next(), at: ports.clock.now() });
    const fingerprint = digest([request.method, segments, query.values, body.ok ?? null]);
    const outcome = await (await once())({ key, fingerprint, perform });
    return 'problem' in outcome ? problemReply(outcome.problem) : outcome.ok;
  }
}

const isParameter = (segment: string): boolean => segment.startsWith('{');
const parameters = ({ segments }: Bound): number => segments.filter(isParameter).length;

const fits = ({ segments }: Bound, actual: readonly string[]): boolean =>
  segments.length === actual.length &&
  segments.every((segment, at) => (isParameter(segment) ? actual[at] !== '' : actual[at] === segment));

/** What is no percent-encoding stays: API Gateway has decoded it already, and a tag may be "50% off". */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment).toWellFormed();
  } catch {
    return segment.toWellFormed();
  }
}

const unknownPath = (): Reply => problemReply({ code: 'NOT_FOUND', detail: 'No route has this path.' });

function unknownMethod(here: readonly Bound[]): Reply {
  const allow = here
    .map(({ route }) => route.method)
    .sort()
    .join(', ');
  return problemReply({ code: 'METHOD_NOT_ALLOWED', detail: `This path takes ${allow}.` }, { allow });
}

const inputDetail = (faults: readonly Fault[]): string =>
  faults.length === 1 ? 'The request has a fault.' : `The request has ${faults.length} faults.`;

const ETAG = /^\s*(?:W\/)?"(\d{1,15})"\s*$/;
const KEY = /^[!-~](?:[ -~]{0,198}[!-~])?$/;

function readHeaders(headers: RawRequest['headers'], { method, idempotencyKey = method === 'POST' }: Route) {
  const faults: Fault[] = [];
  const ifMatch = method === 'GET' || method === 'POST' ? undefined : headers['if-match'];
  const etag = ifMatch === undefined || ifMatch.trim() === '*' ? undefined : (ETAG.exec(ifMatch)?.[1] ?? null);
  if (etag === null) {
    faults.push({
      code: 'INVALID_FORMAT',
      path: ['header', 'If-Match'],
      detail: 'is not an ETag that we have given',
      hint: 'one, as "3"',
    });
  }
  const key = idempotencyKey ? headers['idempotency-key'] : undefined;
  if (key !== undefined && !KEY.test(key)) {
    faults.push({
      code: 'INVALID_FORMAT',
      path: ['header', 'Idempotency-Key'],
      detail: 'is not 1–200 printable ASCII characters',
    });
  }
  return { faults, key, revision: typeof etag === 'string' ? Number(etag) : undefined };
}

/** The same for equal requests, in whatever order their fields are. */
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');

const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
