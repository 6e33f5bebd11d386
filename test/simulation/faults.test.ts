import { env } from 'node:process';
import { expect, it } from 'vitest';
import type { Sms, Submission, Table } from '../../shared/ports.ts';
import { receiveMessage } from '../../shared/usecases/receive-message.ts';
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
  wait,
} from '../support/business.ts';
import { numbers } from '../support/numbers.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

/*
 * One contact, one workflow, the real handlers on faulty ports: reads and writes that fail before or after they are
 * done, texts that are throttled, refused, lost, or whose function dies, messages that come in between any two writes,
 * turning off and on, and a person who takes over and hands back. One seed is one schedule; a seed that fails fails again: FROM=<seed - 1> SEEDS=1.
 */

const SEEDS = Number(env['SEEDS'] ?? 100);
const FROM = Number(env['FROM'] ?? 0);

const STEPS = [
  addTag('tag-start', 'started'),
  send('a', 'A'),
  send('b', 'B'),
  addTag('tag-b', 'b'),
  wait('first', { hours: 5 }),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [
      addTag('tag-yes', 'yes'),
      send('y', 'Y'),
      wait('pause', { hours: 3 }, { orReply: false }),
      wait('second', { hours: 4 }),
      ifElse('yes-again', { keywords: { anyOf: ['yes'] } }, [send('yy', 'YY')], [send('yn', 'YN')]),
    ],
    [addTag('tag-no', 'no'), send('n', 'N')],
    [addTag('tag-silent', 'silent'), send('s', 'S'), wait('third', { hours: 2 })],
  ),
  addTag('tag-end', 'ended'),
  send('z', 'Z'),
];
const WAITS = ['first', 'pause', 'second', 'third'];

async function schedule(seed: number) {
  const random = numbers(seed);
  const happens = (probability: number) => isFaulty && random() < probability;
  let isFaulty = false;
  let hasStopped = false;
  let meanwhile = async () => {};

  const faultyCarrier = (phones: Sms): Sms => ({
    ...phones,
    send: async (text): Promise<Submission> => {
      if (happens(0.08)) return { outcome: 'throttled' };
      if (happens(0.04)) throw new Error('the function died before it sent');
      if (happens(0.03)) return { outcome: 'rejected', reason: 'BLOCKED', optedOut: false };
      const accepted = await phones.send(text);
      await meanwhile();
      if (happens(0.05)) throw new Error('the function died after it sent');
      return happens(0.05) ? { outcome: 'unknown', reason: 'TIMEOUT' } : accepted;
    },
  });

  const world = localWorld({ carrier: faultyCarrier });
  const studio = await business(world);
  const workflow = await publish(world, studio, { steps: STEPS });
  const contact = await newContact(world);

  const { phones, ports, receive } = world.world;
  const { get, write } = ports.table;
  let isNested = false;
  const receiveNow = receiveMessage(ports);
  meanwhile = async () => {
    if (isNested || !happens(0.06)) return;
    isNested = true;
    const text = random() < 0.03 ? 'STOP' : random() < 0.5 ? 'yes' : 'hello';
    hasStopped ||= text === 'STOP';
    const event = phones.write(contact.phone, text, INBOX);
    // What fails here comes again through the bus.
    if (event && random() < 0.5) await receiveNow(event).catch(() => receive(event));
    else receive(event);
    isNested = false;
  };
  const faultyTable: Pick<Table, 'get' | 'write'> = {
    get: async (key) => {
      if (happens(0.01)) throw new Error('the read failed');
      return get(key);
    },
    write: async (writes) => {
      await meanwhile();
      if (happens(0.03)) throw new Error('the write failed');
      const written = await write(writes);
      if (written.committed) await meanwhile();
      if (happens(0.03)) throw new Error('the answer of the write was lost');
      return written;
    },
  };
  Object.assign(ports.table, faultyTable);

  const run = await enroll(world, workflow, contact);
  isFaulty = true;
  const says = (text: string) => world.says(contact.phone, text, { to: INBOX });
  const turn = (how: string, body: object) => world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body);
  /** From when it is known that a person has taken over, until it may be that none has. */
  const takeovers: { from: number; to: number }[] = [];
  const takesOver = async () => {
    const text = { contactId: contact.id, inboxId: studio.inboxId, text: 'A person writes', takeover: true };
    const { status } = await world.api('POST', '/v1/messages', text);
    if (status === 201) takeovers.push({ from: world.now(), to: world.now() + DAY });
  };
  const handsBack = async () => {
    for (const takeover of takeovers) takeover.to = Math.min(takeover.to, world.now());
    await world.api('POST', `/v1/contacts/${contact.id}/resume`);
  };
  const acts = [
    takesOver,
    handsBack,
    () => says('yes'),
    () => says('hello'),
    () => turn('off', {}),
    () => turn('on', { parked: 'resume' }),
    () => turn('on', { parked: 'resume' }),
    () => world.pass(Math.floor(random() * MINUTE)),
    () => world.pass(Math.floor(random() * 2 * HOUR)),
    () => world.pass(Math.floor(random() * 10 * HOUR)),
  ];
  for (let act = 0; act < 12; act += 1) {
    if (random() < 0.02) {
      hasStopped = true;
      await says('STOP');
    } else await acts[Math.floor(random() * acts.length)]?.();
  }
  isFaulty = false;
  await world.pass(10 * MINUTE);
  await turn('on', { parked: 'resume' });
  await world.pass(5 * DAY);
  return {
    world,
    contact,
    hasStopped,
    takeovers,
    run: await runOf(world, run),
    texts: await world.texts(contact.phone),
  };
}

it.each(Array.from({ length: SEEDS }, (_, at) => FROM + at + 1))(
  'under the faults of seed %d nothing is doubled, lost, stuck or sent after STOP',
  async (seed) => {
    const { world, contact, hasStopped, takeovers, run, texts } = await schedule(seed);
    const log: string[] = run.timeline.map(({ code, step = '' }: { code: string; step?: string }) => `${code} ${step}`);
    const times = (entry: string) => log.filter((line) => line === entry).length;
    const own = texts.filter((text) => text.length < 3);
    const confirmed = texts.findIndex((text) => text.includes('unsubscribed'));
    const { tags } = await done(world.api('GET', `/v1/contacts/${contact.id}`));
    const wrong: string[] = [];
    const must = (holds: boolean, what: string) => {
      if (!holds) wrong.push(what);
    };

    must(run.status === 'ENDED', 'the run is stuck');
    must(new Set(own).size === own.length, 'a text came twice');
    must(
      confirmed < 0 || texts.slice(confirmed).every((text) => text.length >= 3),
      'a text came after the confirmation of STOP',
    );
    for (const entry of log.filter((line) => /^(?:SENT|SEND_|WAITING|TAG_)/.test(line)))
      must(times(entry) === 1, `told more than once: ${entry}`);
    for (const waited of WAITS) {
      const ways = times(`REPLIED ${waited}`) + times(`TIMED_OUT ${waited}`);
      must(ways <= times(`WAITING ${waited}`), `ended more than once: ${waited}`);
      must(hasStopped || ways === times(`WAITING ${waited}`), `never ended: ${waited}`);
    }
    const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages?limit=100`));
    for (const { origin, at } of items)
      must(
        origin?.type !== 'run' || !takeovers.some(({ from, to }) => from < Date.parse(at) && Date.parse(at) < to),
        `a run texted while a person had taken over: ${at}`,
      );
    const taken = tags.filter((tag: string) => ['yes', 'no', 'silent'].includes(tag));
    must(taken.length <= 1, 'two branches were taken');
    expect(wrong.length > 0 ? { seed, wrong, status: run.status, reason: run.reason, texts, log } : 'fine').toBe(
      'fine',
    );
  },
  20_000,
);
