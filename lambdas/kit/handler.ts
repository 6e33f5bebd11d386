import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Log } from '../../shared/ports.ts';

export type Handler<Result> = (event: unknown, context: Context) => Promise<Result>;

/** Errors that carry an outcome to a state machine are no faults. */
const isOutcome = (error: unknown): boolean => error instanceof StepSignal;

/** A named outcome of a step: thrown, since only errors lead a callback task away from its wait. */
export class StepSignal extends Error {
  constructor(name: string, facts: object) {
    super(JSON.stringify(facts));
    this.name = name;
  }
}

/** Wraps what every function has in common around its work: a fault is logged by code, with its invocation, and rethrown. */
export const wrapped = <Result>(log: Log, code: string, work: Handler<Result>): Handler<Result> =>
  middy<unknown, Result, Error>()
    .onError(({ error, context }) => {
      if (isOutcome(error)) return;
      log.error(code, { request: context.awsRequestId, error: error?.name ?? 'Error', stack: placeOf(error) });
    })
    .handler(work);

/** Where it was thrown; never the message, which may quote what a person wrote. */
export const placeOf = (error: Error | null | undefined): string =>
  error?.stack
    ?.split('\n')
    .find((line) => line.trim().startsWith('at '))
    ?.trim() ?? '';
