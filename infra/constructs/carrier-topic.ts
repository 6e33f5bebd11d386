import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { WorkQueue } from './work-queue.ts';

/**
 * What AWS End User Messaging tells us by, straight into a queue. Standard, as it must be; without a key, since its
 * messages only pass through, and AWS's own key for SNS would keep End User Messaging out.
 */
export class CarrierTopic extends Topic {
  constructor(scope: Construct, id: string, { queue, deadLetters }: WorkQueue) {
    super(scope, id, { enforceSSL: true });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CarrierMayTell',
        principals: [new ServicePrincipal('sms-voice.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        // Nobody else's numbers.
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    // Not raw: the envelope holds the only time that an inbound text has.
    this.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: false, deadLetterQueue: deadLetters }));
  }
}
