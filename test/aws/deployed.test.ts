import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { journeys } from '../scenarios/shared-journeys.ts';
import {
  type Business,
  business,
  done,
  enroll,
  ifElse,
  newContact,
  newPhone,
  publish,
  runOf,
  send,
  wait,
} from '../support/business.ts';
import { ACCOUNT, callJson, callQuery, elements } from './aws-call.ts';
import { all, answersOf } from './every-route.ts';
import { until } from './gaps.ts';
import type { Caller } from './http.ts';
import { PATH } from './ministack.ts';
import { deployedWorld } from './world.ts';

const deployed = inject('deployed');
const world = deployedWorld(deployed);
let studio: Business;
beforeAll(async () => {
  studio = await business(world);
});

const eventually = <T>(read: () => Promise<T>, expected: T) =>
  vi.waitFor(async () => expect(await read()).toEqual(expected), { timeout: 40_000, interval: 250 });
const statuses = async (contact: { id: string }): Promise<string[]> =>
  (await messagesTo(contact)).map(({ status }: { status: string }) => status);
const messagesTo = async (contact: { id: string }) =>
  (await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`))).items;

const STEPS = [
  send('ask', 'Shall we call you?'),
  wait('answer'),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [send('thanks', 'We will call.')],
    [send('no-thanks', 'Alright.')],
  ),
];
/** A contact that is about to be texted; with a first name, by which trouble finds its text. */
async function scene() {
  const workflow = await publish(world, studio, { steps: STEPS });
  const contact = await newContact(world);
  return { contact, start: () => enroll(world, workflow, contact) };
}

describe('deployed', () => {
  it.concurrent.each(journeys)('$title', ({ play }) => play(world, studio));
});

describe('what the carrier is told, and tells', () => {
  it.concurrent('a text leaves under the configuration set, with our id, and its receipt is recorded', async () => {
    const { contact, start } = await scene();
    await start();
    await eventually(() => statuses(contact), ['DELIVERED']);
    const [message] = await messagesTo(contact);
    expect(await world.sent(contact.phone)).toEqual([
      {
        messageId: message.providerId,
        to: contact.phone,
        from: '+12025550100',
        body: 'Shall we call you?',
        mediaUrls: [],
        configurationSet: expect.any(String),
        context: { messageId: message.id },
      },
    ]);
  });

  it.concurrent('a throttled text goes out a little later, once', async () => {
    const { contact, start } = await scene();
    await world.trouble({ to: contact.phone, error: 'ThrottlingException' });
    await start();
    await eventually(() => statuses(contact), ['DELIVERED']);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
  });

  it.concurrent('a text whose answer is lost is never sent again, and its receipt settles it', async () => {
    const { contact, start } = await scene();
    await world.trouble({ to: contact.phone, answer: 'lost' });
    await start();
    await eventually(() => statuses(contact), ['DELIVERED']);
    await world.says(contact.phone, 'yes');
    await eventually(() => world.texts(contact.phone), ['Shall we call you?', 'We will call.']);
  });

  it.concurrent('a number that AWS knows as opted out ends the run', async () => {
    const { contact, start } = await scene();
    await world.trouble({
      to: contact.phone,
      error: 'ConflictException',
      fields: { Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' },
    });
    const run = await start();
    await eventually(() => runOf(world, run), expect.objectContaining({ status: 'ENDED', reason: 'OPTED_OUT' }));
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).consent).toMatchObject({
      status: 'optedOut',
      source: 'carrier',
    });
  });

  it.concurrent('STOP puts the number on AWS’s list, and START takes it off', async () => {
    const { contact, start } = await scene();
    await start();
    await eventually(() => world.texts(contact.phone), ['Shall we call you?']);
    await world.says(contact.phone, 'STOP');
    await eventually(async () => (await world.optedOut()).includes(contact.phone), true);
    await world.says(contact.phone, 'START');
    await eventually(async () => (await world.optedOut()).includes(contact.phone), false);
  });

  it.concurrent('an answer that is told three times is one answer', async () => {
    const { contact, start } = await scene();
    await start();
    await eventually(() => world.texts(contact.phone), ['Shall we call you?']);
    await world.saysOnceToldOften(contact.phone, 'yes', 3);
    await eventually(() => world.texts(contact.phone), ['Shall we call you?', 'We will call.']);
    await world.pass(3000);
    expect((await messagesTo(contact)).map(({ text }: { text: string }) => text)).toEqual([
      'Shall we call you?',
      'yes',
      'We will call.',
    ]);
  });
});

describe('files', () => {
  it.concurrent('contacts come in by a link to the bucket, enter as others do, and go out by another', async () => {
    const phone = newPhone();
    const tag = `imported-${phone}`;
    const trigger = { filter: { type: 'tag', op: 'has', tag } };
    await publish(world, studio, { steps: [send('hi', 'Welcome')], trigger });
    const begun = await done(world.api('POST', '/v1/contacts/import', { format: 'csv', tags: [tag] }));
    const { url, method, headers } = begun.upload;
    const body = `Phone,First name,City\n${phone},Imported,Austin\nnobody,Wrong,Nowhere\n`;
    expect((await fetch(url, { method, headers, body })).status).toBe(200);
    await done(world.api('POST', `/v1/imports/${begun.id}/start`));
    await eventually(async () => (await done(world.api('GET', `/v1/imports/${begun.id}`))).status, 'DONE');
    const { items } = await done(world.api('GET', `/v1/imports/${begun.id}/rows`));
    expect(items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['CREATED', 'REFUSED']);
    await eventually(() => world.texts(phone), ['Welcome']);

    const asked = await done(world.api('POST', '/v1/exports', { kind: 'contacts', format: 'csv' }));
    const exported = () => done(world.api('GET', `/v1/exports/${asked.id}`));
    await eventually(async () => (await exported()).status, 'DONE');
    const { download } = await exported();
    const line = (await (await fetch(download.url)).text()).split('\r\n').find((one) => one.includes(phone));
    expect(line).toContain('Imported');
    expect(line).toContain('Austin');
  });
});

describe('who may call', () => {
  const without: [string, Caller][] = [
    ['without a signature', undefined],
    ['in the name of nobody known', { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'guessed' } }],
    // That a signature grows old is AWS's to see: the emulator does not look.
  ];
  it.concurrent.each(without)('no route is there %s', async (_, caller) => {
    const ask = answersOf(({ method, path, body }) => world.callAs(caller, method, path, body));
    expect(await ask).toEqual(all(403));
  });

  it.concurrent('no route is there for somebody whom no policy lets in', async () => {
    const iam = (Action: string) =>
      callQuery(deployed.emulator, 'iam', { Action, Version: '2010-05-08', UserName: 'stranger' });
    await iam('CreateUser');
    const key = await iam('CreateAccessKey');
    const credentials = {
      accessKeyId: elements(key, 'AccessKeyId')[0] ?? '',
      secretAccessKey: elements(key, 'SecretAccessKey')[0] ?? '',
    };
    const ask = (caller: Caller) => answersOf(({ method, path, body }) => world.callAs(caller, method, path, body));
    expect(await ask({ credentials })).toEqual(all(403));
    expect(await ask({ credentials: { ...credentials, secretAccessKey: 'guessed' } })).toEqual(all(403));
  });

  it.concurrent('somebody may what their policy allows and no more, and nobody in their name', async () => {
    const iam = (Action: string, input: Record<string, string>) =>
      callQuery(deployed.emulator, 'iam', { Action, Version: '2010-05-08', UserName: 'reader', ...input });
    await iam('CreateUser', {});
    const [apiId = ''] = new URL(deployed.apiUrl).hostname.split('.');
    const statement = {
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: `arn:aws:execute-api:us-east-1:${ACCOUNT}:${apiId}/$default/GET/v1/*`,
    };
    await iam('PutUserPolicy', {
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    });
    const key = await iam('CreateAccessKey', {});
    const reader = {
      credentials: {
        accessKeyId: elements(key, 'AccessKeyId')[0] ?? '',
        secretAccessKey: elements(key, 'SecretAccessKey')[0] ?? '',
      },
    };
    expect(await world.callAs(reader, 'GET', '/v1/settings')).toMatchObject({ status: 200 });
    expect(await world.callAs(reader, 'POST', '/v1/contacts', { phone: '+12025550199' })).toMatchObject({
      status: 403,
    });
    const forged = { credentials: { ...reader.credentials, secretAccessKey: 'guessed' } };
    expect(await world.callAs(forged, 'GET', '/v1/settings')).toMatchObject({ status: 403 });
  });
});

it('the number was found, and told where texts to it go', async () => {
  const numbers = await world.numbers();
  expect(numbers['phone-registered']).toEqual({
    number: '+12025550100',
    topic: expect.stringContaining(':sms-workflows-iam-service-'),
    selfManaged: true,
    optOutList: expect.any(String),
  });
});

/** What our functions have logged so far. */
async function logged(): Promise<string[]> {
  const logs = (action: string, input: object) => callJson(deployed.emulator, 'logs', `Logs_20140328.${action}`, input);
  const { logGroups }: { logGroups: { logGroupName: string }[] } = await logs('DescribeLogGroups', {});
  const ours = logGroups.filter(({ logGroupName }) => logGroupName.includes('sms-workflows-iam-service'));
  const found: { events: { message: string }[] }[] = await Promise.all(
    ours.map(({ logGroupName }) => logs('FilterLogEvents', { logGroupName })),
  );
  return found.flatMap(({ events }) => events.map(({ message }) => message));
}

// Last, when the journeys have been played: what they left behind.
describe('at the end', () => {
  it('nothing lies in a dead-letter queue, and no function has failed', async () => {
    const queues = elements(
      await callQuery(deployed.emulator, 'sqs', { Action: 'ListQueues', Version: '2012-11-05' }),
      'QueueUrl',
    ).filter((url) => url.includes('sms-workflows-iam'));
    expect(queues).toHaveLength(15);
    const waiting = async () => {
      const counts = await Promise.all(
        queues.map(async (QueueUrl) => {
          const answer = await callQuery(deployed.emulator, 'sqs', {
            Action: 'GetQueueAttributes',
            Version: '2012-11-05',
            QueueUrl,
            'AttributeName.1': 'ApproximateNumberOfMessages',
            'AttributeName.2': 'ApproximateNumberOfMessagesNotVisible',
          });
          return elements(answer, 'Value').reduce((sum, value) => sum + Number(value), 0);
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await until(async () => (await waiting()) === 0);
    const lines = await logged();
    expect(lines.filter((line) => line.includes('"code":"HTTP"'))).not.toEqual([]);
    const faults = lines.filter((line) => line.includes('"level":"ERROR"'));
    expect(faults).toEqual([]);
  });

  it('without its policy a function is refused, so it was by that policy that it could do its work', async () => {
    const iam = (Action: string, input: Record<string, string> = {}) =>
      callQuery(deployed.emulator, 'iam', { Action, Version: '2010-05-08', ...input });
    const { contact, start } = await scene();
    const roles = elements(await iam('ListRoles', { MaxItems: '500' }), 'RoleName').filter((name) =>
      name.includes('RunStep'),
    );
    expect(roles).toHaveLength(1);
    for (const RoleName of roles) {
      for (const PolicyName of elements(await iam('ListRolePolicies', { RoleName }), 'member'))
        await iam('DeleteRolePolicy', { RoleName, PolicyName });
    }
    await start();
    await eventually(
      async () => (await logged()).some((line) => line.includes('"error":"AccessDeniedException"')),
      true,
    );
    expect(await world.texts(contact.phone)).toEqual([]);
  });

  it('the machines that publishing has made are found and deleted before the stack is', async () => {
    const machines = async (): Promise<string[]> => {
      const { stateMachines } = await callJson(deployed.emulator, 'states', 'AWSStepFunctions.ListStateMachines', {});
      return stateMachines
        .map(({ name }: { name: string }) => name)
        .filter((name: string) => name.startsWith('sms-workflows-iam-'));
    };
    const made = await machines();
    expect(made).not.toEqual([]);
    const teardown = (...options: string[]) =>
      spawnSync('node', ['infra/teardown.ts', '--stage', 'iam', ...options], {
        env: { ...deployed.environment, PATH },
        encoding: 'utf8',
        cwd: join(import.meta.dirname, '../..'),
      })
        .stdout.trimEnd()
        .split('\n');
    const listed = teardown();
    expect(listed).toEqual(expect.arrayContaining(made.map((name) => `found ${name}`)));
    expect(await machines()).toEqual(made);
    teardown('--delete');
    expect(await machines()).toEqual([]);
  });
});
