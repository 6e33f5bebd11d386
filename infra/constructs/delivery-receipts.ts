import { CfnConfigurationSet } from 'aws-cdk-lib/aws-smsvoice';
import { Construct } from 'constructs';
import { functions } from '../functions.ts';
import { CarrierTopic } from './carrier-topic.ts';
import { WorkQueue } from './work-queue.ts';

/** What becomes of sent texts: every text is sent under the configuration set, and that tells of it by a topic. */
export class DeliveryReceipts extends Construct {
  readonly configurationSet: CfnConfigurationSet;
  readonly work: WorkQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Receipts', functions.deliveryReceipt.timeout);
    const topic = new CarrierTopic(this, 'Topic', this.work);
    this.configurationSet = new CfnConfigurationSet(this, 'ConfigurationSet', {
      eventDestinations: [
        {
          eventDestinationName: 'receipts',
          enabled: true,
          matchingEventTypes: ['TEXT_ALL', 'MEDIA_ALL'],
          snsDestination: { topicArn: topic.topicArn },
        },
      ],
    });
    // The destination is tried out when it is made.
    this.configurationSet.node.addDependency(topic);
  }
}
