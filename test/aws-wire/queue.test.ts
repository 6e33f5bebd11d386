import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { jobQueue } from '../../shared/aws/system.ts';
import { ImportId, WorkflowId } from '../../shared/domain/id.ts';
import { wire } from './wire.ts';

const TRANSFERS = 'https://sqs.eu-central-1.amazonaws.com/123456789012/transfers';

it('a job goes out as SendMessage, at once or after a while', async () => {
  const { config, sent } = wire(() => ({ status: 200, body: { MessageId: 'm' } }));
  const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs';
  // The digest of what was sent, which the SDK compares, is not the stub's to make.
  const queue = jobQueue(new SQSClient({ ...config, md5: false }), { jobs: url, transfers: TRANSFERS });
  const job = { type: 'end-runs', workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`) } as const;
  await queue.send(job);
  await queue.send(job, 900);
  expect(sent.map(({ target, body }) => [target, body])).toEqual(
    [0, 900].map((DelaySeconds) => [
      'AmazonSQS.SendMessage',
      { QueueUrl: url, MessageBody: JSON.stringify(job), DelaySeconds },
    ]),
  );
});

it('work on a file goes to a queue of its own', async () => {
  const { config, sent } = wire(() => ({ status: 200, body: { MessageId: 'm' } }));
  const queue = jobQueue(new SQSClient({ ...config, md5: false }), {
    jobs: 'https://example.com/',
    transfers: TRANSFERS,
  });
  await queue.send({ type: 'import-contacts', importId: ImportId.parse(`imp_${'0'.repeat(26)}`) });
  expect(sent).toMatchObject([{ body: { QueueUrl: TRANSFERS } }]);
});
