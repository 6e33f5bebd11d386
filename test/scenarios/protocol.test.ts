import { describe, expect, it } from 'vitest';
import { ContactId, WorkflowId } from '../../shared/domain/id.ts';
import type { Job } from '../../shared/domain/job.ts';
import { StepTask } from '../../shared/domain/step-task.ts';
import type { Sms, Write } from '../../shared/ports.ts';
import { keys } from '../../shared/store/keys.ts';
import { conversation } from '../../shared/store/message-store.ts';
import { runsOfContact } from '../../shared/store/run-store.ts';
import { deleteContact } from '../../shared/usecases/delete-contact.ts';
import { endRun } from '../../shared/usecases/end-run.ts';
import { enrollByHand } from '../../shared/usecases/enroll-by-hand.ts';
import { followChange } from '../../shared/usecases/follow-change.ts';
import { runStep } from '../../shared/usecases/run-step.ts';
import { turnOn } from '../../shared/usecases/turn-workflow.ts';
import {
  addTag,
  business,
  done,
  enroll,
  INBOX,
  ifElse,
  newContact,
  newPhone,
  publish,
  runOf,
  send,
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;
type Carrier = (onward: () => ReturnType<Sms['send']>) => ReturnType<Sms['send']>;

const yesNo = ifElse(
  'said-yes',
  { keywords: { anyOf: ['yes'] } },
  [send('thanks', 'We will call.')],
  [send('no-thanks', 'Alright.')],
);
const ASK = [send('ask', 'Shall we call you?'), wait('answer'), yesNo];
const TWO_DAYS = [send('first', 'One'), wait('a-day'), send('second', 'Two')];
const tagged = { filter: { type: 'tag', op: 'has', tag: 'lead' } };

/** A studio whose carrier does as told with the first text. */
async function studio(first: Carrier = (onward) => onward(), times = 1) {
  let asked = 0;
  const world = localWorld({
    carrier: (phones) => ({
      ...phones,
      send: (text) => {
        asked += 1;
        return asked <= times ? first(() => phones.send(text)) : phones.send(text);
      },
    }),
  });
  return { world, studio: await business(world) };
}

const turn = (world: World, workflow: string, how: 'on' | 'off', body: object) =>
  done(world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body));
const putOf = (writes: readonly Write[], type: string) =>
  writes.flatMap((write) => ('put' in write && write.put.type === type ? [write.put] : []));
const messagesOf = async (world: World, contact: { id: string }) =>
  (await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`))).items;
const runsOf = async ({ world: { ports } }: World, contact: { id: string }) =>
  (await runsOfContact(ports.table, ContactId.parse(contact.id))).map(({ value }) => value);

/** Comes between, once: before the first write that is meant, or after it. */
function interfere(
  world: World,
  when: 'before' | 'after',
  isMeant: (writes: readonly Write[]) => boolean,
  act: () => Promise<unknown>,
): void {
  const { table } = world.world.ports;
  const { write } = table;
  Object.assign(table, {
    write: async (writes: readonly Write[]) => {
      if (!isMeant(writes)) return write(writes);
      Object.assign(table, { write });
      if (when === 'before') await act();
      const written = await write(writes);
      if (when === 'after') await act();
      return written;
    },
  });
}

/** Hears the text at once, while whoever is at work stands still. */
async function hear(world: World, phone: string, text: string): Promise<void> {
  world.world.receive(world.world.phones.write(phone, text, INBOX));
  await world.world.driven[2]?.work();
}

const died = async (): Promise<never> => {
  throw new Error('the function died');
};

describe('a run that was parked', () => {
  it('goes on where it was, though its first state had been done', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: [send('zero', 'Zero'), ...TWO_DAYS] });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    await world.pass(2 * DAY);
    await turn(world, workflow, 'on', { parked: 'resume' });
    expect(await world.texts(contact.phone)).toEqual(['Zero', 'One', 'Two']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('does not text again what it had texted before it was parked', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, {
      steps: [send('zero', 'Zero'), ...TWO_DAYS, wait('another'), send('third', 'Three')],
    });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await world.pass(DAY + HOUR);
    await turn(world, workflow, 'off', {});
    await world.pass(DAY + 12 * HOUR);
    await turn(world, workflow, 'on', { parked: 'resume' });
    await world.pass(5 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['Zero', 'One', 'Two', 'Three']);
  });

  it('hears an answer to its text while its workflow is off, even where its function had died', async () => {
    const { world, studio: own } = await studio(async (onward) => {
      await onward();
      return died();
    });
    const workflow = await publish(world, own, { steps: ASK });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    await world.pass(MINUTE);
    await world.says(contact.phone, 'yes');
    await turn(world, workflow, 'on', { parked: 'resume' });
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
  });

  it('goes on although its function died when the workflow had just been turned on', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: TWO_DAYS });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    const { ports } = world.world;
    const isParking = (writes: readonly Write[]) => putOf(writes, 'parked-run').length > 0;
    interfere(world, 'after', isParking, died);
    interfere(world, 'before', isParking, () =>
      turnOn(ports)(WorkflowId.parse(workflow), { enrollExisting: false, parked: undefined }),
    );
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
  });

  it('goes on although whoever turned the workflow on died right after', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: TWO_DAYS });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    await world.pass(2 * DAY);
    interfere(world, 'after', (writes) => putOf(writes, 'workflow').length > 0, died);
    expect(await world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' })).toMatchObject({
      status: 500,
    });
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
  });
});

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

describe('enrolling', () => {
  /** Every job that was queued, to be told again. */
  function jobsOf({ world: { ports } }: World): { readonly again: () => Promise<void> } {
    const told: Job[] = [];
    const { send: queue } = ports.queue;
    Object.assign(ports.queue, {
      send: (job: Job) => {
        told.push(job);
        return queue(job);
      },
    });
    return {
      again: async () => {
        for (const job of told.splice(0)) await queue(job);
      },
    };
  }

  it('of existing contacts happens once, however often it is told', async () => {
    const { world, studio: own } = await studio();
    const contact = await newContact(world, { tags: ['lead'] });
    const jobs = jobsOf(world);
    await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged, enrollExisting: true, allowReentry: true });
    await world.pass(MINUTE);
    await jobs.again();
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
  });

  it('of existing contacts ends with the turn that asked for it', async () => {
    const { world, studio: own } = await studio();
    const jobs = jobsOf(world);
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged, enrollExisting: true });
    await turn(world, workflow, 'off', {});
    const contact = await newContact(world, { tags: ['lead'] });
    await turn(world, workflow, 'on', {});
    await jobs.again();
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual([]);
  });

  it('by a change happens once, however often and late the change is told', async () => {
    const { world, studio: own } = await studio();
    const { id } = await newContact(world);
    const contact = { id: ContactId.parse(id) };
    await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged, allowReentry: true });
    const { table } = world.world.ports;
    const before = await table.get(keys.contact(contact.id));
    await done(world.api('PUT', `/v1/contacts/${id}/tags/lead`));
    const entered = await runsOf(world, contact);
    const latest = await table.get(keys.contact(contact.id));
    if (!before || !latest) throw new Error('the contact is gone');
    await followChange(world.world.ports)({
      id: 'again',
      at: world.now(),
      before,
      after: { ...latest, rev: before.rev + 1 },
    });
    expect(entered).toHaveLength(1);
    expect((await runsOf(world, contact)).map((run) => run.id)).toEqual(entered.map((run) => run.id));
  });

  it('by hand happens once for a request that is repeated', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi')] });
    const contact = await newContact(world);
    const request = () =>
      world.api(
        'POST',
        `/v1/workflows/${workflow}/enrollments`,
        { contactIds: [contact.id], applyFilters: false, test: true },
        { 'idempotency-key': 'once' },
      );
    interfere(
      world,
      'before',
      (writes) => putOf(writes, 'request').some(({ data }) => data['answer'] !== undefined),
      died,
    );
    const first = await request();
    await world.pass(2 * MINUTE);
    const second = await request();
    expect(second.body).toEqual(first.body);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
  });
});

describe('a change that cannot be followed', () => {
  it('does not hold up the others for ever', async () => {
    const { world, studio: own } = await studio();
    await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged });
    await world.world.ports.table.write([
      { put: { pk: 'C#poison', sk: 'CONTACT', type: 'contact', data: {} }, rev: 0 },
    ]);
    const contact = await newContact(world, { tags: ['lead'] });
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
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
