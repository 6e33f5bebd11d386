import type { Retrier } from './definition.ts';
import { QueryFailure } from './expressions.ts';

/**
 * How Step Functions names, matches and retries errors.
 * Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows"
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string;
  override readonly cause: string | undefined;

  constructor(error: string, cause: string | undefined) {
    super(error);
    this.error = error;
    this.cause = cause;
  }

  static of(error: unknown): StateFailure {
    if (error instanceof StateFailure) return error;
    if (error instanceof QueryFailure) return new StateFailure('States.QueryEvaluationError', error.message);
    throw error;
  }

  /** `$states.errorOutput`. A time-out has no cause on AWS, so none here: an expression that reads it finds nothing. */
  output(): { readonly Error: string; readonly Cause?: string } {
    return this.cause === undefined ? { Error: this.error } : { Error: this.error, Cause: this.cause };
  }
}

/**
 * What the Node runtime of Lambda reports of a function that threw, and Step Functions takes over as Error and Cause.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function reported(thrown: unknown): StateFailure {
  const [errorType, errorMessage, trace] =
    thrown instanceof Error
      ? [thrown.name, thrown.message, (thrown.stack ?? '').split('\n')]
      : [typeof thrown, String(thrown), []];
  return new StateFailure(errorType, JSON.stringify({ errorType, errorMessage, trace }));
}

/** The first rule that names the error; -1 for none. Later rules are not looked at, even when the first is used up. */
export function ruleFor(failure: StateFailure, rules: readonly { readonly errorEquals: readonly string[] }[]): number {
  return rules.findIndex(({ errorEquals }) => errorEquals.some((name) => matches(name, failure.error)));
}

function matches(name: string, error: string): boolean {
  // "States.Runtime errors aren't retriable, and will always cause the execution to fail."
  if (error === 'States.Runtime') return false;
  if (name === 'States.ALL') return error !== 'States.DataLimitExceeded';
  if (name === 'States.TaskFailed') return error !== 'States.Timeout';
  return name === error;
}

/** Milliseconds before retry number `used + 1` under this retrier. With FULL jitter anything between nothing and that. */
export function retryDelay(retrier: Retrier, used: number, random: () => number): number {
  const seconds = Math.min(retrier.intervalSeconds * retrier.backoffRate ** used, retrier.maxDelaySeconds, ONE_YEAR);
  return Math.round(seconds * 1000 * (retrier.jitter ? random() : 1));
}

/** In seconds: an execution does not live longer. */
const ONE_YEAR = 31_536_000;
