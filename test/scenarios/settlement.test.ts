import { describe, expect, it } from 'vitest';
import { ContactId } from '../../shared/domain/id.ts';
import type { Sms, Write } from '../../shared/ports.ts';
import { messages } from '../../shared/store/message-store.ts';
import { deleteContact } from '../../shared/usecases/delete-contact.ts';
import { endRunsOfContact } from '../../shared/usecases/end-runs-of-contact.ts';
import { receiveMessage } from '../../shared/usecases/receive-message.ts';
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
import { DAY, localWorld, MINUTE } from '../support/world.ts';

const STEPS = [
  send('ask', 'Shall we call you?'),
  wait('answer', { hours: 5 }),
  ifElse('yes', { keywords: { anyOf: ['yes'] } }, [send('call', 'We will call.')], []),
];

/** A text is asked for; `meanwhile` happens around each write of the table. */
async function asking(
  meanwhile: (writes: readonly Write[], write: () => Promise<unknown>) => Promise<void>,
  carrier?: (phones: Sms) => Sms,
) {
  const world = localWorld(carrier ? { carrier } : {});
  const workflow = await publish(world, await business(world), { steps: STEPS });
  const contact = await newContact(world);
  const { table } = world.world.ports;
  const { write } = table;
  table.write = async (writes) => {
    let written: Awaited<ReturnType<typeof write>> | undefined;
    await meanwhile(writes, async () => {
      written = await write(writes);
    });
    return written ?? write(writes);
  };
  return { world, workflow, contact };
}

const recordsText = (writes: readonly Write[]) =>
  writes.some(
    (each) => 'put' in each && each.put.type === 'message' && messages.parse(each.put.data).direction === 'outbound',
  );
const writesRun = (writes: readonly Write[]) => writes.some((each) => 'put' in each && each.put.type === 'run');

describe('what became of a text', () => {
  it('is known for good once its message is written, whoever dies before the run tells of it', async () => {
    let recorded = false;
    let died = false;
    const { world, workflow, contact } = await asking(async (writes, write) => {
      if (recorded && !died && writesRun(writes)) {
        died = true;
        throw new Error('the function died');
      }
      await write();
      recorded ||= recordsText(writes);
    });
    const run = await enroll(world, workflow, contact);
    await world.pass(5 * MINUTE);
    expect(died).toBe(true);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING']);
    await world.says(contact.phone, 'yes');
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('is written on the contact, once it is known', async () => {
    const { world, workflow, contact } = await asking(async (_, write) => void (await write()));
    await enroll(world, workflow, contact);
    const { activity } = await done(world.api('GET', `/v1/contacts/${contact.id}`));
    const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages`));
    expect(activity).toEqual({ lastMessageSentAt: items[0].at, lastContactedAt: items[0].at });
  });

  it.each(['the run tells of it', 'its message is followed, since whoever sent it died'])(
    'goes with a contact that is erased while it is submitted, when %s',
    async (when) => {
      let erase = async () => {};
      let dies = false;
      const { world, workflow, contact } = await asking(
        async (writes, write) => {
          if (dies && writesRun(writes) && !recordsText(writes)) throw new Error('the function died');
          await write();
        },
        (phones) => ({
          ...phones,
          send: async (text) => {
            await erase();
            return phones.send(text);
          },
        }),
      );
      erase = async () => {
        await deleteContact(world.world.ports)(ContactId.parse(contact.id), undefined);
        dies = when !== 'the run tells of it';
      };
      await enroll(world, workflow, contact);
      dies = false;
      await world.pass(DAY);
      const { items } = await world.world.ports.table.query({ pk: `C#${contact.id}`, prefix: 'MSG#' });
      expect(items).toEqual([]);
      expect(await world.texts(contact.phone)).toEqual(['Shall we call you?']);
    },
  );

  it('goes with a contact that is erased just before it is told that it was refused', async () => {
    let meanwhile: 'submitting' | 'erasing' | 'erased' = 'submitting';
    const { world, workflow, contact } = await asking(
      async (writes, write) => {
        if (recordsText(writes) && meanwhile === 'erasing') {
          meanwhile = 'erased';
          await deleteContact(ports)(ContactId.parse(contact.id), undefined);
          // All that follows from that is done.
          await ports.clock.sleep(1000);
        }
        await write();
      },
      (phones) => ({
        ...phones,
        send: async () => {
          // The run is over by then, and stays as it is.
          await endRunsOfContact(ports)(ContactId.parse(contact.id), 'EXITED_MANUALLY');
          meanwhile = 'erasing';
          return { outcome: 'rejected', reason: 'BLOCKED', optedOut: false };
        },
      }),
    );
    const { ports } = world.world;
    await enroll(world, workflow, contact);
    await world.pass(DAY);
    expect(meanwhile).toBe('erased');
    const { items } = await ports.table.query({ pk: `C#${contact.id}`, prefix: 'MSG#' });
    expect(items).toEqual([]);
  });

  it('completes the wait that was answered before it was known', async () => {
    let answer = async () => {};
    const { world, workflow, contact } = await asking(async (writes, write) => {
      if (recordsText(writes)) await answer();
      await write();
    });
    answer = async () => {
      answer = async () => {};
      const event = world.world.phones.write(contact.phone, 'yes', INBOX);
      if (event) await receiveMessage(world.world.ports)(event);
    };
    const run = await enroll(world, workflow, contact);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'REPLIED', 'BRANCH', 'SENT', 'WAITING', 'SENT', 'ENDED']);
  });

  it('tells of the wait that was answered before, where a STOP has ended the run since', async () => {
    let arrive = async () => {};
    const { world, workflow, contact } = await asking(async (writes, write) => {
      if (recordsText(writes)) await arrive();
      await write();
    });
    arrive = async () => {
      arrive = async () => {};
      for (const text of ['yes', 'STOP']) {
        const event = world.world.phones.write(contact.phone, text, INBOX);
        if (event) await receiveMessage(world.world.ports)(event);
      }
      await endRunsOfContact(world.world.ports)(ContactId.parse(contact.id), 'OPTED_OUT');
    };
    const run = await enroll(world, workflow, contact);
    const told = ['ENROLLED', 'REPLIED', 'BRANCH', 'ENDED', 'SEND_CROSSED_OPT_OUT', 'WAITING'];
    expect(await timeline(world, run)).toEqual(told);
  });
});
