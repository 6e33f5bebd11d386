import { type JobKind, kindOf } from '../domain/job.ts';
import type { Queue } from '../ports.ts';
import { type Identity, signedRequests } from './signed-request.ts';

/**
 * A queue for each kind of job. Of SQS all we need is SendMessage, in JSON (AmazonSQS, protocol awsJson1_0); a job that goes
 * out twice is done twice, which changes nothing.
 */
export function jobQueues(
  urls: Readonly<Record<JobKind, string>>,
  identity: () => Identity,
  fetcher?: typeof fetch,
): Queue {
  const requests = signedRequests({ name: 'sqs', timeoutMs: 3_000, codeIn }, identity, fetcher);
  return {
    async send(job, delaySeconds = 0) {
      const url = urls[kindOf(job)];
      await requests.ask({
        method: 'POST',
        url: new URL('/', identity().AWS_ENDPOINT_URL ?? url),
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
        body: JSON.stringify({ QueueUrl: url, MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds }),
        expected: [200],
      });
    },
  };
}

/** `{"__type": "com.amazonaws.sqs#QueueDoesNotExist", …}` */
const codeIn = (text: string): string | undefined => /"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"/.exec(text)?.[1];
