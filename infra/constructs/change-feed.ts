import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';
import { DeadLetters } from './work-queue.ts';

/** The kinds of items whose changes something follows from. The others are never given to the function, nor paid for. */
export const FOLLOWED = ['contact', 'run', 'message', 'workflow', 'turn', 'pass', 'tally-request', 'import', 'export'];
/** Of these, the ones whose end is followed too. */
export const FOLLOWED_TO_THE_END = ['contact'];

interface ChangeFeedProps {
  readonly table: Table;
  readonly follower: ServiceFunction;
}

/** The table's change feed: everything that follows from a write follows by it. */
export class ChangeFeed extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { table, follower }: ChangeFeedProps) {
    super(scope, id);
    const { tableStreamArn: stream } = table;
    if (stream === undefined) throw new Error('the table has no stream');
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    follower.may(
      {
        name: 'ReadStream',
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [stream],
      },
      {
        name: 'FindStream',
        actions: ['dynamodb:ListStreams'],
        resources: ['*'],
        wildcardBecause: 'ListStreams takes no resource; Lambda asks for it.',
      },
      { name: 'SetAsideDeadLetters', actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] },
    );
    follower.handler.addEventSourceMapping('Changes', {
      eventSourceArn: stream,
      // From the oldest on: should the mapping ever be made anew, changes are followed twice rather than not at all.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // People wait for what follows from their answer.
      maxBatchingWindow: Duration.seconds(0),
      // Order is kept per contact all the same, and what is stuck holds up a tenth of its shard.
      parallelizationFactor: 10,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // A throttled minute must not set anything aside, nor one bad change hold up others for ever.
      retryAttempts: 1000,
      // An outage of hours must not drop starts; the stream keeps a day, which leaves four hours to redrive what was set aside.
      maxRecordAge: Duration.hours(20),
      // It holds where in the stream the changes stand, for a day; not the changes.
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
      filters: [
        FilterCriteria.filter({ dynamodb: { NewImage: { type: { S: FilterRule.or(...FOLLOWED) } } } }),
        FilterCriteria.filter({
          eventName: ['REMOVE'],
          dynamodb: { OldImage: { type: { S: FilterRule.or(...FOLLOWED_TO_THE_END) } } },
        }),
      ],
    });
  }
}
