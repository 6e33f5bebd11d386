import { describe, expect, it } from 'vitest';
import { ContactId } from '../../shared/domain/id.ts';
import { getContact } from '../../shared/store/contact-store.ts';
import { leaveByGoal } from '../../shared/usecases/leave-by-goal.ts';
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
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

const CUSTOMER = { type: 'tag', op: 'has', tag: 'customer' };
const STEPS = [
  send('ask', 'Interested?'),
  wait('answer'),
  send('again', 'Still interested?'),
  wait('w2'),
  send('last', 'Bye'),
];

async function studioWith(workflow: Partial<Parameters<typeof publish>[2]>) {
  const world = localWorld();
  const studio = await business(world);
  const id = await publish(world, studio, { steps: STEPS, ...workflow });
  return { world, studio, workflow: id };
}

const tag = (world: ReturnType<typeof localWorld>, contact: { id: string }, name: string, method = 'PUT') =>
  done(world.api(method, `/v1/contacts/${contact.id}/tags/${name}`));

describe('a goal', () => {
  it('ends the runs of whoever reaches it, at once', async () => {
    const { world, studio, workflow } = await studioWith({ exit: { goal: CUSTOMER } });
    const without = await publish(world, studio, { steps: [wait('w'), send('else', 'Else')] });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const other = await enroll(world, without, contact);
    await tag(world, contact, 'lead');
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    await tag(world, contact, 'customer');
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'GOAL_REACHED' });
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'ENDED']);
    await world.pass(3 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['Interested?', 'Else']);
    expect(await runOf(world, other)).toMatchObject({ reason: 'COMPLETED' });
    expect(await done(world.api('GET', `/v1/workflows/${workflow}/stats`))).toMatchObject({
      totals: { enrolled: 1, active: 0, completed: 0, exited: { GOAL_REACHED: 1, REPLIED: 0 } },
    });
    expect(world.faults).toEqual([]);
  });

  it('keeps out whoever has reached it: by hand, by trigger, in a back-fill, and in previews', async () => {
    const lead = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
    const { world, studio, workflow } = await studioWith({ exit: { goal: CUSTOMER }, trigger: lead });
    const customer = await newContact(world, { tags: ['customer'] });
    expect(await enroll(world, workflow, customer)).toBe('GOAL_REACHED');
    await tag(world, customer, 'lead');
    expect(await world.texts(customer.phone)).toEqual([]);

    const preview = await done(world.api('POST', `/v1/workflows/${workflow}/preview`, { of: 'version' }));
    const audience = { matching: 1, optedOut: 0, alreadyIn: 0, goalReached: 1, reentryBlocked: 0, willEnrol: 0 };
    expect(await done(world.api('GET', `/v1/previews/${preview.id}`))).toMatchObject({ status: 'DONE', audience });
    const explained = await done(world.api('GET', `/v1/workflows/${workflow}/explain?contactId=${customer.id}`));
    expect(explained).toMatchObject({
      verdict: 'GOAL_REACHED',
      trigger: { truth: true },
      goal: { truth: true, leaf: CUSTOMER, actual: ['customer', 'lead'] },
    });

    const filled = await publish(world, studio, {
      ...{ steps: STEPS, trigger: lead, exit: { goal: CUSTOMER }, enrollExisting: true },
    });
    await world.pass(MINUTE);
    expect(await done(world.api('GET', `/v1/workflows/${filled}/backfill`))).toMatchObject({
      status: 'DONE',
      audience,
    });
    expect(await world.texts(customer.phone)).toEqual([]);
  });

  it('that its own step reaches ends the run before its next text', async () => {
    const steps = [addTag('t', 'customer'), send('never', 'Never')];
    const { world, workflow } = await studioWith({ steps, exit: { goal: CUSTOMER } });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'GOAL_REACHED' });
    expect(await tagsOf(world, contact)).toEqual(['customer']);
    expect(await world.texts(contact.phone)).toEqual([]);
  });

  it('that time alone reaches ends the run before its next text', async () => {
    const old = { type: 'activity', activity: 'created', op: 'not-within-days', days: 1 };
    const { world, workflow } = await studioWith({ exit: { goal: old } });
    const contact = await newContact(world);
    await world.pass(HOUR);
    const run = await enroll(world, workflow, contact);
    await world.pass(DAY + MINUTE);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'GOAL_REACHED' });
    expect(await world.texts(contact.phone)).toEqual(['Interested?']);
  });

  it('ends paused runs too, and then nothing waits to be resumed', async () => {
    const { world, workflow } = await studioWith({ exit: { goal: CUSTOMER } });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    await world.pass(2 * DAY);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    await tag(world, contact, 'customer');
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'GOAL_REACHED' });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, {}));
  });

  it('is that of the version that the contact has entered', async () => {
    const { world, workflow } = await studioWith({ exit: { goal: CUSTOMER } });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'finish' }));
    const { name, inboxId, steps, trigger } = await done(world.api('GET', `/v1/workflows/${workflow}`));
    const exit = { goal: { type: 'tag', op: 'has', tag: 'vip' } };
    await done(world.api('PUT', `/v1/workflows/${workflow}`, { name, inboxId, steps, trigger, exit }));
    await done(world.api('POST', `/v1/workflows/${workflow}/publish`, {}));
    await tag(world, contact, 'vip');
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    await tag(world, contact, 'customer');
    expect(await runOf(world, run)).toMatchObject({ reason: 'GOAL_REACHED' });
  });

  it('was not reached by what the contact was before it entered, told late', async () => {
    const { world, workflow } = await studioWith({ exit: { goal: CUSTOMER } });
    const contact = await newContact(world, { tags: ['customer'] });
    const { ports } = world.world;
    const before = await getContact(ports.table, ContactId.parse(contact.id));
    if (!before) throw new Error('no contact');
    await tag(world, contact, 'customer', 'DELETE');
    const run = await enroll(world, workflow, contact);
    await leaveByGoal(ports)(before);
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
  });

  it('locks the lists and fields that it rests on while the workflow is on', async () => {
    const world = localWorld();
    const studio = await business(world);
    await done(world.api('POST', '/v1/custom-fields', { key: 'plan', label: 'Plan', type: 'text' }));
    const filter = { type: 'custom-field', field: 'plan', op: 'is', value: 'gold' };
    const list = await done(world.api('POST', '/v1/lists', { name: 'Gold', filter }));
    const goal = { type: 'list', op: 'in', listId: list.id };
    const workflow = await publish(world, studio, { steps: STEPS, exit: { goal }, name: 'Offer' });
    expect(await world.api('PUT', `/v1/lists/${list.id}`, { name: 'Gold', filter: CUSTOMER })).toMatchObject({
      status: 409,
      body: { code: 'IN_USE' },
    });
    const inField = await publish(world, studio, { steps: STEPS, exit: { goal: filter }, name: 'Direct' });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'exit' }));
    await done(world.api('DELETE', `/v1/lists/${list.id}`));
    expect(await world.api('DELETE', '/v1/custom-fields/plan')).toMatchObject({ status: 409 });
    await done(world.api('POST', `/v1/workflows/${inField}/turn-off`, { inFlight: 'exit' }));
    expect(await world.api('DELETE', '/v1/custom-fields/plan')).toMatchObject({ status: 204 });
  });

  it('is checked as a trigger is', async () => {
    const world = localWorld();
    const studio = await business(world);
    const { id } = await done(world.api('POST', '/v1/workflows', { name: 'Offer', template: 'blank' }));
    const draft = { name: 'Offer', trigger: { manualOnly: true }, inboxId: studio.inboxId, steps: STEPS };
    const problems = async (exit: object) =>
      (await done(world.api('PUT', `/v1/workflows/${id}`, { ...draft, exit }))).problems.map(
        ({ code, path }: { code: string; path: string }) => `${code} ${path}`,
      );
    expect(await problems({ goal: { all: [] } })).toEqual(['EMPTY_GOAL exit.goal']);
    expect(await problems({ goal: { type: 'custom-field', field: 'none', op: 'is-known' } })).toEqual([
      'UNKNOWN_FIELD exit.goal.field',
    ]);
    expect(await problems({ goal: CUSTOMER })).toEqual([]);
    expect(await world.api('PUT', `/v1/workflows/${id}`, { ...draft, exit: { goal: { some: [] } } })).toMatchObject({
      status: 400,
    });
  });
});

describe('exit on reply', () => {
  const onReply = { exit: { onReply: true } };
  const said = (world: ReturnType<typeof localWorld>, contact: { phone: string }, text: string) =>
    world.says(contact.phone, text, { to: INBOX });

  it('ends a run that waits for the answer, takes the reply, and triggers nothing else with it', async () => {
    const { world, studio, workflow } = await studioWith(onReply);
    const received = { type: 'activity', activity: 'lastMessageReceived', op: 'is-known' };
    const other = await publish(world, studio, {
      steps: [send('auto', 'We are closed')],
      trigger: { filter: received },
    });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await said(world, contact, 'maybe');
    await world.pass(3 * DAY);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'REPLIED' });
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'REPLIED', 'ENDED']);
    expect(await world.texts(contact.phone)).toEqual(['Interested?']);
    const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages`));
    expect(items[1]).toMatchObject({ text: 'maybe', takenBy: run });
    expect(await done(world.api('GET', `/v1/workflows/${other}/stats`))).toMatchObject({ totals: { enrolled: 0 } });
    expect(world.faults).toEqual([]);
  });

  it('ends a run that waits for time only, or is paused; and every one that has texted from that inbox', async () => {
    const steps = [send('a', 'A'), wait('w', { days: 3 }, { orReply: false }), send('b', 'B')];
    const { world, studio, workflow } = await studioWith({ steps, ...onReply });
    const answered = await publish(world, studio, { steps: STEPS, ...onReply });
    const stays = await publish(world, studio, { steps: [send('c', 'C'), wait('w', { days: 3 }, { orReply: false })] });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const second = await enroll(world, answered, contact);
    const third = await enroll(world, stays, contact);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    await world.pass(4 * DAY);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    await said(world, contact, 'hi');
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'REPLIED' });
    expect(await runOf(world, second)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
    expect(await runOf(world, third)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, {}));
  });

  it('ends all runs at once that have texted from the inbox', async () => {
    const { world, studio, workflow } = await studioWith(onReply);
    const contact = await newContact(world);
    const first = await enroll(world, workflow, contact);
    const second = await enroll(world, await publish(world, studio, { steps: STEPS, ...onReply }), contact);
    await world.pass(MINUTE);
    const listening = await enroll(world, await publish(world, studio, { steps: STEPS }), contact);
    await said(world, contact, 'hi');
    expect(await runOf(world, first)).toMatchObject({ reason: 'REPLIED' });
    expect(await runOf(world, second)).toMatchObject({ reason: 'REPLIED' });
    // Of those that wait for an answer, each is told which wait has ended.
    for (const run of [first, second])
      expect((await runOf(world, run)).timeline).toContainEqual(
        expect.objectContaining({ code: 'REPLIED', step: 'answer' }),
      );
    // The one that texted last has it.
    expect(await timeline(world, listening)).toContain('REPLIED');
    await world.pass(5 * DAY);
    expect(await world.texts(contact.phone)).toEqual([
      'Interested?',
      'Interested?',
      'Interested?',
      'Still interested?',
      'Bye',
    ]);
  });

  it('is not for what was said before its first text, or in another inbox, or to a person', async () => {
    const steps = [wait('w', { hours: 1 }, { orReply: false }), ...STEPS];
    const { world, studio, workflow } = await studioWith({ steps, ...onReply });
    const other = await done(
      world.api('POST', '/v1/inboxes', { name: 'Back office', phone: '+12025550199', partsPerSecond: 1_000_000 }),
    );
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await said(world, contact, 'early');
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    await world.pass(2 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Interested?']);
    await world.says(contact.phone, 'elsewhere', { to: other.phone });
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    const person = { contactId: contact.id, inboxId: studio.inboxId, text: 'A person here', takeover: true };
    await done(world.api('POST', '/v1/messages', person));
    await said(world, contact, 'hello person');
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    await done(world.api('POST', `/v1/contacts/${contact.id}/resume`, {}));
    await said(world, contact, 'hello again');
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'REPLIED' });
  });

  it('is not for what was said before its first text and is told after it', async () => {
    const { world, workflow } = await studioWith(onReply);
    const contact = await newContact(world);
    const earlier = new Date(world.now()).toISOString();
    await world.pass(MINUTE);
    const run = await enroll(world, workflow, contact);
    world.world.receive({
      ...{ inboundMessageId: 'in-late', originationNumber: contact.phone, destinationNumber: INBOX },
      ...{ messageBody: 'hello?', receivedAt: earlier },
    });
    await world.pass(MINUTE);
    expect(await runOf(world, run)).toMatchObject({ status: 'RUNNING' });
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING']);
  });

  it('is also for what was said before the text was known to be accepted, and is told after the next one', async () => {
    const steps = [
      send('a', 'A'),
      wait('w', { hours: 1 }, { orReply: false }),
      send('b', 'B'),
      wait('w2'),
      send('c', 'C'),
    ];
    let saidAt = '';
    const world = localWorld({
      carrier: (phones) => ({
        ...phones,
        send: async (text) => {
          saidAt ||= new Date(world.now()).toISOString();
          // It takes its time to answer.
          await world.world.ports.clock.sleep(2000);
          return phones.send(text);
        },
      }),
    });
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps, ...onReply });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await world.pass(2 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['A', 'B']);
    world.world.receive({
      ...{ inboundMessageId: 'in-late', originationNumber: contact.phone, destinationNumber: INBOX },
      ...{ messageBody: 'no thanks', receivedAt: saidAt },
    });
    await world.pass(3 * DAY);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'REPLIED' });
    expect(await world.texts(contact.phone)).toEqual(['A', 'B']);
  });

  it('leaves STOP what it is', async () => {
    const { world, workflow } = await studioWith(onReply);
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await said(world, contact, 'STOP');
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'OPTED_OUT' });
  });

  it('is advised against where a branch asks for the answer', async () => {
    const world = localWorld();
    const studio = await business(world);
    const steps = [...STEPS.slice(0, 2), ifElse('yes', { keywords: { anyOf: ['yes'] } }, [send('y', 'Y')], [])];
    const { id } = await done(world.api('POST', '/v1/workflows', { name: 'Offer', template: 'blank' }));
    const { advice } = await done(
      world.api('PUT', `/v1/workflows/${id}`, {
        ...{ name: 'Offer', trigger: { manualOnly: true }, inboxId: studio.inboxId, steps, exit: { onReply: true } },
      }),
    );
    expect(advice.map(({ code, path }: { code: string; path: string }) => `${code} ${path}`)).toContain(
      'NEVER_ANSWERED steps.2.condition',
    );
  });
});
