import { describe, expect, it } from 'vitest';
import { ContactId, WorkflowId } from '../../shared/domain/id.ts';
import type { Sms } from '../../shared/ports.ts';
import { conversation } from '../../shared/store/message-store.ts';
import { deleteContact } from '../../shared/usecases/delete-contact.ts';
import { endRun } from '../../shared/usecases/end-run.ts';
import { enrollByHand } from '../../shared/usecases/enroll-by-hand.ts';
import {
  addTag,
  business,
  done,
  enroll,
  INBOX,
  newContact,
  publish,
  send,
  timeline,
  wait,
} from '../support/business.ts';
import {
  ASK,
  type Carrier,
  died,
  interfere,
  messagesOf,
  putOf,
  runsOf,
  studio,
  TWO_DAYS,
} from '../support/interference.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

describe('a text on its way', () => {
  it('is told although its run ended and the contact entered again meanwhile', async () => {
    let meanwhile = async () => {};
    const { world, studio: own } = await studio(async (onward) => {
      const sent = await onward();
      await meanwhile();
      return sent;
    });
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi')] });
    const contact = await newContact(world);
    const { ports } = world.world;
    meanwhile = async () => {
      for (const { id } of await runsOf(world, contact)) await endRun(ports)(id, 'EXITED_MANUALLY');
      await enrollByHand(ports)(
        {
          workflowId: WorkflowId.parse(workflow),
          contactIds: [ContactId.parse(contact.id)],
          applyFilters: false,
          test: true,
        },
        { seed: 'again', at: world.now() },
      );
    };
    await enroll(world, workflow, contact);
    await world.pass(2 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hi', 'Hi']);
    expect(await messagesOf(world, contact)).toMatchObject([{ text: 'Hi' }, { text: 'Hi' }]);
  });

  it('is told although its function died and its run ended', async () => {
    let meanwhile = async () => {};
    const { world, studio: own } = await studio(async (onward) => {
      await onward();
      await meanwhile();
      return died();
    });
    const contact = await newContact(world);
    meanwhile = async () => {
      for (const { id } of await runsOf(world, contact)) await endRun(world.world.ports)(id, 'EXITED_MANUALLY');
    };
    await enroll(world, await publish(world, own, { steps: ASK }), contact);
    await world.pass(2 * MINUTE);
    expect(await messagesOf(world, contact)).toMatchObject([{ text: 'Shall we call you?' }]);
  });

  it('is told although its function died, its run ended and the contact entered again', async () => {
    let meanwhile = async () => {};
    const { world, studio: own } = await studio(async (onward) => {
      await onward();
      await meanwhile();
      return died();
    });
    const workflow = await publish(world, own, { steps: ASK, allowReentry: true });
    const contact = await newContact(world);
    meanwhile = async () => {
      for (const { id } of await runsOf(world, contact)) await endRun(world.world.ports)(id, 'EXITED_MANUALLY');
    };
    const run = await enroll(world, workflow, contact);
    await enroll(world, workflow, contact);
    await world.pass(2 * MINUTE);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'ENDED', 'SEND_UNCONFIRMED']);
    expect(await messagesOf(world, contact)).toHaveLength(2);
  });

  it('leaves nothing of a person who is deleted meanwhile', async () => {
    let meanwhile = async () => {};
    const { world, studio: own } = await studio(async () => {
      await meanwhile();
      return { outcome: 'unknown', reason: 'TimeoutError' };
    });
    const contact = await newContact(world);
    const { ports } = world.world;
    const id = ContactId.parse(contact.id);
    meanwhile = async () => {
      for (const run of await runsOf(world, contact)) await endRun(ports)(run.id, 'EXITED_MANUALLY');
      interfere(
        world,
        'before',
        (writes) => putOf(writes, 'message').length > 0,
        () => deleteContact(ports)(id, undefined),
      );
    };
    await enroll(world, await publish(world, own, { steps: ASK }), contact);
    await world.pass(2 * MINUTE);
    expect((await conversation(ports.table, id, { order: 'ascending' })).items).toEqual([]);
  });

  it('that is turned away again and again tells what was done before it once', async () => {
    const { world, studio: own } = await studio(async () => ({ outcome: 'throttled' }), 5);
    const contact = await newContact(world);
    const run = await enroll(
      world,
      await publish(world, own, { steps: [addTag('tag', 'hello'), send('hi', 'Hi')] }),
      contact,
    );
    await world.pass(MINUTE);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'TAG_ADDED', 'SENT', 'ENDED']);
  });

  it('is waited for once, at whatever fraction of a second its function died', async () => {
    const { world, studio: own } = await studio(died);
    const contact = await newContact(world);
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi'), addTag('tag', 'told')] });
    await world.pass(123);
    const run = await enroll(world, workflow, contact);
    await world.pass(MINUTE);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SEND_UNCONFIRMED', 'TAG_ADDED', 'ENDED']);
    expect(world.world.machines.describe(`${run}.1`)?.transitions).toBeLessThan(10);
  });

  it('leaves after an outage of half an hour', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: TWO_DAYS });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    const { table } = world.world.ports;
    const { get } = table;
    await world.pass(DAY - MINUTE);
    Object.assign(table, { get: died });
    await world.pass(30 * MINUTE);
    Object.assign(table, { get });
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
  });
});

describe('a text that is in doubt', () => {
  const dies: Carrier = async (onward) => {
    await onward();
    return died();
  };

  it('by hand is answered when it is known what became of it, and not before', async () => {
    const { world, studio: own } = await studio(dies);
    const contact = await newContact(world);
    const text = { contactId: contact.id, inboxId: own.inboxId, text: 'By hand' };
    const ask = () => world.api('POST', '/v1/messages', text, { 'idempotency-key': 'one' });
    expect((await ask()).status).toBe(500);
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'TEMPORARILY_UNAVAILABLE' } });
    await world.pass(MINUTE);
    expect((await ask()).status).toBe(201);
    await world.pass(5 * MINUTE);
    expect(await messagesOf(world, contact)).toMatchObject([{ text: 'By hand', status: 'DELIVERED' }]);
    expect(await world.texts(contact.phone)).toEqual(['By hand']);
  });

  it('in answer to a START says so, though something newer was said meanwhile', async () => {
    const { world } = await studio(died);
    const contact = await newContact(world);
    await world.says(contact.phone, 'START', { to: INBOX });
    await world.says(contact.phone, 'START', { to: INBOX });
    await world.pass(5 * MINUTE);
    const answers = (await messagesOf(world, contact)).filter(
      ({ direction }: { direction: string }) => direction === 'outbound',
    );
    expect(answers).toMatchObject([{ status: 'UNCONFIRMED', reason: 'ABANDONED' }, { status: 'DELIVERED' }]);
  });
});

describe('a text by hand', () => {
  it('whose function died, and that nobody asks for again, is told to be UNCONFIRMED', async () => {
    const carrier = (phones: Sms): Sms => ({ ...phones, send: () => Promise.reject(new Error('the function died')) });
    const world = localWorld({ carrier, withoutReceipts: true });
    const { inboxId } = await business(world);
    const contact = await newContact(world);
    const { status } = await world.api('POST', '/v1/messages', { contactId: contact.id, inboxId, text: 'By hand' });
    expect(status).toBe(500);
    expect(await messagesOf(world, contact)).toMatchObject([{ status: 'CLAIMED' }]);
    await world.pass(MINUTE);
    expect(await messagesOf(world, contact)).toMatchObject([{ status: 'UNCONFIRMED', reason: 'ABANDONED' }]);
  });

  it('that the carrier refuses for an opt-out is remembered', async () => {
    const { world, studio: own } = await studio(async () => ({
      outcome: 'rejected',
      reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT',
      optedOut: true,
    }));
    const contact = await newContact(world);
    await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: own.inboxId, text: 'By hand' }));
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).consent).toMatchObject({
      status: 'optedOut',
      source: 'carrier',
    });
  });

  it('leaves nothing of a person who is deleted meanwhile', async () => {
    let meanwhile = async () => {};
    const { world, studio: own } = await studio(async (onward) => {
      const sent = await onward();
      await meanwhile();
      return sent;
    });
    const contact = await newContact(world);
    const { ports } = world.world;
    const id = ContactId.parse(contact.id);
    meanwhile = async () => {
      await deleteContact(ports)(id, undefined);
    };
    await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: own.inboxId, text: 'By hand' }));
    expect((await conversation(ports.table, id, { order: 'ascending' })).items).toEqual([]);
  });

  it('fires triggers, whoever changed the contact before', async () => {
    const { world, studio: own } = await studio();
    const contact = await newContact(world);
    await enroll(world, await publish(world, own, { steps: ASK }), contact);
    await world.pass(HOUR);
    await world.says(contact.phone, 'yes');
    const recently = { filter: { type: 'activity', activity: 'lastMessageSent', op: 'within-days', days: 1 } };
    await world.pass(3 * DAY);
    // The last to change the contact is a run of the workflow that its trigger is to fire.
    const watcher = await publish(world, own, {
      steps: [addTag('seen', 'seen'), wait('w', { minutes: 1 }, { orReply: false })],
      trigger: recently,
      allowReentry: true,
    });
    await enroll(world, watcher, contact, { test: true });
    await world.pass(HOUR);
    await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: own.inboxId, text: 'By hand' }));
    expect((await runsOf(world, contact)).find(({ workflowId }) => workflowId === watcher)).toMatchObject({
      enrolledBy: 'trigger',
    });
  });
});
