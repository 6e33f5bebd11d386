import type { Environment } from '../lambdas/kit/env.ts';

/** As a deployment gives it to a function. */
export const environment: Environment & { readonly AWS_REGION: string } = {
  AWS_REGION: 'us-east-1',
  TABLE_NAME: 'table',
  WORKFLOW_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/workflows',
  DUE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/due',
  RECONCILE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/reconcile',
  TRANSFER_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/transfers',
  BUCKET_NAME: 'files',
  EVENT_BUS_NAME: 'bus',
  STATES_ARN_PREFIX: 'arn:aws:states:us-east-1:123456789012',
  MACHINE_NAME_PREFIX: 'bench-',
  EXECUTION_ROLE_ARN: 'arn:aws:iam::123456789012:role/execution',
  STEP_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:123456789012:function:run-step',
  CONFIGURATION_SET: 'texts',
  OPT_OUT_LIST: 'opt-outs',
};
