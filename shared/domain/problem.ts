/** One thing wrong with an input or a workflow: a stable code, where, what, and how to mend it. */
export interface Fault {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly detail: string;
  readonly hint?: string;
}

/** Why a request was refused: each code has one HTTP status (`shared/http/problem-json.ts`). */
export type ProblemCode =
  | 'INVALID_INPUT'
  | 'INVALID_CURSOR'
  | 'NOT_FOUND'
  | 'NAME_TAKEN'
  | 'PHONE_TAKEN'
  | 'NUMBER_TAKEN'
  | 'ALREADY_EXISTS'
  | 'IN_USE'
  | 'WORKFLOW_ON'
  | 'WORKFLOW_PUBLISHING'
  | 'WORKFLOW_NOT_ON'
  | 'WORKFLOW_NEVER_PUBLISHED'
  | 'WORKFLOW_HAS_RUNS'
  | 'PARKED_RUNS'
  | 'PREVIEW_NOT_DONE'
  | 'PREVIEW_STALE'
  | 'PREVIEW_DRIFTED'
  | 'WORKFLOW_INVALID'
  | 'RUN_ENDED'
  | 'NOT_SENDABLE'
  | 'FILE_MISSING'
  | 'FILE_TOO_LARGE'
  | 'TRANSFER_ENDED'
  | 'REVISION_MISMATCH'
  | 'CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_USE'
  | 'IDEMPOTENCY_ANSWER_ERASED'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'METHOD_NOT_ALLOWED'
  | 'FORBIDDEN'
  | 'INTERNAL';

export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly Fault[];
}

/** What a use case answers: an expected refusal is a value, only faults are thrown. */
export type Outcome<T> = { readonly ok: T } | { readonly problem: Problem };

export const ok = <T>(value: T): { readonly ok: T } => ({ ok: value });
export const refuse = (
  code: ProblemCode,
  detail: string,
  errors?: readonly Fault[],
): { readonly problem: Problem } => ({
  problem: errors ? { code, detail, errors } : { code, detail },
});
