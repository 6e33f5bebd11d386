import { type Fault, type Outcome, ok, refuse } from '../domain/problem.ts';

/** Where a route does not say otherwise. */
const LARGEST_BYTES = 1024 * 1024;
const DEEPEST = 64;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/**
 * Reads a JSON body, strictly: nothing reaches a schema that could exhaust it (size, depth), change an object's
 * prototype, or not be stored as it came (invalid Unicode). No body at all is `undefined`.
 */
export function readBody(
  raw: string | Uint8Array | undefined,
  headers: Readonly<Record<string, string | undefined>>,
  largest: number = LARGEST_BYTES,
): Outcome<unknown> {
  const contentType = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (raw === undefined || raw.length === 0) return ok(undefined);
  const bytes = typeof raw === 'string' ? Buffer.byteLength(raw) : raw.byteLength;
  if (bytes > largest) return refuse('BODY_TOO_LARGE', `The body has ${bytes} bytes; at most ${largest} are taken.`);
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (encoding !== 'identity' || !JSON_TYPE.test(contentType) || !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    return refuse(
      'UNSUPPORTED_MEDIA_TYPE',
      'The body has to be JSON in UTF-8, not compressed: send Content-Type: application/json.',
    );
  }
  const text = textOf(raw);
  if (text === undefined) return invalid('The body is not valid UTF-8.');
  try {
    const value: unknown = JSON.parse(text);
    const faults = structuralFaults(value);
    return faults.length > 0 ? invalid('The body holds what cannot be taken.', faults) : ok(value);
  } catch (error) {
    return invalid(`The body is not valid JSON${placeOf(error, text)}.`);
  }
}

const invalid = (detail: string, faults?: readonly Fault[]) => refuse('INVALID_INPUT', detail, faults);

function textOf(raw: string | Uint8Array): string | undefined {
  if (typeof raw === 'string') return raw.isWellFormed() ? raw.replace(/^\uFEFF/, '') : undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return undefined;
  }
}

/** V8 tells most positions in its message; the rest of the message quotes what was sent. */
function placeOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const position =
    /at position (\d+)/.exec(message)?.[1] ?? (message.includes('end of JSON') ? String(text.length) : undefined);
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return `, at position ${position} (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

interface Place {
  readonly value: unknown;
  readonly depth: number;
  readonly key: string | number;
  readonly parent: Place | undefined;
}

/** Walks without recursion. */
function structuralFaults(root: unknown): Fault[] {
  const faults: Fault[] = [];
  const open: Place[] = [{ value: root, depth: 0, key: '', parent: undefined }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value, depth } = place;
    if (typeof value === 'string' && !value.isWellFormed()) {
      faults.push({ code: 'INVALID_UNICODE', path: pathOf(place), detail: 'has half a surrogate pair' });
    }
    if (typeof value === 'number' && !isStorable(value)) {
      faults.push({ code: 'INVALID_VALUE', path: pathOf(place), detail: 'is a number too large or too small' });
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEEPEST)
      return [{ code: 'TOO_DEEP', path: pathOf(place), detail: `is nested more than ${DEEPEST} deep` }];
    const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    for (const [key, child] of entries) {
      const inner = { value: child, depth: depth + 1, key, parent: place };
      if (key === '__proto__')
        faults.push({ code: 'UNKNOWN_FIELD', path: pathOf(inner), detail: 'is not a known field' });
      else if (typeof key === 'string' && !key.isWellFormed()) {
        faults.push({
          code: 'INVALID_UNICODE',
          path: pathOf(place),
          detail: 'has a field with half a surrogate pair in its name',
        });
      } else open.push(inner);
    }
  }
  return faults;
}

/** Below DynamoDB's bounds for numbers, which lie within those of JavaScript. */
const isStorable = (value: number): boolean => value === 0 || (Math.abs(value) >= 1e-120 && Math.abs(value) <= 1e120);

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Place = place; at.parent; at = at.parent) path.unshift(at.key);
  return path;
}
