import { SFNClient } from '@aws-sdk/client-sfn';
import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { namesOf } from '../../infra/names.ts';
import { readSettings } from '../../infra/settings.ts';
import { teardown } from '../../infra/teardown.ts';
import { tableSchema } from '../../shared/aws/table-schema.ts';
import { ofType, type Resource, statementsOf, synthesized } from './synthesized.ts';

const deployed = synthesized();

describe('what must survive', () => {
  test('the table is as the code expects it, kept, protected and recoverable', () => {
    const { Table } = deployed.data.resources;
    const { index, partitionKey, sortKey } = tableSchema;
    expect(Table).toMatchObject({
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: index.name,
            KeySchema: [
              { AttributeName: index.partitionKey, KeyType: 'HASH' },
              { AttributeName: index.sortKey, KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      },
    });
  });

  test('logical ids never move, whatever is arranged around them', () => {
    const kept = Object.entries(deployed.data.resources)
      .filter(([, { Type }]) => Type !== 'AWS::S3::BucketPolicy')
      .map(([id, { Type, DeletionPolicy }]) => ({
        id,
        Type,
        DeletionPolicy,
      }));
    expect(kept).toEqual([
      { id: 'Table', Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
      { id: 'OptOutList', Type: 'AWS::SMSVOICE::OptOutList', DeletionPolicy: 'Retain' },
      { id: 'Files', Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' },
    ]);
  });

  test('the bucket is private, encrypted, reached by TLS only, and forgets what lies in it', () => {
    const { Files } = deployed.data.resources;
    expect(Files?.Properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          { Id: 'Imports', Prefix: 'imports/', ExpirationInDays: 7, Status: 'Enabled' },
          { Id: 'Exports', Prefix: 'exports/', ExpirationInDays: 7, Status: 'Enabled' },
          { Id: 'Unfinished', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
      Tags: expect.anything(),
    });
    expect(statementsOf(deployed.data.resources)).toMatchObject([
      { effect: 'Deny', actions: ['s3:*'], resources: ['<Files.Arn>', '<Files.Arn>/*'] },
    ]);
  });

  test('pages may put and get files only where origins are named', () => {
    const { data } = synthesized({ corsOrigins: 'https://app.example.com' });
    expect(data.resources['Files']?.Properties['CorsConfiguration']).toEqual({
      CorsRules: [
        {
          AllowedHeaders: ['content-type'],
          AllowedMethods: ['PUT', 'GET'],
          AllowedOrigins: ['https://app.example.com'],
          MaxAge: 3600,
        },
      ],
    });
  });

  test('nothing that is kept stands in the stack that can be made anew', () => {
    const kept = Object.values(deployed.service.resources).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    expect(kept).toEqual([]);
  });
});

/** Without what changes by itself: the hash of the code, and the routes, which have a test of their own. */
const normalised = (resources: Record<string, Resource>): string =>
  `${JSON.stringify(Object.fromEntries(Object.entries(resources).filter(([, { Type }]) => Type !== 'AWS::ApiGatewayV2::Route')), null, 2).replace(/[0-9a-f]{64}/g, '<hash>')}\n`;

test.for(['data', 'service'] as const)('the %s stack is as it was last looked at', async (stack) => {
  await expect(normalised(deployed[stack].resources)).toMatchFileSnapshot(`./__snapshots__/${stack}-stack.json`);
});

describe('settings', () => {
  const read = (context: Record<string, unknown>) => readSettings(new App({ context }));

  test('are few, and text from the command line is read', () => {
    expect(read({})).toEqual({
      stage: 'dev',
      jwtScopePrefix: '',
      apiRate: 50,
      apiBurst: 100,
      simulator: false,
      tracing: true,
      logDays: '30',
    });
    expect(read({ logDays: 90 })).toMatchObject({ logDays: '90' });
    expect(read({ stage: 'live', tracing: 'false', apiRate: '10', jwtIssuer: '' })).toMatchObject({
      stage: 'live',
      tracing: false,
      apiRate: 10,
    });
  });

  test('that make no sense stop the synthesis', () => {
    expect(() => read({ stage: 'pre-live' })).toThrow(/stage/);
    expect(() => read({ jwtIssuer: 'https://id.example.com' })).toThrow(/jwtIssuer and jwtAudience/);
    expect(() => read({ phoneNumberId: 'phone-1', poolId: 'pool-1' })).toThrow(/one of phoneNumberId/);
    expect(() => read({ tracing: 'perhaps' })).toThrow(/tracing/);
  });

  test("no stage's machines begin with the name of another's", () => {
    expect(namesOf('dev2').machinePrefix.startsWith(namesOf('dev').machinePrefix)).toBe(false);
  });

  test('names are not too long for AWS, whatever the stage and the Region', () => {
    const names = namesOf('a'.repeat(12));
    expect(names.executionRole('ap-southeast-1').length).toBeLessThanOrEqual(64);
    expect(names.stepFunction.length).toBeLessThanOrEqual(64);
    expect(`${names.machinePrefix}wf_${'0'.repeat(26)}`.length).toBeLessThanOrEqual(80);
  });
});

describe('the teardown', () => {
  const machines = ['sms-workflows-dev-wf_1', 'sms-workflows-dev2-wf_1', 'sms-workflows-dev-wf_2', 'payroll'];
  const account = () => {
    const deleted: string[] = [];
    const client = new SFNClient({ region: 'eu-west-1' });
    client.send = (async ({
      input,
      constructor,
    }: {
      input: { stateMachineArn?: string; nextToken?: string };
      constructor: { name: string };
    }) => {
      if (constructor.name === 'DeleteStateMachineCommand') return deleted.push(input.stateMachineArn ?? '');
      const start = Number(input.nextToken ?? 0);
      const stateMachines = machines.slice(start, start + 2).map((name) => ({ name, stateMachineArn: `arn:${name}` }));
      return { stateMachines, ...(start + 2 < machines.length && { nextToken: String(start + 2) }) };
    }) as never;
    return { client, deleted };
  };

  test("finds a stage's machines and leaves them alone", async () => {
    const { client, deleted } = account();
    const said: string[] = [];
    expect(await teardown(client, 'dev', false, (line) => said.push(line))).toBe(2);
    expect(said).toEqual(['found sms-workflows-dev-wf_1', 'found sms-workflows-dev-wf_2']);
    expect(deleted).toEqual([]);
  });

  test('deletes them where that is meant, and no others', async () => {
    const { client, deleted } = account();
    await teardown(client, 'dev', true, () => {});
    expect(deleted).toEqual(['arn:sms-workflows-dev-wf_1', 'arn:sms-workflows-dev-wf_2']);
  });
});

test('nothing runs code but our functions', () => {
  expect(Object.keys(ofType(deployed.service.resources, 'AWS::Lambda::Function'))).toHaveLength(11);
});
