import type { IConstruct } from 'constructs';
import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

/** The words in which a mistake is told: zod/mini knows none by itself. */
z.config(en());

/** On the command line (`-c tracing=false`) everything is text, in cdk.json it is what it is. */
const Switch = z.pipe(
  z.transform((value) => (value === 'true' ? true : value === 'false' ? false : value)),
  z.boolean(),
);
const Amount = z.pipe(
  z.transform((value) => (typeof value === 'string' ? Number(value) : value)),
  z.number().check(z.positive()),
);
const Words = z.pipe(
  z.transform((value) => (typeof value === 'string' ? value.split(',') : value)),
  z.array(z.string().check(z.minLength(1))),
);

/** What an operator may say about a deployment, as context: `cdk deploy --all -c stage=live -c alarmEmail=…` */
const Settings = z
  .object({
    /** Tells deployments in one account apart. No hyphen: one stage's names never begin with another's. */
    stage: z.string().check(z.regex(/^[a-z][a-z0-9]{0,11}$/)),
    /** Whom tokens come from, instead of IAM signatures. */
    jwtIssuer: z.optional(z.url()),
    jwtAudience: z.optional(Words),
    /** Stands before each scope in the tokens: Cognito writes `<resource server>/contacts:read`. */
    jwtScopePrefix: z._default(z.string(), ''),
    /** Origins whose pages may call the API. */
    corsOrigins: z.optional(Words),
    /** Requests per second to the whole API, and how many more at once. */
    apiRate: z._default(Amount, 50),
    apiBurst: z._default(Amount, 100),
    /** The number or pool that texts leave from, registered beforehand; or `simulator`, for trying out. */
    phoneNumberId: z.optional(z.string().check(z.regex(/^phone-[a-z0-9]+$/))),
    poolId: z.optional(z.string().check(z.regex(/^pool-[a-z0-9]+$/))),
    simulator: z._default(Switch, false),
    tracing: z._default(Switch, true),
    logDays: z._default(
      z.pipe(
        z.transform((value) => (typeof value === 'number' ? String(value) : value)),
        z.enum(['7', '14', '30', '90', '365']),
      ),
      '30',
    ),
    /** The name of a policy that bounds all roles we create. */
    permissionsBoundary: z.optional(z.string().check(z.minLength(1))),
    alarmEmail: z.optional(z.email()),
    /** US dollars a month on text messages, above which to say so. */
    spendAlarm: z.optional(Amount),
  })
  .check(
    z.refine(({ jwtIssuer, jwtAudience }) => (jwtIssuer === undefined) === (jwtAudience === undefined), {
      error: 'jwtIssuer and jwtAudience belong together',
    }),
    z.refine(
      ({ phoneNumberId, poolId, simulator }) =>
        [phoneNumberId, poolId, simulator || undefined].filter(Boolean).length <= 1,
      {
        error: 'one of phoneNumberId, poolId and simulator',
      },
    ),
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
