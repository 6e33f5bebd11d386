import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FOLLOWED, FOLLOWED_TO_THE_END } from '../../infra/constructs/change-feed.ts';
import { functions } from '../../infra/functions.ts';
import { CLAIM_IS_ABANDONED_MS } from '../../shared/domain/admission.ts';
import { routes } from '../../shared/http/routes.ts';
import { contacts } from '../../shared/store/contact-store.ts';
import { messages } from '../../shared/store/message-store.ts';
import { passes } from '../../shared/store/pass-store.ts';
import { runs } from '../../shared/store/run-store.ts';
import { tallyRequests } from '../../shared/store/tally-store.ts';
import { exports, imports } from '../../shared/store/transfer-store.ts';
import { turns, workflows } from '../../shared/store/workflow-store.ts';
import { ofType, type Properties, type Resource, synthesized, text } from './synthesized.ts';

const { resources } = synthesized().service;

const all = (type: string) => Object.values(ofType(resources, type));
const only = (type: string, begins = '') => {
  const found = Object.entries(ofType(resources, type)).filter(([id]) => id.startsWith(begins));
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? {};
};
const dueTo = (queue: Properties) => text(queue['RedrivePolicy']?.deadLetterTargetArn);

describe('functions', () => {
  test('all run on Node 24 and ARM, traced, with a log that ends, and are told the same', () => {
    const handlers = all('AWS::Lambda::Function');
    expect(handlers).toHaveLength(Object.keys(functions).length);
    for (const { Runtime, Architectures, TracingConfig, LoggingConfig, Environment } of handlers) {
      expect({ Runtime, Architectures, TracingConfig, format: LoggingConfig.LogFormat }).toEqual({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        format: 'JSON',
      });
      expect(Object.keys(Environment.Variables).sort()).toEqual([
        'BUCKET_NAME',
        'CONFIGURATION_SET',
        'DUE_QUEUE_URL',
        'EVENT_BUS_NAME',
        'EXECUTION_ROLE_ARN',
        'MACHINE_NAME_PREFIX',
        'OPT_OUT_LIST',
        'RECONCILE_QUEUE_URL',
        'STATES_ARN_PREFIX',
        'STEP_FUNCTION_ARN',
        'TABLE_NAME',
        'TRANSFER_QUEUE_URL',
        'WORKFLOW_QUEUE_URL',
      ]);
    }
    expect(all('AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays)).toEqual(
      Array.from({ length: 13 }, () => 30),
    );
  });

  test('the step function has the name that definitions call it by', () => {
    const step = only('AWS::Lambda::Function', 'RunStep');
    expect(step['FunctionName']).toBe('sms-workflows-dev-run-step');
    expect(text(step['Environment'].Variables.STEP_FUNCTION_ARN)).toBe(
      'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:sms-workflows-dev-run-step',
    );
    expect(step['Timeout']).toBe(30);
  });

  test('whatever sends is over before its claim counts as abandoned', () => {
    for (const { timeout } of [functions.runStep, functions.api, functions.inboundMessage, functions.dueJob]) {
      expect(timeout.toMilliseconds()).toBeLessThan(CLAIM_IS_ABANDONED_MS);
    }
  });

  test('only the workers of long work may call themselves, by their queue, as often as there are pages', () => {
    const loops = Object.entries(ofType(resources, 'AWS::Lambda::Function')).filter(
      ([, { RecursiveLoop }]) => RecursiveLoop === 'Allow',
    );
    expect(loops.map(([id]) => id.replace(/Handler.*/, '')).sort()).toEqual([
      'DueJob',
      'ReconcileJob',
      'Transfer',
      'WorkflowJob',
    ]);
  });
});

describe('the HTTP API', () => {
  const keysOf = (from: Record<string, Resource>) =>
    Object.values(ofType(from, 'AWS::ApiGatewayV2::Route'))
      .map(({ RouteKey }) => text(RouteKey))
      .sort();
  const ours = routes.map(({ method, path }) => `${method} ${path}`).sort();

  test('has each of our routes and no other, signed with IAM, in payload format 2.0', () => {
    expect(keysOf(resources)).toEqual(ours);
    expect([...new Set(all('AWS::ApiGatewayV2::Route').map(({ AuthorizationType }) => AuthorizationType))]).toEqual([
      'AWS_IAM',
    ]);
    expect(only('AWS::ApiGatewayV2::Integration')).toMatchObject({
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 29_000,
    });
    expect(only('AWS::ApiGatewayV2::Api')).not.toHaveProperty('CorsConfiguration');
  });

  test('is throttled, and logs no path, address, name or agent of a caller', () => {
    const { AccessLogSettings, DefaultRouteSettings } = only('AWS::ApiGatewayV2::Stage');
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    const logged: string[] = [...AccessLogSettings.Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);
    expect(logged.sort()).toEqual([
      'error.responseType',
      'integration.requestId',
      'integration.status',
      'requestId',
      'requestTime',
      'responseLatency',
      'responseLength',
      'routeKey',
      'status',
    ]);
  });

  test('takes tokens instead, where an issuer is named: each route wants its own scope', () => {
    const { service } = synthesized({
      jwtIssuer: 'https://id.example.com',
      jwtAudience: 'one,two',
      jwtScopePrefix: 'sms/',
      corsOrigins: 'https://app.example.com',
    });
    const scopes = Object.values(ofType(service.resources, 'AWS::ApiGatewayV2::Route'))
      .filter(({ AuthorizationType }) => AuthorizationType === 'JWT')
      .map(({ RouteKey, AuthorizationScopes }) => `${RouteKey}: ${AuthorizationScopes}`);
    expect(scopes.sort()).toEqual(routes.map(({ method, path, scope }) => `${method} ${path}: sms/${scope}`).sort());
    expect(Object.values(ofType(service.resources, 'AWS::ApiGatewayV2::Authorizer'))).toMatchObject([
      { JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['one', 'two'] } },
    ]);
    const [api] = Object.values(ofType(service.resources, 'AWS::ApiGatewayV2::Api'));
    expect(api?.['CorsConfiguration']).toMatchObject({ AllowOrigins: ['https://app.example.com'] });
  });

  test('an encoded slash leads from no route to one with another scope', () => {
    // The gateway matches the path as it was sent and hands it over decoded; our router then sees more segments. As
    // long as the method and the first word decide on the scope, that changes nothing.
    const rights = new Map<string, Set<string>>();
    for (const { method, path, scope } of routes) {
      const start = `${method} ${path.split('/')[2]}`;
      rights.set(start, (rights.get(start) ?? new Set()).add(scope));
    }
    expect([...rights].filter(([, scopes]) => scopes.size > 1)).toEqual([]);
  });
});

describe('what comes from the carrier', () => {
  test('an inbound text goes by topic, queue, bridge, bus and rule, and is set aside wherever it fails', () => {
    const subscription = only('AWS::SNS::Subscription', 'InboundTexts');
    expect(subscription).toMatchObject({ Protocol: 'sqs', RawMessageDelivery: false });
    const queues = ofType(resources, 'AWS::SQS::Queue');
    const [aside] = Object.keys(queues).filter((id) => id.startsWith('InboundTextsDeadLetters'));
    expect(text(subscription['RedrivePolicy'].deadLetterTargetArn)).toBe(`<${aside}.Arn>`);
    const [queue] = Object.entries(queues).filter(([id]) => id.startsWith('InboundTextsQueue'));
    expect(queue?.[1]).toMatchObject({
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 60,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    expect(dueTo(queue?.[1] ?? {})).toBe(`<${aside}.Arn>`);
    expect(only('AWS::Lambda::EventSourceMapping', 'InboundBridge')).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });

    const rule = only('AWS::Events::Rule', 'InboundRule');
    expect(rule['EventPattern']).toEqual({ 'detail-type': ['MessageReceived'] });
    const [after] = Object.keys(queues).filter((id) => /^InboundDeadLetters/.test(id));
    expect(text(rule['Targets'][0].DeadLetterConfig.Arn)).toBe(`<${after}.Arn>`);
    expect(text(only('AWS::Lambda::EventInvokeConfig', 'Inbound')['DestinationConfig'].OnFailure.Destination)).toBe(
      `<${after}.Arn>`,
    );
  });

  test('what happened elsewhere goes from the bus to a function of its own, and is set aside wherever it fails', () => {
    const rule = only('AWS::Events::Rule', 'ContactEvent');
    expect(rule['EventPattern']).toEqual({ 'detail-type': ['ContactEventReceived'] });
    const [[id, aside] = []] = Object.entries(ofType(resources, 'AWS::SQS::Queue')).filter(([name]) =>
      name.startsWith('ContactEventDeadLetters'),
    );
    expect(aside).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    expect(text(rule['Targets'][0].DeadLetterConfig.Arn)).toBe(`<${id}.Arn>`);
    expect(text(rule['Targets'][0].Arn)).toMatch(/^<ContactEventHandler\w+\.Arn>$/);
    const invoked = only('AWS::Lambda::EventInvokeConfig', 'ContactEvent');
    expect(text(invoked['DestinationConfig'].OnFailure.Destination)).toBe(`<${id}.Arn>`);
  });

  test('receipts of texts and media come by the configuration set that everything is sent under', () => {
    const [[id, set] = []] = Object.entries(ofType(resources, 'AWS::SMSVOICE::ConfigurationSet'));
    expect(set?.['EventDestinations']).toMatchObject([
      { Enabled: true, MatchingEventTypes: ['TEXT_ALL', 'MEDIA_ALL'] },
    ]);
    expect(text(set?.['EventDestinations'][0].SnsDestination.TopicArn)).toMatch(/^<ReceiptsTopic\w+>$/);
    expect(only('AWS::Lambda::Function', 'RunStep')['Environment'].Variables.CONFIGURATION_SET).toEqual({ Ref: id });
  });

  test('a number or pool is told where texts go and that STOP is ours, and told otherwise when we leave', () => {
    for (const [setting, action] of [
      [{ phoneNumberId: 'phone-abc' }, 'UpdatePhoneNumber'],
      [{ poolId: 'pool-abc' }, 'UpdatePool'],
    ] as const) {
      const found = ofType(synthesized(setting).service.resources, 'Custom::Origination');
      const [{ Create, Delete } = {}] = Object.values(found);
      expect(text(Create)).toContain(`"action":"${action}"`);
      expect(text(Create)).toMatch(
        /"TwoWayEnabled":true,"TwoWayChannelArn":"<InboundTopic\w+>","SelfManagedOptOutsEnabled":true/,
      );
      expect(text(Delete)).toContain('"TwoWayEnabled":false,"SelfManagedOptOutsEnabled":false');
    }
    expect(ofType(resources, 'Custom::Origination')).toEqual({});
  });

  test('a simulated number is made where it is asked for', () => {
    const made = ofType(synthesized({ simulator: 'true' }).service.resources, 'AWS::SMSVOICE::PhoneNumber');
    expect(Object.values(made)).toMatchObject([
      { NumberType: 'SIMULATOR', IsoCountryCode: 'US', SelfManagedOptOutsEnabled: true, TwoWay: { Enabled: true } },
    ]);
    expect(all('AWS::SMSVOICE::PhoneNumber')).toEqual([]);
  });
});

describe('the change feed', () => {
  const mapping = () => only('AWS::Lambda::EventSourceMapping', 'TableChanges');

  test('is read from its oldest change, retried by time, halved, and set aside', () => {
    expect(mapping()).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 10,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1000,
      MaximumRecordAgeInSeconds: 72_000,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(text(mapping()['DestinationConfig'].OnFailure.Destination)).toMatch(/^<FeedDeadLetters\w+\.Arn>$/);
  });

  test('gives what something follows from, and leaves out the rest', () => {
    expect(mapping()['FilterCriteria'].Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern))).toEqual([
      {
        dynamodb: {
          NewImage: {
            type: { S: ['contact', 'run', 'message', 'workflow', 'turn', 'pass', 'tally-request', 'import', 'export'] },
          },
        },
      },
      { eventName: ['REMOVE'], dynamodb: { OldImage: { type: { S: ['contact'] } } } },
    ]);
  });

  test('knows every kind of item that is followed in the code', () => {
    const kinds: Record<string, { type: string }> = {
      contacts,
      runs,
      messages,
      workflows,
      turns,
      passes,
      tallyRequests,
      imports,
      exports,
    };
    const read = (name: string) => readFileSync(join(import.meta.dirname, `../../shared/usecases/${name}.ts`), 'utf8');
    const source = read('follow-change') + read('events-of');
    const named = [...source.matchAll(/after\?\.type === (\w+)\.type|imagesOf\((\w+), change/g)].map(
      ([, one, other]) => one ?? other ?? '',
    );
    expect([...new Set(named.map((name) => kinds[name]?.type ?? `${name}: not known here`))].sort()).toEqual(
      [...FOLLOWED].sort(),
    );
    expect(FOLLOWED_TO_THE_END).toEqual([contacts.type]);
  });
});

describe('a job queue', () => {
  test.each([
    ['WorkflowJob', 10, functions.workflowJob],
    ['DueJob', 8, functions.dueJob],
    ['ReconcileJob', 2, functions.reconcileJob],
    ['Transfer', 4, functions.transfer],
  ])('%s is worked on a job at a time, and a job is never given to two workers at once', (name, most, { timeout }) => {
    expect(only('AWS::Lambda::EventSourceMapping', name)).toMatchObject({
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: most },
    });
    const { VisibilityTimeout } = only('AWS::SQS::Queue', `${name}sQueue`);
    expect(VisibilityTimeout).toBeGreaterThan(timeout.toSeconds());
  });
});

describe('alarms', () => {
  const QUEUES = ['WorkflowJobs', 'DueJobs', 'ReconcileJobs', 'Transfers', 'Inbound', 'Receipts'];
  test('every one tells somebody, and says what to do', () => {
    const alarms = all('AWS::CloudWatch::Alarm');
    for (const { AlarmActions, AlarmDescription, TreatMissingData } of alarms) {
      expect(AlarmActions.map(text)).toEqual([expect.stringMatching(/^<AlarmsTopic\w+>$/)]);
      expect(AlarmDescription.length).toBeGreaterThan(30);
      expect(TreatMissingData).toBe('notBreaching');
    }
    const named = Object.keys(ofType(resources, 'AWS::CloudWatch::Alarm')).map((id) =>
      id.replace(/^Alarms|[0-9A-F]{8}$/g, ''),
    );
    expect(named.sort()).toEqual(
      [
        ...['Api', 'RunStep', 'InboundBridge', 'InboundMessage', 'ContactEvent', 'DeliveryReceipt'].map(
          (name) => `${name}Faults`,
        ),
        ...['TableChanges', 'WorkflowJob', 'DueJob', 'ReconcileJob', 'Transfer'].map((name) => `${name}Faults`),
        ...[...QUEUES, 'InboundMessage', 'ContactEvent', 'Feed'].map((name) => `${name}DeadLetters`),
        ...QUEUES.map((name) => `${name}Backlog`),
        ...[
          'Throttles',
          'FeedLag',
          'RunsFailed',
          ...['StartsMissing', 'ExecutionsOver', 'RunsGivenUp', 'RunsLate', 'AnswersLeft', 'ClaimsLeft', 'ParksLeft'],
          ...['ExecutionsLeft', 'OldestWaitingText'],
          'OpenRuns',
          'TextsUnconfirmed',
          'SpendLimitReached',
          'UnmatchedTexts',
        ],
      ].sort(),
    );
  });

  test('every queue of dead letters has one', () => {
    const queues = Object.keys(ofType(resources, 'AWS::SQS::Queue')).filter((id) => id.includes('DeadLetters'));
    const watched = all('AWS::CloudWatch::Alarm').flatMap(({ Dimensions = [] }) =>
      Dimensions.map(({ Value }: { Value: unknown }) => text(Value)),
    );
    expect(queues.filter((id) => !watched.includes(`<${id}.QueueName>`))).toEqual([]);
  });

  test('the codes that are counted are logged, and the events told', () => {
    const patterns = all('AWS::Logs::MetricFilter').map(({ FilterPattern }) => text(FilterPattern));
    const codes: (string | undefined)[] = [
      ...new Set(
        patterns.flatMap((pattern) =>
          [...pattern.matchAll(/\$\.(?:code|detail-type) = "([^"]+)"/g)].map(([, code]) => code),
        ),
      ),
    ];
    expect(new Set(codes)).toEqual(
      new Set(['*_FAILED', 'INBOUND_IGNORED', 'MessageFailed', 'MessageUnconfirmed', 'RECONCILED', 'TEXT_WAITS']),
    );
    const source = [
      'lambdas/kit/event.ts',
      'lambdas/kit/handler.ts',
      'lambdas/kit/http.ts',
      'lambdas/kit/task.ts',
      'shared/domain/event.ts',
      'shared/usecases/reconcile.ts',
    ]
      .map((path) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8'))
      .join('\n');
    for (const code of [
      "'INBOUND_IGNORED'",
      "'MessageFailed'",
      "'MessageUnconfirmed'",
      "'STEP_FAILED'",
      "'RECONCILED'",
      "'TEXT_WAITS'",
      "'HTTP_FAILED'",
    ])
      expect(source).toContain(code);
  });

  test('spending has one where a limit is named', () => {
    const spending = Object.entries(
      ofType(synthesized({ spendAlarm: '250' }).service.resources, 'AWS::CloudWatch::Alarm'),
    ).filter(([id]) => id.includes('Spend') && !id.includes('Limit'));
    expect(spending.map(([, { Threshold, Statistic, MetricName }]) => ({ Threshold, Statistic, MetricName }))).toEqual([
      { Threshold: 250, Statistic: 'Maximum', MetricName: 'TextMessageMonthlySpend' },
    ]);
  });
});
