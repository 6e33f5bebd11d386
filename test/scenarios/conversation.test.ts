import { describe, expect, it } from 'vitest';
import {
  addTag,
  business,
  done,
  enroll,
  ifElse,
  newContact,
  publish,
  runOf,
  send,
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, localWorld, MINUTE } from '../support/world.ts';

const askYesNo = [
  send('ask', 'Shall we call you?'),
  wait('answer'),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [addTag('tag-yes', 'said-yes'), send('thanks', 'We will call.')],
    [send('no-thanks', 'Alright.')],
    [send('nudge', 'Still there?')],
  ),
];

async function asked(steps: object[] = askYesNo) {
  const world = localWorld();
  const studio = await business(world);
  const workflow = await publish(world, studio, { steps });
  const contact = await newContact(world);
  const run = await enroll(world, workflow, contact);
  return { world, studio, workflow, contact, run };
}

describe('a run that waits for an answer', () => {
  it('goes on at once with the branch that the answer chose', async () => {
    const { world, contact, run } = await asked();
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
    await world.says(contact.phone, 'YES!!!');
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await tagsOf(world, contact)).toEqual(['said-yes']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
    expect(await timeline(world, run)).toEqual([
      'ENROLLED',
      'SENT',
      'WAITING',
      'REPLIED',
      'BRANCH',
      'TAG_ADDED',
      'SENT',
      'ENDED',
    ]);
    expect(world.faults).toEqual([]);
  });

  it('takes the else branch on another answer', async () => {
    const { world, contact } = await asked();
    await world.says(contact.phone, 'not now');
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'Alright.']);
    expect(await tagsOf(world, contact)).toEqual([]);
  });

  it('takes the silence branch when the time is over, and not a moment before', async () => {
    const { world, contact, run } = await asked();
    await world.pass(DAY - 1);
    expect(await world.texts(contact.phone)).toHaveLength(1);
    await world.pass(10_000);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'Still there?']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'TIMED_OUT', 'BRANCH', 'SENT', 'ENDED']);
  });

  it('lets only the first of two answers decide', async () => {
    const { world, contact } = await asked();
    await world.says(contact.phone, 'no');
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'Alright.']);
    const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`));
    expect(items.map(({ text }: { text: string }) => text)).toEqual(['Shall we call you?', 'no', 'Alright.', 'yes']);
  });

  it('records an answer that came after the time was over', async () => {
    const { world, contact, run } = await asked();
    await world.pass(DAY + MINUTE);
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'Still there?']);
    expect(await timeline(world, run)).toContain('LATE_REPLY');
  });

  it('decides for one of the two when the answer comes at the deadline', async () => {
    const { world, contact, run } = await asked();
    await world.pass(DAY);
    await world.says(contact.phone, 'yes');
    await world.pass(MINUTE);
    const codes = await timeline(world, run);
    expect(codes.filter((code) => code === 'REPLIED' || code === 'TIMED_OUT')).toHaveLength(1);
    expect(await world.texts(contact.phone)).toHaveLength(2);
  });

  it('takes an answer that came before the wait was reached', async () => {
    const { world, contact } = await asked([
      send('ask', 'Shall we call you?'),
      wait('pause', { hours: 1 }, { orReply: false }),
      wait('answer'),
      ifElse(
        'said-yes',
        { keywords: { anyOf: ['yes'] } },
        [send('thanks', 'We will call.')],
        [send('no-thanks', 'Alright.')],
      ),
    ]);
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toHaveLength(1);
    await world.pass(61 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
  });

  it("does not take last week's message for today's answer", async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: askYesNo });
    const contact = await newContact(world);
    await world.says(contact.phone, 'yes', { to: '+12025550100' });
    await world.pass(7 * DAY);
    await enroll(world, workflow, contact);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
  });
});

describe('STOP', () => {
  it('ends every run, confirms once, and lets nothing more out', async () => {
    const { world, studio, contact, run } = await asked();
    const other = await publish(world, studio, { steps: [wait('later', { days: 2 }), send('hello', 'Hello again')] });
    const second = await enroll(world, other, contact);
    await world.says(contact.phone, 'Stop');
    await world.pass(10 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', expect.stringContaining('unsubscribed')]);
    for (const id of [run, second])
      expect(await runOf(world, id)).toMatchObject({ status: 'ENDED', reason: 'OPTED_OUT' });
    await world.says(contact.phone, 'STOP');
    expect(await world.texts(contact.phone)).toHaveLength(2);
    expect(await enroll(world, other, contact)).toBe('OPTED_OUT');
    expect(world.faults).toEqual([]);
  });

  it('is not taken for an answer, and START lets the person back in', async () => {
    const { world, contact, workflow } = await asked();
    await world.says(contact.phone, 'stop');
    await world.says(contact.phone, 'START');
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).consent).toMatchObject({
      status: 'optedIn',
      source: 'keyword',
    });
    expect(await enroll(world, workflow, contact)).toBe('REENTRY_NOT_ALLOWED');
    expect(await enroll(world, workflow, contact, { test: true })).toMatch(/^run_/);
  });

  it('through the API ends every run as well, and sends nothing', async () => {
    const { world, contact, run } = await asked();
    await done(
      world.api('PATCH', `/v1/contacts/${contact.id}`, { consent: { status: 'optedOut', source: 'phone call' } }),
    );
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'OPTED_OUT' });
    await world.pass(3 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
  });

  it('answers HELP, starts nothing by it, and leaves the wait open', async () => {
    const { world, studio, contact, run } = await asked();
    const trigger = { filter: { type: 'activity', activity: 'lastMessageReceived', op: 'is-known' } };
    await publish(world, studio, { steps: [send('hello', 'You wrote!')], trigger });
    await world.says(contact.phone, 'help');
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', expect.stringContaining('STOP')]);
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toHaveLength(3);
  });
});
