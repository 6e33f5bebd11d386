import { randomUUID } from 'node:crypto';
import type { Handler } from '../lambdas/kit/handler.ts';

type Context = Parameters<Handler<unknown>>[1];

const REMAINING_MS = 30_000;

/** The context that a function gets with each invocation, as Lambda makes it. */
export function invocation(functionName: string): Context {
  const nothing = () => {};
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => REMAINING_MS,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}
