import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { type Account, deadLetters, redrive } from '../../infra/redrive.ts';
import { changeOf, placeOf } from '../../shared/aws/table-item.ts';
import { ofType, synthesized } from './synthesized.ts';

const { resources } = synthesized().service;
const NAMES = [
  'ContactEventDeadLetters',
  'FeedDeadLetters',
  'InboundDeadLetters',
  'InboundTextsDeadLetters',
  'WorkflowJobsDeadLetters',
  'ReceiptsDeadLetters',
];
const STREAM = 'arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/2026';

interface Letter {
  readonly MessageId: string;
  readonly Body: string;
  hidden?: boolean;
}
// biome-ignore lint/suspicious/noExplicitAny: what a command was given, whichever it is
type Input = any;
type Answers = Readonly<Record<string, (input: Input) => unknown>>;

const letter = (MessageId: string, body: object): Letter => ({ MessageId, Body: JSON.stringify(body) });
const record = (at: number, id = `e-${at}`) => ({
  eventID: id,
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    ApproximateCreationDateTime: new Date('2026-03-03T15:00:00.000Z'),
    SequenceNumber: String(at),
    NewImage: marshall({ pk: 'C#1', sk: 'CONTACT', type: 'contact', rev: 1, data: { n: at } }),
  },
});
const position = (from: number, to: number) => ({
  requestContext: { condition: 'RetryAttemptsExhausted' },
  DDBStreamBatchInfo: {
    shardId: 'shard-1',
    startSequenceNumber: String(from),
    endSequenceNumber: String(to),
    streamArn: STREAM,
    batchSize: 1,
  },
});

/** An account with the stack of the stage `dev`: its queues hold what is given, its clients reach nothing. */
function account(holding: Readonly<Record<string, Letter[]>>, { stream = [] as object[], ...answers }: Input = {}) {
  const asked: { command: string; input: Input }[] = [];
  const invoked: { name: string; event: Input }[] = [];
  let slept = 0;
  const letters = Object.fromEntries(NAMES.map((name) => [name, [...(holding[name] ?? [])]]));
  const queueOf = (url: string) => letters[url.replace(/^https:\/\/sqs\//, '').replace(/[0-9A-F]{8}$/, '')] ?? [];
  const ids = Object.entries(resources).map(([id, { Type }]) => ({
    LogicalResourceId: id,
    ResourceType: Type,
    PhysicalResourceId: Type === 'AWS::SQS::Queue' ? `https://sqs/${id}` : `made-${id}`,
  }));
  const own: Answers = {
    ListStackResources: ({ StackName, NextToken = '0' }) => {
      if (StackName !== 'sms-workflows-dev-service') throw new Error('no such stack');
      const from = Number(NextToken);
      const more = from + 50 < ids.length;
      return { StackResourceSummaries: ids.slice(from, from + 50), ...(more && { NextToken: String(from + 50) }) };
    },
    GetQueueAttributes: ({ QueueUrl }) => ({
      Attributes: {
        QueueArn: `arn:${QueueUrl}`,
        ApproximateNumberOfMessages: String(queueOf(QueueUrl).filter(({ hidden }) => !hidden).length),
        ApproximateNumberOfMessagesNotVisible: String(queueOf(QueueUrl).filter(({ hidden }) => hidden).length),
      },
    }),
    ListDeadLetterSourceQueues: ({ QueueUrl }) => ({ queueUrls: [QueueUrl.replace('DeadLetters', 'Queue')] }),
    ReceiveMessage: ({ QueueUrl }) => {
      const next = queueOf(QueueUrl).find(({ hidden }) => !hidden);
      if (!next) return {};
      next.hidden = true;
      return { Messages: [{ ...next, ReceiptHandle: `h-${next.MessageId}` }] };
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
      const queue = queueOf(QueueUrl);
      queue.splice(
        queue.findIndex(({ MessageId }) => `h-${MessageId}` === ReceiptHandle),
        1,
      );
      return {};
    },
    ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle }) => {
      for (const one of queueOf(QueueUrl)) if (`h-${one.MessageId}` === ReceiptHandle) one.hidden = false;
      return {};
    },
    Invoke: ({ FunctionName, Payload }) => {
      invoked.push({ name: FunctionName, event: JSON.parse(Payload) });
      return payload({ batchItemFailures: [] });
    },
    GetShardIterator: ({ SequenceNumber }) => ({ ShardIterator: SequenceNumber }),
    GetRecords: ({ ShardIterator }) => {
      const from = Number(ShardIterator);
      const numberOf = (one: object) => Number(placeOf(one));
      const Records = stream.filter((one: object) => numberOf(one) >= from).slice(0, 2);
      const last = Records.at(-1);
      return { Records, NextShardIterator: String(last ? numberOf(last) + 1 : from) };
    },
  };
  const send = async ({ input, constructor }: { input: Input; constructor: { name: string } }) => {
    const command = constructor.name.replace(/Command$/, '');
    asked.push({ command, input });
    const answer = answers[command] ?? own[command];
    if (!answer) throw new Error(`${command} is not expected`);
    return answer(input);
  };
  const stubbed = <Client extends { send: unknown }>(client: Client): Client => Object.assign(client, { send });
  const region = 'eu-west-1';
  const clients: Account = {
    cloudFormation: stubbed(new CloudFormationClient({ region })),
    sqs: stubbed(new SQSClient({ region })),
    lambda: stubbed(new LambdaClient({ region })),
    streams: stubbed(new DynamoDBStreamsClient({ region })),
    sleep: async () => {
      slept += 1;
    },
  };
  const said: string[] = [];
  return {
    clients,
    asked,
    invoked,
    letters,
    said,
    slept: () => slept,
    commands: () => asked.map(({ command }) => command),
    redrive: (queue: string) => redrive(clients, 'dev', queue, (line) => said.push(line)),
  };
}

const payload = (answer: object) => ({ Payload: { transformToString: () => JSON.stringify(answer) } });
const fault = (name: string) => () => {
  throw Object.assign(new Error('said by AWS'), { name });
};
const idOf = (type: string, name: string) =>
  Object.keys(ofType(resources, type)).find((id) => id.replace(/[0-9A-F]{8}$/, '') === name);

describe('the dead letters of a stage', () => {
  test('are listed, with how many there are, and left alone', async () => {
    const { clients, commands } = account({
      WorkflowJobsDeadLetters: [letter('1', {}), letter('2', {})],
      FeedDeadLetters: [{ ...letter('3', {}), hidden: true }],
    });
    const found = await deadLetters(clients, 'dev');
    expect(found.map(({ name, depth }) => `${name}: ${depth}`).sort((one, other) => (one < other ? -1 : 1))).toEqual([
      'ContactEventDeadLetters: 0',
      'DueJobsDeadLetters: 0',
      'FeedDeadLetters: 1',
      'InboundDeadLetters: 0',
      'InboundTextsDeadLetters: 0',
      'ReceiptsDeadLetters: 0',
      'ReconcileJobsDeadLetters: 0',
      'TransfersDeadLetters: 0',
      'WorkflowJobsDeadLetters: 2',
    ]);
    expect(new Set(commands())).toEqual(new Set(['ListStackResources', 'GetQueueAttributes']));
  });

  test('are of that stage, and of queues that hold such', async () => {
    const { clients, redrive: go } = account({});
    await expect(deadLetters(clients, 'live')).rejects.toThrow('no such stack');
    await expect(go('WorkflowJobs')).rejects.toThrow('WorkflowJobs holds no dead letters');
    await expect(go('WorkDeadLetters')).rejects.toThrow('sms-workflows-dev-service has no WorkDeadLetters');
  });
});

describe('what came from a queue', () => {
  const SOURCE = `arn:https://sqs/${idOf('AWS::SQS::Queue', 'WorkflowJobsDeadLetters')}`;
  /** Moves as SQS tells of them, one after another. */
  const telling = (...tasks: object[]) => {
    let told = 0;
    return { ListMessageMoveTasks: () => ({ Results: tasks[told++] ? [tasks[told - 1]] : [] }) };
  };
  const running = { Status: 'RUNNING', StartedTimestamp: 2, ApproximateNumberOfMessagesMoved: 1 };

  test.for(['WorkflowJobsDeadLetters', 'ReceiptsDeadLetters', 'InboundTextsDeadLetters'])(
    'is moved back by SQS: %s',
    async (queue) => {
      const StartMessageMoveTask = () => ({ TaskHandle: 't' });
      const earlier = { Status: 'FAILED', StartedTimestamp: 1 };
      const moved = { Status: 'COMPLETED', StartedTimestamp: 2, ApproximateNumberOfMessagesMoved: 3 };
      const {
        redrive: go,
        asked,
        slept,
      } = account({}, { StartMessageMoveTask, ...telling(earlier, earlier, running, moved) });
      expect(await go(queue)).toEqual({ done: 3, left: 0 });
      const started = asked.filter(({ command }) => command === 'StartMessageMoveTask').map(({ input }) => input);
      const id = idOf('AWS::SQS::Queue', queue);
      expect(started).toEqual([
        {
          SourceArn: `arn:https://sqs/${id}`,
          DestinationArn: `arn:https://sqs/${id?.replace('DeadLetters', 'Queue')}`,
        },
      ]);
      expect(slept()).toBe(3);
    },
  );

  test('is moved once, however often that is asked for', async () => {
    const moved = { ...running, Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 };
    const { redrive: go, commands } = account({}, telling(running, running, moved));
    expect(await go('WorkflowJobsDeadLetters')).toEqual({ done: 2, left: 0 });
    expect(commands()).not.toContain('StartMessageMoveTask');
  });

  test('and is not moved is told', async () => {
    const failed = {
      ...{ Status: 'FAILED', StartedTimestamp: 2, FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' },
      ...{ ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 4 },
    };
    const {
      redrive: go,
      said,
      asked,
    } = account(
      {},
      {
        StartMessageMoveTask: () => ({}),
        ListMessageMoveTasks: (input: Input) => ({
          Results:
            asked.some(({ command }) => command === 'StartMessageMoveTask') && input.SourceArn === SOURCE
              ? [failed]
              : [],
        }),
      },
    );
    expect(await go('WorkflowJobsDeadLetters')).toEqual({ done: 1, left: 3 });
    expect(said).toEqual(['the move has ended as FAILED: AWS.SimpleQueueService.NonExistentQueue']);
  });
});

describe('inbound texts that the handler could not take', () => {
  const event = { id: 'e', 'detail-type': 'MessageReceived', detail: { messageBody: 'my secret' } };
  const handler = `made-${idOf('AWS::Lambda::Function', 'InboundMessageHandler')}`;

  test('are given to it again, whoever has set them aside, and are gone then', async () => {
    const {
      redrive: go,
      invoked,
      letters,
    } = account({
      InboundDeadLetters: [letter('bus', event), letter('lambda', { version: '1.0', requestPayload: event })],
    });
    expect(await go('InboundDeadLetters')).toEqual({ done: 2, left: 0 });
    expect(invoked).toEqual([
      { name: handler, event },
      { name: handler, event },
    ]);
    expect(letters['InboundDeadLetters']).toEqual([]);
    expect(await go('InboundDeadLetters')).toEqual({ done: 0, left: 0 });
  });

  test('and fail again stay, to be looked at; the others go on, and nothing is quoted', async () => {
    const Invoke = ({ Payload }: Input) =>
      JSON.parse(Payload).id === 'poison'
        ? { FunctionError: 'Unhandled', ...payload({ errorMessage: 'my secret' }) }
        : { Payload: undefined };
    const {
      redrive: go,
      letters,
      said,
    } = account(
      {
        InboundDeadLetters: [
          letter('1', { ...event, id: 'poison' }),
          { MessageId: '2', Body: 'my secret, and no JSON' },
          letter('3', { my: 'secret' }),
          letter('4', event),
        ],
      },
      { Invoke },
    );
    expect(await go('InboundDeadLetters')).toEqual({ done: 1, left: 3 });
    expect(letters['InboundDeadLetters']?.map(({ MessageId, hidden }) => [MessageId, hidden])).toEqual([
      ['1', false],
      ['2', false],
      ['3', false],
    ]);
    expect(said).toEqual([
      'left 1: the function fails at it; its log says at what',
      'left 2: SyntaxError',
      'left 3: $ZodError',
    ]);
  });

  test('stay where the function could not be called', async () => {
    const { redrive: go, letters } = account(
      { InboundDeadLetters: [letter('1', event)] },
      { Invoke: fault('TooManyRequestsException') },
    );
    expect(await go('InboundDeadLetters')).toEqual({ done: 0, left: 1 });
    expect(letters['InboundDeadLetters']).toHaveLength(1);
  });
});

describe('changes that could not be followed', () => {
  const handler = `made-${idOf('AWS::Lambda::Function', 'TableChangesHandler')}`;
  const stream = [10, 11, 12, 13, 14].map((at) => record(at));

  test('are read from the stream, from the first to the last, and given to the function as Lambda does', async () => {
    const { redrive: go, invoked, letters } = account({ FeedDeadLetters: [letter('1', position(11, 13))] }, { stream });
    expect(await go('FeedDeadLetters')).toEqual({ done: 1, left: 0 });
    expect(letters['FeedDeadLetters']).toEqual([]);
    expect(invoked.map(({ name }) => name)).toEqual([handler, handler]);
    const given = invoked.flatMap(({ event }) => event.Records);
    expect(given.map(placeOf)).toEqual(['11', '12', '13']);
    expect(given[0]).toMatchObject({ eventID: 'e-11', eventSourceARN: STREAM, eventName: 'INSERT' });
    expect(given.map(changeOf)).toEqual(
      [11, 12, 13].map((at) => ({
        id: `e-${at}`,
        at: Date.parse('2026-03-03T15:00:00.000Z'),
        after: { pk: 'C#1', sk: 'CONTACT', type: 'contact', rev: 1, data: { n: at } },
      })),
    );
  });

  test('are looked for as long as the stream may still have them', async () => {
    let told = 0;
    const GetRecords = () => (told++ < 3 ? { NextShardIterator: 'next' } : { Records: [stream[1]] });
    const { redrive: go, invoked } = account({ FeedDeadLetters: [letter('1', position(11, 11))] }, { GetRecords });
    expect(await go('FeedDeadLetters')).toEqual({ done: 1, left: 0 });
    expect(invoked).toHaveLength(1);
  });

  test('and fail again stay, with what comes after them', async () => {
    const Invoke = () => payload({ batchItemFailures: [{ itemIdentifier: '12' }] });
    const {
      redrive: go,
      letters,
      said,
      commands,
    } = account({ FeedDeadLetters: [letter('1', position(11, 14))] }, { stream, Invoke });
    expect(await go('FeedDeadLetters')).toEqual({ done: 0, left: 1 });
    expect(letters['FeedDeadLetters']).toMatchObject([{ MessageId: '1', hidden: false }]);
    expect(said).toEqual(['left 1: the change at 12 fails; what comes after it was not tried']);
    expect(commands().filter((command) => command === 'Invoke')).toHaveLength(1);
  });

  test.for([
    ['GetShardIterator', fault('TrimmedDataAccessException')],
    ['GetShardIterator', fault('ResourceNotFoundException')],
    ['GetRecords', fault('TrimmedDataAccessException')],
    ['GetRecords', () => ({ Records: [] })],
    ['GetRecords', () => ({ Records: [], NextShardIterator: 'for ever' })],
  ] as const)('and are gone from the stream are told, and their position stays (%s)', async ([command, answer]) => {
    const {
      redrive: go,
      letters,
      said,
      invoked,
    } = account({ FeedDeadLetters: [letter('1', position(11, 11))] }, { [command]: answer });
    expect(await go('FeedDeadLetters')).toEqual({ done: 0, left: 1 });
    expect(said).toEqual([expect.stringMatching(/^left 1: the stream has these changes no longer/)]);
    expect(letters['FeedDeadLetters']).toHaveLength(1);
    expect(invoked).toEqual([]);
  });
});
