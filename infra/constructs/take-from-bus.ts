import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';
import { DeadLetters } from './work-queue.ts';

interface Taken {
  readonly bus: EventBus;
  readonly detailType: string;
  readonly description: string;
  readonly handler: ServiceFunction;
}

/** Gives a function the events of one detail-type, whoever has put them on the bus; what it cannot handle is set aside. */
export function takeFromBus(scope: Construct, { bus, detailType, description, handler }: Taken): DeadLetters {
  const deadLetters = new DeadLetters(scope, 'DeadLetters');
  // EventBridge only hands the event to Lambda's own queue. What fails from then on is Lambda's to try again (twice,
  // and no more can be had), and to set aside.
  handler.may({ name: 'SetAsideDeadLetters', actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] });
  handler.handler.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.hours(6),
    onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
  });
  new Rule(scope, 'Rule', {
    eventBus: bus,
    description,
    eventPattern: { detailType: [detailType] },
    targets: [
      new LambdaFunction(handler.handler, {
        deadLetterQueue: deadLetters,
        retryAttempts: 185,
        maxEventAge: Duration.hours(24),
      }),
    ],
  });
  return deadLetters;
}
