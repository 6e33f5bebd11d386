import { describe, expect, it } from 'vitest';
import {
  type Business,
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
  timeline,
  wait,
} from '../support/business.ts';
import { runsOf } from '../support/template-story.ts';
import { DAY, HOUR, localWorld, MINUTE, type ScenarioWorld } from '../support/world.ts';

const OTHER_INBOX = '+13105550100';

/** Asks, and says what it has heard. */
const asking = (name: string, { waits = {}, inbox = {} }: { waits?: object; inbox?: object } = {}) => ({
  name,
  steps: [
    send('ask', `${name}?`, inbox),
    wait('answer', { days: 1 }, waits),
    ifElse(
      'heard',
      { keywords: { anyOf: ['yes'] } },
      [send('yes', `${name}: yes`, inbox)],
      [send('no', `${name}: no`, inbox)],
      [send('silence', `${name}: silence`, inbox)],
    ),
  ],
});

async function opened() {
  const world = localWorld();
  return { world, studio: await business(world), contact: await newContact(world) };
}
async function startedBoth(one: object = {}, other: object = {}) {
  const { world, studio, contact } = await opened();
  const start = async (name: string, more: object) => {
    const run = await enroll(world, await publish(world, studio, asking(name, more)), contact);
    await world.pass(MINUTE);
    return run;
  };
  return { world, contact, first: await start('First', one), last: await start('Last', other) };
}

const messageOf = async (world: ScenarioWorld, contact: { id: string }, text: string) => {
  const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages`));
  return items.find((message: { text: string }) => message.text === text);
};
const secondInbox = (world: ScenarioWorld) =>
  done(world.api('POST', '/v1/inboxes', { name: 'Warehouse', phone: OTHER_INBOX }));

describe('two runs that wait for the same contact', () => {
  it('one that has not texted yet does not take the answer to the other', async () => {
    const { world, studio, contact } = await opened();
    const asked = await enroll(world, await publish(world, studio, asking('First')), contact);
    await world.pass(MINUTE);
    const { steps } = asking('Silent');
    const silent = await publish(world, studio, { steps: [wait('before'), ...steps] });
    const run = await enroll(world, silent, contact);
    await world.says(contact.phone, 'yes', { to: INBOX });
    expect(await timeline(world, asked)).toContain('REPLIED');
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'WAITING']);
    await world.says(contact.phone, 'and yes', { to: INBOX });
    expect(await timeline(world, run)).toContain('REPLIED');
  });

  it('the one that texted last gets the answer, the other keeps waiting for the next', async () => {
    const { world, contact, first, last } = await startedBoth();
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['First?', 'Last?', 'Last: yes']);
    expect(await messageOf(world, contact, 'yes')).toMatchObject({ takenBy: last });
    expect(await runOf(world, first)).toMatchObject({ status: 'RUNNING', waiting: { step: 'answer' } });
    expect(await timeline(world, first)).toEqual(['ENROLLED', 'SENT', 'WAITING']);
    await world.says(contact.phone, 'no');
    expect(await world.texts(contact.phone)).toEqual(['First?', 'Last?', 'Last: yes', 'First: no']);
    expect(await messageOf(world, contact, 'no')).toMatchObject({ takenBy: first });
  });

  it('the text counts, not who entered first', async () => {
    const { world, studio, contact } = await opened();
    const slow = await publish(world, studio, {
      steps: [wait('a-while', { hours: 1 }, { orReply: false }), ...asking('Slow').steps],
    });
    await enroll(world, slow, contact);
    await world.pass(MINUTE);
    await enroll(world, await publish(world, studio, asking('Quick')), contact);
    await world.pass(60 * MINUTE);
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['Quick?', 'Slow?', 'Slow: yes']);
  });

  it('one that waits for every answer gets it too', async () => {
    const { world, contact, first, last } = await startedBoth({ waits: { broadcast: true } });
    await world.says(contact.phone, 'yes');
    expect((await world.texts(contact.phone)).toSorted()).toEqual(['First: yes', 'First?', 'Last: yes', 'Last?']);
    for (const run of [first, last]) expect(await runOf(world, run)).toMatchObject({ reason: 'COMPLETED' });
    expect(await messageOf(world, contact, 'yes')).toMatchObject({ takenBy: last });
  });

  it('one that waits for every answer does not keep it from itself alone', async () => {
    const { world, contact, first } = await startedBoth({}, { waits: { broadcast: true } });
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['First?', 'Last?', 'Last: yes']);
    expect(await runOf(world, first)).toMatchObject({ status: 'RUNNING' });
  });

  it('the one whose text is answered gets it, where the provider says which that is', async () => {
    const { world, contact, first, last } = await startedBoth();
    const { providerId } = await messageOf(world, contact, 'First?');
    await world.pass(MINUTE);
    world.world.receive({ ...world.world.phones.write(contact.phone, 'yes'), previousPublishedMessageId: providerId });
    await world.pass(0);
    expect(await world.texts(contact.phone)).toEqual(['First?', 'Last?', 'First: yes']);
    expect(await messageOf(world, contact, 'yes')).toMatchObject({ takenBy: first });
    expect(await runOf(world, last)).toMatchObject({ status: 'RUNNING' });
  });

  it('an answer told twice by the provider is one answer', async () => {
    const { world, contact, first } = await startedBoth();
    await world.pass(MINUTE);
    const event = world.world.phones.write(contact.phone, 'yes');
    for (let time = 0; time < 3; time += 1) {
      world.world.receive(event);
      await world.pass(MINUTE);
    }
    expect(await world.texts(contact.phone)).toEqual(['First?', 'Last?', 'Last: yes']);
    expect(await runOf(world, first)).toMatchObject({ status: 'RUNNING' });
  });
});

describe('an answer to another inbox', () => {
  it('is not taken, and the run goes on waiting', async () => {
    const { world, studio, contact } = await opened();
    await secondInbox(world);
    const run = await enroll(world, await publish(world, studio, asking('Front')), contact);
    await world.says(contact.phone, 'yes', { to: OTHER_INBOX });
    expect(await world.texts(contact.phone)).toEqual(['Front?']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING']);
    expect(await messageOf(world, contact, 'yes')).not.toHaveProperty('takenBy');
    await world.says(contact.phone, 'yes', { to: INBOX });
    expect(await world.texts(contact.phone)).toEqual(['Front?', 'Front: yes']);
  });

  it('goes to the run that waits there, though another has texted later', async () => {
    const { world, studio, contact } = await opened();
    const { id: inboxId } = await secondInbox(world);
    await enroll(world, await publish(world, studio, asking('Warehouse', { inbox: { inboxId } })), contact);
    await world.pass(MINUTE);
    const front = await enroll(world, await publish(world, studio, asking('Front')), contact);
    await world.says(contact.phone, 'yes', { to: OTHER_INBOX });
    expect(await world.texts(contact.phone)).toEqual(['Warehouse?', 'Front?', 'Warehouse: yes']);
    expect(await runOf(world, front)).toMatchObject({ status: 'RUNNING' });
  });

  it('that we do not have is ignored', async () => {
    const { world, contact } = await opened();
    await world.says(contact.phone, 'hello', { to: '+13105550177' });
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items).toEqual([]);
    expect(world.faults).toEqual([expect.stringMatching(/^INBOUND_IGNORED .*"NO_INBOX"/)]);
  });
});

describe('a message that no run takes', () => {
  const wroteToday = { filter: { type: 'activity', activity: 'lastMessageReceived', op: 'within-days', days: 1 } };
  const welcome = (world: ScenarioWorld, studio: Business) =>
    publish(world, studio, { steps: [send('welcome', 'Welcome')], trigger: wroteToday });

  it('from an unknown number makes a contact, and enrols it', async () => {
    const { world, studio } = await opened();
    const workflow = await welcome(world, studio);
    const phone = newPhone();
    await world.says(phone, 'Hello?', { to: INBOX });
    expect(await world.texts(phone)).toEqual(['Welcome']);
    const contact = await done(world.api('PUT', `/v1/contacts/by-phone/${phone}`, {}));
    const receivedAt = new Date(world.now()).toISOString();
    expect(contact).toMatchObject({
      phone,
      optIn: { source: 'inbound_message', at: receivedAt },
      consent: { status: 'unknown' },
      activity: { lastMessageReceivedAt: receivedAt },
    });
    expect(await messageOf(world, contact, 'Hello?')).toMatchObject({ direction: 'inbound', meaning: 'message' });
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
  });

  it('is no answer to the run that it started', async () => {
    const { world, studio, contact } = await opened();
    const steps = [
      send('welcome', 'Welcome'),
      wait('pause', { hours: 1 }, { orReply: false }),
      wait('answer'),
      send('end', 'Thanks'),
    ];
    await publish(world, studio, { steps, trigger: wroteToday });
    await world.says(contact.phone, 'Hello?', { to: INBOX });
    await world.pass(2 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Welcome']);
    await world.says(contact.phone, 'an answer');
    expect(await world.texts(contact.phone)).toEqual(['Welcome', 'Thanks']);
  });

  it('from a new contact fires a trigger on its source', async () => {
    const { world, studio } = await opened();
    await publish(world, studio, {
      steps: [send('hi', 'Hi')],
      trigger: { filter: { type: 'opt-in-source', op: 'is', value: 'inbound_message' } },
    });
    const phone = newPhone();
    await world.says(phone, 'Hello?', { to: INBOX });
    await world.says(phone, 'Anyone?', { to: INBOX });
    expect(await world.texts(phone)).toEqual(['Hi']);
  });

  it('enrols a known contact again only once the trigger was false', async () => {
    const { world, studio, contact } = await opened();
    await publish(world, studio, { steps: [send('welcome', 'Welcome')], trigger: wroteToday, allowReentry: true });
    await world.says(contact.phone, 'one', { to: INBOX });
    await world.says(contact.phone, 'two');
    expect(await world.texts(contact.phone)).toEqual(['Welcome']);
    await world.pass(2 * DAY);
    await world.says(contact.phone, 'three');
    expect(await world.texts(contact.phone)).toEqual(['Welcome', 'Welcome']);
  });

  it('fires a trigger, the one that a run took does not', async () => {
    const { world, studio, contact } = await opened();
    const run = await enroll(world, await publish(world, studio, asking('Call')), contact);
    const workflow = await welcome(world, studio);
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['Call?', 'Call: yes']);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
    expect(await runOf(world, run)).toMatchObject({ reason: 'COMPLETED' });
    await world.pass(2 * DAY);
    await world.says(contact.phone, 'one more thing');
    expect(await world.texts(contact.phone)).toEqual(['Call?', 'Call: yes', 'Welcome']);
  });

  it('for a run that has waited in vain is noted there, and fires a trigger all the same', async () => {
    const { world, studio, contact } = await opened();
    const run = await enroll(world, await publish(world, studio, asking('Call')), contact);
    await welcome(world, studio);
    await world.pass(DAY + MINUTE);
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['Call?', 'Call: silence', 'Welcome']);
    expect(await timeline(world, run)).toContain('LATE_REPLY');
  });

  it('from an unknown number texts nobody who thereby opts out', async () => {
    const { world, studio } = await opened();
    await publish(world, studio, {
      steps: [send('hi', 'Hi')],
      trigger: { filter: { type: 'opt-in-source', op: 'is', value: 'inbound_message' } },
    });
    const phone = newPhone();
    await world.says(phone, 'STOP', { to: INBOX });
    expect(await world.texts(phone)).toEqual([expect.stringContaining('unsubscribed')]);
  });

  it('enrols nobody who thereby opts out', async () => {
    const { world, studio, contact } = await opened();
    const workflow = await welcome(world, studio);
    await world.says(contact.phone, 'STOP', { to: INBOX });
    expect(await world.texts(contact.phone)).toEqual([expect.stringContaining('unsubscribed')]);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
  });
});

describe('an answer to another number of the pool', () => {
  it('is taken by the run that texted, and a STOP counts', async () => {
    const { world, studio, contact } = await opened();
    const run = await enroll(world, await publish(world, studio, asking('Pool')), contact);
    await world.says(contact.phone, 'yes', { to: OTHER_INBOX });
    expect(await world.texts(contact.phone)).toEqual(['Pool?', 'Pool: yes']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
    await world.says(contact.phone, 'stop', { to: OTHER_INBOX });
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).consent.status).toBe('optedOut');
  });
});
