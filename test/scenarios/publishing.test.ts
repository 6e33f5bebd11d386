import { describe, expect, it } from 'vitest';
import { business, done, newContact, send } from '../support/business.ts';
import { localWorld, MINUTE } from '../support/world.ts';

const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };

/** A draft that matches one contact, in a world whose Step Functions take no new machine for the first times asked. */
async function busyWorld(times: number) {
  const world = localWorld();
  const { inboxId } = await business(world);
  const { machines } = world.world.ports;
  const { put } = machines;
  let asked = 0;
  Object.assign(machines, {
    put: async (machine: Parameters<typeof put>[0]) => {
      asked += 1;
      return asked <= times ? undefined : put(machine);
    },
  });
  const lead = await newContact(world, { tags: ['lead'] });
  const draft = { name: 'Greet', trigger, inboxId, steps: [send('hi', 'Hi')] };
  const { id } = await done(world.api('POST', '/v1/workflows', { name: 'Greet', template: 'blank' }));
  await done(world.api('PUT', `/v1/workflows/${id}`, draft));
  const publish = () => world.api('POST', `/v1/workflows/${id}/publish`, { enrollExisting: true });
  const status = async () => (await done(world.api('GET', `/v1/workflows/${id}`))).status;
  return { world, id, draft, lead, publish, status };
}

describe('a publication that a quota makes wait', () => {
  it('says so, where to look, and is on by itself, with what was asked for', async () => {
    const { world, id, lead, publish, status } = await busyWorld(3);
    const waiting = await publish();
    expect([waiting.status, waiting.body.workflow.status, waiting.headers['location']]).toEqual([
      202,
      'PUBLISHING',
      `/v1/workflows/${id}`,
    ]);
    expect(await world.texts(lead.phone)).toEqual([]);
    await world.pass(MINUTE);
    expect(await status()).toBe('ON');
    expect(await world.texts(lead.phone)).toEqual(['Hi']);
    expect((await done(world.api('GET', `/v1/workflows/${id}/versions`))).items).toHaveLength(1);
  });

  it('answers the same when it is asked for again, and is neither edited, turned nor deleted meanwhile', async () => {
    const { world, id, draft, publish } = await busyWorld(1_000);
    await publish();
    expect((await publish()).status).toBe(202);
    const refused = [
      await world.api('PUT', `/v1/workflows/${id}`, draft),
      await world.api('DELETE', `/v1/workflows/${id}`),
      await world.api('POST', `/v1/workflows/${id}/turn-on`, {}),
      await world.api('POST', `/v1/workflows/${id}/turn-off`, {}),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      Array.from({ length: 4 }, () => [409, 'WORKFLOW_PUBLISHING']),
    );
  });

  it('is a draft again if it cannot be published any more', async () => {
    const { world, draft, publish, status } = await busyWorld(2);
    await publish();
    await done(world.api('DELETE', `/v1/inboxes/${draft.inboxId}`));
    await world.pass(MINUTE);
    expect(await status()).toBe('DRAFT');
    expect(world.faults).toEqual([expect.stringContaining('PUBLICATION_FAILED')]);
  });
});
