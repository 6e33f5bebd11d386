import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../local/database.ts';
import { RunId } from '../../shared/domain/id.ts';
import { exitRun } from '../../shared/usecases/exit-run.ts';
import {
  addTag,
  business,
  done,
  enroll,
  newContact,
  publish,
  runOf,
  send,
  timeline,
  wait,
} from '../support/business.ts';
import { runsOf } from '../support/template-story.ts';
import { DAY, HOUR, localWorld } from '../support/world.ts';

const twoTexts = [send('first', 'One'), wait('a-day'), send('second', 'Two')];

async function studioWith(workflow: Parameters<typeof publish>[2]) {
  const world = localWorld();
  const studio = await business(world);
  return { world, studio, workflow: await publish(world, studio, workflow) };
}

describe('taking a contact out of a workflow', () => {
  it('ends its run, whose timeline says so, and no other', async () => {
    const { world, studio, workflow } = await studioWith({ steps: twoTexts, allowReentry: true });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const other = await enroll(
      world,
      await publish(world, studio, { steps: [wait('a-day'), send('else', 'Else')] }),
      contact,
    );
    const ended = await done(world.api('POST', `/v1/runs/${run}/exit`));
    expect(ended).toMatchObject({
      id: run,
      status: 'ENDED',
      reason: 'EXITED_MANUALLY',
      endedAt: new Date(world.now()).toISOString(),
    });
    expect(ended).not.toHaveProperty('waiting');
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Else']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'ENDED']);
    expect(await runOf(world, other)).toMatchObject({ reason: 'COMPLETED' });
    expect(await enroll(world, workflow, contact)).toMatch(/^run_/);
    expect(world.faults).toEqual([]);
  });

  it('while its text is under way does not hide from other workflows that it was texted', async () => {
    let meanwhile = async () => {};
    const world = localWorld({
      carrier: (phones) => ({
        ...phones,
        send: async (text) => {
          if (text.body === 'Two') await meanwhile();
          return phones.send(text);
        },
      }),
    });
    const studio = await business(world);
    const contact = await newContact(world);
    const run = await enroll(world, await publish(world, studio, { steps: twoTexts }), contact);
    await world.pass(DAY - HOUR);
    const texted = {
      type: 'activity',
      activity: 'lastMessageSent',
      op: 'after',
      value: new Date(world.now()).toISOString(),
    };
    const other = await publish(world, studio, { steps: [addTag('tag', 'texted')], trigger: { filter: texted } });
    meanwhile = async () => {
      await exitRun(world.world.ports)(RunId.parse(run));
    };
    await world.says(contact.phone, 'go on');
    expect(await runOf(world, run)).toMatchObject({ reason: 'EXITED_MANUALLY' });
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
    expect(await runsOf(world, other, contact)).toHaveLength(1);
  });

  it('is done once: the second time it is refused', async () => {
    const { world, workflow } = await studioWith({ steps: twoTexts });
    const run = await enroll(world, workflow, await newContact(world));
    await done(world.api('POST', `/v1/runs/${run}/exit`));
    const before = await runOf(world, run);
    const { status, body } = await world.api('POST', `/v1/runs/${run}/exit`);
    expect([status, body.code]).toEqual([409, 'RUN_ENDED']);
    expect(await runOf(world, run)).toEqual(before);
  });

  it('also works while the workflow is off', async () => {
    const { world, workflow } = await studioWith({ steps: twoTexts });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    await world.says(contact.phone, 'hello');
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    await done(world.api('POST', `/v1/runs/${run}/exit`));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, {}));
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'EXITED_MANUALLY' });
    expect(await world.texts(contact.phone)).toEqual(['One']);
  });

  it('needs a run', async () => {
    const { world } = await studioWith({ steps: twoTexts });
    const nobody = `run_${'0'.repeat(52)}`;
    for (const [method, path] of [
      ['GET', `/v1/runs/${nobody}`],
      ['POST', `/v1/runs/${nobody}/exit`],
    ] as const) {
      const { status, body } = await world.api(method, path);
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});

describe('erasing a contact', () => {
  it('ends its runs and erases what was said', async () => {
    const database = openDatabase(':memory:');
    const world = localWorld({ database });
    const studio = await business(world);
    const workflow = await publish(world, studio, { steps: twoTexts, allowReentry: true });
    const contact = await newContact(world, { firstName: 'Guest', tags: ['vip'] });
    const stays = await newContact(world);
    await enroll(world, workflow, contact);
    await world.says(contact.phone, 'Guest here');
    const run = await enroll(world, workflow, contact);
    const other = await enroll(world, workflow, stays);
    const byHand = await done(
      world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'By hand' }),
    );
    expect((await world.api('DELETE', `/v1/contacts/${contact.id}`)).status).toBe(204);

    for (const path of ['', '/messages', '/timeline']) {
      expect((await world.api('GET', `/v1/contacts/${contact.id}${path}`)).status).toBe(404);
    }
    expect((await world.api('GET', `/v1/messages/${byHand.id}`)).status).toBe(404);
    const ended = await runOf(world, run);
    expect(ended).toMatchObject({ status: 'ENDED', reason: 'CONTACT_DELETED' });
    expect(JSON.stringify(ended)).not.toMatch(/Guest|vip|\+1202/);
    const items = database
      .prepare('SELECT body FROM items')
      .all()
      .map(({ body }) => String(body));
    expect(items.filter((body) => body.includes(contact.phone) || body.includes('Guest'))).toEqual([]);
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two', 'One', 'By hand']);
    expect(await runOf(world, other)).toMatchObject({ reason: 'COMPLETED' });
    expect(world.faults).toEqual([]);
  });

  it('frees its number: whoever writes from it is somebody new', async () => {
    const { world, workflow } = await studioWith({ steps: twoTexts });
    const contact = await newContact(world, { firstName: 'Guest' });
    await enroll(world, workflow, contact);
    await done(world.api('DELETE', `/v1/contacts/${contact.id}`));
    await world.says(contact.phone, 'hello');
    const now = await done(world.api('PUT', `/v1/contacts/by-phone/${contact.phone}`, {}));
    expect(now).toMatchObject({ phone: contact.phone, optIn: { source: 'inbound_message' }, tags: [] });
    expect(now.id).not.toBe(contact.id);
    expect(now).not.toHaveProperty('firstName');
    expect(await world.texts(contact.phone)).toEqual(['One']);
    expect(await enroll(world, workflow, contact)).toBe('CONTACT_NOT_FOUND');
  });
});
