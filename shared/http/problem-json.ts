import type { Fault, Problem, ProblemCode } from '../domain/problem.ts';
import type { Reply } from './reply.ts';

/** Not a refusal but a fault that will pass: a race lost again and again, a carrier that is busy. */
type WireCode = ProblemCode | 'TEMPORARILY_UNAVAILABLE';

/** The one place that knows what a refusal is over HTTP. */
export const PROBLEMS: Readonly<Record<WireCode, { readonly status: number; readonly title: string }>> = {
  INVALID_INPUT: { status: 400, title: 'The request is not valid' },
  INVALID_CURSOR: { status: 400, title: 'The cursor is not one that this list has given' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  NAME_TAKEN: { status: 409, title: 'The name is taken' },
  PHONE_TAKEN: { status: 409, title: 'The phone number belongs to another contact' },
  NUMBER_TAKEN: { status: 409, title: 'The number belongs to another inbox' },
  ALREADY_EXISTS: { status: 409, title: 'It exists already' },
  IN_USE: { status: 409, title: 'It is in use' },
  WORKFLOW_PUBLISHING: { status: 409, title: 'The workflow is being published' },
  WORKFLOW_ON: { status: 409, title: 'The workflow is on' },
  WORKFLOW_NOT_ON: { status: 409, title: 'The workflow is not on' },
  WORKFLOW_NEVER_PUBLISHED: { status: 409, title: 'The workflow was never published' },
  WORKFLOW_HAS_RUNS: { status: 409, title: 'The workflow still has runs' },
  PARKED_RUNS: { status: 409, title: 'The workflow has paused runs' },
  PREVIEW_NOT_DONE: { status: 409, title: 'The preview is not done' },
  PREVIEW_STALE: { status: 409, title: 'The preview is of something else' },
  PREVIEW_DRIFTED: { status: 409, title: 'The preview is no longer what would happen' },
  WORKFLOW_INVALID: { status: 422, title: 'The workflow cannot be published' },
  RUN_ENDED: { status: 409, title: 'The run has ended' },
  NOT_SENDABLE: { status: 409, title: 'The text may not be sent' },
  FILE_MISSING: { status: 409, title: 'The file has not been uploaded' },
  FILE_TOO_LARGE: { status: 413, title: 'The file is too large' },
  TRANSFER_ENDED: { status: 409, title: 'The import or export has ended' },
  REVISION_MISMATCH: { status: 412, title: 'Somebody else has changed it' },
  CONFLICT: { status: 409, title: 'The request contradicts what is' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, title: 'The idempotency key belongs to another request' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: 'A request with this idempotency key is in progress' },
  IDEMPOTENCY_ANSWER_ERASED: { status: 410, title: 'The answer has been erased' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body is not JSON' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here' },
  FORBIDDEN: { status: 403, title: 'Forbidden' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  TEMPORARILY_UNAVAILABLE: { status: 503, title: 'Busy: try again' },
};

/** More than anyone reads; keeps an answer far below what API Gateway lets through. */
const MOST_ERRORS = 100;
const LONGEST_WORDS = 500;

/** A refusal as RFC 9457 problem details; `errors[].path` is dotted ("steps.2.text"). */
export function problemReply(
  { code, detail, errors = [] }: Omit<Problem, 'code'> & { readonly code: WireCode },
  headers: Readonly<Record<string, string>> = {},
  requestId?: string,
): Reply {
  const { status, title } = PROBLEMS[code];
  const body = {
    type: `urn:sms-workflows:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code,
    detail,
    ...(requestId !== undefined && { requestId }),
    ...(errors.length > 0 && { errors: errors.slice(0, MOST_ERRORS).map(wireFault) }),
  };
  return {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
    code,
  };
}

const wireFault = ({ code, path, detail, hint }: Fault) => ({
  code,
  path: cut(path.join('.')),
  detail: cut(detail),
  ...(hint !== undefined && { hint: cut(hint) }),
});

/** What was sent may be quoted in what is answered, but not at any length. */
const cut = (words: string): string =>
  words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS).toWellFormed()}…` : words;
