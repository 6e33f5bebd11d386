import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  addTag,
  type Business,
  business,
  done,
  enroll,
  ifElse,
  newContact,
  publish,
  send,
  wait,
} from '../support/business.ts';
import { type Served, serveProduct, worldAt } from '../support/served.ts';
import type { ScenarioWorld } from '../support/world.ts';
import { type Known, schemathesis } from './schemathesis.ts';
import { CACHE } from './setup.ts';

const STEPS = [
  send('ask', 'Hello {{contact.firstName | "there"}}, shall we call you?'),
  wait('answer'),
  ifElse('said-yes', { keywords: { anyOf: ['yes'] } }, [addTag('tag-yes', 'said-yes')], [], []),
];

const program = inject('schemathesis');
let folder = '';
let served: Served;
let known: Known = {};
const complaints: string[] = [];

beforeAll(async () => {
  if (program === '') return;
  mkdirSync(CACHE, { recursive: true });
  folder = mkdtempSync(join(CACHE, 'run-'));
  served = await serveProduct(join(folder, 'state'), {
    // Node would refuse long cursors before we get to see them.
    node: ['--max-http-header-size=1048576'],
    complain: (words) => complaints.push(words),
  });
  known = await knownIn(worldAt(served.url));
});
afterAll(() => {
  served?.process.kill('SIGKILL');
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** A studio with one of everything, so that requests find something. */
async function knownIn(world: ScenarioWorld): Promise<Known> {
  const studio: Business = await business(world);
  await done(world.api('POST', '/v1/custom-fields', { key: 'plan', type: 'text', label: 'Plan' }));
  const contacts = await Promise.all([1, 2, 3].map(() => newContact(world, { firstName: 'Guest', tags: ['lead'] })));
  const [guest] = contacts;
  if (!guest) throw new Error('there is nobody');
  const filter = { all: [{ type: 'tag', op: 'has', tag: 'lead' }] };
  const published = () => publish(world, studio, { steps: STEPS, trigger: { filter } });
  const workflows = [await published(), await published()];
  const runs = await Promise.all(workflows.map((workflow) => enroll(world, workflow, guest)));
  const made = async (path: string, body: object): Promise<string> => (await done(world.api('POST', path, body))).id;
  return {
    'path.contactId': contacts.map(({ id }) => id),
    'path.phone': contacts.map(({ phone }) => phone),
    'path.tag': ['lead'],
    'path.key': ['plan'],
    'path.version': [1],
    'path.workflowId': workflows,
    'path.runId': runs,
    'path.inboxId': [studio.inboxId],
    'path.listId': [await made('/v1/lists', { name: 'Leads', filter })],
    'path.messageId': [
      await made('/v1/messages', { contactId: guest.id, inboxId: studio.inboxId, text: 'Good morning' }),
    ],
    'path.previewId': [await made(`/v1/workflows/${workflows[0]}/preview`, {})],
    'path.importId': [
      await made('/v1/contacts/import', { format: 'csv' }),
      await made('/v1/contacts/import', { format: 'csv', content: 'phone\n+12025550147\n' }),
    ],
    'path.exportId': [await made('/v1/exports', { kind: 'contacts', format: 'csv' })],
    'query.contactId': contacts.map(({ id }) => id),
    'header.Idempotency-Key': ['k-1', 'k-2', 'k-3'],
    'header.If-Match': ['"1"', '"2"', '*'],
  };
}

/** How often each operation was asked, most often first. */
const figures = (name: string, requests: ReadonlyMap<string, number>, failures: number | undefined): string => {
  const counts = [...requests].toSorted(([, one], [, other]) => other - one);
  const sum = counts.reduce((total, [, count]) => total + count, 0);
  const lines = counts.map(([operation, count]) => `${String(count).padStart(6)} ${operation}`);
  return [
    `${name}: ${sum} requests to ${counts.length} operations, ${failures === undefined ? 'and not done' : `${failures} failures`}`,
    ...lines,
  ].join('\n');
};

describe.skipIf(program === '')('the served API', () => {
  it.each([
    ['asked', ['--exclude-method', 'DELETE', '--max-examples', '12']],
    // Last, since it leaves little behind.
    ['deleted', ['--include-method', 'DELETE', '--max-examples', '30']],
  ])('answers as its document says, whatever is %s', async (name, options) => {
    const { report, status, findings, requests } = await schemathesis({
      ...{ program, folder, name, url: served.url, known, options },
    });
    console.log(figures(name, requests, report?.failures.length));
    expect({ status, findings }).toEqual({ status: 0, findings: '' });
    expect(report).toMatchObject({ complete: true, failures: [], errors: [] });
    expect(report?.operations.tested).toBe(report?.operations.selected);
    expect(report?.test_cases.generated).toBeGreaterThan(300);
  });

  it('has stayed up, has had no fault, and has logged nobody’s number', async () => {
    expect((await fetch(`${served.url}/v1/settings`)).status).toBe(200);
    // A receipt may come before its text has been written down, and is told again.
    const early = /^QUEUE_RETRY \{"queue":"receipts","item":\d+,"error":"Error"\}$/;
    expect(
      complaints
        .join('')
        .split('\n')
        .filter((line) => line !== '' && !early.test(line)),
    ).toEqual([]);
  });
});
