import type { IConstruct } from 'constructs';
import * as z from 'zod';

/** On the command line (`-c tracing=false`) everything is text, in cdk.json it is what it is. */
const Switch = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());
const Amount = z.preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.number().positive());
const Words = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z.array(z.string().min(1)),
);

/** What an operator may say about a deployment, as context: `cdk deploy --all -c stage=live -c alarmEmail=…` */
const Settings = z
  .object({
    /** Tells deployments in one account apart. No hyphen: one stage's names never begin with another's. */
    stage: z.string().regex(/^[a-z][a-z0-9]{0,11}$/),
    /** Whom tokens come from, instead of IAM signatures. */
    jwtIssuer: z.url().optional(),
    jwtAudience: Words.optional(),
    /** Stands before each scope in the tokens: Cognito writes `<resource server>/contacts:read`. */
    jwtScopePrefix: z.string().default(''),
    /** Origins whose pages may call the API. */
    corsOrigins: Words.optional(),
    /** Requests per second to the whole API, and how many more at once. */
    apiRate: Amount.default(50),
    apiBurst: Amount.default(100),
    /** The number or pool that texts leave from, registered beforehand; or `simulator`, for trying out. */
    phoneNumberId: z
      .string()
      .regex(/^phone-[a-z0-9]+$/)
      .optional(),
    poolId: z
      .string()
      .regex(/^pool-[a-z0-9]+$/)
      .optional(),
    simulator: Switch.default(false),
    tracing: Switch.default(true),
    logDays: z
      .preprocess(
        (value) => (typeof value === 'number' ? String(value) : value),
        z.enum(['7', '14', '30', '90', '365']),
      )
      .default('30'),
    /** The name of a policy that bounds all roles we create. */
    permissionsBoundary: z.string().min(1).optional(),
    alarmEmail: z.email().optional(),
    /** US dollars a month on text messages, above which to say so. */
    spendAlarm: Amount.optional(),
  })
  .refine(({ jwtIssuer, jwtAudience }) => (jwtIssuer === undefined) === (jwtAudience === undefined), {
    error: 'jwtIssuer and jwtAudience belong together',
  })
  .refine(
    ({ phoneNumberId, poolId, simulator }) =>
      [phoneNumberId, poolId, simulator || undefined].filter(Boolean).length <= 1,
    {
      error: 'one of phoneNumberId, poolId and simulator',
    },
  );
export type Settings = z.infer<typeof Settings>;

/** A mistake in the settings stops the synthesis, and says which. */
export function readSettings({ node }: IConstruct): Settings {
  const said = Object.keys(Settings.shape).map((name) => [name, nothingIfEmpty(node.tryGetContext(name))] as const);
  const parsed = Settings.safeParse({
    stage: 'dev',
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
  });
  if (!parsed.success) throw new Error(`settings: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const nothingIfEmpty = (value: unknown): unknown => (value === '' ? undefined : value);
