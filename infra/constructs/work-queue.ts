import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

/** Where what nobody could handle waits to be looked at: two weeks, then it is gone, and the personal data in it. */
export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, { ...PROTECTED, retentionPeriod: Duration.days(14) });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is for dead letters itself, also where not a queue but Lambda or EventBridge sets them aside.',
    });
  }
}

/** Encrypted by SQS itself: notifications of other services get in without a key to share. */
const PROTECTED = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

interface WorkQueueProps {
  readonly worker: ServiceFunction;
  /** Messages per call of the worker. */
  readonly batch: number;
  /** At most so many workers at once, at least 2. */
  readonly concurrency: number;
}

/** A queue and the one function that works on it; a message that fails five times goes to the dead letters, alone. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, workerTimeout: Duration) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    this.queue = new Queue(this, 'Queue', {
      ...PROTECTED,
      // Longer than a call may take, or a message would be given to a second worker while the first is at it.
      visibilityTimeout: Duration.seconds(workerTimeout.toSeconds() * 3),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
  }

  /** Puts the same message in as often, for as long as the stack stands. */
  every(id: string, interval: Duration, message: object, description: string): void {
    new Rule(this, id, {
      description,
      schedule: Schedule.rate(interval),
      targets: [new SqsQueue(this.queue, { message: RuleTargetInput.fromObject(message) })],
    });
  }

  /** Made apart from the queue: workers are told of queues by their environment. */
  workedBy({ worker, batch, concurrency }: WorkQueueProps): void {
    worker.may({
      name: 'TakeFromQueue',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      resources: [this.queue.queueArn],
    });
    worker.handler.addEventSourceMapping('Queue', {
      eventSourceArn: this.queue.queueArn,
      batchSize: batch,
      maxConcurrency: concurrency,
      reportBatchItemFailures: true,
    });
  }
}
