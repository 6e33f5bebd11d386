import { describe, expect, it } from 'vitest';
import { ContactId } from '../../shared/domain/id.ts';
import type { Job } from '../../shared/domain/job.ts';
import { keys } from '../../shared/store/keys.ts';
import { followChange } from '../../shared/usecases/follow-change.ts';
import { done, newContact, publish, send } from '../support/business.ts';
import { died, interfere, putOf, runsOf, studio, tagged, turn, type World } from '../support/interference.ts';
import { HOUR, MINUTE } from '../support/world.ts';

describe('enrolling', () => {
  /** Every job that was queued, to be told again. */
  function jobsOf({ world: { ports } }: World): { readonly again: () => Promise<void> } {
    const told: Job[] = [];
    const { send: queue } = ports.queue;
    Object.assign(ports.queue, {
      send: (job: Job) => {
        told.push(job);
        return queue(job);
      },
    });
    return {
      again: async () => {
        for (const job of told.splice(0)) await queue(job);
      },
    };
  }

  it('of existing contacts happens once, however often it is told', async () => {
    const { world, studio: own } = await studio();
    const contact = await newContact(world, { tags: ['lead'] });
    const jobs = jobsOf(world);
    await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged, enrollExisting: true, allowReentry: true });
    await world.pass(MINUTE);
    await jobs.again();
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
  });

  it('of existing contacts ends with the turn that asked for it', async () => {
    const { world, studio: own } = await studio();
    const jobs = jobsOf(world);
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged, enrollExisting: true });
    await turn(world, workflow, 'off', {});
    const contact = await newContact(world, { tags: ['lead'] });
    await turn(world, workflow, 'on', {});
    await jobs.again();
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual([]);
  });

  it('by a change happens once, however often and late the change is told', async () => {
    const { world, studio: own } = await studio();
    const { id } = await newContact(world);
    const contact = { id: ContactId.parse(id) };
    await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged, allowReentry: true });
    const { table } = world.world.ports;
    const before = await table.get(keys.contact(contact.id));
    await done(world.api('PUT', `/v1/contacts/${id}/tags/lead`));
    const entered = await runsOf(world, contact);
    const latest = await table.get(keys.contact(contact.id));
    if (!before || !latest) throw new Error('the contact is gone');
    await followChange(world.world.ports)({
      id: 'again',
      at: world.now(),
      before,
      after: { ...latest, rev: before.rev + 1 },
    });
    expect(entered).toHaveLength(1);
    expect((await runsOf(world, contact)).map((run) => run.id)).toEqual(entered.map((run) => run.id));
  });

  it('by hand happens once for a request that is repeated', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: [send('hi', 'Hi')] });
    const contact = await newContact(world);
    const request = () =>
      world.api(
        'POST',
        `/v1/workflows/${workflow}/enrollments`,
        { contactIds: [contact.id], applyFilters: false, test: true },
        { 'idempotency-key': 'once' },
      );
    interfere(
      world,
      'before',
      (writes) => putOf(writes, 'request').some(({ data }) => data['answer'] !== undefined),
      died,
    );
    const first = await request();
    await world.pass(2 * MINUTE);
    const second = await request();
    expect(second.body).toEqual(first.body);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
  });
});

describe('a change that cannot be followed', () => {
  it('does not hold up the others for ever', async () => {
    const { world, studio: own } = await studio();
    await publish(world, own, { steps: [send('hi', 'Hi')], trigger: tagged });
    await world.world.ports.table.write([
      { put: { pk: 'C#poison', sk: 'CONTACT', type: 'contact', data: {} }, rev: 0 },
    ]);
    const contact = await newContact(world, { tags: ['lead'] });
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
  });
});
