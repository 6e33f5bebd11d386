import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT, callJson, callQuery, elements } from './aws-call.ts';
import type { MiniStack, Shim } from './ministack.ts';

/**
 * Where MiniStack is not like AWS, as far as the product touches it. Each gap has a probe; the suite runs it on an emulator as
 * it comes, and fails as soon as the gap closes or changes, so that this list stays true.
 */
export interface Gap {
  readonly name: string;
  /** What it means for the product. */
  readonly matters: string;
  /** Where what AWS does is shown instead. */
  readonly proven: string;
  /** Closed in `emulator.py` for the scenarios, since without it no run gets anywhere. */
  readonly shim?: Shim;
  readonly aws: unknown;
  readonly ministack: unknown;
  /** What the emulator does. */
  readonly probe: (emulator: Probed) => Promise<unknown>;
}

const INTERPRETER =
  'test/local/interpreter.test.ts and test/scenarios, on the interpreter in local/; the rules are in the Amazon States Language specification';

export const GAPS: readonly Gap[] = [
  {
    name: 'A Node function’s error keeps its name',
    matters: 'Steps throw NotBefore, Parked, Exit, Replied, Rearm and Resume, and definitions catch them by name.',
    proven: INTERPRETER,
    shim: 'lambda_error_name',
    aws: 'Named',
    ministack: 'Runtime.HandlerError',
    probe: async ({ machine, failing }) => {
      const { output } = await machine(task({ FunctionName: failing }));
      return output.caught;
    },
  },
  {
    name: 'A function that fails in a callback state fails the state',
    matters:
      'A text and its wait are one callback state: what its function throws has to be caught at once, not when the wait is over.',
    proven: INTERPRETER,
    shim: 'callback_error',
    aws: true,
    ministack: false,
    probe: async ({ machine, failing }) => {
      const { output } = await machine(task({ FunctionName: failing }, { Resource: CALLBACK, TimeoutSeconds: 2 }));
      return output.caught !== 'States.Timeout';
    },
  },
  {
    name: 'TimeoutSeconds may be computed',
    matters: 'A wait that is armed again has only what is left of its time.',
    proven: INTERPRETER,
    shim: 'computed_timeout',
    aws: 'States.Timeout',
    ministack: 'FAILED States.Runtime',
    probe: async ({ machine, succeeding }) => {
      const { status, error, output } = await machine(
        task({ FunctionName: succeeding }, { Resource: CALLBACK, TimeoutSeconds: '{% 1 + 0 %}' }),
      );
      return status === 'FAILED' ? `${status} ${error}` : output.caught;
    },
  },
  {
    name: 'The context says how often an execution was redriven',
    matters: 'Attempts of a task are ordered by it.',
    proven: INTERPRETER,
    shim: 'redrive_count',
    aws: 0,
    ministack: 'FAILED States.QueryEvaluationError',
    probe: async ({ machine, succeeding }) => {
      const { status, error, output } = await machine(
        task(
          { FunctionName: succeeding, Payload: { count: '{% $states.context.Execution.RedriveCount %}' } },
          { Catch: [] },
        ),
      );
      return status === 'FAILED' ? `${status} ${error}` : output.Payload.count;
    },
  },
  {
    name: 'CloudFormation knows AWS::SMSVOICE resources',
    matters:
      'The configuration set and the opt-out list are made with the stack. Here the fake carrier makes them, and takes from them which topics to tell.',
    proven:
      'The templates in infra are checked against the CloudFormation schema by cdk-nag and assertions only: never by a real account.',
    shim: 'sms_voice_resources',
    aws: 'ok',
    ministack: 'refused',
    probe: ({ template }) => template({ List: { Type: 'AWS::SMSVOICE::OptOutList' } }),
  },
  {
    name: 'CloudFormation makes alarms on expressions over metrics',
    matters:
      'Some alarms count the faults of several functions. Here they are taken for made, and never evaluated; nor would any alarm say that it is right.',
    proven: 'Nowhere but in assertions on the template: no alarm has ever gone off.',
    shim: 'metric_math_alarms',
    aws: 'ok',
    ministack: 'refused',
    probe: ({ template }) =>
      template({
        Alarm: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            ComparisonOperator: 'GreaterThanThreshold',
            EvaluationPeriods: 1,
            Threshold: 0,
            Metrics: [
              { Id: 'doubled', Expression: 'one * 2' },
              {
                Id: 'one',
                ReturnData: false,
                MetricStat: { Metric: { Namespace: 'probe', MetricName: 'One' }, Period: 60, Stat: 'Sum' },
              },
            ],
          },
        },
      }),
  },
  {
    name: 'A notification says to the millisecond when SNS took it',
    matters:
      'An inbound text has no other time, and one from before a question is no answer to it. People take longer than a second; tests do not.',
    proven: 'The API reference of SNS shows milliseconds; shared/aws/notification.ts reads them.',
    shim: 'sns_timestamp',
    aws: 'milliseconds',
    ministack: 'seconds',
    probe: async ({ query, queue }) => {
      const { url: QueueUrl, arn } = await queue();
      const [TopicArn = ''] = elements(
        await query('sns', '2010-03-31', { Action: 'CreateTopic', Name: 'clock' }),
        'TopicArn',
      );
      await query('sns', '2010-03-31', { Action: 'Subscribe', TopicArn, Protocol: 'sqs', Endpoint: arn });
      let seen = 'seconds';
      for (let time = 0; time < 3 && seen === 'seconds'; time += 1) {
        await query('sns', '2010-03-31', { Action: 'Publish', TopicArn, Message: 'now' });
        const received = await query('sqs', '2012-11-05', { Action: 'ReceiveMessage', QueueUrl, WaitTimeSeconds: '5' });
        if (/Timestamp\W+[\d-]+T[\d:]+\.(?!000)\d{3}Z/.test(received)) seen = 'milliseconds';
      }
      return seen;
    },
  },
  {
    name: 'A change that a function could not follow is told again',
    matters:
      'Everything follows from the change feed: a change that is lost is a run that never starts, or an answer that nobody hears.',
    proven: 'test/local (the local feed), and infra’s assertions on the mapping',
    shim: 'stream_failures',
    aws: 2,
    ministack: 1,
    probe: async ({ template, json }) => {
      await template({
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            TableName: 'probe',
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
          },
        },
        Role: FUNCTIONS.Role,
        Follower: {
          ...inline(FORGETFUL, 'probe-follower'),
          DependsOn: 'Table',
        },
        Feed: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
            FunctionName: { Ref: 'Follower' },
            StartingPosition: 'TRIM_HORIZON',
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          },
        },
      });
      await json('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: 'probe', Item: { pk: { S: 'one' } } });
      const told = async (): Promise<number> => {
        const { logGroups } = await json('logs', 'Logs_20140328.DescribeLogGroups', {
          logGroupNamePrefix: '/aws/lambda/probe-follower',
        });
        if (logGroups.length === 0) return 0;
        const { events } = await json('logs', 'Logs_20140328.FilterLogEvents', {
          logGroupName: '/aws/lambda/probe-follower',
        });
        return events.filter(({ message }: { message: string }) => message.includes('TOLD')).length;
      };
      await until(async () => (await told()) > 0);
      for (let tries = 0; tries < 80 && (await told()) < 2; tries += 1) await sleep(100);
      return told();
    },
  },
  {
    name: 'Stopping an execution that has ended is no error',
    matters:
      'A run that is ended from outside may have ended its execution itself when it is stopped. Not verified on AWS: its model names no reason to refuse. If it did refuse, the change feed would be held up.',
    proven: 'Nowhere: shared/aws/machines.ts would do well to take a refusal for “has ended”.',
    shim: 'stop_of_ended',
    aws: 'ok',
    ministack: 'ValidationException',
    probe: async ({ machine, states }) => {
      const { executionArn } = await machine({ Type: 'Pass', End: true });
      return outcome(states('StopExecution', { executionArn }));
    },
  },
  {
    name: 'EventBridge writes events into a log group',
    matters:
      'Failed runs and texts that were not sent are written down so, and counted for alarms. Here nothing is written.',
    proven: 'Nowhere but in assertions on the template.',
    aws: 1,
    ministack: 0,
    probe: async ({ json }) => {
      const logs = (action: string, input: object) => json('logs', `Logs_20140328.${action}`, input);
      const events = (action: string, input: object) => json('events', `AWSEvents.${action}`, input);
      const logGroupName = '/aws/events/probe';
      await logs('CreateLogGroup', { logGroupName });
      await events('PutRule', { Name: 'probe', EventPattern: JSON.stringify({ source: ['probe'] }) });
      await events('PutTargets', {
        Rule: 'probe',
        Targets: [{ Id: 'log', Arn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${logGroupName}` }],
      });
      await events('PutEvents', { Entries: [{ Source: 'probe', DetailType: 'Probe', Detail: '{}' }] });
      await sleep(1000);
      return (await logs('FilterLogEvents', { logGroupName })).events.length;
    },
  },
  {
    name: 'A machine may call only what its role allows',
    matters:
      'Compiled machines run under one role that may call the step function and nothing else. Here nobody asks for it; roles of functions are held to.',
    proven: 'Nowhere but in assertions on the template.',
    aws: 'FAILED',
    ministack: 'SUCCEEDED',
    probe: async ({ machine, succeeding }) => (await machine(task({ FunctionName: succeeding }, { Catch: [] }))).status,
  },
  {
    name: 'An execution runs the version that it was started by',
    matters:
      'A run stays on its version for life. MiniStack starts the newest definition; only a run that is started again after parking could notice.',
    proven: 'test/scenarios (a published version is immutable), where executions start by the version’s address',
    aws: 'first',
    ministack: 'second',
    probe: async ({ states, name }) => {
      const passing = (Output: string) =>
        JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Only',
          States: { Only: { Type: 'Pass', Output, End: true } },
        });
      const { stateMachineArn, stateMachineVersionArn } = await states('CreateStateMachine', {
        name,
        definition: passing('first'),
        roleArn: ROLE,
        publish: true,
      });
      await states('UpdateStateMachine', { stateMachineArn, definition: passing('second'), publish: true });
      const { executionArn } = await states('StartExecution', { stateMachineArn: stateMachineVersionArn });
      return (await ended(states, executionArn)).output;
    },
  },
  {
    name: 'Starting an execution again under its name and with its input is no error while it runs',
    matters:
      'The change feed tells at least once. The adapter takes both answers for the same, so a second start does nothing either way.',
    proven:
      'shared/aws/machines.ts takes ExecutionAlreadyExists for success; test/scenarios/protocol-enrolling.test.ts tells changes twice',
    aws: 'ok',
    ministack: 'ExecutionAlreadyExists',
    probe: async ({ states, name }) => {
      const definition = JSON.stringify({ StartAt: 'Only', States: { Only: { Type: 'Wait', Seconds: 5, End: true } } });
      const { stateMachineArn } = await states('CreateStateMachine', { name, definition, roleArn: ROLE });
      await states('StartExecution', { stateMachineArn, name: 'same', input: '{}' });
      return outcome(states('StartExecution', { stateMachineArn, name: 'same', input: '{}' }));
    },
  },
  {
    name: 'A token whose time is over says so',
    matters: 'An answer that comes after its wait is told apart from none. The adapter takes both errors for “gone”.',
    proven: 'test/scenarios/conversation.test.ts (LATE_REPLY)',
    aws: 'TaskTimedOut',
    ministack: 'TaskDoesNotExist',
    probe: async ({ machine, states, succeeding, tokenOf }) => {
      const { executionArn } = await machine(
        task(
          { FunctionName: succeeding },
          {
            Resource: CALLBACK,
            TimeoutSeconds: 1,
            Catch: [
              {
                ErrorEquals: ['States.Timeout'],
                Next: 'Linger',
                Output: { token: '{% $states.context.Task.Token %}' },
              },
            ],
          },
        ),
        'linger',
      );
      return outcome(states('SendTaskSuccess', { taskToken: await tokenOf(executionArn), output: '{}' }));
    },
  },
  {
    name: 'A Succeed state has an Output',
    matters:
      'Nothing: compiled definitions have none. It says that a new field has to be tried here before it is relied on.',
    proven: 'statemachines/asl.ts allows a Succeed state no Output',
    aws: 'said',
    ministack: {},
    probe: async ({ states, name }) => {
      const definition = JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Only',
        States: { Only: { Type: 'Succeed', Output: 'said' } },
      });
      const { stateMachineArn } = await states('CreateStateMachine', { name, definition, roleArn: ROLE });
      const { executionArn } = await states('StartExecution', { stateMachineArn });
      return (await ended(states, executionArn)).output;
    },
  },
];

/** Known of 1.4.21 and closed since, so nothing here stands in for them any more. */
export const CLOSED: readonly Pick<Gap, 'name' | 'aws' | 'probe'>[] = [
  {
    name: 'JSONata filters arrays',
    aws: [2, 3],
    probe: async ({ states, name }) => {
      const definition = JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Only',
        States: { Only: { Type: 'Pass', Output: '{% $states.input.all[n > 1].n %}', End: true } },
      });
      const { stateMachineArn } = await states('CreateStateMachine', { name, definition, roleArn: ROLE });
      const { executionArn } = await states('StartExecution', {
        stateMachineArn,
        input: JSON.stringify({ all: [{ n: 1 }, { n: 2 }, { n: 3 }] }),
      });
      return (await ended(states, executionArn)).output;
    },
  },
  {
    name: 'CloudFormation makes metric filters',
    aws: 'ok',
    probe: ({ template }) =>
      template({
        Log: { Type: 'AWS::Logs::LogGroup' },
        Filter: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: {
            LogGroupName: { Ref: 'Log' },
            FilterPattern: '{ $.level = "ERROR" }',
            MetricTransformations: [{ MetricName: 'Errors', MetricNamespace: 'probe', MetricValue: '1' }],
          },
        },
      }),
  },
];

// ------------------------------------------------------------------ probing

// biome-ignore lint/suspicious/noExplicitAny: answers are read as they come
type Any = any;
type States = (action: string, input: object) => Promise<Any>;

interface Ended {
  readonly executionArn: string;
  readonly status: string;
  readonly error?: string;
  readonly output: Any;
}

/** What a probe may do with the emulator. */
export interface Probed {
  readonly states: States;
  json(service: string, target: string, input: object): Promise<Any>;
  query(service: string, version: string, input: Readonly<Record<string, string>>): Promise<string>;
  /** A new queue. */
  queue(): Promise<{ readonly url: string; readonly arn: string }>;
  /** A name that no other probe uses. */
  readonly name: string;
  /** Functions: one always throws an error named `Named`, one answers what it was given. */
  readonly failing: string;
  readonly succeeding: string;
  /** Runs a machine whose first state this is; `Caught` is where it may go on, with the name of the error. */
  machine(first: object, wait?: 'end' | 'linger'): Promise<Ended>;
  /** The token that the catcher of the first state has passed on. */
  tokenOf(execution: string): Promise<string>;
  /** Whether CloudFormation makes these resources. */
  template(resources: object): Promise<'ok' | 'refused'>;
}

/** Lets topics in. */
const OPEN = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' }],
};
/** May be assumed by Step Functions, and may do nothing. */
const ROLE = 'arn:aws:iam::000000000000:role/probe';
const CALLBACK = 'arn:aws:states:::lambda:invoke.waitForTaskToken';

const task = (Arguments: object, fields: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments,
  TimeoutSeconds: 20,
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', Output: { caught: '{% $states.errorOutput.Error %}' } }],
  End: true,
  ...fields,
});

const FUNCTIONS = {
  Machines: {
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: 'probe', AssumeRolePolicyDocument: trust('states.amazonaws.com') },
  },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    },
  },
  Failing: inline('exports.handler = async () => { throw Object.assign(new Error("said"), { name: "Named" }); };'),
  Succeeding: inline('exports.handler = async (event) => event;'),
};

function trust(Service: string) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
  };
}

/** Fails the first time that it is told of something. */
const FORGETFUL = `let told = 0;
exports.handler = async ({ Records }) => {
  console.log('TOLD');
  told += 1;
  return { batchItemFailures: told === 1 ? [{ itemIdentifier: Records[0].dynamodb.SequenceNumber }] : [] };
};`;

function inline(ZipFile: string, FunctionName?: string) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      ...(FunctionName !== undefined && { FunctionName }),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: { ZipFile },
    },
  };
}

/** Prepares an emulator for probes; answers what each probe, by its name, may do with it. */
export async function prepare({ url }: MiniStack): Promise<(name: string) => Probed> {
  const states: States = (action, input) => callJson(url, 'states', `AWSStepFunctions.${action}`, input);
  const made = await makeStack(url, 'probe-functions', FUNCTIONS);
  if (made !== 'ok') throw new Error('the functions that the probes need could not be made');
  const listed = await callQuery(url, 'cloudformation', {
    Action: 'DescribeStackResources',
    Version: '2010-05-15',
    StackName: 'probe-functions',
  });
  const ids = elements(listed, 'LogicalResourceId');
  const functionArn = (id: string) =>
    `arn:aws:lambda:us-east-1:000000000000:function:${elements(listed, 'PhysicalResourceId')[ids.indexOf(id)]}`;

  return (title) => {
    const name = title.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 70);
    const query: Probed['query'] = (service, Version, input) => callQuery(url, service, { Version, ...input });
    return {
      states,
      name,
      query,
      json: (service, target, input) => callJson(url, service, target, input),
      async queue() {
        const [made = ''] = elements(
          await query('sqs', '2012-11-05', {
            Action: 'CreateQueue',
            QueueName: name,
            'Attribute.1.Name': 'Policy',
            'Attribute.1.Value': JSON.stringify(OPEN),
          }),
          'QueueUrl',
        );
        return { url: made, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}` };
      },
      failing: functionArn('Failing'),
      succeeding: functionArn('Succeeding'),
      async machine(first, wait = 'end') {
        const definition = {
          QueryLanguage: 'JSONata',
          StartAt: 'First',
          States: {
            First: first,
            Caught: { Type: 'Pass', End: true },
            Linger: { Type: 'Wait', Seconds: 30, End: true },
          },
        };
        const { stateMachineArn } = await states('CreateStateMachine', {
          name,
          definition: JSON.stringify(definition),
          roleArn: ROLE,
        });
        const { executionArn } = await states('StartExecution', { stateMachineArn, input: '{}' });
        if (wait === 'end') return ended(states, executionArn);
        await until(async () =>
          (await eventsOf(states, executionArn)).some(({ type }: Any) => type === 'WaitStateEntered'),
        );
        return { executionArn, status: 'RUNNING', output: undefined };
      },
      tokenOf: async (execution) => tokenIn(await eventsOf(states, execution)),
      template: (resources) => makeStack(url, name, resources),
    };
  };
}

const tokenIn = (events: Any): string =>
  /"token": ?"([^"]+)"/.exec(JSON.stringify(events).replaceAll('\\', ''))?.[1] ?? 'a-token-that-nobody-knows';

const eventsOf = async (states: States, executionArn: string): Promise<Any[]> =>
  (await states('GetExecutionHistory', { executionArn })).events;

async function makeStack(url: string, StackName: string, Resources: object): Promise<'ok' | 'refused'> {
  const stack = { Version: '2010-05-15', StackName };
  try {
    await callQuery(url, 'cloudformation', {
      Action: 'CreateStack',
      TemplateBody: JSON.stringify({ Resources }),
      'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
      ...stack,
    });
  } catch {
    return 'refused';
  }
  let status = '';
  await until(async () => {
    [status = ''] = elements(
      await callQuery(url, 'cloudformation', { Action: 'DescribeStacks', ...stack }),
      'StackStatus',
    );
    return !status.endsWith('IN_PROGRESS');
  });
  return status === 'CREATE_COMPLETE' ? 'ok' : 'refused';
}

async function ended(states: States, executionArn: string): Promise<Ended> {
  let execution: Any;
  await until(async () => {
    execution = await states('DescribeExecution', { executionArn });
    return execution.status !== 'RUNNING';
  });
  const { status, error, output } = execution;
  return { executionArn, status, error, output: JSON.parse(output ?? 'null') };
}

/** `ok`, or the name of the error. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return /"__type": ?"(?:[\w.]+#)?(\w+)"/.exec(String(error))?.[1] ?? String(error);
  }
}

export async function until(holds: () => Promise<boolean>, seconds = 30): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so after ${seconds} seconds`);
    await sleep(100);
  }
}
