import { env } from 'node:process';
import * as z from 'zod/mini';

/** What a deployed function is told by its environment. */
const Environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(1)),
  WORKFLOW_QUEUE_URL: z.url(),
  DUE_QUEUE_URL: z.url(),
  RECONCILE_QUEUE_URL: z.url(),
  TRANSFER_QUEUE_URL: z.url(),
  BUCKET_NAME: z.string().check(z.minLength(1)),
  /** The bus that inbound texts come by and our own events leave by. */
  EVENT_BUS_NAME: z.string().check(z.minLength(1)),
  STATES_ARN_PREFIX: z.string().check(z.regex(/^arn:[\w-]+:states:[\w-]+:\d{12}$/)),
  MACHINE_NAME_PREFIX: z.string().check(z.minLength(1)),
  EXECUTION_ROLE_ARN: z.string().check(z.minLength(1)),
  STEP_FUNCTION_ARN: z.string().check(z.minLength(1)),
  CONFIGURATION_SET: z.string().check(z.minLength(1)),
  OPT_OUT_LIST: z.string().check(z.minLength(1)),
});
export type Environment = z.infer<typeof Environment>;

/** A function that was deployed without a setting fails at once, and says which. */
export const readEnvironment = (): Environment => Environment.parse(env);

/** Who a function is: what Lambda tells each by itself. */
const Identity = z.object({
  AWS_REGION: z.string().check(z.minLength(1)),
  AWS_ACCESS_KEY_ID: z.string().check(z.minLength(1)),
  AWS_SECRET_ACCESS_KEY: z.string().check(z.minLength(1)),
  AWS_SESSION_TOKEN: z.optional(z.string()),
  /** Another place than AWS, as the SDK would take it too. */
  AWS_ENDPOINT_URL: z.optional(z.url()),
});

/** Read when something is signed by hand, and not before. */
export const readIdentity = (): z.infer<typeof Identity> => Identity.parse(env);
