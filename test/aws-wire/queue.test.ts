import { describe, expect, it } from 'vitest';
import { jobQueues } from '../../shared/aws/queue.ts';
import type { Identity } from '../../shared/aws/signed-request.ts';
import { ImportId, WorkflowId } from '../../shared/domain/id.ts';
import type { JobKind } from '../../shared/domain/job.ts';
import { IDENTITY } from '../support/bucket.ts';

const url = (name: string) => `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`;
const URLS: Readonly<Record<JobKind, string>> = {
  'workflow-job': url('workflows'),
  'due-job': url('due'),
  'reconcile-job': url('reconcile'),
  transfer: url('transfers'),
};
const job = { type: 'end-runs', workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`) } as const;

/** SQS, as far as a job goes: it answers as it is told, and keeps what it was asked. */
function opened(answers: readonly (Response | Error)[] = [], identity: Identity = IDENTITY) {
  const asked: { url: string; method: string; headers: Headers; body: unknown }[] = [];
  const left = [...answers];
  const fetcher: typeof fetch = async (...given) => {
    const request = new Request(...given);
    const { url, method, headers } = request;
    asked.push({ url, method, headers, body: await request.json() });
    const answer = left.shift() ?? Response.json({ MessageId: 'm' });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, queue: jobQueues(URLS, () => identity, fetcher) };
}

const refusal = (status: number, type: string) =>
  Response.json({ __type: `com.amazonaws.sqs#${type}`, message: 'a secret' }, { status });

it('a job goes out as SendMessage, at once or after a while', async () => {
  const { asked, queue } = opened();
  await queue.send(job);
  await queue.send(job, 900);
  expect(asked.map(({ url, method, body }) => [url, method, body])).toEqual(
    [0, 900].map((DelaySeconds) => [
      'https://sqs.eu-central-1.amazonaws.com/',
      'POST',
      { QueueUrl: url('workflows'), MessageBody: JSON.stringify(job), DelaySeconds },
    ]),
  );
  const headers = asked[0]?.headers;
  expect(headers?.get('x-amz-target')).toBe('AmazonSQS.SendMessage');
  expect(headers?.get('content-type')).toBe('application/x-amz-json-1.0');
});

it('is signed by who the function is, with what it says', async () => {
  const { asked, queue } = opened();
  await queue.send(job);
  const headers = asked[0]?.headers;
  expect(headers?.get('authorization')).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIA0\/\d{8}\/eu-central-1\/sqs\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
  );
  expect(headers?.get('x-amz-security-token')).toBe(IDENTITY.AWS_SESSION_TOKEN);
});

it('each kind goes to a queue of its own', async () => {
  const { asked, queue } = opened();
  await queue.send({ type: 'sweep' });
  await queue.send({ type: 'reconcile', of: 'runs' });
  await queue.send({ type: 'import-contacts', importId: ImportId.parse(`imp_${'0'.repeat(26)}`) });
  expect(asked).toMatchObject(['due', 'reconcile', 'transfers'].map((name) => ({ body: { QueueUrl: url(name) } })));
});

it('goes to another place than AWS where a function is told of one', async () => {
  const { asked, queue } = opened([], { ...IDENTITY, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
  await queue.send(job);
  expect(asked).toMatchObject([{ url: 'http://127.0.0.1:4566/', body: { QueueUrl: url('workflows') } }]);
});

describe('a job that does not go out', () => {
  it.each([
    ['the service fails', [refusal(500, 'InternalFailure')]],
    ['it is throttled', [refusal(400, 'RequestThrottled')]],
    ['its key is throttled', [refusal(400, 'KmsThrottled')]],
    ['nobody answers', [new TypeError('fetch failed')]],
  ] as const)('is sent again when %s', async (_, answers) => {
    const { asked, queue } = opened(answers);
    await queue.send(job);
    expect(asked).toHaveLength(2);
  });

  it('is a fault at once when it is refused, and the fault says by which code alone', async () => {
    const { asked, queue } = opened([refusal(400, 'QueueDoesNotExist')]);
    await expect(queue.send(job)).rejects.toMatchObject({
      name: 'sqs 400 QueueDoesNotExist',
      message: 'POST: 400 QueueDoesNotExist',
    });
    expect(asked).toHaveLength(1);
  });
});
