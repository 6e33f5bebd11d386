import { describe, expect, it } from 'vitest';
import { changes } from '../../lambdas/kit/changes.ts';
import { invocation } from '../../local/lambda.ts';
import { DomainEvent } from '../../shared/domain/event.ts';
import type { Change } from '../../shared/ports.ts';
import { eventsOf } from '../../shared/usecases/events-of.ts';
import { business, done, enroll, newContact, publish, send, wait } from '../support/business.ts';
import { DAY, localWorld } from '../support/world.ts';

const STEPS = [send('ask', 'Shall we call you?'), wait('answer'), send('thanks', 'Alright.')];

async function studio() {
  const world = localWorld();
  const inbox = await business(world);
  const workflow = await publish(world, inbox, { steps: STEPS });
  const contact = await newContact(world, { firstName: 'Guest' });
  /** What was told since it was last asked. */
  let seen = 0;
  const told = () => {
    const latest = world.world.events.latest();
    const fresh = latest.slice(seen);
    seen = latest.length;
    return fresh;
  };
  return { world, inbox, workflow, contact, told };
}
const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);

describe('what happened', () => {
  it('is told as it happens, by ids', async () => {
    const { world, inbox, workflow: workflowId, contact, told } = await studio();
    const at = new Date(world.now()).toISOString();
    const id = expect.stringMatching(/^\d+\.\w+$/);
    expect(told()).toEqual([
      { type: 'WorkflowPublished', id, at, workflowId, version: 1 },
      { type: 'ContactCreated', id, at, contactId: contact.id },
    ]);

    const runId = await enroll(world, workflowId, contact);
    const run = { contactId: contact.id, workflowId, version: 1, runId };
    const [ask] = (await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items;
    const text = { contactId: contact.id, messageId: ask.id, inboxId: inbox.inboxId, runId, workflowId, step: 'ask' };
    expect(told()).toEqual([
      { type: 'ContactEnrolled', id, at, ...run, enrolledBy: 'manual', test: false },
      { type: 'MessageSent', id, at, ...text },
      { type: 'MessageDelivered', id, at, ...text },
    ]);

    await world.says(contact.phone, 'yes please');
    const later = new Date(world.now()).toISOString();
    const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`));
    const events = told();
    expect(events).toContainEqual({
      type: 'ReplyReceived',
      id,
      at: later,
      ...run,
      messageId: items[1].id,
      step: 'answer',
    });
    expect(events).toContainEqual({
      type: 'MessageRecorded',
      id,
      at: later,
      contactId: contact.id,
      messageId: items[1].id,
      inboxId: inbox.inboxId,
      meaning: 'message',
      flagged: false,
    });
    expect(events).toContainEqual({ type: 'RunEnded', id, at: later, ...run, reason: 'COMPLETED', test: false });
    expect(typesOf(events)).toHaveLength(5);
  });

  it('includes consent taken back and given, whatever else it ends', async () => {
    const { world, workflow, contact, told } = await studio();
    await enroll(world, workflow, contact);
    told();
    await world.says(contact.phone, 'STOP');
    expect(typesOf(told()).sort()).toEqual([
      'ContactOptedOut',
      'MessageDelivered',
      'MessageRecorded',
      'MessageSent',
      'RunEnded',
    ]);
    await world.says(contact.phone, 'STOP');
    expect(typesOf(told())).toEqual(['MessageRecorded']);
    await world.says(contact.phone, 'START');
    expect(typesOf(told()).sort()).toEqual(['ContactOptedIn', 'MessageDelivered', 'MessageRecorded', 'MessageSent']);
    await done(world.api('DELETE', `/v1/contacts/${contact.id}`));
    expect(typesOf(told())).toEqual(['ContactDeleted']);
  });

  it('includes workflows that are published, turned off and turned on', async () => {
    const { world, workflow, told } = await studio();
    told();
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'finish' }));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, {}));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    await done(world.api('POST', `/v1/workflows/${workflow}/publish`, {}));
    expect(told().map(({ id: _, at: __, ...event }) => event)).toEqual([
      { type: 'WorkflowTurnedOff', workflowId: workflow, version: 1, inFlight: 'finish' },
      { type: 'WorkflowTurnedOn', workflowId: workflow, version: 1 },
      { type: 'WorkflowTurnedOff', workflowId: workflow, version: 1, inFlight: 'pause' },
      { type: 'WorkflowPublished', workflowId: workflow, version: 2 },
    ]);
  });

  it('of a contact who enters again is a new run', async () => {
    const { world, inbox, contact, told } = await studio();
    const again = await publish(world, inbox, { steps: [send('hi', 'Hi')], allowReentry: true });
    const runs = [await enroll(world, again, contact), await enroll(world, again, contact)];
    const entered = told().flatMap((event) => (event.type === 'ContactEnrolled' ? [event.runId] : []));
    expect(entered).toEqual(runs);
  });

  it('never holds a number, a name or a text', async () => {
    const { world, workflow, contact } = await studio();
    await enroll(world, workflow, contact);
    await world.says(contact.phone, 'my secret');
    await world.pass(2 * DAY);
    const all = JSON.stringify(world.world.events.latest());
    for (const words of [contact.phone, 'Guest', 'my secret', 'Shall we', 'Alright']) expect(all).not.toContain(words);
  });

  it('is named alike however often it is told', async () => {
    const world = localWorld();
    const given: Change[] = [];
    const { ports } = world.world;
    const follow = changes(
      { ...ports, bus: { publish: async (events) => void given.push(...(events as never[])) } },
      (record) => record as Change,
      () => 'place',
    );
    const inbox = await business(world);
    const contact = await newContact(world);
    const after = await ports.table.get({ pk: `C#${contact.id}`, sk: 'CONTACT' });
    const change: Change = { id: 'feed-1', at: world.now(), ...(after && { after }) };
    for (let n = 0; n < 2; n += 1) await follow({ Records: [change] }, invocation('changes'));
    expect(given.map(({ id }) => id)).toEqual(['feed-1.ContactCreated', 'feed-1.ContactCreated']);
    expect(inbox).toBeDefined();
  });

  it('is told again where the bus did not take it', async () => {
    const { world, contact } = await studio();
    const after = await world.world.ports.table.get({ pk: `C#${contact.id}`, sk: 'CONTACT' });
    const bus = { publish: () => Promise.reject(new Error('no bus')) };
    const follow = changes(
      { ...world.world.ports, bus },
      (record) => record as Change,
      () => 'place-1',
    );
    const change: Change = { id: 'feed-1', at: world.now(), ...(after && { after }) };
    expect(await follow({ Records: [change] }, invocation('changes'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'place-1' }],
    });
  });

  it('is nothing, where a change is about none of it', () => {
    expect(
      eventsOf({ id: '1', at: 0, after: { pk: 'WORKSPACE', sk: 'TAG#x', type: 'tag', rev: 1, data: {} } }),
    ).toEqual([]);
    expect(eventsOf({ id: '1', at: 0 })).toEqual([]);
  });

  it('fits its schema', async () => {
    const { world, workflow, contact } = await studio();
    await enroll(world, workflow, contact);
    await world.says(contact.phone, 'stop');
    const events = world.world.events.latest();
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) expect(DomainEvent.parse(event)).toEqual(event);
  });
});
