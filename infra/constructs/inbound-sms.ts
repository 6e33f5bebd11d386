import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { functions } from '../functions.ts';
import { CarrierTopic } from './carrier-topic.ts';
import { publishEvents } from './permissions.ts';
import { type FunctionSetting, ServiceFunction } from './service-function.ts';
import { takeFromBus } from './take-from-bus.ts';
import { type DeadLetters, WorkQueue } from './work-queue.ts';

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
    this.deadLetters = takeFromBus(this, {
      bus,
      detailType: 'MessageReceived',
      description: 'Inbound texts, whoever has put them on the bus',
      handler: this.handler,
    });
  }
}
