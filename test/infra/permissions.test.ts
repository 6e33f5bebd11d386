import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ofType, type Properties, statementsOf, synthesized, text } from './synthesized.ts';

const deployed = synthesized({ phoneNumberId: 'phone-abc123', alarmEmail: 'ops@example.com' });
const statements = [...statementsOf(deployed.data.resources), ...statementsOf(deployed.service.resources)];

/** The bucket, as the service stack knows it. */
const FILES = '<sms-workflows-dev-data:ExportsOutputFnGetAttFilesArn0F1426E9>';

/** Statement by statement: what it opens wider than to single things, and why that cannot be helped. */
const WILDCARDS = {
  SendTraces: { '*': 'X-Ray has no resources to name' },
  FindStream: { '*': 'ListStreams takes no resource' },
  AnswerWaits: { '*': 'SendTaskSuccess takes no resource; the token is the right' },
  PublishWorkflows: { 'stateMachine:sms-workflows-dev-*': 'machines are made at run time' },
  StartRuns: { 'stateMachine:sms-workflows-dev-*': 'machines are made at run time' },
  StopRuns: { 'execution:sms-workflows-dev-*': 'executions are made at run time' },
  LookAfterRuns: { 'execution:sms-workflows-dev-*': 'executions are made at run time' },
  ListRuns: { 'stateMachine:sms-workflows-dev-*': 'machines are made at run time' },
  SendTexts: {
    'phone-number/*': 'inboxes are added at run time',
    'pool/*': 'inboxes are added at run time',
    'sender-id/*': 'inboxes are added at run time',
  },
  PutAndMeasureImports: { [`${FILES}/imports/*`]: 'files are made at run time' },
  GetExports: { [`${FILES}/exports/*`]: 'files are made at run time' },
  ReadImports: { [`${FILES}/imports/*`]: 'files are made at run time' },
  WriteExports: { [`${FILES}/exports/*`]: 'files are made at run time' },
};

test('a wildcard stands only where it is listed here with its reason', () => {
  const found: Record<string, Set<string>> = {};
  for (const { name, policy, effect, actions, resources } of statements) {
    if (effect !== 'Allow') continue;
    for (const open of [...actions, ...resources].filter((value) => value.includes('*'))) {
      const where = name === '' ? policy : name;
      found[where] ??= new Set();
      found[where].add(open.replace(/^arn:<AWS::Partition>:[\w-]+:<AWS::Region>:<AWS::AccountId>:/, ''));
    }
  }
  const listed = Object.entries(WILDCARDS).map(([name, open]) => [name, Object.keys(open)]);
  expect(Object.fromEntries(Object.entries(found).map(([name, open]) => [name, [...open].sort()]))).toEqual(
    Object.fromEntries(listed),
  );
});

test('each function may do what its ports do, by name, and nothing that has no name', () => {
  const roles = Object.entries(ofType(deployed.service.resources, 'AWS::IAM::Policy'));
  const named = roles.map(([id, { Roles }]) => [
    Roles.map(text)
      .join()
      .replace(/[<>]|Role[0-9A-F]{8}/g, ''),
    statements.filter(({ policy }) => policy === id).map(({ name }) => name),
  ]);
  const OWN = ['WriteOwnLog', 'SendTraces'];
  expect(Object.fromEntries(named)).toEqual({
    Api: [
      ...OWN,
      ...['UseTable', 'QueryIndex', 'SendTexts', 'BlockNumbers', 'PublishWorkflows', 'GiveMachinesTheirRole'],
      ...['FindFiles', 'PutAndMeasureImports', 'GetExports'],
    ],
    RunStep: [...OWN, 'UseTable', 'SendTexts'],
    InboundBridge: [...OWN, 'PublishEvents', 'TakeFromQueue'],
    InboundMessage: [...OWN, 'SetAsideDeadLetters', 'UseTable', 'SendTexts', 'BlockNumbers', 'UnblockNumbers'],
    ContactEvent: [...OWN, 'UseTable', 'SetAsideDeadLetters'],
    DeliveryReceipt: [...OWN, 'UseTable', 'TakeFromQueue'],
    TableChanges: [
      ...OWN,
      ...['UseTable', 'QueueJobs', 'PublishEvents', 'StartRuns', 'StopRuns', 'AnswerWaits'],
      ...['ReadStream', 'FindStream', 'SetAsideDeadLetters'],
    ],
    WorkflowJob: [
      ...OWN,
      ...['UseTable', 'QueryIndex', 'QueueJobs', 'PublishWorkflows', 'GiveMachinesTheirRole', 'TakeFromQueue'],
    ],
    DueJob: [...OWN, 'UseTable', 'QueryIndex', 'QueueJobs', 'SendTexts', 'TakeFromQueue'],
    ReconcileJob: [...OWN, 'UseTable', 'QueryIndex', 'QueueJobs', 'LookAfterRuns', 'ListRuns', 'TakeFromQueue'],
    Transfer: [
      ...OWN,
      ...['UseTable', 'QueryIndex', 'QueueJobs', 'BlockNumbers', 'FindFiles', 'ReadImports', 'WriteExports'],
      'TakeFromQueue',
    ],
    MachinesExecution: ['RunSteps'],
    Origination: ['WriteOwnLog', 'SetUpNumber'],
  });
});

test('each puts jobs into the queues of the kinds that it makes, and each schedule into its own', () => {
  const nameOf = (arn: string) => arn.replace(/^<(\w+?)Queue[0-9A-F]{8}\.Arn>$/, '$1');
  const queues = statements
    .filter(({ name }) => name === 'QueueJobs')
    .map(({ policy, resources }) => [policy.replace(/Role.*/, ''), resources.map(nameOf)]);
  expect(Object.fromEntries(queues)).toEqual({
    TableChanges: ['DueJobs', 'Transfers', 'WorkflowJobs'],
    WorkflowJob: ['WorkflowJobs'],
    DueJob: ['DueJobs'],
    ReconcileJob: ['ReconcileJobs'],
    Transfer: ['Transfers'],
  });
  const scheduled = Object.values(ofType(deployed.service.resources, 'AWS::Events::Rule'))
    .filter(({ ScheduleExpression }) => ScheduleExpression !== undefined)
    .flatMap(({ Targets }) =>
      Targets.map(({ Arn, Input }: Properties) => [JSON.parse(text(Input)), nameOf(text(Arn))]),
    );
  expect(scheduled).toEqual([
    [{ type: 'sweep' }, 'DueJobs'],
    [{ type: 'reconcile', of: 'runs' }, 'ReconcileJobs'],
    [{ type: 'reconcile', of: 'executions' }, 'ReconcileJobs'],
  ]);
});

test('what shared/aws calls is what may be called: nothing is missing, and nothing is left over', () => {
  const folder = join(import.meta.dirname, '../../shared/aws');
  const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const called = source.flatMap((code) =>
    [...code.matchAll(/new (\w+)Command\(|'AmazonSQS\.(\w+)'/g)].map(
      ([, command = '', call = command]) => IN_POLICIES[call] ?? [call],
    ),
  );
  const SERVICES =
    /^(dynamodb|states|sms-voice|events|sqs):(?!.*Stream|GetRecords|GetShardIterator|ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueueAttributes|GetQueueUrl)/;
  const granted = statements
    .filter(({ policy, name }) => policy.includes('Policy') && name !== 'SetUpNumber')
    .flatMap(({ effect, actions }) => (effect === 'Allow' ? actions.filter((action) => SERVICES.test(action)) : []));
  expect([...new Set(granted.map((action) => action.replace(/.*:/, '')))].sort()).toEqual(
    [...new Set(called.flat())].sort(),
  );
});

/** Where a call goes by another name in policies, or wants more than one right. */
const IN_POLICIES: Readonly<Record<string, readonly string[]>> = {
  Get: ['GetItem'],
  BatchGet: ['BatchGetItem'],
  Put: ['PutItem'],
  Update: ['UpdateItem'],
  TransactWrite: ['PutItem', 'DeleteItem', 'ConditionCheckItem'],
  // Both are called with `publish`.
  CreateStateMachine: ['CreateStateMachine', 'PublishStateMachineVersion'],
  UpdateStateMachine: ['UpdateStateMachine', 'PublishStateMachineVersion'],
};

test('files may be put where they come in and got where they go out, and never the other way round', () => {
  const may = (name: string) =>
    statements.filter((each) => each.name === name).map(({ actions }) => actions.toSorted());
  expect(may('PutAndMeasureImports')).toEqual([['s3:GetObject', 's3:PutObject']]);
  expect(may('GetExports')).toEqual([['s3:GetObject']]);
  expect(may('ReadImports')).toEqual([['s3:DeleteObject', 's3:GetObject']]);
  expect(may('WriteExports')).toEqual([['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject']]);
});

test('no role has a managed policy', () => {
  const roles = Object.values(ofType(deployed.service.resources, 'AWS::IAM::Role'));
  expect(roles.filter(({ ManagedPolicyArns }) => ManagedPolicyArns !== undefined)).toEqual([]);
});

test('published workflows run under one role, which calls the step function and nothing else', () => {
  const { resources } = deployed.service;
  const [[id, role] = []] = Object.entries(ofType(resources, 'AWS::IAM::Role')).filter(
    ([, { RoleName }]) => RoleName !== undefined,
  );
  expect(text(role?.['RoleName'])).toBe('sms-workflows-dev-<AWS::Region>-machines');
  const { Principal, Condition } = role?.['AssumeRolePolicyDocument'].Statement[0] ?? {};
  expect(Principal).toEqual({ Service: 'states.amazonaws.com' });
  expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
  expect(text(Condition.ArnLike['aws:SourceArn'])).toBe(
    'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:sms-workflows-dev-*',
  );
  const may = statements.filter(({ name }) => name === 'RunSteps');
  expect(may).toMatchObject([
    {
      actions: ['lambda:InvokeFunction'],
      resources: ['arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:sms-workflows-dev-run-step'],
    },
  ]);
  const api = ofType(resources, 'AWS::IAM::Policy');
  const pass = Object.values(api).flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.filter(({ Sid }: Properties) => Sid === 'GiveMachinesTheirRole'),
  );
  const given = {
    Sid: 'GiveMachinesTheirRole',
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: { 'Fn::GetAtt': [id, 'Arn'] },
    Condition: { StringEquals: { 'iam:PassedToService': 'states.amazonaws.com' } },
  };
  // The API publishes; what a quota made wait, the queue's worker finishes.
  expect(pass).toEqual([given, given]);
});

test("End User Messaging and CloudWatch may write to our topics, for this account's sake only", () => {
  const policies = Object.values(ofType(deployed.service.resources, 'AWS::SNS::TopicPolicy'));
  const open = policies.map(({ PolicyDocument }) =>
    PolicyDocument.Statement.filter(({ Effect }: Properties) => Effect === 'Allow'),
  );
  const account = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  const carrier = { Principal: { Service: 'sms-voice.amazonaws.com' }, Action: 'sns:Publish', Condition: account };
  expect(open).toMatchObject([
    [carrier],
    [carrier],
    [{ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish', Condition: account }],
  ]);
});

describe('cdk-nag', () => {
  test('finds nothing that is not acknowledged', () => {
    expect(deployed.violations).toEqual([]);
  });

  test('every acknowledgement has a reason, and is of a rule that we know to break', () => {
    const { acknowledged } = deployed;
    expect(acknowledged.filter(({ reason }) => reason.length < 20)).toEqual([]);
    expect([...new Set(acknowledged.map(({ rule }) => rule.replace(/\[.*/, '')))].sort()).toEqual([
      'AwsSolutions-IAM5',
      'AwsSolutions-S1',
      'AwsSolutions-SQS3',
    ]);
  });
});

test('a boundary, where one is named, bounds every role', () => {
  const { service } = synthesized({ permissionsBoundary: 'Edge' });
  const roles = Object.values(ofType(service.resources, 'AWS::IAM::Role'));
  expect([...new Set(roles.map(({ PermissionsBoundary }) => text(PermissionsBoundary)))]).toEqual([
    'arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/Edge',
  ]);
});

test('without tracing nothing may send traces', () => {
  const { service } = synthesized({ tracing: 'false' });
  expect(statementsOf(service.resources).filter(({ name }) => name === 'SendTraces')).toEqual([]);
});
