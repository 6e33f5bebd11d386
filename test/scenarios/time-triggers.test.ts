import { describe, expect, it } from 'vitest';
import { ContactId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Key } from '../../shared/ports.ts';
import { keys, SHARDS } from '../../shared/store/keys.ts';
import { followChange } from '../../shared/usecases/follow-change.ts';
import { sweepShard } from '../../shared/usecases/sweep.ts';
import { addTag, business, done, newContact, publish, runOf, send, wait } from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;

const runsOf = async (world: World, workflow: string, contact: { id: string }) =>
  (await done(world.api('GET', `/v1/workflows/${workflow}/enrollments`))).items.filter(
    ({ contactId }: { contactId: string }) => contactId === contact.id,
  );
const since = (name: string, op: string, days: number) => ({ type: 'activity', activity: name, op, days });
const steps = [wait('a-minute', { minutes: 1 }, { orReply: false }), addTag('seen', 'seen')];

async function studioWith(filter: object, options: object = {}) {
  const world = localWorld();
  const studio = await business(world);
  const contact = await newContact(world);
  const workflow = await publish(world, studio, { steps, trigger: { filter }, ...options });
  return { world, studio, contact, workflow };
}

describe('a trigger that time turns true', () => {
  it('enrols within a minute or two, though nothing is written then', async () => {
    const { world, contact, workflow } = await studioWith({ not: since('created', 'within-days', 7) });
    await world.pass(7 * DAY - MINUTE);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
    await world.pass(3 * MINUTE);
    expect(await runsOf(world, workflow, contact)).toMatchObject([{ enrolledBy: 'trigger' }]);
  });

  it('enrols who was a contact before it was turned on, and who came after', async () => {
    const { world, contact, workflow } = await studioWith(since('created', 'not-within-days', 7));
    await world.pass(DAY);
    const later = await newContact(world);
    await world.pass(6 * DAY + HOUR);
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
    expect(await runsOf(world, workflow, later)).toHaveLength(0);
    await world.pass(DAY);
    expect(await runsOf(world, workflow, later)).toHaveLength(1);
  });

  it('leaves alone of whom it was true when it was turned on', async () => {
    const world = localWorld();
    const studio = await business(world);
    const contact = await newContact(world);
    await world.pass(10 * DAY);
    const filter = since('created', 'not-within-days', 7);
    const workflow = await publish(world, studio, { steps, trigger: { filter } });
    await world.pass(30 * DAY);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
  });

  it('goes by what the contact is then: a text in between moves it on, a missing tag forbids it', async () => {
    const filter = { all: [since('lastMessageSent', 'not-within-days', 3), { type: 'tag', op: 'has', tag: 'lead' }] };
    const { world, studio, contact, workflow } = await studioWith(filter);
    const untagged = await newContact(world);
    const text = (to: { id: string }) =>
      done(world.api('POST', '/v1/messages', { contactId: to.id, inboxId: studio.inboxId, text: 'Hello' }));
    await done(world.api('PUT', `/v1/contacts/${contact.id}/tags/lead`));
    await text(contact);
    await text(untagged);
    await world.pass(2 * DAY);
    await text(contact);
    await world.pass(2 * DAY);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
    await world.pass(DAY + HOUR);
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
    expect(await runsOf(world, workflow, untagged)).toEqual([]);
  });

  it('enrols again each time it comes true, and not in between', async () => {
    const filter = since('lastMessageReceived', 'not-within-days', 3);
    const { world, contact, workflow } = await studioWith(filter, { allowReentry: true });
    for (const times of [1, 2, 3]) {
      await world.says(contact.phone, 'hello', { to: '+12025550100' });
      await world.pass(3 * DAY + 5 * MINUTE);
      expect(await runsOf(world, workflow, contact)).toHaveLength(times);
      await world.pass(20 * DAY);
      expect(await runsOf(world, workflow, contact)).toHaveLength(times);
    }
  });

  it('enrols nobody once its workflow is off', async () => {
    const { world, contact, workflow } = await studioWith(since('created', 'not-within-days', 7));
    await world.pass(DAY);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    await world.pass(10 * DAY);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, {}));
    await world.pass(10 * DAY);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
  });

  it('goes by the days of the workspace’s zone, also after it has moved', async () => {
    const world = localWorld();
    const studio = await business(world);
    const contact = await newContact(world, { birthday: '2026-03-10' });
    const filter = { type: 'field', field: 'birthday', op: 'within-days', days: 1 };
    const workflow = await publish(world, studio, { steps: [send('hi', 'Happy birthday')], trigger: { filter } });
    const settings = await done(world.api('GET', '/v1/settings'));
    await done(world.api('PUT', '/v1/settings', { ...settings, timeZone: 'Asia/Tokyo' }));
    const midnight = Date.parse('2026-03-09T15:00:00.000Z');
    await world.pass(midnight - world.now() - MINUTE);
    expect(await runsOf(world, workflow, contact)).toEqual([]);
    await world.pass(3 * MINUTE);
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
  });

  it('looks again after it has looked: for the next workflow, and when it was too early', async () => {
    const world = localWorld();
    const studio = await business(world);
    const on = (days: number) =>
      publish(world, studio, { steps, trigger: { filter: since('lastMessageReceived', 'not-within-days', days) } });
    const [three, five] = [await on(3), await on(5)];
    const contact = await newContact(world);
    await world.says(contact.phone, 'hello', { to: '+12025550100' });
    await world.pass(3 * DAY + 5 * MINUTE);
    expect([(await runsOf(world, three, contact)).length, (await runsOf(world, five, contact)).length]).toEqual([1, 0]);
    // The sweep of the fifth day finds that it is not yet time.
    await world.says(contact.phone, 'hello', { to: '+12025550100' });
    await world.pass(4 * DAY);
    expect(await runsOf(world, five, contact)).toEqual([]);
    await world.pass(DAY + 5 * MINUTE);
    expect(await runsOf(world, five, contact)).toHaveLength(1);
  });

  it('moves forward what it waits for when something comes earlier', async () => {
    const { world, contact, workflow } = await studioWith({
      any: [since('created', 'not-within-days', 9), { type: 'field', field: 'birthday', op: 'within-days', days: 1 }],
    });
    await done(world.api('PATCH', `/v1/contacts/${contact.id}`, { birthday: '2026-03-06' }));
    await world.pass(4 * DAY);
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
  });

  it('is spent once a sweep has seen it: who was in it then does not enter later for the same reason', async () => {
    const filter = since('created', 'not-within-days', 2);
    const world = localWorld();
    const studio = await business(world);
    const contact = await newContact(world);
    const unwritten = [wait('a-while', { minutes: 5 }, { orReply: false })];
    const workflow = await publish(world, studio, { steps: unwritten, trigger: { filter }, allowReentry: true });
    await world.pass(2 * DAY - 30_000);
    const { outcomes } = await done(
      world.api('POST', `/v1/workflows/${workflow}/enrollments`, { contactIds: [contact.id], applyFilters: false }),
    );
    expect(outcomes[0].outcome).toBe('ENROLLED');
    // Refused: it is in already, and has left when it is changed next.
    await world.pass(10 * MINUTE);
    await done(world.api('PATCH', `/v1/contacts/${contact.id}`, { firstName: 'Other' }));
    await world.pass(DAY);
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
  });

  it('is not for a change from before it was turned on, however late that is told', async () => {
    const world = localWorld();
    const studio = await business(world);
    const contact = await newContact(world);
    const key = keys.contact(ContactId.parse(contact.id));
    const { table } = world.world.ports;
    const before = await table.get(key);
    await done(world.api('PUT', `/v1/contacts/${contact.id}/tags/lead`));
    const after = await table.get(key);
    await world.pass(HOUR);
    const filter = { type: 'tag', op: 'has', tag: 'lead' };
    const workflow = await publish(world, studio, { steps, trigger: { filter } });
    if (!before || !after) throw new Error('the contact is gone');
    await followChange(world.world.ports)({ id: 'late', at: world.now(), before, after });
    expect(await runsOf(world, workflow, contact)).toEqual([]);
  });

  it('reads only who is due: a sweep of nobody asks for no contact', async () => {
    const { world, contact, workflow } = await studioWith(since('created', 'not-within-days', 7));
    for (let n = 0; n < 30; n += 1) await newContact(world);
    await world.pass(3 * DAY);
    await done(world.api('PATCH', `/v1/contacts/${contact.id}`, { firstName: 'Recent' }));
    const { table } = world.world.ports;
    const { get } = table;
    const asked: string[] = [];
    Object.assign(table, {
      get: (key: { pk: string; sk: string }) => {
        if (key.sk === 'CONTACT') asked.push(key.pk);
        return get(key);
      },
    });
    await world.pass(3 * DAY);
    expect(asked).toEqual([]);
    await world.pass(DAY + 5 * MINUTE);
    expect(new Set(asked).size).toBe(31);
    expect(await runsOf(world, workflow, contact)).toHaveLength(1);
  });
});

describe('a sweep that takes long', () => {
  it('stops in time, and leaves who is left to the next one', async () => {
    const { world, workflow } = await studioWith(since('created', 'not-within-days', 7));
    for (let n = 0; n < 40; n += 1) await newContact(world);
    await world.pass(MINUTE);
    const { ports } = world.world;
    let now = world.now() + 8 * DAY;
    const until = instant(now);
    const due = async (shard: number) =>
      (await ports.table.queryIndex({ pk: keys.dueIndex(shard), upTo: `${until}~` })).items.length;
    const counts = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => due(shard)));
    const most = Math.max(...counts);
    const shard = counts.indexOf(most);
    const slow = {
      ...ports,
      clock: { ...ports.clock, now: () => now },
      table: {
        ...ports.table,
        get: async (key: Key) => {
          if (key.sk === 'CONTACT') now += 4_000;
          return ports.table.get(key);
        },
      },
    };
    expect(await sweepShard(slow)({ type: 'sweep-shard', shard, until })).toBeUndefined();
    const left = await due(shard);
    expect([left > 0, left < most]).toEqual([true, true]);
    await world.pass(8 * DAY);
    const { items } = await done(world.api('GET', `/v1/workflows/${workflow}/enrollments?limit=100`));
    expect(new Set(items.map(({ contactId }: { contactId: string }) => contactId)).size).toBe(41);
    expect(items).toHaveLength(41);
  });
});

describe('workflows that set one another off', () => {
  const tagged = (tag: string) => ({ filter: { type: 'tag', op: 'has', tag } });
  const loops = (log: { code: string; detail?: string }[]) =>
    log.filter(({ code }) => code === 'LOOP_PREVENTED').map(({ detail }) => detail);

  it('do not set themselves off, and say so', async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, {
      steps: [
        { id: 'off', type: 'remove-tag', tag: 'lead' },
        wait('w', { minutes: 5 }, { orReply: false }),
        addTag('on', 'lead'),
      ],
      trigger: tagged('lead'),
      allowReentry: true,
    });
    const contact = await newContact(world, { tags: ['lead'] });
    await world.pass(HOUR);
    const runs = await runsOf(world, workflow, contact);
    expect(runs).toHaveLength(1);
    expect(loops((await runOf(world, runs[0].id)).timeline)).toEqual([workflow]);
  });

  it('end after ten in a row', async () => {
    const world = localWorld();
    const studio = await business(world);
    const turn = async (name: string, from: string, to: string) =>
      publish(world, studio, {
        name,
        steps: [
          { id: 'off', type: 'remove-tag', tag: from },
          wait('w', { minutes: 5 }, { orReply: false }),
          addTag('on', to),
        ],
        trigger: tagged(from),
        allowReentry: true,
      });
    const [ping, pong] = [await turn('Ping', 'ping', 'pong'), await turn('Pong', 'pong', 'ping')];
    const contact = await newContact(world, { tags: ['ping'] });
    await world.pass(DAY);
    const runs = [...(await runsOf(world, ping, contact)), ...(await runsOf(world, pong, contact))];
    expect(runs).toHaveLength(11);
    const prevented = await Promise.all(
      runs.map(async ({ id }: { id: string }) => loops((await runOf(world, id)).timeline)),
    );
    expect(prevented.flat()).toEqual([pong]);
  });
});
