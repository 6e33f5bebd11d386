import { describe, expect, it } from 'vitest';
import { business, done, enroll, newContact, publish, send, wait } from '../support/business.ts';
import { HOUR, localWorld, MINUTE } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;
const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
const steps = [send('hi', 'Hi'), wait('w')];

/** A draft for leads, and contacts of every fate. */
async function stage() {
  const world = localWorld();
  const studio = await business(world);
  const workflow = await publish(world, studio, { steps, trigger });
  const [fresh, other] = [await newContact(world), await newContact(world, { firstName: 'Other' })];
  const active = await newContact(world, { tags: ['lead'] });
  const left = await newContact(world);
  await enroll(world, workflow, left);
  await world.says(left.phone, 'thanks');
  const stopped = await newContact(world);
  await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'finish' }));
  for (const { id } of [fresh, left, stopped]) await done(world.api('PUT', `/v1/contacts/${id}/tags/lead`));
  await done(world.api('PATCH', `/v1/contacts/${stopped.id}`, { consent: { status: 'optedOut' } }));
  return { world, studio, workflow, fresh, other, active, left, stopped };
}

async function preview(world: World, workflow: string, body: object = {}) {
  const begun = await world.api('POST', `/v1/workflows/${workflow}/preview`, body);
  expect([begun.status, begun.headers['location']]).toEqual([202, `/v1/previews/${begun.body.id}`]);
  return done(world.api('GET', `/v1/previews/${begun.body.id}`));
}

describe('a preview', () => {
  it('counts who would enrol and who would not, and lists each with the reason', async () => {
    const { world, workflow, fresh, active, left, stopped } = await stage();
    const seen = await preview(world, workflow);
    expect(seen).toMatchObject({
      workflowId: workflow,
      status: 'DONE',
      contacts: 5,
      read: 5,
      audience: { matching: 4, optedOut: 1, alreadyIn: 1, goalReached: 0, reentryBlocked: 1, willEnrol: 1 },
    });
    const { items } = await done(world.api('GET', `/v1/previews/${seen.id}/contacts`));
    const outcomes = new Map(items.map((one: { contactId: string; outcome: string }) => [one.contactId, one.outcome]));
    expect(Object.fromEntries(outcomes)).toEqual({
      [fresh.id]: 'WILL_ENROL',
      [active.id]: 'ALREADY_ACTIVE',
      [left.id]: 'REENTRY_NOT_ALLOWED',
      [stopped.id]: 'OPTED_OUT',
    });
    const entering = await done(world.api('GET', `/v1/previews/${seen.id}/contacts?outcome=WILL_ENROL`));
    expect(entering).toEqual({
      items: [{ contactId: fresh.id, outcome: 'WILL_ENROL', contact: { phone: fresh.phone } }],
    });
  });

  it('goes by the rules of re-entry that are asked for', async () => {
    const { world, workflow } = await stage();
    const seen = await preview(world, workflow, { allowReentry: true });
    expect(seen.audience).toMatchObject({ reentryBlocked: 0, willEnrol: 2 });
    expect((await preview(world, workflow, { of: 'version' })).audience).toMatchObject({ willEnrol: 1 });
  });

  it('lists in pages that together are the whole, whatever their size', async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps, trigger });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    const expected: string[] = [];
    for (let n = 0; n < 23; n += 1) expected.push((await newContact(world, { tags: ['lead'] })).id);
    const { id } = await preview(world, workflow);
    for (const limit of [1, 4, 100]) {
      const found: string[] = [];
      let query = `?limit=${limit}`;
      for (;;) {
        const page = await done(world.api('GET', `/v1/previews/${id}/contacts${query}`));
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items.map(({ contactId }: { contactId: string }) => contactId));
        if (page.next === undefined) break;
        query = `?limit=${limit}&cursor=${encodeURIComponent(page.next)}`;
      }
      expect(found.toSorted()).toEqual(expected.toSorted());
      expect(new Set(found).size).toBe(found.length);
    }
    const { status, body } = await world.api('GET', `/v1/previews/${id}/contacts?cursor=nonsense`);
    expect([status, body.code]).toEqual([400, 'INVALID_CURSOR']);
  });

  it('shows no more of who was deleted than that they were there', async () => {
    const { world, workflow, fresh } = await stage();
    const { id } = await preview(world, workflow);
    await done(world.api('DELETE', `/v1/contacts/${fresh.id}`));
    const { items } = await done(world.api('GET', `/v1/previews/${id}/contacts?outcome=WILL_ENROL`));
    expect(items).toEqual([{ contactId: fresh.id, outcome: 'WILL_ENROL' }]);
  });

  it('may be stopped, and then stays as it is', async () => {
    const { world, workflow } = await stage();
    const { queue } = world.world.ports;
    Object.assign(queue, { send: async () => {} });
    const begun = await done(world.api('POST', `/v1/workflows/${workflow}/preview`));
    expect(begun).toMatchObject({ status: 'RUNNING', read: 0 });
    const stopped = await done(world.api('POST', `/v1/previews/${begun.id}/cancel`));
    expect(stopped.status).toBe('CANCELLED');
    expect(await done(world.api('POST', `/v1/previews/${begun.id}/cancel`))).toEqual(stopped);
  });

  it('counts each contact once, however often its pages are told', async () => {
    const { world, workflow } = await stage();
    const { queue } = world.world.ports;
    const { send: sendOnce } = queue;
    Object.assign(queue, {
      send: async (...job: Parameters<typeof sendOnce>) => {
        await sendOnce(...job);
        await sendOnce(...job);
      },
    });
    const seen = await preview(world, workflow);
    expect(seen).toMatchObject({ status: 'DONE', contacts: 5, read: 5, audience: { matching: 4 } });
  });

  it('is refused of a trigger that cannot be, and of what does not exist', async () => {
    const world = localWorld();
    const studio = await business(world);
    const byHand = await publish(world, studio, { steps });
    const refused = async (path: string, body: object = {}) => {
      const { status, body: problem } = await world.api('POST', path, body);
      return [status, problem.code, problem.errors?.[0]?.code, problem.errors?.[0]?.path];
    };
    expect(await refused(`/v1/workflows/${byHand}/preview`)).toEqual([
      422,
      'WORKFLOW_INVALID',
      'MANUAL_ONLY',
      'trigger.manualOnly',
    ]);
    expect(await refused(`/v1/workflows/wf_${'0'.repeat(26)}/preview`)).toEqual([
      404,
      'NOT_FOUND',
      undefined,
      undefined,
    ]);
    const { id } = await done(world.api('POST', '/v1/workflows', { name: 'New', template: 'nurture' }));
    expect(await refused(`/v1/workflows/${id}/preview`, { of: 'version' })).toEqual([
      409,
      'WORKFLOW_NEVER_PUBLISHED',
      undefined,
      undefined,
    ]);
    expect(await refused(`/v1/workflows/${id}/preview`, { of: 'all' })).toEqual([
      400,
      'INVALID_INPUT',
      expect.any(String),
      'of',
    ]);
    await done(
      world.api('PUT', `/v1/workflows/${id}`, {
        name: 'New',
        steps: [],
        trigger: { filter: { type: 'tag', op: 'any-of', tags: [] } },
      }),
    );
    expect(await refused(`/v1/workflows/${id}/preview`)).toEqual([
      422,
      'WORKFLOW_INVALID',
      'EMPTY_OPERAND',
      'trigger.filter.tags',
    ]);
    expect((await world.api('GET', `/v1/previews/pass_${'0'.repeat(26)}`)).status).toBe(404);
  });
});

describe('turning on what was previewed', () => {
  const publishing = (world: World, workflow: string, body: object) =>
    world.api('POST', `/v1/workflows/${workflow}/publish`, body);

  it('enrols as many as were seen', async () => {
    const { world, workflow, fresh } = await stage();
    const { id } = await preview(world, workflow);
    const { audience } = await done(publishing(world, workflow, { previewId: id, enrollExisting: true }));
    expect(audience).toMatchObject({ willEnrol: 1 });
    expect(await world.texts(fresh.phone)).toEqual(['Hi']);
  });

  it('is refused where more than a tenth has changed, unless forced', async () => {
    const { world, workflow } = await stage();
    for (let n = 0; n < 9; n += 1) await newContact(world, { tags: ['lead'] });
    const { id, audience } = await preview(world, workflow);
    expect(audience.willEnrol).toBe(10);
    await newContact(world, { tags: ['lead'] });
    const late = await newContact(world, { tags: ['lead'] });
    const { status, body } = await publishing(world, workflow, { previewId: id, enrollExisting: true });
    expect([status, body.code, body.errors[0].path]).toEqual([409, 'PREVIEW_DRIFTED', 'previewId']);
    expect(body.detail).toContain('10 contact(s)');
    expect(body.detail).toContain('12');
    expect((await done(world.api('GET', `/v1/workflows/${workflow}`))).status).toBe('OFF');
    await done(world.api('DELETE', `/v1/contacts/${late.id}`));
    const within = await publishing(world, workflow, { previewId: id });
    expect(within.status).toBe(200);
  });

  it('may be forced', async () => {
    const { world, workflow } = await stage();
    const { id } = await preview(world, workflow);
    const late = await newContact(world, { tags: ['lead'] });
    expect((await publishing(world, workflow, { previewId: id })).body.code).toBe('PREVIEW_DRIFTED');
    await done(publishing(world, workflow, { previewId: id, force: true, enrollExisting: true }));
    expect(await world.texts(late.phone)).toEqual(['Hi']);
  });

  it('is refused with a preview of something else', async () => {
    const { world, studio, workflow } = await stage();
    const { id } = await preview(world, workflow);
    const code = async (body: object, of = workflow) => (await publishing(world, of, body)).body.code;
    expect(await code({ previewId: id, allowReentry: true })).toBe('PREVIEW_STALE');
    const other = await publish(world, studio, { steps, trigger });
    await done(world.api('POST', `/v1/workflows/${other}/turn-off`, {}));
    expect(await code({ previewId: id }, other)).toBe('PREVIEW_STALE');
    const { name } = await done(world.api('GET', `/v1/workflows/${workflow}`));
    const edited = {
      name,
      inboxId: studio.inboxId,
      steps,
      trigger: { filter: { type: 'tag', op: 'has', tag: 'vip' } },
    };
    await done(world.api('PUT', `/v1/workflows/${workflow}`, edited));
    expect(await code({ previewId: id })).toBe('PREVIEW_STALE');
    expect(await code({ previewId: `pass_${'0'.repeat(26)}` })).toBe('PREVIEW_STALE');
    expect(await code({ previewId: 'yesterday' })).toBe('INVALID_INPUT');
  });

  it('binds turning on as it does publishing', async () => {
    const { world, workflow, fresh } = await stage();
    const { id } = await preview(world, workflow, { of: 'version' });
    const late = await newContact(world, { tags: ['lead'] });
    const on = (body: object) => world.api('POST', `/v1/workflows/${workflow}/turn-on`, body);
    expect((await on({ previewId: id, enrollExisting: true })).body.code).toBe('PREVIEW_DRIFTED');
    await done(world.api('DELETE', `/v1/contacts/${late.id}`));
    await done(on({ previewId: id, enrollExisting: true }));
    expect(await world.texts(fresh.phone)).toEqual(['Hi']);
  });

  it('waits for a preview that is not done', async () => {
    const { world, workflow } = await stage();
    const { queue } = world.world.ports;
    const { send: sendOn } = queue;
    Object.assign(queue, { send: async () => {} });
    const { id } = await done(world.api('POST', `/v1/workflows/${workflow}/preview`));
    Object.assign(queue, { send: sendOn });
    expect((await publishing(world, workflow, { previewId: id })).body.code).toBe('PREVIEW_NOT_DONE');
  });
});

describe('enrolling existing contacts', () => {
  const backfill = (world: World, workflow: string) => world.api('GET', `/v1/workflows/${workflow}/backfill`);

  /** A workflow that is off, and many leads that it has never met. */
  async function many(count: number) {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: [wait('w', { minutes: 1 }, { orReply: false })], trigger });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    for (let n = 0; n < count; n += 1)
      await done(world.api('POST', '/v1/contacts', { phone: `+1415555${n + 1000}`, tags: ['lead'] }));
    return { world, workflow };
  }
  const turnOn = (world: World, workflow: string) =>
    done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { enrollExisting: true }));
  const runs = async (world: World, workflow: string) =>
    (await done(world.api('GET', `/v1/workflows/${workflow}/enrollments?limit=100`))).items;

  it('tells how far it has come, and what became of whom', async () => {
    const { world, workflow, stopped } = await stage();
    expect((await backfill(world, workflow)).status).toBe(404);
    await turnOn(world, workflow);
    expect(await done(backfill(world, workflow))).toMatchObject({
      workflowId: workflow,
      status: 'DONE',
      contacts: 5,
      read: 5,
      audience: { matching: 4, willEnrol: 1, optedOut: 1, alreadyIn: 1, goalReached: 0, reentryBlocked: 1 },
      endedAt: expect.any(String),
    });
    expect(await world.texts(stopped.phone)).toEqual([]);
  });

  it('keeps to its pace, foresees its end, and stops where it is when it is told to', async () => {
    const { world, workflow } = await many(80);
    const { queue } = world.world.ports;
    const { send: sendOn } = queue;
    const held: Parameters<typeof sendOn>[] = [];
    Object.assign(queue, { send: async (...job: Parameters<typeof sendOn>) => void held.push(job) });
    await turnOn(world, workflow);
    const [first, second] = held;
    if (!first || !second) throw new Error('nothing was queued');
    await world.pass(1000);
    Object.assign(queue, { send: sendOn });
    await sendOn(...first);
    await world.pass(0);
    const running = await done(backfill(world, workflow));
    expect(running).toMatchObject({ status: 'RUNNING', contacts: 80, audience: { willEnrol: running.read } });
    expect(running.read).toBeGreaterThan(0);
    expect(Date.parse(running.estimatedEndAt)).toBeGreaterThan(world.now());
    const stopped = await done(world.api('POST', `/v1/workflows/${workflow}/backfill/cancel`));
    expect(stopped.status).toBe('CANCELLED');
    await sendOn(...second);
    await world.pass(HOUR);
    expect((await done(backfill(world, workflow))).read).toBe(running.read);
    expect(await runs(world, workflow)).toHaveLength(running.read);
  });

  it('stops when its workflow is turned off', async () => {
    const { world, workflow } = await many(40);
    const { queue } = world.world.ports;
    const { send: sendOn } = queue;
    const held: Parameters<typeof sendOn>[] = [];
    Object.assign(queue, { send: async (...job: Parameters<typeof sendOn>) => void held.push(job) });
    await turnOn(world, workflow);
    Object.assign(queue, { send: sendOn });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    for (const job of held) await sendOn(...job);
    await world.pass(HOUR);
    expect(await done(backfill(world, workflow))).toMatchObject({ status: 'STOPPED', read: 0 });
    expect(await runs(world, workflow)).toEqual([]);
  });

  it('goes on where it was though it dies after some of its pages', async () => {
    const { world, workflow } = await many(0);
    // Three pages and more in every shard; nobody of them is a lead.
    const rows = Array.from({ length: 2600 }, (_, n) => JSON.stringify({ phone: `+1415${2_000_000 + n}` }));
    await done(world.api('POST', '/v1/contacts/import', { format: 'ndjson', content: rows.join('\n') }));
    await world.pass(MINUTE);
    const { table } = world.world.ports;
    const { write } = table;
    let notes = 0;
    Object.assign(table, {
      write: async (writes: Parameters<typeof write>[0]) => {
        if (writes.some((one) => 'put' in one && one.put.type === 'pass-shard' && one.rev > 0)) notes += 1;
        if (notes === 3) {
          notes += 1;
          throw new Error('died');
        }
        return write(writes);
      },
    });
    await turnOn(world, workflow);
    await world.pass(HOUR);
    expect(await done(backfill(world, workflow))).toMatchObject({ status: 'DONE', read: 2600 });
  });

  it('enters each once though it dies after entering and before noting it', async () => {
    const { world, workflow } = await many(30);
    const { table } = world.world.ports;
    const { write } = table;
    let deaths = 5;
    Object.assign(table, {
      write: async (writes: Parameters<typeof write>[0]) => {
        const notes = writes.some((one) => 'put' in one && one.put.type === 'pass-shard' && one.rev > 0);
        if (notes && deaths > 0) {
          deaths -= 1;
          throw new Error('died');
        }
        return write(writes);
      },
    });
    await turnOn(world, workflow);
    await world.pass(HOUR);
    expect(await done(backfill(world, workflow))).toMatchObject({
      status: 'DONE',
      read: 30,
      audience: { willEnrol: 30, matching: 30 },
    });
    expect(new Set((await runs(world, workflow)).map(({ contactId }: { contactId: string }) => contactId)).size).toBe(
      30,
    );
    expect(await runs(world, workflow)).toHaveLength(30);
    expect(deaths).toBe(0);
  });
});
