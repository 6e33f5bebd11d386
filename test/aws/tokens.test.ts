import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SIMULATOR } from './carrier.ts';
import { bootstrap, deploy, inRegion } from './deploy.ts';
import { all, answersOf, scopesBut } from './every-route.ts';
import { scratchFolder } from './ministack.ts';
import { type DeployedWorld, deployedWorld } from './world.ts';

// A second deployment in the same account, in another Region: callers bring tokens, and texts leave from a simulator number.

const AUDIENCE = 'sms-workflows-clients';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Publishes the key that tokens are signed with, as an identity provider does. */
const issuer = createServer((request, response) => {
  const url = `http://${request.headers.host}`;
  const body = request.url?.includes('openid-configuration')
    ? { issuer: url, jwks_uri: `${url}/keys` }
    : { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
let iss = '';
let world: DeployedWorld;
let folder = '';

beforeAll(async () => {
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  iss = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  folder = scratchFolder('cdk-jwt');
  const deployed = inject('deployed');
  const elsewhere = inRegion(deployed, 'us-west-2');
  await bootstrap(elsewhere, folder);
  const outputs = await deploy(elsewhere, folder, {
    stage: 'jwt',
    jwtIssuer: iss,
    jwtAudience: AUDIENCE,
    simulator: 'true',
  });
  const apiUrl = outputs['sms-workflows-jwt-service']?.['ApiUrl'] ?? '';
  world = deployedWorld({ ...deployed, apiUrl });
});
afterAll(() => {
  issuer.closeAllConnections();
  issuer.close();
  rmSync(folder, { recursive: true, force: true });
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(claims: object, key = keys.privateKey): string {
  const now = Math.floor(Date.now() / 1000);
  const content = `${encoded({ alg: 'RS256', kid: 'one' })}.${encoded({ iss, aud: AUDIENCE, iat: now - 60, exp: now + 600, ...claims })}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(key).toString('base64url')}`;
}
const reads = (bearer: string | undefined, path = '/v1/settings') =>
  world.callAs(bearer === undefined ? undefined : { token: bearer }, 'GET', path);

describe('callers bring tokens', () => {
  it('one with the route’s scope gets in', async () => {
    expect(await reads(token({ scope: 'openid workspace:read' }))).toMatchObject({ status: 200 });
  });

  it('one without it does not, and reading is not writing', async () => {
    expect(await reads(token({ scope: 'contacts:read' }))).toMatchObject({ status: 403 });
    expect(await reads(token({}))).toMatchObject({ status: 403 });
    const reader = { token: token({ scope: 'contacts:read' }) };
    expect(await world.callAs(reader, 'GET', '/v1/contacts')).toMatchObject({ status: 200, body: { items: [] } });
    expect(await world.callAs(reader, 'POST', '/v1/contacts', { phone: '+12025550101' })).toMatchObject({
      status: 403,
    });
  });

  it.each([
    ['none', () => undefined],
    ['one for somebody else', () => token({ aud: 'another', scope: 'workspace:read' })],
    ['one of another issuer', () => token({ iss: 'https://example.com', scope: 'workspace:read' })],
    ['one that has expired', () => token({ exp: Math.floor(Date.now() / 1000) - 60, scope: 'workspace:read' })],
    ['one that a stranger signed', () => token({ scope: 'workspace:read' }, strangers.privateKey)],
    ['something else', () => 'a.b.c'],
  ])('%s is no token', async (_, make) => {
    expect(await reads(make())).toMatchObject({ status: 401 });
  });

  describe('every route', () => {
    const expired = () => ({ exp: Math.floor(Date.now() / 1000) - 60 });
    const asWith = (make: (scope: string) => string | undefined) =>
      answersOf(({ method, path, body, scope }) => {
        const bearer = make(scope);
        return world.callAs(bearer === undefined ? undefined : { token: bearer }, method, path, body);
      });

    it.each<[string, (scope: string) => string | undefined]>([
      ['no token', () => undefined],
      ['what is no token', () => 'a.b.c'],
      ['a token of another issuer', (scope) => token({ iss: 'https://example.com', scope })],
      ['a token for somebody else', (scope) => token({ aud: 'another', scope })],
      ['a token that a stranger signed', (scope) => token({ scope }, strangers.privateKey)],
      ['a token that has expired', (scope) => token({ ...expired(), scope })],
    ])('answers 401 to %s', async (_, make) => {
      expect(await asWith(make)).toEqual(all(401));
    });

    it('answers 403 to a token that has every right but its own', async () => {
      expect(await asWith((scope) => token({ scope: scopesBut(scope) }))).toEqual(all(403));
      expect(await asWith(() => token({}))).toEqual(all(403));
    });

    it('lets in who has its own right and no other', async () => {
      const answers = await asWith((scope) => token({ scope }));
      expect(answers.filter((answer) => / (?:401|403|5\d\d)$/.test(answer))).toEqual([]);
      expect(answers).toHaveLength(all(200).length);
    });
  });

  it('nothing lies beyond the routes', async () => {
    const everything = token({ scope: 'workspace:read workspace:write' });
    expect(await reads(everything, '/v1/elsewhere')).toMatchObject({ status: 404 });
    expect(await reads(everything, '/')).toMatchObject({ status: 404 });
  });
});

it('a simulator number came with the stack, and texts to it come to this deployment', async () => {
  const number = Object.values(await world.numbers()).find((owned) => owned.number === SIMULATOR);
  expect(number).toMatchObject({ topic: expect.stringContaining(':sms-workflows-jwt-service-'), selfManaged: true });
});
