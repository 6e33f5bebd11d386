import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type _Record,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { namesOf } from './names.ts';

// What could not be handled waits in dead-letter queues for two weeks. Find out why, fix it, then:
// `npm run redrive -- --stage dev` lists the queues, `--queue <name> --move` hands what lies in one to whom it was for.
//
// Everything is told at least once anyway, so twice does no more than once. A letter goes only after it was handled, and
// nothing of what it holds is ever shown: it may be a person's number and text.

/** What an account is seen and changed by. */
export interface Account {
  readonly cloudFormation: CloudFormationClient;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export interface DeadLetterQueue {
  /** As in the stack, without CDK's hash. */
  readonly name: string;
  readonly url: string;
  /** About so many lie in it, those that somebody is at included. */
  readonly depth: number;
}

interface Redriven {
  readonly done: number;
  /** They are still in the queue. */
  readonly left: number;
}

/** Only these belong to no queue, so that SQS cannot move back what they hold; each has a way of its own. */
const BY_HAND = {
  InboundDeadLetters: { handler: 'InboundMessageHandler', replay: replayEvent },
  ContactEventDeadLetters: { handler: 'ContactEventHandler', replay: replayEvent },
  FeedDeadLetters: { handler: 'TableChangesHandler', replay: replayChanges },
} as const;

/** Longer than any function takes; until then, nobody else is given what we are at, nor we what has just failed. */
const HIDDEN_SECONDS = 900;
/** What is in one queue may be spread: asked for so long, all of it is looked at. */
const WAIT_SECONDS = 5;

/** The stage's queues of dead letters, and how much is in them. */
export async function deadLetters(account: Account, stage: string): Promise<readonly DeadLetterQueue[]> {
  const resources = await resourcesOf(account, stage);
  const queues = resources.filter(({ type, name }) => type === 'AWS::SQS::Queue' && name.endsWith('DeadLetters'));
  return Promise.all(
    queues.map(async ({ name, physical: url }) => {
      const { ApproximateNumberOfMessages = 0, ApproximateNumberOfMessagesNotVisible = 0 } = await attributesOf(
        account,
        url,
      );
      return { name, url, depth: Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible) };
    }),
  );
}

/** Hands over what lies in one queue, once each; what fails again stays. */
export async function redrive(
  account: Account,
  stage: string,
  queue: string,
  say: (line: string) => void,
): Promise<Redriven> {
  const resources = await resourcesOf(account, stage);
  const physical = (type: string, wanted: string): string => {
    const found = resources.find(({ type: its, name }) => its === type && name === wanted);
    if (!found) throw new Error(`${namesOf(stage).stack('service')} has no ${wanted}`);
    return found.physical;
  };
  if (!queue.endsWith('DeadLetters')) throw new Error(`${queue} holds no dead letters`);
  const url = physical('AWS::SQS::Queue', queue);
  const way = Object.entries(BY_HAND).find(([name]) => name === queue)?.[1];
  if (!way) return moveBack(account, url, say);
  const target = physical('AWS::Lambda::Function', way.handler);
  return eachLetter(account, url, say, (body) => way.replay(account, target, body));
}

async function resourcesOf({ cloudFormation: client }: Account, stage: string) {
  const found: { type: string; name: string; physical: string }[] = [];
  const StackName = namesOf(stage).stack('service');
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    for (const { ResourceType: type = '', LogicalResourceId = '', PhysicalResourceId } of StackResourceSummaries) {
      const name = LogicalResourceId.replace(/[0-9A-F]{8}$/, '');
      if (PhysicalResourceId !== undefined) found.push({ type, name, physical: PhysicalResourceId });
    }
  }
  return found;
}

async function attributesOf({ sqs }: Account, QueueUrl: string) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Attributes;
}

// ---------------------------------------------------------------- To the queue it came from

/** SQS moves them by itself; told of a move that is still going on, we wait for that one. */
async function moveBack(account: Account, url: string, say: (line: string) => void): Promise<Redriven> {
  const { sqs, sleep } = account;
  const { queueUrls: [source, ...others] = [] } = await sqs.send(
    new ListDeadLetterSourceQueuesCommand({ QueueUrl: url }),
  );
  if (source === undefined || others.length > 0) throw new Error('It is not the dead letters of one queue.');
  const { QueueArn: SourceArn } = await attributesOf(account, url);
  // By name: what SNS could not put into the queue lies here too, and SQS does not know where that was to go.
  const { QueueArn: DestinationArn } = await attributesOf(account, source);
  const latest = async () =>
    (await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }))).Results?.[0];

  const before = await latest();
  let task = before;
  if (before?.Status !== 'RUNNING') {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    task = undefined;
  }
  while (task === undefined || task.Status === 'RUNNING') {
    await sleep(2000);
    const now = await latest();
    const isEarlier = before?.Status !== 'RUNNING' && now?.StartedTimestamp === before?.StartedTimestamp;
    task = isEarlier ? undefined : now;
  }
  const done = task.ApproximateNumberOfMessagesMoved ?? 0;
  if (task.Status === 'COMPLETED') return { done, left: 0 };
  say(`the move has ended as ${task.Status}: ${task.FailureReason ?? 'for no reason that SQS tells'}`);
  return { done, left: Math.max((task.ApproximateNumberOfMessagesToMove ?? 0) - done, 1) };
}

// ---------------------------------------------------------------- By hand

/** Why a letter could not be replayed; of ours, so that it quotes nothing. */
class StillFails extends Error {
  override readonly name = 'StillFails';
}

async function eachLetter(
  { sqs }: Account,
  QueueUrl: string,
  say: (line: string) => void,
  replay: (body: unknown) => Promise<void>,
): Promise<Redriven> {
  let done = 0;
  /** By id, what to give each back by. */
  const failed = new Map<string, string | undefined>();
  while (true) {
    const { Messages: [letter] = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 1,
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: WAIT_SECONDS,
      }),
    );
    if (!letter) break;
    const { MessageId: id = '', ReceiptHandle, Body = '' } = letter;
    const isKnown = failed.has(id);
    if (isKnown) failed.set(id, ReceiptHandle);
    if (isKnown) continue;
    try {
      await replay(JSON.parse(Body));
    } catch (error) {
      failed.set(id, ReceiptHandle);
      const why = error instanceof StillFails ? error.message : error instanceof Error ? error.name : 'Error';
      say(`left ${id}: ${why}`);
      continue;
    }
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    done += 1;
  }
  // They can be looked at, and redriven once more, at once.
  for (const ReceiptHandle of failed.values())
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  return { done, left: failed.size };
}

/** An event as EventBridge could not hand it over; or Lambda's record of the failure, with the event inside. */
const Event = z.looseObject({ 'detail-type': z.string() });
const EventLetter = z.union([
  z.pipe(
    z.object({ requestPayload: Event }),
    z.transform(({ requestPayload }) => requestPayload),
  ),
  Event,
]);

async function replayEvent(account: Account, handler: string, body: unknown): Promise<void> {
  await invoke(account, handler, EventLetter.parse(body));
}

/** Where in the stream the changes stand, not the changes: the stream keeps those for a day. */
const Position = z.object({
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string(),
    endSequenceNumber: z.string(),
  }),
});
const BatchAnswer = z.object({ batchItemFailures: z._default(z.array(z.object({ itemIdentifier: z.string() })), []) });
/** So many answers without a change in a row: there is none to come. */
const EMPTY_PAGES = 100;

const GONE = 'the stream has these changes no longer; docs/operations.md says what is missing by that, and what to do';

/** Others' changes stand between those that failed: they are told once more with them, which does nothing. */
async function replayChanges(account: Account, handler: string, body: unknown): Promise<void> {
  const { streamArn, ...position } = Position.parse(body).DDBStreamBatchInfo;
  for await (const records of changesAt(account, streamArn, position)) {
    const answer = BatchAnswer.parse(
      (await invoke(account, handler, { Records: records.map(asGiven(streamArn)) })) ?? {},
    );
    const [failure] = answer.batchItemFailures;
    if (failure)
      throw new StillFails(`the change at ${failure.itemIdentifier} fails; what comes after it was not tried`);
  }
}

async function* changesAt(
  { streams, sleep }: Account,
  streamArn: string,
  {
    shardId,
    startSequenceNumber,
    endSequenceNumber,
  }: Omit<z.infer<typeof Position>['DDBStreamBatchInfo'], 'streamArn'>,
) {
  const end = BigInt(endSequenceNumber);
  const placeOf = ({ dynamodb }: _Record) => BigInt(dynamodb?.SequenceNumber ?? 0);
  let { ShardIterator: iterator } = await streams
    .send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: startSequenceNumber,
      }),
    )
    .catch(ifTrimmed);
  let empty = 0;
  while (iterator !== undefined && empty < EMPTY_PAGES) {
    // As many as Lambda would give at once.
    const { Records: page = [], NextShardIterator } = await streams
      .send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 100 }))
      .catch(ifTrimmed);
    const within = page.filter((record) => placeOf(record) <= end);
    if (within.length > 0) yield within;
    const last = page.at(-1);
    if (last && placeOf(last) >= end) return;
    empty = last ? 0 : empty + 1;
    iterator = NextShardIterator;
    // A shard is read five times a second at most, and Lambda reads it too.
    await sleep(1000);
  }
  throw new StillFails(GONE);
}

function ifTrimmed(error: unknown): never {
  const isGone =
    error instanceof Error && ['TrimmedDataAccessException', 'ResourceNotFoundException'].includes(error.name);
  throw isGone ? new StillFails(GONE) : error;
}

/** A record in the shape in which Lambda gives it to a function. */
const asGiven =
  (eventSourceARN: string) =>
  ({ dynamodb, ...record }: _Record) => ({
    ...record,
    eventSourceARN,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
    },
  });

async function invoke({ lambda }: Account, FunctionName: string, event: unknown): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, InvocationType: 'RequestResponse', Payload: JSON.stringify(event) }),
  );
  if (FunctionError !== undefined) throw new StillFails('the function fails at it; its log says at what');
  const answer = Payload?.transformToString() ?? '';
  return answer === '' ? undefined : JSON.parse(answer);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      queue: { type: 'string' },
      move: { type: 'boolean', default: false },
    },
  });
  const { stage, queue, move } = values;
  const account: Account = {
    cloudFormation: new CloudFormationClient({}),
    sqs: new SQSClient({}),
    lambda: new LambdaClient({}),
    streams: new DynamoDBStreamsClient({}),
    sleep: setTimeout,
  };
  if (move && queue === undefined) throw new Error('Say which: --queue <name> --move');
  if (move && queue !== undefined) {
    const { done, left } = await redrive(account, stage, queue, console.log);
    console.log(`${queue}: ${done} handed over, ${left} left.`);
    if (left > 0) process.exitCode = 1;
  } else {
    const found = await deadLetters(account, stage);
    for (const { name, depth } of found.filter(({ name }) => queue === undefined || name === queue))
      console.log(`${name}: ${depth}`);
    console.log('With --queue <name> --move, what lies in one is handed over again.');
  }
}
