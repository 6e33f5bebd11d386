import { DynamoDBClient, type DynamoDBClientConfig, GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  defaultProvider,
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
  Sha256,
} from '../../shared/aws/sdk-parts.ts';
import { wire } from './wire.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a digest', () => {
  it('is that of FIPS 180-4', async () => {
    const hash = new Sha256();
    hash.update('abc');
    expect(hex(await hash.digest())).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('under a secret is that of RFC 4231, case 2', async () => {
    const hash = new Sha256('Jefe');
    hash.update('what do ya want ');
    hash.update(Buffer.from('for nothing?'));
    expect(hex(await hash.digest())).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('begins anew after a reset', async () => {
    const hash = new Sha256('Jefe');
    hash.update('something else');
    hash.reset();
    hash.update('what do ya want for nothing?');
    expect(hex(await hash.digest())).toMatch(/^5bdcc146/);
  });
});

const looking =
  (look: (headers: Record<string, string>) => unknown) =>
  <Asked, Answer>(next: (asked: Asked) => Answer) =>
  (asked: Asked): Answer => {
    look((asked as { request: { headers: Record<string, string> } }).request.headers);
    return next(asked);
  };

it('a client signs with it as it does by itself', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-06-15T12:00:00Z'), toFake: ['Date'] });
  const { config } = wire(() => ({ status: 200, body: {} }));
  const signature = async (own: DynamoDBClientConfig, text: string) => {
    const client = new DynamoDBClient({ ...config, ...own });
    const signed: unknown[] = [];
    // A request bears an id of its own, which is signed too.
    const anonymous = looking((headers) => {
      headers['amz-sdk-invocation-id'] = 'id';
    });
    client.middlewareStack.addRelativeTo(anonymous, { relation: 'before', toMiddleware: 'httpSigningMiddleware' });
    const noted = looking((headers) => signed.push(headers['authorization']));
    client.middlewareStack.add(noted, { step: 'deserialize' });
    await client.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S: text } } }));
    return signed;
  };
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1 }), async (text) => {
      const [ours, theirs] = [await signature({ sha256: Sha256 }, text), await signature({}, text)];
      expect(ours).toEqual([expect.stringMatching(/Signature=[0-9a-f]{64}$/)]);
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 20 },
  );
});

describe('the credentials', () => {
  it('are those of the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA0');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    const lasting = { accessKeyId: 'AKIA0', secretAccessKey: 'secret' };
    expect(await defaultProvider()()).toEqual({ ...lasting, sessionToken: 'token' });
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    expect(await defaultProvider()()).toEqual(lasting);
  });

  it('are missed at the first call', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    await expect(defaultProvider()()).rejects.toThrow('There are no credentials.');
  });
});

it('endpoints are not discovered, whatever the environment says', () => {
  const {
    environmentVariableSelector,
    configFileSelector,
    default: otherwise,
  } = NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS;
  vi.stubEnv('AWS_ENABLE_ENDPOINT_DISCOVERY', 'true');
  expect([environmentVariableSelector(), configFileSelector(), otherwise]).toEqual([false, false, false]);
  const config = { region: 'eu-central-1' };
  expect(resolveEndpointDiscoveryConfig(config)).toBe(config);
});
