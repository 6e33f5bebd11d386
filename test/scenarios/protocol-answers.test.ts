import { describe, expect, it } from 'vitest';
import { StepTask } from '../../shared/domain/step-task.ts';
import { runStep } from '../../shared/usecases/run-step.ts';
import {
  addTag,
  done,
  enroll,
  INBOX,
  ifElse,
  newContact,
  newPhone,
  publish,
  send,
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { ASK, died, hear, interfere, putOf, studio, TWO_DAYS, yesNo } from '../support/interference.ts';
import { DAY, HOUR, MINUTE } from '../support/world.ts';

describe('an answer', () => {
  it('that came before its wait was reached, and is told after, is not too late', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, {
      steps: [
        send('ask', 'Shall we call you?'),
        wait('pause', { hours: 1 }, { orReply: false }),
        wait('answer'),
        yesNo,
      ],
    });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await world.pass(HOUR - 1000);
    const event = world.world.phones.write(contact.phone, 'yes');
    await world.pass(MINUTE);
    world.world.receive(event);
    await world.pass(0);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
  });

  it('that came while the carrier turned the text away leaves its reason, and the steps after it are done', async () => {
    let write = async () => {};
    const { world, studio: own } = await studio(async () => {
      await write();
      return { outcome: 'throttled' };
    });
    const workflow = await publish(world, own, {
      steps: [send('ask', 'Shall we call you?'), addTag('asked', 'asked'), wait('answer'), yesNo],
    });
    const contact = await newContact(world);
    write = () => hear(world, contact.phone, 'yes');
    const run = await enroll(world, workflow, contact);
    await world.pass(2 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['We will call.']);
    expect(await timeline(world, run)).toContain('SEND_SKIPPED');
    expect(await tagsOf(world, contact)).toEqual(['asked']);
  });

  it('that comes when its time is over leaves nothing of the branch that it is not', async () => {
    const { world, studio: own } = await studio();
    const branch = ifElse(
      'said-yes',
      { keywords: { anyOf: ['yes'] } },
      [send('thanks', 'We will call.')],
      [addTag('silent', 'silent'), wait('later', { days: 1 }, { orReply: false })],
    );
    const contact = await newContact(world);
    const run = await enroll(
      world,
      await publish(world, own, { steps: [send('ask', 'Shall we call you?'), wait('answer'), branch] }),
      contact,
    );
    interfere(
      world,
      'after',
      (writes) => putOf(writes, 'contact').some(({ data: { tags } }) => Array.isArray(tags) && tags.includes('silent')),
      () => hear(world, contact.phone, 'yes'),
    );
    await world.pass(DAY + MINUTE);
    const isSilent = (await tagsOf(world, contact)).includes('silent');
    expect((await timeline(world, run)).includes('REPLIED')).toBe(!isSilent);
  });

  it('is decided by the contact as it now is, its own arrival and the steps right before its wait included', async () => {
    const { world, studio: own } = await studio();
    const condition = (filter: object) => ({ keywords: { anyOf: ['yes'] }, filter });
    const heard = ifElse(
      'heard',
      condition({ type: 'activity', activity: 'lastMessageReceived', op: 'is-known' }),
      [addTag('is-heard', 'is-heard')],
      [],
    );
    const contact = await newContact(world);
    await enroll(
      world,
      await publish(world, own, { steps: [send('ask', 'Shall we?'), wait('answer'), heard] }),
      contact,
    );
    await world.says(contact.phone, 'yes');
    expect(await tagsOf(world, contact)).toEqual(['is-heard']);

    const early = await newContact(world);
    const tagged = ifElse(
      'both',
      condition({ type: 'tag', op: 'has', tag: 'ready' }),
      [addTag('is-ready', 'is-ready')],
      [],
    );
    const steps = [
      send('ask', 'Shall we?'),
      wait('pause', { hours: 1 }, { orReply: false }),
      addTag('tag', 'ready'),
      wait('answer'),
      tagged,
    ];
    await enroll(world, await publish(world, own, { steps }), early);
    await world.says(early.phone, 'yes');
    await world.pass(2 * HOUR);
    expect(await tagsOf(world, early)).toEqual(['is-ready', 'ready']);
  });

  it('is late once: what is said after it is only conversation', async () => {
    const { world, studio: own } = await studio();
    const contact = await newContact(world);
    const run = await enroll(world, await publish(world, own, { steps: ASK }), contact);
    await world.pass(DAY + MINUTE);
    for (const text of ['yes', 'hello?', 'anybody?']) await world.says(contact.phone, text);
    expect((await timeline(world, run)).filter((code) => code === 'LATE_REPLY')).toHaveLength(1);
  });
});

describe('consent', () => {
  it('follows what the person said last, not what was told last', async () => {
    const { world } = await studio();
    const contact = await newContact(world);
    const start = world.world.phones.write(contact.phone, 'START', INBOX);
    await world.says(contact.phone, 'STOP', { to: INBOX });
    world.world.receive(start);
    await world.pass(MINUTE);
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).consent).toMatchObject({ status: 'optedOut' });
  });

  it('of an unknown sender is there before any trigger fires, even where the first attempt died', async () => {
    const { world, studio: own } = await studio();
    await publish(world, own, {
      steps: [send('welcome', 'Welcome')],
      trigger: { filter: { type: 'opt-in-source', op: 'is', value: 'inbound_message' } },
    });
    const phone = newPhone();
    interfere(world, 'before', (writes) => putOf(writes, 'seen').length > 0, died);
    await world.says(phone, 'STOP', { to: INBOX });
    await world.pass(MINUTE);
    expect(await world.texts(phone)).toEqual([expect.stringContaining('unsubscribed')]);
  });

  it('is not forgotten with the contact', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi')] });
    const contact = await newContact(world);
    await world.says(contact.phone, 'STOP', { to: INBOX });
    await done(world.api('DELETE', `/v1/contacts/${contact.id}`));
    const again = await done(world.api('POST', '/v1/contacts', { phone: contact.phone }));
    await enroll(world, workflow, again);
    expect(await world.texts(contact.phone)).not.toContain('Hi');
  });
});

describe('a task that comes late', () => {
  it('leaves a text alone while the carrier may still be taking it', async () => {
    const taken = Promise.withResolvers<void>();
    const { world, studio: own } = await studio((onward) => taken.promise.then(onward));
    const workflow = await publish(world, own, { steps: TWO_DAYS });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const again = {
      execution: { run, workflow, execution: 1 },
      ...{ state: 'first', input: {}, token: 'of an attempt that was told twice', seconds: 86_405 },
      attempt: { redrive: 0, enteredAt: new Date(world.now()).toISOString(), retry: 1 },
    };
    await world.pass(10_000);
    await runStep(world.world.ports)(StepTask.parse(again));
    taken.resolve();
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toEqual(['One']);
    expect((await timeline(world, run)).filter((code) => code.startsWith('SE'))).toEqual(['SENT']);
  });

  it('does not wait again where the run has waited, in place of where it waits now', async () => {
    const { world, studio: own } = await studio();
    const steps = [send('one', 'One'), wait('first', { hours: 1 }), send('two', 'Two'), wait('second', { hours: 5 })];
    const workflow = await publish(world, own, { steps: [...steps, yesNo] });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const late = {
      execution: { run, workflow, execution: 1 },
      ...{ state: 'one', input: {}, token: 'of an attempt that has timed out', seconds: 3605 },
      attempt: { redrive: 0, enteredAt: new Date(world.now()).toISOString(), retry: 1 },
    };
    await world.pass(2 * HOUR);
    expect(await runStep(world.world.ports)(StepTask.parse(late))).toEqual({ outcome: 'waiting' });
    await world.says(contact.phone, 'yes');
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two', 'We will call.']);
  });
});
