import { describe, expect, it } from 'vitest';
import { ANY_TIME, business, done, enroll, newContact, publish, runOf, send, wait } from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;

const STEPS = [send('hello', 'Hello'), wait('w', { hours: 2 }), send('then', 'Then'), wait('w2'), send('last', 'Last')];

/** A contact that has got its first text and is waited for. */
async function underway(steps = STEPS) {
  const world = localWorld();
  const studio = await business(world);
  await done(world.api('PUT', '/v1/settings', { ...(await done(world.api('GET', '/v1/settings'))), ...ANY_TIME }));
  const workflow = await publish(world, studio, { steps });
  const contact = await newContact(world);
  const run = await enroll(world, workflow, contact);
  const takesOver = (more: object = {}) =>
    done(
      world.api('POST', '/v1/messages', {
        ...{ contactId: contact.id, inboxId: studio.inboxId, text: 'A person here', takeover: true },
        ...more,
      }),
    );
  const handsBack = (body: object = {}) => done(world.api('POST', `/v1/contacts/${contact.id}/resume`, body));
  return { world, studio, workflow, contact, run, takesOver, handsBack };
}
const codes = async (world: World, run: string) =>
  (await runOf(world, run)).timeline.map(({ code, reason }: { code: string; reason?: string }) =>
    reason === undefined ? code : `${code} ${reason}`,
  );
const messagesOf = async (world: World, id: string) =>
  (await done(world.api('GET', `/v1/contacts/${id}/messages`))).items;

describe('a conversation that a person has taken over', () => {
  it('is left alone by runs for a day, and then goes on', async () => {
    const { world, contact, run, takesOver } = await underway();
    await takesOver();
    await done(world.api('PATCH', `/v1/contacts/${contact.id}`, { firstName: 'Guest' }));
    await done(world.api('PUT', `/v1/contacts/by-phone/${contact.phone}`, { tags: ['known'] }));
    await world.pass(DAY - MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here']);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    expect(await codes(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'TIMED_OUT', 'PARKED TAKEN_OVER']);

    await world.pass(3 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then']);
    expect(await done(world.api('GET', `/v1/contacts/${contact.id}`))).not.toHaveProperty('takeovers');
    await world.says(contact.phone, 'hello again');
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then', 'Last']);
  });

  it('keeps what is said for the person: no run takes it, and it triggers nothing', async () => {
    const { world, studio, contact, run, takesOver, handsBack } = await underway();
    await publish(world, studio, {
      steps: [send('auto', 'We are closed')],
      trigger: { filter: { type: 'activity', activity: 'lastMessageReceived', op: 'within-days', days: 1 } },
    });
    await takesOver();
    await world.says(contact.phone, 'I have a question');
    await world.pass(10 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here']);
    const said = (await messagesOf(world, contact.id)).at(-1);
    expect(said).toMatchObject({ text: 'I have a question', takenOver: true });
    expect(said).not.toHaveProperty('takenBy');

    await handsBack();
    await world.says(contact.phone, 'and another one');
    await world.pass(MINUTE);
    expect(
      (await messagesOf(world, contact.id)).find(({ text }: { text: string }) => text === 'and another one'),
    ).toMatchObject({
      takenBy: run,
    });
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then']);
  });

  it('goes on at once when it is handed back, and doing so twice is fine', async () => {
    const { world, contact, run, takesOver, handsBack } = await underway();
    await takesOver();
    await world.pass(3 * HOUR);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    expect(await handsBack()).not.toHaveProperty('takeovers');
    await handsBack();
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then']);
    expect((await codes(world, run)).filter((code: string) => code === 'RESUMED')).toHaveLength(1);
  });

  it('lasts from the last time that somebody took over', async () => {
    const { world, contact, takesOver } = await underway();
    await takesOver();
    await world.pass(20 * HOUR);
    await takesOver({ text: 'Still here' });
    await world.pass(20 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Still here']);
    await world.pass(4 * HOUR + 2 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Still here', 'Then']);
  });

  it('lasts as long as the settings say', async () => {
    const { world, contact, takesOver } = await underway();
    const settings = await done(world.api('GET', '/v1/settings'));
    await done(world.api('PUT', '/v1/settings', { ...settings, takeoverHours: 3 }));
    await takesOver();
    await world.pass(3 * HOUR - MINUTE);
    expect(await world.texts(contact.phone)).toHaveLength(2);
    await world.pass(3 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then']);
  });

  it('is one inbox’s: in another one, runs go on', async () => {
    const { world, contact, takesOver, handsBack } = await underway();
    const other = await done(world.api('POST', '/v1/inboxes', { name: 'Other', phone: '+12025550199' }));
    await takesOver({ inboxId: other.id });
    await world.pass(2 * HOUR + MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then']);
    await takesOver({ text: 'Here too' });
    expect(Object.keys((await handsBack({ inboxId: other.id })).takeovers)).toHaveLength(1);
    await world.pass(DAY - MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then', 'Here too']);
  });

  it('still hears STOP, which ends its runs', async () => {
    const { world, contact, run, takesOver } = await underway();
    await takesOver();
    await world.pass(3 * HOUR);
    await world.says(contact.phone, 'STOP');
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'OPTED_OUT' });
    const texts = await world.texts(contact.phone);
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(texts);
  });

  it('is not given back by turning the workflow off and on, nor does its end turn anything on', async () => {
    const { world, workflow, contact, run, takesOver } = await underway();
    await takesOver();
    await world.pass(3 * HOUR);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
    await world.pass(MINUTE);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
    await world.pass(2 * DAY);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here']);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Then']);
  });

  it('holds a run that begins meanwhile', async () => {
    const { world, studio, contact, takesOver, handsBack } = await underway();
    await takesOver();
    const second = await publish(world, studio, { steps: [send('s', 'Second')] });
    const run = await enroll(world, second, contact);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    await handsBack();
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'A person here', 'Second']);
  });

  it('is not taken over by a text that may not be sent, nor again by one that is repeated', async () => {
    const { world, contact, studio, handsBack } = await underway();
    const body = { contactId: contact.id, inboxId: studio.inboxId, text: 'Once', takeover: true };
    const once = () => world.api('POST', '/v1/messages', body, { 'idempotency-key': 'takeover-1' });
    await done(once());
    await handsBack();
    await done(once());
    expect(await done(world.api('GET', `/v1/contacts/${contact.id}`))).not.toHaveProperty('takeovers');

    await world.says(contact.phone, 'STOP');
    const refused = await world.api('POST', '/v1/messages', body);
    expect(refused.status).toBe(409);
    expect(await done(world.api('GET', `/v1/contacts/${contact.id}`))).not.toHaveProperty('takeovers');
  });

  it('is asked for and ended with clear answers to wrong requests', async () => {
    const { world, contact, studio } = await underway();
    const text = { contactId: contact.id, inboxId: studio.inboxId, text: 'x' };
    const answers = [
      await world.api('POST', '/v1/messages', { ...text, takeover: 'yes' }),
      await world.api('POST', `/v1/contacts/${contact.id}/resume`, { inboxId: 'no' }),
      await world.api('POST', `/v1/contacts/${contact.id.slice(0, -1)}0/resume`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404]);
  });
});
