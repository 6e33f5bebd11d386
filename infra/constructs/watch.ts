import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type EventBus, type EventPattern, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, LogGroup, MetricFilter, ResourcePolicy, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

interface WatchProps {
  readonly bus: EventBus;
  /** `…:stateMachine:<prefix>` */
  readonly machinesBeginWith: string;
  readonly logGroupName: string;
  readonly namespace: string;
  readonly retention: RetentionDays;
}

/**
 * What happens in the account is told by events: how runs end (machines are made at run time, so no alarm can name
 * them), and what became of texts. They are written down, to look into, and counted. They hold ids and codes; the cause
 * of a run that failed is what the last error said.
 */
export class Watch extends Construct {
  readonly runsFailed: Metric;
  readonly runsStopped: Metric;
  readonly textsUnconfirmed: Metric;
  readonly textsOverSpendLimit: Metric;

  constructor(
    scope: Construct,
    id: string,
    { bus, machinesBeginWith, logGroupName, namespace, retention }: WatchProps,
  ) {
    super(scope, id);
    const log = new LogGroup(this, 'Log', { logGroupName, retention, removalPolicy: RemovalPolicy.DESTROY });
    const policy = new ResourcePolicy(this, 'LogPolicy', {
      policyStatements: [
        new PolicyStatement({
          sid: 'EventsMayBeWrittenDown',
          principals: [
            new ServicePrincipal('events.amazonaws.com'),
            new ServicePrincipal('delivery.logs.amazonaws.com'),
          ],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [log.logGroupArn],
        }),
      ],
    });
    const writeDown = (name: string, eventPattern: EventPattern, eventBus?: EventBus) => {
      const rule = new Rule(this, name, { eventPattern, targets: [intoLog(log)], ...(eventBus && { eventBus }) });
      rule.node.addDependency(policy);
    };
    writeDown('Runs', {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [{ prefix: machinesBeginWith }] },
    });
    writeDown('Texts', { detailType: ['MessageUnconfirmed', 'MessageFailed'] }, bus);

    const count = (metricName: string, pattern: string): Metric => {
      new MetricFilter(this, metricName, {
        logGroup: log,
        filterPattern: FilterPattern.literal(pattern),
        metricNamespace: namespace,
        metricName,
      });
      return new Metric({ namespace, metricName, statistic: Stats.SUM });
    };
    this.runsFailed = count('RunsFailed', '{ ($.detail.status = "FAILED") || ($.detail.status = "TIMED_OUT") }');
    this.runsStopped = count('RunsStopped', '{ $.detail.status = "ABORTED" }');
    this.textsUnconfirmed = count('TextsUnconfirmed', '{ $.detail-type = "MessageUnconfirmed" }');
    this.textsOverSpendLimit = count(
      'TextsOverSpendLimit',
      '{ ($.detail-type = "MessageFailed") && ($.detail.reason = "MONTHLY_SPEND_LIMIT_REACHED*") }',
    );
  }
}

/** CDK's own target brings a function along, to write the log's policy. */
const intoLog = (log: LogGroup): IRuleTarget => ({
  bind: () => {
    const { partition, region, account } = Stack.of(log);
    return { arn: `arn:${partition}:logs:${region}:${account}:log-group:${log.logGroupName}`, targetResource: log };
  },
});
