import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { FINDINGS, type Finding } from '../../shared/domain/finding.ts';
import type { Concern } from './alarms.ts';
import type { ServiceFunction } from './service-function.ts';
import type { Watch } from './watch.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** Reads a function's log lines; all of ours are JSON with a `code`. Counts them, unless a value is named. */
function measured(fn: ServiceFunction, namespace: string, metricName: string, pattern: string, value?: string): Metric {
  new MetricFilter(fn, metricName, {
    logGroup: fn.logGroup,
    filterPattern: FilterPattern.literal(`{ ${pattern} }`),
    metricNamespace: namespace,
    metricName,
    ...(value !== undefined && { metricValue: value }),
  });
  const statistic = value === undefined ? Stats.SUM : Stats.MAXIMUM;
  return new Metric({ namespace, metricName, statistic, period: FIVE_MINUTES });
}

const logged = (fn: ServiceFunction, namespace: string, metricName: string, code: string): Metric =>
  measured(fn, namespace, metricName, `($.level = "ERROR") && ($.code = "${code}")`);

export type Functions = Readonly<Record<string, ServiceFunction>>;

/**
 * Faults by our own log, not by Lambda's count of errors: a step's outcome is thrown, and is no error; a batch or a
 * request that fails is answered, and is one. Time-outs and lack of memory show as runs that fail and as dead letters.
 */
export const faults = (functions: Functions, namespace: string): readonly Concern[] =>
  Object.entries(functions).map(([name, fn]) => ({
    name: `${name}Faults`,
    metric: logged(fn, namespace, `${name}Faults`, '*_FAILED'),
    from: 1,
    says: `${name} has failed at something. Its log says at what, under codes that end in _FAILED.`,
  }));

/** Of the account's functions, ours and others': all take from the same concurrency. */
export const throttles: Concern = {
  name: 'Throttles',
  metric: LambdaFunction.metricAllThrottles({ period: FIVE_MINUTES }),
  from: 1,
  periods: 3,
  says: 'Lambda has refused calls of some function in the account, as when its concurrency is used up: ask AWS for more. What was refused is tried again.',
};

export const deadLetters = (queues: Readonly<Record<string, Queue>>): readonly Concern[] =>
  Object.entries(queues).map(([name, queue]) => ({
    name: `${name}DeadLetters`,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: Stats.MAXIMUM }),
    from: 1,
    says: `${name}: something could not be handled and was set aside, for two weeks. Find out why, then redrive the queue.`,
  }));

export const backlogs = (queues: Readonly<Record<string, Queue>>): readonly Concern[] =>
  Object.entries(queues).map(([name, queue]) => ({
    name: `${name}Backlog`,
    metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: Stats.MAXIMUM }),
    from: 300,
    periods: 5,
    says: `${name}: work has been waiting for five minutes.`,
  }));

/** Everything that follows from a write comes by the feed; a feed that lags delays answers, sends and enrolments. */
export const feedLag = ({ handler }: ServiceFunction): Concern => ({
  name: 'FeedLag',
  metric: handler.metric('IteratorAge', { period: MINUTE, statistic: Stats.MAXIMUM }),
  from: 60_000,
  periods: 3,
  says: 'What follows from changes is more than a minute late. The log of TableChanges says which change it is stuck at.',
});

export const runs = ({ runsFailed }: Watch): readonly Concern[] => [
  {
    name: 'RunsFailed',
    metric: runsFailed.with({ period: FIVE_MINUTES }),
    from: 1,
    says: 'Executions have failed or timed out: look into them. Their runs are started again within the hour, three times at most.',
  },
  {
    name: 'OpenRuns',
    metric: new Metric({
      namespace: 'AWS/States',
      metricName: 'OpenExecutionCount',
      statistic: Stats.MAXIMUM,
      period: FIVE_MINUTES,
    }),
    from: 800_000,
    says: "Eight tenths of the account's quota of a million open executions are in use: ask AWS for more.",
  },
];

const FOUND: { readonly [Name in Finding]: { readonly metric: string; readonly says: string } } = {
  START_MISSING: {
    metric: 'StartsMissing',
    says: 'Runs had no execution, and were started: look for dead letters of the feed.',
  },
  EXECUTION_OVER: { metric: 'ExecutionsOver', says: 'Runs had lost their execution, and were started again.' },
  RUN_GIVEN_UP: {
    metric: 'RunsGivenUp',
    says: 'Runs came to a standstill three times within a day, and have ended as FAILED.',
  },
  RUN_LATE: {
    metric: 'RunsLate',
    says: 'Runs are late though their executions go on: their step fails again and again.',
  },
  ANSWER_LEFT: {
    metric: 'AnswersLeft',
    says: 'Runs had been answered and their executions had not heard of it: they went on in new ones. Look for dead letters of the feed.',
  },
  CLAIM_LEFT: {
    metric: 'ClaimsLeft',
    says: 'Texts of ended runs had been left without a record: they are UNCONFIRMED now.',
  },
  PARK_LEFT: { metric: 'ParksLeft', says: 'Runs were still held though nothing held them, and go on.' },
  EXECUTION_LEFT: { metric: 'ExecutionsLeft', says: 'Executions went on that no run wanted, and were stopped.' },
};

/** What the looks at all runs have found. */
export const standstills = (reconcileJob: ServiceFunction, namespace: string): readonly Concern[] =>
  FINDINGS.map((finding) => {
    const { metric, says } = FOUND[finding];
    const pattern = `($.code = "RECONCILED") && ($.finding = "${finding}")`;
    return { name: metric, metric: measured(reconcileJob, namespace, metric, pattern), from: 1, says };
  });

/** How far away the slot is that a text has got, in seconds: what waits longer than a day is left out. */
export const waitingTexts = (runStep: ServiceFunction, namespace: string): Concern => ({
  name: 'OldestWaitingText',
  metric: measured(runStep, namespace, 'OldestWaitingText', '$.code = "TEXT_WAITS"', '$.seconds'),
  from: 4 * 60 * 60,
  says: "Texts wait four hours for their inbox's number, which cannot send faster. After 24 hours they are left out.",
});

interface TextsProps {
  readonly watch: Watch;
  readonly inbound: ServiceFunction;
  readonly namespace: string;
  /** US dollars a month. */
  readonly spendAlarm?: number | undefined;
}

export const texts = ({ watch, inbound, namespace, spendAlarm }: TextsProps): readonly Concern[] => [
  {
    name: 'TextsUnconfirmed',
    metric: watch.textsUnconfirmed.with({ period: FIVE_MINUTES }),
    from: 5,
    says: 'Of several texts nobody can tell whether they left. They are not sent again; receipts may settle them.',
  },
  {
    name: 'SpendLimitReached',
    metric: watch.textsOverSpendLimit.with({ period: FIVE_MINUTES }),
    from: 1,
    says: "The account's monthly limit for text messages is reached, and texts are refused: raise it in End User Messaging.",
  },
  {
    name: 'UnmatchedTexts',
    metric: logged(inbound, namespace, 'UnmatchedTexts', 'INBOUND_IGNORED'),
    from: 1,
    says: 'Inbound texts came for a number that is no inbox, or from no number at all, and were dropped.',
  },
  ...(spendAlarm === undefined ? [] : [spending(spendAlarm)]),
];

/** What this month has cost so far: a level, so its maximum counts. It shows once a first text was sent. */
export const monthlySpend = new Metric({
  namespace: 'AWS/SMSVoice',
  metricName: 'TextMessageMonthlySpend',
  statistic: Stats.MAXIMUM,
  period: Duration.hours(1),
});

const spending = (from: number): Concern => ({
  name: 'Spend',
  metric: monthlySpend,
  from,
  says: `Text messages have cost ${from} US dollars or more this month.`,
});
