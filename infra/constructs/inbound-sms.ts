import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { functions } from '../functions.ts';
import { CarrierTopic } from './carrier-topic.ts';
import { publishEvents } from './permissions.ts';
import { type FunctionSetting, ServiceFunction } from './service-function.ts';
import { DeadLetters, WorkQueue } from './work-queue.ts';

interface InboundSmsProps {
  readonly setting: FunctionSetting;
  readonly bus: EventBus;
}

/** An inbound text's way: two-way topic → queue → bridge → bus → rule → handler. */
export class InboundSms extends Construct {
  readonly topic: CarrierTopic;
  readonly bridge: ServiceFunction;
  readonly handler: ServiceFunction;
  readonly work: WorkQueue;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { setting, bus }: InboundSmsProps) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Texts', functions.inboundBridge.timeout);
    this.topic = new CarrierTopic(this, 'Topic', this.work);
    this.bridge = new ServiceFunction(this, 'Bridge', {
      ...setting,
      size: functions.inboundBridge,
      description: 'Puts inbound texts from AWS End User Messaging on the event bus',
    });
    this.bridge.may(publishEvents(bus));
    this.work.workedBy({ worker: this.bridge, batch: 10, concurrency: 10 });

    this.handler = new ServiceFunction(this, 'Message', {
      ...setting,
      size: functions.inboundMessage,
      description: 'Records inbound texts: consent first, then the runs that wait',
    });
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    // EventBridge only hands the event to Lambda's own queue. What fails from then on is Lambda's to try again (twice,
    // and no more can be had), and to set aside.
    this.handler.may({
      name: 'SetAsideDeadLetters',
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetters.queueArn],
    });
    this.handler.handler.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
    });
    new Rule(this, 'Rule', {
      eventBus: bus,
      description: 'Inbound texts, whoever has put them on the bus',
      eventPattern: { detailType: ['MessageReceived'] },
      targets: [
        new LambdaFunction(this.handler.handler, {
          deadLetterQueue: this.deadLetters,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
  }
}
