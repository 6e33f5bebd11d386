import { describe, expect, it } from 'vitest';
import { changes } from '../../lambdas/kit/changes.ts';
import { invocation } from '../../local/lambda.ts';
import { changeOf, placeOf } from '../../shared/aws/table-item.ts';
import type { BusEvent } from '../../shared/domain/event.ts';
import type { Job } from '../../shared/domain/job.ts';
import {
  addTag,
  business,
  done,
  enroll,
  INBOX,
  newContact,
  newPhone,
  publish,
  runOf,
  send,
  wait,
} from '../support/business.ts';
import { type Recorded, recorded } from '../support/recorded.ts';
import { HOUR, MINUTE } from '../support/world.ts';

/*
 * Whatever a queue, the bus or the stream has told once may be told again: by them, or by `npm run redrive`.
 */

const STEPS = [
  send('ask', 'Shall we?'),
  addTag('asked', 'asked'),
  wait('answer', { hours: 5 }),
  send('thanks', 'Fine.'),
];
const onLead = { filter: { type: 'tag', op: 'has', tag: 'lead' } };

/** A story up to three places, each with other things under way. */
const stories = {
  'while runs wait': async ({ world }: Recorded) => {
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: STEPS, trigger: onLead });
    const lead = await newContact(world, { tags: ['lead'] });
    const other = await newContact(world);
    const silent = await newContact(world, { tags: ['lead'] });
    await enroll(world, workflow, other);
    await world.pass(HOUR);
    expect(await world.texts(lead.phone)).toEqual(['Shall we?']);
    return { workflow, lead, other, silent };
  },
  'when one has answered and one said STOP': async (own: Recorded) => {
    const { world } = own;
    const people = await stories['while runs wait'](own);
    world.world.receive(
      { type: 'opt-in', eventId: 'e-1', phone: newPhone(), source: 'web_chat', tags: ['lead'] },
      'ContactEventReceived',
    );
    await world.says(people.lead.phone, 'yes', { to: INBOX });
    await world.says(people.other.phone, 'STOP', { to: INBOX });
    await world.pass(HOUR);
    expect(await world.texts(people.lead.phone)).toEqual(['Shall we?', 'Fine.']);
    return people;
  },
  'when STOP was taken back, somebody deleted and the workflow turned off and on': async (own: Recorded) => {
    const { world } = own;
    const people = await stories['when one has answered and one said STOP'](own);
    const { workflow, silent, other } = people;
    await world.says(other.phone, 'START', { to: INBOX });
    await done(world.api('DELETE', `/v1/contacts/${silent.id}`));
    const late = await newContact(world, { tags: ['lead'] });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
    await world.pass(6 * HOUR);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
    await world.pass(HOUR);
    expect(await world.texts(late.phone)).toEqual(['Shall we?', 'Fine.']);
    return people;
  },
};

describe.for(Object.entries(stories))('told again %s,', ([, story]) => {
  it.for(Object.keys(recorded().again) as (keyof Recorded['again'])[])('%s leave everything as it is', async (kind) => {
    const own = recorded();
    await story(own);
    const once = own.dump();
    expect(once.waiting).toEqual([]);
    for (let time = 2; time <= 3; time += 1) {
      await own.again[kind]();
      await own.world.pass(MINUTE);
      expect(own.dump()).toEqual(once);
    }
    expect(own.world.faults).toEqual([]);
  });
});

it('the statistics tell the same numbers when everything is told again', async () => {
  const own = recorded();
  const { workflow } =
    await stories['when STOP was taken back, somebody deleted and the workflow turned off and on'](own);
  const figures = async () => (await done(own.world.api('GET', `/v1/workflows/${workflow}/stats`))).totals;
  const once = await figures();
  expect(once).toMatchObject({
    ...{ enrolled: 5, active: 0, completed: 3, exited: { OPTED_OUT: 1, CONTACT_DELETED: 1 } },
    ...{ texted: 5, replied: 1, delivery: { accepted: 8, delivered: 7 } },
  });
  for (const tell of Object.values(own.again)) {
    await tell();
    await own.world.pass(MINUTE);
    expect(await figures()).toEqual(once);
  }
});

it('a story tells something of every kind', async () => {
  const own = recorded();
  await stories['when STOP was taken back, somebody deleted and the workflow turned off and on'](own);
  for (const [kind, tell] of Object.entries(own.again))
    expect({ kind, many: (await tell()) > 0 }).toEqual({ kind, many: true });
});

describe('a poisoned record among good ones', () => {
  const POISON = { type: 'of another program' };

  it('is the only job that is to be told again; its neighbours are done', async () => {
    const { world, handlers, inQueue } = recorded();
    const studio = await business(world);
    const workflows = [
      await publish(world, studio, { steps: STEPS }),
      await publish(world, studio, { steps: STEPS }),
    ] as const;
    const contact = await newContact(world);
    const runs: string[] = [];
    for (const workflow of workflows) runs.push(await enroll(world, workflow, contact));
    const waiting: Job[] = [];
    Object.assign(world.world.ports.queue, { send: async (job: Job) => void waiting.push(job) });
    for (const workflow of workflows)
      await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'exit' }));
    const [first, second, ...others] = waiting;
    expect(others).toEqual([]);
    expect(
      await handlers.jobs['workflow-job'](inQueue([first ?? {}, POISON, second ?? {}]), invocation('jobs')),
    ).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
    for (const run of runs) expect(await runOf(world, run)).toMatchObject({ status: 'ENDED' });
  });

  it('is the only inbound text and receipt that is to be told again; their neighbours are done', async () => {
    const own = recorded();
    const { world, handlers, inQueue } = own;
    const contact = await newContact(world);
    await business(world);
    const text = (inboundMessageId: string) => ({
      ...{ originationNumber: contact.phone, destinationNumber: INBOX, messageBody: inboundMessageId },
      ...{ inboundMessageId, receivedAt: new Date(world.now()).toISOString() },
    });
    expect(await handlers.bridge(inQueue([text('a'), POISON, text('b')]), invocation('bridge'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
    await world.pass(0);
    const messages = async () => (await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items;
    expect((await messages()).map(({ text: said }: { text: string }) => said).sort()).toEqual(['a', 'b']);

    const receipt = { providerId: 'nobody knows it', status: 'DELIVERED', at: '2026-03-03T00:00:00.000Z' };
    expect(await handlers.receipts(inQueue([receipt, POISON, receipt]), invocation('receipts'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
  });

  it('is the change that the stream goes on from; what was before it is done, and what is after it not lost', async () => {
    const { world, stream } = recorded();
    for (const firstName of ['First', 'Poisoned', 'Last']) await newContact(world, { firstName });
    const [first, poisoned, last] = stream().filter(({ dynamodb }) => dynamodb.NewImage?.['type']?.S === 'contact');
    const unreadable = { ...poisoned, dynamodb: { ...poisoned?.dynamodb, NewImage: { type: { S: 'contact' } } } };
    const told: BusEvent[] = [];
    const bus = { publish: async (events: readonly BusEvent[]) => void told.push(...events) };
    const follow = changes({ ...world.world.ports, bus }, changeOf, placeOf);
    const tell = (...Records: readonly unknown[]) => follow({ Records }, invocation('changes'));
    const { id } = changeOf(first);
    expect(await tell(first, unreadable, last)).toEqual({
      batchItemFailures: [{ itemIdentifier: poisoned?.dynamodb.SequenceNumber }],
    });
    expect(told).toMatchObject([{ id: `${id}.ContactCreated` }]);
    // It goes on from there, halves what is left, and sets aside what fails alone.
    expect((await tell(unreadable)).batchItemFailures).toHaveLength(1);
    expect(await tell(last)).toEqual({ batchItemFailures: [] });
    expect(told).toMatchObject([{ id: `${id}.ContactCreated` }, { id: `${changeOf(last).id}.ContactCreated` }]);
    expect(world.faults.join()).not.toMatch(/Poisoned|\+1/);
  });
});
