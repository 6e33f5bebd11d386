import { describe, expect, it } from 'vitest';
import { instant } from '../../shared/domain/instant.ts';
import type { Ports, Sms, Submission, Text } from '../../shared/ports.ts';
import { recordReceipt } from '../../shared/usecases/record-receipt.ts';
import { business, done, enroll, INBOX, newContact, publish, runOf, send, wait } from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

type Answer = 'lost' | 'throttled' | 'accepted' | 'dies';

/** A carrier that takes every text, and answers the first ones so; receipts never come. Resends after ten minutes, unless told otherwise. */
async function studioWith(
  answers: readonly Answer[],
  {
    steps = [send('ask', 'Shall we call you?'), wait('answer'), send('then', 'Bye')],
    inbox = { resendAfterMinutes: 10 },
    meanwhile = () => {},
    ...workflowOptions
  }: { steps?: object[]; inbox?: object; exit?: object; meanwhile?: (ports: Ports) => void } = {},
) {
  const handed: Text[] = [];
  const carrier = (phones: Sms): Sms => ({
    ...phones,
    async send(text): Promise<Submission> {
      handed.push(text);
      const answer = answers[handed.length - 1] ?? 'accepted';
      if (answer === 'throttled') return { outcome: 'throttled' };
      if (answer === 'dies') throw new Error('the function died');
      const accepted = await phones.send(text);
      return answer === 'lost' ? { outcome: 'unknown', reason: 'TimeoutError' } : accepted;
    },
  });
  const world = localWorld({ carrier, withoutReceipts: true });
  const studio = await business(world);
  const known = await world.api('GET', `/v1/inboxes/${studio.inboxId}`);
  const { id: _, createdAt: __, updatedAt: ___, ...given } = known.body;
  await done(
    world.api(
      'PUT',
      `/v1/inboxes/${studio.inboxId}`,
      { ...given, ...inbox },
      { 'if-match': known.headers['etag'] ?? '' },
    ),
  );
  const workflow = await publish(world, studio, { steps, ...workflowOptions });
  const contact = await newContact(world);
  meanwhile(world.world.ports);
  const run = await enroll(world, workflow, contact);
  const codes = async () =>
    (await runOf(world, run)).timeline.map(({ code, reason, step = '' }: Record<string, string>) =>
      [code, step, reason].filter(Boolean).join(' '),
    );
  const messages = async () => (await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items;
  return { world, studio, workflow, contact, run, handed, codes, messages };
}

describe('a text of which nobody can tell whether it left', () => {
  it('is sent once more after so long, where its inbox says so, and its wait counts from then', async () => {
    const { world, run, contact, handed, codes, messages } = await studioWith(['lost']);
    await world.pass(9 * MINUTE);
    expect(handed).toHaveLength(1);
    expect(await done(world.api('GET', `/v1/contacts/${contact.id}`))).not.toHaveProperty('resends');
    await world.pass(2 * MINUTE);
    expect(handed.map(({ body }) => body)).toEqual(['Shall we call you?', 'Shall we call you?']);
    const [first, second] = await messages();
    expect([first, second]).toMatchObject([
      { status: 'UNCONFIRMED' },
      { status: 'ACCEPTED', resends: first.id, origin: { runId: run, step: 'ask' } },
    ]);
    await world.pass(DAY - 5 * MINUTE);
    expect(handed).toHaveLength(2);
    await world.pass(6 * MINUTE);
    expect(await codes()).toEqual([
      ...['ENROLLED', 'SEND_UNCONFIRMED ask', 'WAITING answer', 'SENT ask RESENT'],
      ...['TIMED_OUT answer', 'SENT then', 'ENDED'],
    ]);
    expect(world.faults).toEqual([]);
  });

  it('is not sent once more by itself', async () => {
    const { world, handed } = await studioWith(['lost'], { inbox: {} });
    await world.pass(12 * HOUR);
    expect(handed).toHaveLength(1);
  });

  it('is sent once more at most, also where nobody can tell again', async () => {
    const { world, handed, messages } = await studioWith(['lost', 'lost']);
    await world.pass(12 * HOUR);
    expect(handed).toHaveLength(2);
    expect((await messages()).map(({ status }: { status: string }) => status)).toEqual(['UNCONFIRMED', 'UNCONFIRMED']);
  });

  it('is sent once more where it was the last of its run', async () => {
    const { world, run, handed } = await studioWith(['lost'], { steps: [send('only', 'Hello')] });
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
    await world.pass(11 * MINUTE);
    expect(handed.map(({ body }) => body)).toEqual(['Hello', 'Hello']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('goes out later where the carrier would not take it, and visibly where its function died', async () => {
    const throttled = await studioWith(['lost', 'throttled']);
    await throttled.world.pass(12 * MINUTE);
    expect(throttled.handed).toHaveLength(3);
    expect((await throttled.messages()).map(({ status }: { status: string }) => status)).toEqual([
      'UNCONFIRMED',
      'ACCEPTED',
    ]);
    const died = await studioWith(['lost', 'dies'], { steps: [send('only', 'Hello')] });
    await died.world.pass(HOUR);
    expect(died.handed).toHaveLength(2);
    expect(await died.messages()).toMatchObject([
      { status: 'UNCONFIRMED', reason: 'TimeoutError' },
      { status: 'UNCONFIRMED', reason: 'ABANDONED' },
    ]);
  });

  it.each([
    ['it was answered', ({ world, contact }: Scene) => world.says(contact.phone, 'yes', { to: INBOX })],
    ['its contact has said STOP', ({ world, contact }: Scene) => world.says(contact.phone, 'STOP', { to: INBOX })],
    ['its run was ended', ({ world, run }: Scene) => done(world.api('POST', `/v1/runs/${run}/exit`))],
    ['its contact is gone', ({ world, contact }: Scene) => done(world.api('DELETE', `/v1/contacts/${contact.id}`))],
    [
      'its workflow is off',
      ({ world, workflow }: Scene) => done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {})),
    ],
    [
      'a person has taken over',
      ({ world, studio, contact }: Scene) =>
        done(
          world.api('POST', '/v1/messages', {
            ...{ contactId: contact.id, inboxId: studio.inboxId, text: 'A person here', takeover: true },
          }),
        ),
    ],
    [
      'a receipt has come',
      async ({ world, messages }: Scene) => {
        const [{ id }] = await messages();
        await recordReceipt(world.world.ports)({
          messageId: id,
          providerId: 'p-1',
          status: 'DELIVERED',
          at: instant(world.now()),
        });
      },
    ],
  ])('is left as it is when %s meanwhile', async (_, meanwhile) => {
    const scene = await studioWith(['lost']);
    await scene.world.pass(5 * MINUTE);
    await meanwhile(scene);
    await scene.world.pass(30 * MINUTE);
    expect(scene.handed.filter(({ body }) => body === 'Shall we call you?')).toHaveLength(1);
    expect(scene.world.faults).toEqual([]);
  });

  it('is left as it is when its wait was over and the run waits for something else', async () => {
    const pause = wait('pause', { days: 1 }, { orReply: false });
    const steps = [send('ask', 'Shall we call you?'), wait('answer', { minutes: 5 }), pause, send('then', 'Bye')];
    const silent = await studioWith(['lost'], { steps });
    await silent.world.pass(12 * MINUTE);
    expect(await silent.codes()).toContain('TIMED_OUT answer');
    expect(silent.handed).toHaveLength(1);
    const answered = await studioWith(['lost'], { steps });
    await answered.world.says(answered.contact.phone, 'yes', { to: INBOX });
    await answered.world.pass(12 * MINUTE);
    expect(answered.handed).toHaveLength(1);
  });

  it('is sent once more also where its run is told late that nobody knows', async () => {
    const { world, handed, codes } = await studioWith(['lost'], {
      meanwhile: ({ table, clock }) => {
        const { write } = table;
        const until = clock.now() + 15 * MINUTE;
        table.write = async (writes) => {
          const tells = writes.some((each) => 'put' in each && each.put.type === 'run' && each.rev > 1);
          if (tells && clock.now() < until) throw new Error('refused');
          return write(writes);
        };
      },
    });
    await world.pass(14 * MINUTE);
    expect(await codes()).toEqual(['ENROLLED']);
    await world.pass(10 * MINUTE);
    expect(handed).toHaveLength(2);
    expect(await codes()).toEqual(['ENROLLED', 'SEND_UNCONFIRMED ask', 'WAITING answer', 'SENT ask RESENT']);
  });

  it('waits for its hour as any other', async () => {
    const { world, handed } = await studioWith(['lost'], { inbox: { resendAfterMinutes: 720 } });
    const settings = await done(world.api('GET', '/v1/settings'));
    await done(world.api('PUT', '/v1/settings', { ...settings, sendingWindow: { from: '09:00', to: '20:00' } }));
    // 22:00 on the American east coast.
    await world.pass(13 * HOUR);
    expect(handed).toHaveLength(1);
    await world.pass(11 * HOUR);
    expect(handed.map(({ body }) => body)).toEqual(['Shall we call you?', 'Shall we call you?']);
  });
});

type Scene = Awaited<ReturnType<typeof studioWith>>;
