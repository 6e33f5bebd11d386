import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

// `cdk synth` as an operator runs it, on a machine without AWS credentials or Docker, and what it would deploy.

const root = join(import.meta.dirname, '../../..');
const out = mkdtempSync(join(tmpdir(), 'cdk-synth-'));
afterAll(() => rmSync(out, { recursive: true }));

const PATH = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;
/** Nothing of AWS from outside; a `docker` that fails whoever asks for it. */
const bare = {
  PATH,
  HOME: out,
  CDK_DOCKER: '/nonexistent/docker',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent',
};

let synth: ReturnType<typeof spawnSync>;
beforeAll(() => {
  synth = spawnSync('cdk', ['synth', '--quiet', '--output', out], { cwd: root, env: bare, encoding: 'utf8' });
});

interface Deployed {
  readonly id: string;
  readonly file: string;
}
const bundles = (): readonly Deployed[] => {
  const { Resources } = JSON.parse(readFileSync(join(out, 'Service.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Metadata: Record<string, string> }>;
  };
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Metadata }]) => ({
      id: id.replace(/Handler[0-9A-F]{8}$/, ''),
      file: join(out, Metadata['aws:asset:path'] ?? '', 'index.mjs'),
    }));
};

test('the synthesis needs no account and no Docker, and breaks no rule', () => {
  expect({ status: synth.status, stderr: synth.status === 0 ? '' : synth.stderr }).toEqual({ status: 0, stderr: '' });
  expect(
    readdirSync(out)
      .filter((name) => name.endsWith('.template.json'))
      .sort(),
  ).toEqual(['Data.template.json', 'Service.template.json']);
});

/** What a function is told when it is deployed. */
const environment = {
  AWS_REGION: 'us-east-1',
  TABLE_NAME: 'table',
  WORKFLOW_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/workflows',
  DUE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/due',
  RECONCILE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/reconcile',
  TRANSFER_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/transfers',
  BUCKET_NAME: 'files',
  EVENT_BUS_NAME: 'bus',
  STATES_ARN_PREFIX: 'arn:aws:states:us-east-1:111122223333',
  MACHINE_NAME_PREFIX: 'sms-workflows-dev-',
  EXECUTION_ROLE_ARN: 'arn:aws:iam::111122223333:role/machines',
  STEP_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:111122223333:function:run-step',
  CONFIGURATION_SET: 'set',
  OPT_OUT_LIST: 'list',
};
/** Runs in a process of its own, away from the project's packages. */
const run = (script: string, env: Record<string, string> = environment) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: out,
    env: { PATH, ...env },
    encoding: 'utf8',
  });

test('every bundle stands alone: loaded by itself it has a handler', () => {
  const loaded = bundles().map(({ id, file }) => {
    const { stdout, stderr } = run(
      `const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler)`,
    );
    return [id, stdout.trim() || stderr];
  });
  expect(Object.fromEntries(loaded)).toEqual({
    Api: 'function',
    RunStep: 'function',
    InboundBridge: 'function',
    InboundMessage: 'function',
    ContactEvent: 'function',
    DeliveryReceipt: 'function',
    TableChanges: 'function',
    WorkflowJob: 'function',
    DueJob: 'function',
    ReconcileJob: 'function',
    Transfer: 'function',
  });
});

test('the API answers from its bundle, and a function without its settings says which it lacks', () => {
  const api = bundles().find(({ id }) => id === 'Api')?.file ?? '';
  const answerTo = (rawPath: string, rawQueryString = '') => {
    const event = { version: '2.0', rawPath, rawQueryString, requestContext: { http: { method: 'GET' } } };
    const { stdout } = run(
      `const { handler } = await import(${JSON.stringify(api)});
       const answer = await handler(${JSON.stringify(event)}, { awsRequestId: 'r1', getRemainingTimeInMillis: () => 1000 });
       console.log('ANSWER ' + JSON.stringify(answer));`,
    );
    return JSON.parse(/^ANSWER (.*)$/m.exec(stdout)?.[1] ?? '{}');
  };
  const headers = { 'content-type': 'application/problem+json' };
  expect(answerTo('/v1/nothing')).toMatchObject({ statusCode: 404, headers });
  const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8'));
  expect(JSON.parse(answerTo('/v1/openapi.json').body)).toEqual(document);
  // The bundler would drop zod's words from a module that nothing else of is used.
  expect(answerTo('/v1/contacts', 'limit=1000')).toMatchObject({
    statusCode: 400,
    headers,
    body: expect.stringContaining('Too big: expected number to be <=100'),
  });
  expect(run(`await import(${JSON.stringify(api)})`, { AWS_REGION: 'us-east-1' }).stderr).toContain('TABLE_NAME');
});

test.each([
  ['libphonenumber-js/metadata.max.json', ['Api', 'ContactEvent', 'Transfer']],
  ['sms-workflows/docs/openapi.json', ['Api']],
  ['sms-workflows/shared/domain/opt-out-words.json', ['InboundMessage']],
  ['sms-workflows/shared/domain/phone-places.json', ['Api', 'ContactEvent', 'InboundMessage', 'Transfer']],
])('%s lies beside the bundles that read it, and beside no other', (data, functions) => {
  const beside = bundles().filter(({ file }) => existsSync(join(dirname(file), 'node_modules', data)));
  const asking = bundles().filter(({ file }) => readFileSync(file, 'utf8').includes(data));
  expect(beside).toEqual(asking);
  expect(beside.map(({ id }) => id).sort()).toEqual(functions);
});

test('the API reads a phone number from its bundle, with a table that answers nothing', () => {
  const api = bundles().find(({ id }) => id === 'Api')?.file ?? '';
  const event = {
    version: '2.0',
    rawPath: '/v1/contacts',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phone: '(212) 555-0171' }),
    requestContext: { http: { method: 'POST' } },
  };
  const { stdout, stderr } = run(
    `import { createServer } from 'node:http';
     const table = createServer((_, answer) => answer.end('{}')).listen(0, '127.0.0.1');
     await new Promise((listens) => table.once('listening', listens));
     process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:' + table.address().port;
     const { handler } = await import(${JSON.stringify(api)});
     const answer = await handler(${JSON.stringify(event)}, { awsRequestId: 'r1', getRemainingTimeInMillis: () => 10000 });
     console.log('ANSWER ' + JSON.stringify(answer));
     process.exit();`,
    { ...environment, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
  );
  const answer = JSON.parse(/^ANSWER (.*)$/m.exec(stdout)?.[1] ?? '{}');
  expect({ status: answer.statusCode, stderr }).toEqual({ status: 201, stderr: '' });
  expect(JSON.parse(answer.body)).toMatchObject({ phone: '+12125550171', derived: { state: 'NY', city: 'New York' } });
});

test('no bundle weighs more than it may (docs/decisions/0008)', () => {
  const sizes = bundles().map(({ id, file }) => {
    const code = readFileSync(file);
    return { id, kB: Math.round(code.length / 1024), gzipped: Math.round(gzipSync(code).length / 1024) };
  });
  console.table(sizes);
  expect(sizes.filter(({ id, gzipped }) => gzipped > (id === 'Api' ? 180 : 110))).toEqual([]);
});
