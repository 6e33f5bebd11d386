import { afterEach, describe, expect, it } from 'vitest';
import { bucketFiles } from '../../shared/aws/files.ts';
import { IDENTITY, openBucket } from '../support/bucket.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function opened(...interfere: Parameters<typeof openBucket>) {
  const bucket = await openBucket(...interfere);
  closing.push(bucket.close);
  return { bucket, files: bucketFiles(bucket.name, bucket.identity) };
}

const NAME = 'imports/imp_1.csv';

describe('a link', () => {
  const files = bucketFiles('files', () => IDENTITY);

  it('to put a file is for an hour, and for its type alone', async () => {
    const { url, headers, expiresAt } = await files.uploadLink(NAME, 'text/csv');
    const { host, pathname, searchParams } = new URL(url);
    expect([host, pathname]).toEqual(['files.s3.eu-central-1.amazonaws.com', `/${NAME}`]);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': expect.stringMatching(/^AKIA0\/\d{8}\/eu-central-1\/s3\/aws4_request$/),
      'X-Amz-Expires': '3600',
      'X-Amz-Security-Token': IDENTITY.AWS_SESSION_TOKEN,
      'X-Amz-SignedHeaders': 'content-type;host',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(headers).toEqual({ 'content-type': 'text/csv' });
    expect(Math.abs(expiresAt - Date.now() - 3_600_000)).toBeLessThan(10_000);
  });

  it('to get a file says what it is to be called', async () => {
    const { url } = await files.downloadLink('exports/exp_1.csv', 'contacts.csv');
    expect(new URL(url).searchParams.get('response-content-disposition')).toBe('attachment; filename="contacts.csv"');
  });

  it('leads to the servers of its part of the world', async () => {
    const china = bucketFiles('files', () => ({ ...IDENTITY, AWS_REGION: 'cn-north-1' }));
    expect((await china.uploadLink(NAME, 'text/csv')).url).toContain('//files.s3.cn-north-1.amazonaws.com.cn/');
  });
});

describe('a request', () => {
  it.each([
    ['503 SlowDown', 503],
    ['500', 500],
    ['429', 429],
    ['no answer', 'hang-up'],
  ] as const)('is made again after %s', async (_, trouble) => {
    const { bucket, files } = await opened((_asked, nth) => (nth < 3 ? trouble : undefined));
    await files.put(NAME, Buffer.from('phone\n'), 'text/csv');
    expect(await files.size(NAME)).toBe(6);
    expect(bucket.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...new Array(3).fill(`PUT ${NAME}`),
      `HEAD ${NAME}`,
    ]);
  });

  it('that is refused is a fault at once, and the fault names no file', async () => {
    const { bucket, files } = await opened(() => 403);
    await expect(files.put(NAME, Buffer.from('x'), 'text/csv')).rejects.toMatchObject({
      name: 's3 403 SlowDown',
      message: 'PUT: 403 SlowDown',
    });
    expect(bucket.asked).toHaveLength(1);
  });

  it('gives up in the end', async () => {
    const { bucket, files } = await opened(() => 503);
    await expect(files.size(NAME)).rejects.toMatchObject({ message: expect.stringMatching(/^HEAD: 503/) });
    expect(bucket.asked).toHaveLength(6);
  });
});

it('a file is read by ranges, each whole, with nothing asked for twice', async () => {
  const { bucket, files } = await opened();
  await files.put(NAME, Buffer.alloc(5 * 1024 * 1024), 'text/csv');
  let bytes = 0;
  for await (const chunk of files.read(NAME, 10)) bytes += chunk.length;
  expect(bytes).toBe(5 * 1024 * 1024 - 10);
  expect(bucket.asked.slice(1).map(({ range }) => range)).toEqual(['bytes=10-4194313', 'bytes=4194314-8388617']);
});

it('what S3 says only in the answer to the end of an upload is a fault all the same', async () => {
  const { files } = await opened();
  const upload = await files.begin(NAME, 'text/csv');
  await files.putPart(NAME, upload, 1, Buffer.from('x'));
  await expect(files.finish(NAME, upload, ['"another"'])).rejects.toMatchObject({
    name: 's3 200 InvalidPart',
  });
});
