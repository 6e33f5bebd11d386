import { describe, expect, it } from 'vitest';
import { ContactId, InboxId, RunId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Sms } from '../../shared/ports.ts';
import { runs } from '../../shared/store/run-store.ts';
import { endRun } from '../../shared/usecases/end-run.ts';
import { receiveMessage } from '../../shared/usecases/receive-message.ts';
import { tagContact } from '../../shared/usecases/tag-contact.ts';
import { takeOver } from '../../shared/usecases/take-over.ts';
import {
  business,
  done,
  enroll,
  INBOX,
  ifElse,
  newContact,
  publish,
  runOf,
  send,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, localWorld, MINUTE, START } from '../support/world.ts';

const STEPS = [
  send('ask', 'Shall we call you?'),
  wait('answer'),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [send('thanks', 'We will call.')],
    [send('no-thanks', 'Alright.')],
  ),
];

/** A carrier that does as told for the first texts, and its job for the others. */
async function withCarrier(
  first: (phones: Sms, send: () => ReturnType<Sms['send']>) => ReturnType<Sms['send']>,
  times = 1,
  more: { withoutReceipts?: boolean } = {},
) {
  let asked = 0;
  const world = localWorld({
    ...more,
    carrier: (phones) => ({
      ...phones,
      send: (text) => {
        asked += 1;
        const onward = () => phones.send(text);
        return asked <= times ? first(phones, onward) : onward();
      },
    }),
  });
  const studio = await business(world);
  const goal = { type: 'tag', op: 'has', tag: 'customer' };
  const workflow = await publish(world, studio, { steps: STEPS, exit: { goal } });
  const contact = await newContact(world);
  return { world, studio, workflow, contact, attempts: () => asked, start: () => enroll(world, workflow, contact) };
}

const messagesOf = async ({ world, contact }: Awaited<ReturnType<typeof withCarrier>>) =>
  (await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`))).items;

describe('a text', () => {
  it('of which nobody knows whether it left is UNCONFIRMED, never sent again, and the run goes on', async () => {
    const scene = await withCarrier(
      async (_, onward) => {
        await onward();
        return { outcome: 'unknown', reason: 'TimeoutError' };
      },
      1,
      { withoutReceipts: true },
    );
    const run = await scene.start();
    await scene.world.pass(MINUTE);
    expect(scene.attempts()).toBe(1);
    expect(await messagesOf(scene)).toMatchObject([{ status: 'UNCONFIRMED', reason: 'TimeoutError' }]);
    await scene.world.says(scene.contact.phone, 'yes');
    expect(await scene.world.texts(scene.contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await runOf(scene.world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('whose function died while it was submitted is UNCONFIRMED and never sent again', async () => {
    const scene = await withCarrier(
      async (_, onward) => {
        await onward();
        throw new Error('the function died');
      },
      1,
      { withoutReceipts: true },
    );
    const run = await scene.start();
    await scene.world.pass(10 * MINUTE);
    expect(await scene.world.texts(scene.contact.phone)).toEqual(['Shall we call you?']);
    expect(await messagesOf(scene)).toMatchObject([{ status: 'UNCONFIRMED', reason: 'ABANDONED' }]);
    await scene.world.says(scene.contact.phone, 'yes');
    expect(await scene.world.texts(scene.contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await timeline(scene.world, run)).toEqual([
      'ENROLLED',
      'SEND_UNCONFIRMED',
      'WAITING',
      'REPLIED',
      'BRANCH',
      'SENT',
      'ENDED',
    ]);
  });

  it('that died while it was submitted still waits for its day, from the submission on', async () => {
    const scene = await withCarrier(async () => {
      throw new Error('the function died');
    });
    await scene.start();
    await scene.world.pass(DAY - MINUTE);
    expect(scene.attempts()).toBe(1);
    await scene.world.pass(2 * MINUTE);
    expect(scene.attempts()).toBe(2);
  });

  it('that was throttled goes out a little later, once', async () => {
    const scene = await withCarrier(async () => ({ outcome: 'throttled' }), 3);
    await scene.start();
    expect(await scene.world.texts(scene.contact.phone)).toEqual([]);
    await scene.world.pass(MINUTE);
    expect(await scene.world.texts(scene.contact.phone)).toEqual(['Shall we call you?']);
    expect(scene.attempts()).toBe(4);
    expect(await messagesOf(scene)).toHaveLength(1);
  });

  it('that the carrier refuses for an opt-out ends the run and is remembered', async () => {
    const scene = await withCarrier(async () => ({
      outcome: 'rejected',
      reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT',
      optedOut: true,
    }));
    const run = await scene.start();
    expect(await runOf(scene.world, run)).toMatchObject({ status: 'ENDED', reason: 'OPTED_OUT' });
    expect((await done(scene.world.api('GET', `/v1/contacts/${scene.contact.id}`))).consent).toMatchObject({
      status: 'optedOut',
      source: 'carrier',
    });
  });

  it('that the carrier refuses is told with its reason, and the run goes on', async () => {
    const scene = await withCarrier(async () => ({
      outcome: 'rejected',
      reason: 'DESTINATION_COUNTRY_BLOCKED',
      optedOut: false,
    }));
    const run = await scene.start();
    await scene.world.pass(DAY + MINUTE);
    expect(await messagesOf(scene)).toMatchObject([
      { status: 'FAILED', reason: 'DESTINATION_COUNTRY_BLOCKED' },
      { status: 'DELIVERED' },
    ]);
    expect(await runOf(scene.world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('that was on its way when STOP came is reported as crossed, and is the last', async () => {
    let stop = async () => {};
    const scene = await withCarrier(async (_, onward) => {
      const sent = await onward();
      await stop();
      return sent;
    });
    stop = async () => {
      const event = scene.world.world.phones.write(scene.contact.phone, 'STOP');
      scene.world.world.receive(event);
      await scene.world.world.driven[2]?.work();
    };
    const run = await scene.start();
    await scene.world.pass(3 * DAY);
    const [crossed, ...others] = (await messagesOf(scene)).filter(
      ({ direction }: { direction: string }) => direction === 'outbound',
    );
    expect(crossed).toMatchObject({ text: 'Shall we call you?', crossed: true });
    expect(others).toMatchObject([{ origin: { type: 'stop-confirmation' } }]);
    expect(await timeline(scene.world, run)).toContain('SEND_CROSSED_OPT_OUT');
    expect(await scene.world.texts(scene.contact.phone)).toHaveLength(2);
  });

  it('that is answered before the carrier has confirmed it is answered all the same', async () => {
    let answer = async () => {};
    const scene = await withCarrier(async (_, onward) => {
      const sent = await onward();
      await answer();
      return sent;
    });
    answer = async () => {
      scene.world.world.receive(scene.world.world.phones.write(scene.contact.phone, 'yes'));
      await scene.world.world.driven[2]?.work();
    };
    const run = await scene.start();
    expect(await scene.world.texts(scene.contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await runOf(scene.world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  describe.each([
    [
      'STOP',
      async (scene: Scene) => receiveMessage(scene.world.world.ports)(stopFrom(scene.contact.phone)),
      { status: 'ENDED', reason: 'OPTED_OUT' },
    ],
    [
      'exit by hand',
      async (scene: Scene, run: string) => endRun(scene.world.world.ports)(RunId.parse(run), 'EXITED_MANUALLY'),
      { status: 'ENDED', reason: 'EXITED_MANUALLY' },
    ],
    [
      'takeover',
      async ({ world, studio, contact }: Scene) =>
        takeOver(world.world.ports)(ContactId.parse(contact.id), InboxId.parse(studio.inboxId), instant(world.now())),
      { status: 'PARKED' },
    ],
    [
      'goal',
      async ({ world, contact }: Scene) => tagContact(world.world.ports)(ContactId.parse(contact.id), 'customer', 'on'),
      { status: 'ENDED', reason: 'GOAL_REACHED' },
    ],
  ])('that is claimed when a %s commits', (_, interrupt, left) => {
    it('does not leave', async () => {
      const scene = await withCarrier(async (_phones, onward) => onward());
      const { table } = scene.world.world.ports;
      const { write } = table;
      let run = '';
      table.write = async (writes) => {
        const claim = writes.find(
          (each) => 'put' in each && each.put.type === 'run' && runs.parse(each.put.data).claim?.status === 'claimed',
        );
        const written = await write(writes);
        if (claim && 'put' in claim && run === '') {
          run = String(claim.put.data['id']);
          await interrupt(scene, run);
        }
        return written;
      };
      await scene.start();
      await scene.world.pass(DAY / 2);
      const texts = await scene.world.texts(scene.contact.phone);
      expect(texts.filter((text) => text === 'Shall we call you?')).toEqual([]);
      expect(await runOf(scene.world, run)).toMatchObject(left);
    });
  });
});

type Scene = Awaited<ReturnType<typeof withCarrier>>;
const stopFrom = (phone: string) => ({
  inboundMessageId: 'in-stop',
  originationNumber: phone,
  destinationNumber: INBOX,
  messageBody: 'STOP',
  receivedAt: new Date(START + 1000).toISOString(),
});
