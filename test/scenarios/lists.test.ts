import { describe, expect, it } from 'vitest';
import { business, done, newContact, publish, send } from '../support/business.ts';
import { localWorld } from '../support/world.ts';

const leads = { type: 'tag', op: 'has', tag: 'lead' };
const saved = (world: ReturnType<typeof localWorld>, name: string, filter: object) =>
  done(world.api('POST', '/v1/lists', { name, filter }));

describe('a saved list', () => {
  it('is a claim of triggers, also through another list', async () => {
    const world = localWorld();
    const studio = await business(world);
    const inner = await saved(world, 'Leads', leads);
    const outer = await saved(world, 'Local leads', {
      all: [
        { type: 'list', op: 'in', listId: inner.id },
        { type: 'location', field: 'city', op: 'is', value: 'Austin' },
      ],
    });
    await publish(world, studio, {
      steps: [send('hi', 'Hi')],
      trigger: { filter: { type: 'list', op: 'in', listId: outer.id } },
    });
    const local = await newContact(world, { tags: ['lead'], address: { city: 'austin' } });
    const other = await newContact(world, { tags: ['lead'] });
    expect(await world.texts(local.phone)).toEqual(['Hi']);
    expect(await world.texts(other.phone)).toEqual([]);
  });

  it('is locked while a workflow that rests on it is on, and free when it is off', async () => {
    const world = localWorld();
    const studio = await business(world);
    const inner = await saved(world, 'Leads', leads);
    const outer = await saved(world, 'All leads', { type: 'list', op: 'in', listId: inner.id });
    const workflow = await publish(world, studio, {
      name: 'Greet',
      steps: [send('hi', 'Hi')],
      trigger: { filter: { type: 'list', op: 'in', listId: outer.id } },
    });
    const edited = { name: 'Leads', filter: { type: 'tag', op: 'has', tag: 'customer' } };
    for (const { id } of [inner, outer]) {
      const { status, body } = await world.api('PUT', `/v1/lists/${id}`, edited);
      expect([status, body.code, body.detail]).toEqual([409, 'IN_USE', expect.stringContaining('"Greet"')]);
    }
    expect(await done(world.api('GET', `/v1/lists/${inner.id}`))).toEqual(inner);

    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    expect(await done(world.api('PUT', `/v1/lists/${inner.id}`, edited))).toMatchObject(edited);
    const customer = await newContact(world, { tags: ['customer'] });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { enrollExisting: true }));
    expect(await world.texts(customer.phone)).toEqual(['Hi']);
  });

  it('may not use itself, directly or in a circle, nor be deleted while another uses it', async () => {
    const world = localWorld();
    const inner = await saved(world, 'Leads', leads);
    const outer = await saved(world, 'All leads', { type: 'list', op: 'in', listId: inner.id });
    const circle = await world.api('PUT', `/v1/lists/${inner.id}`, {
      name: 'Leads',
      filter: { type: 'list', op: 'in', listId: outer.id },
    });
    expect([circle.status, circle.body.errors.map(({ code }: { code: string }) => code)]).toEqual([
      400,
      expect.arrayContaining(['LIST_CYCLE']),
    ]);
    const used = await world.api('DELETE', `/v1/lists/${inner.id}`);
    expect([used.status, used.body.code]).toEqual([409, 'IN_USE']);
    expect((await world.api('DELETE', `/v1/lists/${outer.id}`)).status).toBe(204);
    expect((await world.api('DELETE', `/v1/lists/${inner.id}`)).status).toBe(204);
    expect(await done(world.api('GET', '/v1/lists'))).toEqual({ items: [] });
  });

  it('that nobody has saved is a problem of the workflow that uses it', async () => {
    const world = localWorld();
    const studio = await business(world);
    const filter = { type: 'list', op: 'in', listId: `lst_${'0'.repeat(26)}` };
    await expect(publish(world, studio, { steps: [send('hi', 'Hi')], trigger: { filter } })).rejects.toThrow(
      /UNKNOWN_LIST/,
    );
  });
});
