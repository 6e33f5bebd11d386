import { env } from 'node:process';
import { expect, it } from 'vitest';
import { business, done, INBOX, publish, send } from '../support/business.ts';
import { localWorld, MINUTE } from '../support/world.ts';

/* The whole queue of an inbox that may send one part a second: TEXTS=10000 npm test -- pace */

const TEXTS = Number(env['TEXTS'] ?? 200);
const STEPS = [send('one', 'One'), send('two', 'Two')];
const PHONES = Array.from({ length: TEXTS / STEPS.length }, (_, at) => `+1213${5_550_000 + at}`);

it(`${TEXTS} texts leave at the pace of their inbox, never above it, each person’s in order`, async () => {
  const world = localWorld();
  const { inboxId } = await business(world);
  await done(world.api('PUT', `/v1/inboxes/${inboxId}`, { name: 'Front desk', phone: INBOX, partsPerSecond: 1 }));
  const content = PHONES.map((phone) => `${JSON.stringify({ phone, tags: ['lead'] })}\n`).join('');
  await done(world.api('POST', '/v1/contacts/import', { format: 'ndjson', content }));
  await world.pass(MINUTE);
  const filter = { all: [{ type: 'tag', op: 'has', tag: 'lead' }] };
  await publish(world, { inboxId }, { steps: STEPS, trigger: { filter }, enrollExisting: true });
  await world.pass(TEXTS * 1100 + MINUTE);

  const conversations = PHONES.map((phone) =>
    world.world.phones.messages(phone).filter(({ direction }) => direction === 'received'),
  );
  for (const texts of conversations) expect(texts.map(({ text }) => text)).toEqual(['One', 'Two']);
  const instants = conversations.flatMap((texts) => texts.map(({ at }) => Date.parse(at))).sort((a, b) => a - b);
  const gaps = instants.slice(1).map((at, before) => at - (instants[before] ?? 0));
  // A little slower than it may be, since clocks differ; but no slot is left empty.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(1100);
  expect(world.faults).toEqual([]);
}, 600_000);
