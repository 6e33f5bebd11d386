import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms, Concern } from './alarms.ts';
import { type Functions, monthlySpend } from './concerns.ts';
import type { Watch } from './watch.ts';

interface OverviewProps {
  readonly name: string;
  readonly alarms: Alarms;
  readonly functions: Functions;
  readonly queues: Readonly<Record<string, Queue>>;
  readonly watch: Watch;
  readonly found: readonly Concern[];
  readonly stage: HttpStage;
}

/** One page: what is wrong, then texts and runs, then the machinery. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { name, alarms, functions, queues, watch, found, stage }: OverviewProps) {
    super(scope, id);
    const all = Object.values(functions).map(({ handler }) => handler);
    new Dashboard(this, 'Dashboard', {
      dashboardName: name,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.alarms], width: 24, height: 4 })],
        [
          graph('Runs that ended badly, or were stopped (a STOP, a turn-off)', [watch.runsFailed, watch.runsStopped]),
          graph('Texts', [watch.textsUnconfirmed, watch.textsOverSpendLimit]),
          graph('Spent this month, US dollars', [monthlySpend]),
        ],
        [
          graph(
            'Runs that stood still, by what was found',
            found.map(({ metric }) => metric),
          ),
        ],
        [
          graph('Requests', [stage.metricCount(), stage.metricClientError(), stage.metricServerError()]),
          graph('Latency, ms', [stage.metricLatency({ statistic: 'p50' }), stage.metricLatency({ statistic: 'p99' })]),
          graph(
            'Work waiting',
            Object.values(queues).map((queue) => queue.metricApproximateNumberOfMessagesVisible()),
          ),
        ],
        [
          graph(
            'Calls',
            all.map((handler) => handler.metricInvocations()),
          ),
          graph(
            'Duration, ms (p99)',
            all.map((handler) => handler.metricDuration({ statistic: 'p99' })),
          ),
          graph(
            'Refused by Lambda',
            all.map((handler) => handler.metricThrottles()),
          ),
        ],
      ],
    });
  }
}

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8, height: 6 });
