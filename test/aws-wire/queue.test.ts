import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { jobQueue } from '../../shared/aws/system.ts';
import { WorkflowId } from '../../shared/domain/id.ts';
import { wire } from './wire.ts';

it('a job goes out as SendMessage, at once or after a while', async () => {
  const { config, sent } = wire(() => ({ status: 200, body: { MessageId: 'm' } }));
  const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs';
  // The digest of what was sent, which the SDK compares, is not the stub's to make.
  const queue = jobQueue(new SQSClient({ ...config, md5: false }), url);
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
