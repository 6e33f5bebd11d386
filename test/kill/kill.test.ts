import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addTag,
  business,
  done,
  enroll,
  INBOX,
  ifElse,
  newContact,
  publish,
  runOf,
  send,
  tagsOf,
  wait,
} from '../support/business.ts';
import { openProduct } from './product.ts';

let product: ReturnType<typeof openProduct>;
beforeEach(() => {
  product = openProduct();
});
afterEach(() => product.end());

async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = await look();
    if (seen) return seen;
    await sleep(50);
  }
  throw new Error(`never saw ${what}`);
}

const STEPS = [
  send('ask', 'Shall we call you?'),
  wait('answer'),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [addTag('tag-yes', 'said-yes'), send('thanks', 'We will call.')],
    [send('no', 'Alright.')],
    [send('nudge', 'Still there?')],
  ),
];

describe('a process that is killed and started again', () => {
  it('goes on with a run that waits for an answer, and sends nothing twice', async () => {
    const { world: first } = await product.start();
    const workflow = await publish(first, await business(first), { steps: STEPS });
    const contact = await newContact(first);
    const run = await enroll(first, workflow, contact);
    await eventually('the first text', async () => (await first.texts(contact.phone)).length === 1);
    await product.kill();

    const { world: second, milliseconds } = await product.start();
    expect(milliseconds).toBeLessThan(5000);
    expect(await runOf(second, run)).toMatchObject({ status: 'RUNNING' });
    await second.says(contact.phone, 'Yes!');
    await eventually('the end of the run', async () => (await runOf(second, run)).status === 'ENDED');
    expect(await second.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await tagsOf(second, contact)).toEqual(['said-yes']);
  });

  it('fires a timer that ran out while it was down', async () => {
    const { world: first } = await product.start();
    const workflow = await publish(first, await business(first), { steps: STEPS });
    const contact = await newContact(first);
    await enroll(first, workflow, contact);
    await eventually('the first text', async () => (await first.texts(contact.phone)).length === 1);
    await first.pass(23 * 3_600_000);
    await product.kill();
    const { world: second } = await product.start();
    expect(await second.texts(contact.phone)).toHaveLength(1);
    await second.pass(2 * 3_600_000);
    expect(await second.texts(contact.phone)).toEqual(['Shall we call you?', 'Still there?']);
  });

  it('loses no run and doubles no text, wherever it is killed', async () => {
    const { world } = await product.start();
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: STEPS });
    const contacts: Awaited<ReturnType<typeof newContact>>[] = [];
    for (let n = 0; n < 24; n += 1) contacts.push(await newContact(world));
    const runs: string[] = [];
    let current = world;
    for (const [n, contact] of contacts.entries()) {
      // Killed at a different moment of the enrolment each time; a request that got no answer is made again.
      const asked = enroll(current, workflow, contact).catch(() => undefined);
      if (n % 3 === 0) {
        await sleep(n);
        await product.kill();
        current = (await product.start()).world;
      }
      const answer = (await asked) ?? (await enroll(current, workflow, contact));
      runs.push(answer);
    }
    // Claims of killed functions are abandoned after 35 s; then every run waits for its answer.
    await current.pass(10 * 60_000);
    for (const contact of contacts) {
      const asked = (await current.texts(contact.phone)).length;
      await current.says(contact.phone, 'yes', { to: INBOX });
      const { items } = await done(current.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`));
      expect(items.map(({ text }: { text: string }) => text)).toEqual(['Shall we call you?', 'yes', 'We will call.']);
      // A text of which nobody can know whether it left is told as such, and not sent again.
      expect([asked, items[0].status]).toEqual(
        asked === 1 ? [1, expect.stringMatching(/DELIVERED|ACCEPTED|UNCONFIRMED/)] : [0, 'UNCONFIRMED'],
      );
    }
  });
});
