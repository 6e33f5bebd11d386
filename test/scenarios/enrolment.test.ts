import { describe, expect, it } from 'vitest';
import { addTag, business, done, enroll, newContact, publish, removeTag, runOf, send, timeline, wait } from '../support/business.ts';
import { runsOf } from '../support/template-story.ts';
import { DAY, HOUR, localWorld, type ScenarioWorld } from '../support/world.ts';

const twoTexts = [send('first', 'One'), wait('a-day'), send('second', 'Two')];
const oneText = [send('hi', 'Hi')];
const tagged = { filter: { type: 'tag', op: 'has', tag: 'lead' } };

async function studioWith(workflow: Parameters<typeof publish>[2]) {
  const world = localWorld();
  const studio = await business(world);
  return { world, studio, workflow: await publish(world, studio, workflow) };
}
const requireOptIn = async (world: ScenarioWorld) => {
  const settings = await done(world.api('GET', '/v1/settings'));
  await done(world.api('PUT', '/v1/settings', { ...settings, requireOptIn: true }));
};
const turnOn = async (world: ScenarioWorld, contact: { id: string }, tag: string) => {
  await done(world.api('DELETE', `/v1/contacts/${contact.id}/tags/${tag}`));
  await done(world.api('PUT', `/v1/contacts/${contact.id}/tags/${tag}`));
};

describe('where opting in is required', () => {
  it('nobody enters who has not, and whoever has does', async () => {
    const { world, workflow } = await studioWith({ steps: oneText, trigger: tagged });
    await requireOptIn(world);
    const unknown = await newContact(world, { tags: ['lead'] });
    const optedIn = await newContact(world, { tags: ['lead'], consent: { status: 'optedIn', source: 'web_form' } });
    expect(await world.texts(unknown.phone)).toEqual([]);
    expect(await world.texts(optedIn.phone)).toEqual(['Hi']);
    for (const applyFilters of [true, false]) expect(await enroll(world, workflow, unknown, { applyFilters })).toBe('NO_OPT_IN');
    await done(world.api('PATCH', `/v1/contacts/${unknown.id}`, { consent: { status: 'optedIn' } }));
    expect(await enroll(world, workflow, unknown)).toMatch(/^run_/);
    expect(await world.texts(unknown.phone)).toEqual(['Hi']);
  });

  it('who is in already gets no text, for that reason, and goes on', async () => {
    const { world, workflow } = await studioWith({ steps: twoTexts });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await requireOptIn(world);
    await world.says(contact.phone, 'hello');
    expect(await world.texts(contact.phone)).toEqual(['One']);
    const { timeline: entries, reason } = await runOf(world, run);
    const [skipped] = entries.filter(({ code }: { code: string }) => code === 'SEND_SKIPPED');
    expect([skipped, reason]).toEqual([
      { at: new Date(world.now()).toISOString(), code: 'SEND_SKIPPED', step: 'second', detail: 'NO_OPT_IN' },
      'COMPLETED',
    ]);
  });

  it('no text may be sent by hand either', async () => {
    const { world, studio } = await studioWith({ steps: oneText });
    const contact = await newContact(world);
    await requireOptIn(world);
    const { status, body } = await world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'Hi' });
    expect([status, body.code, body.errors]).toEqual([
      409,
      'NOT_SENDABLE',
      [{ code: 'NO_OPT_IN', path: 'contactId', detail: 'has not opted in' }],
    ]);
    expect(await world.texts(contact.phone)).toEqual([]);
  });
});

describe('entering again', () => {
  it('is not possible before the interval is over, counted from the last entry', async () => {
    const { world, workflow } = await studioWith({
      steps: oneText,
      trigger: tagged,
      allowReentry: true,
      minInterval: { days: 7 },
    });
    const lead = await newContact(world, { tags: ['lead'] });
    await world.pass(7 * DAY - HOUR);
    await turnOn(world, lead, 'lead');
    expect(await enroll(world, workflow, lead)).toBe('REENTRY_TOO_SOON');
    expect(await world.texts(lead.phone)).toEqual(['Hi']);
    await world.pass(HOUR);
    await turnOn(world, lead, 'lead');
    expect(await world.texts(lead.phone)).toEqual(['Hi', 'Hi']);
    expect(await enroll(world, workflow, lead)).toBe('REENTRY_TOO_SOON');
  });

  it('is possible as often as allowed, and tests do not count', async () => {
    const { world, workflow } = await studioWith({ steps: oneText, allowReentry: true, maxEntries: 2 });
    const contact = await newContact(world);
    const entered: number[] = [];
    for (const test of [true, false, true, false, true]) {
      entered.push((await runOf(world, await enroll(world, workflow, contact, { test }))).entry);
    }
    expect(await enroll(world, workflow, contact)).toBe('REENTRY_LIMIT');
    expect(await world.texts(contact.phone)).toHaveLength(5);
    expect(entered).toEqual([0, 1, 1, 2, 2]);
    expect(await runsOf(world, workflow, contact)).toHaveLength(5);
  });

  it('is not possible while still in, though it turned true once more', async () => {
    const { world, workflow } = await studioWith({ steps: twoTexts, trigger: tagged, allowReentry: true });
    const lead = await newContact(world, { tags: ['lead'] });
    await turnOn(world, lead, 'lead');
    expect(await enroll(world, workflow, lead, { test: true })).toBe('ALREADY_ACTIVE');
    expect(await world.texts(lead.phone)).toEqual(['One']);
  });

  it('is what another workflow may cause, and the workflow itself may not', async () => {
    const { world, studio } = await studioWith({
      steps: [send('hi', 'Hi'), removeTag('off', 'lead'), addTag('on', 'lead')],
      trigger: tagged,
      allowReentry: true,
    });
    const other = await publish(world, studio, { steps: [removeTag('off', 'lead'), wait('a-day'), addTag('on', 'lead')] });
    const lead = await newContact(world, { tags: ['lead'] });
    await enroll(world, other, lead);
    expect(await world.texts(lead.phone)).toEqual(['Hi']);
    await world.pass(2 * DAY);
    expect(await world.texts(lead.phone)).toEqual(['Hi', 'Hi']);
  });
});

describe('a text sent by hand', () => {
  it('is told with its status, and is the last message sent', async () => {
    const { world, studio } = await studioWith({
      steps: oneText,
      trigger: { filter: { all: [tagged.filter, { type: 'activity', activity: 'lastMessageSent', op: 'is-unknown' }] } },
    });
    const [texted, untexted] = [await newContact(world), await newContact(world)];
    const given = { contactId: texted.id, inboxId: studio.inboxId, text: 'Your {{order}} is ready' };
    const { status, body, headers } = await world.api('POST', '/v1/messages', given);
    const at = new Date(world.now()).toISOString();
    expect([status, headers['location'], body]).toEqual([
      201,
      `/v1/messages/${body.id}`,
      {
        ...given,
        id: body.id,
        at,
        direction: 'outbound',
        origin: { type: 'manual' },
        status: 'ACCEPTED',
        statusAt: at,
        providerId: expect.any(String),
      },
    ]);
    expect(await done(world.api('GET', `/v1/messages/${body.id}`))).toEqual(body);
    expect((await done(world.api('GET', `/v1/contacts/${texted.id}`))).activity).toEqual({ lastMessageSentAt: at, lastContactedAt: at });
    for (const { id } of [texted, untexted]) await done(world.api('PUT', `/v1/contacts/${id}/tags/lead`));
    expect(await world.texts(texted.phone)).toEqual(['Your {{order}} is ready']);
    expect(await world.texts(untexted.phone)).toEqual(['Hi']);
  });

  it('may start a workflow of its own accord', async () => {
    const { world, studio } = await studioWith({
      steps: [wait('a-day', { days: 1 }, { orReply: false }), send('follow-up', 'All well?')],
      trigger: { filter: { type: 'activity', activity: 'lastMessageSent', op: 'is-known' } },
    });
    const contact = await newContact(world);
    await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'Hello' }));
    await world.pass(DAY + HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Hello', 'All well?']);
  });

  it('leaves a run that waits as it is: the answer is still its own', async () => {
    const { world, studio, workflow } = await studioWith({ steps: twoTexts });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'By hand' }));
    await world.says(contact.phone, 'ok');
    expect(await world.texts(contact.phone)).toEqual(['One', 'By hand', 'Two']);
    expect(await timeline(world, run)).toContain('REPLIED');
  });

  it('does not go to who has opted out', async () => {
    const { world, studio } = await studioWith({ steps: oneText });
    const contact = await newContact(world, { consent: { status: 'optedOut' } });
    const { status, body } = await world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'Hi' });
    expect([status, body.code, body.errors]).toEqual([
      409,
      'NOT_SENDABLE',
      [{ code: 'OPTED_OUT', path: 'contactId', detail: 'has opted out' }],
    ]);
    expect(await world.texts(contact.phone)).toEqual([]);
  });
});

describe('taking a contact out of a workflow', () => {
  it('ends its run, whose timeline says so, and no other', async () => {
    const { world, studio, workflow } = await studioWith({ steps: twoTexts, allowReentry: true });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const other = await enroll(world, await publish(world, studio, { steps: [wait('a-day'), send('else', 'Else')] }), contact);
    const ended = await done(world.api('POST', `/v1/runs/${run}/exit`));
    expect(ended).toMatchObject({ id: run, status: 'ENDED', reason: 'EXITED_MANUALLY', endedAt: new Date(world.now()).toISOString() });
    expect(ended).not.toHaveProperty('waiting');
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Else']);
    expect(await timeline(world, run)).toEqual(['ENROLLED', 'SENT', 'WAITING', 'ENDED']);
    expect(await runOf(world, other)).toMatchObject({ reason: 'COMPLETED' });
    expect(await enroll(world, workflow, contact)).toMatch(/^run_/);
    expect(world.faults).toEqual([]);
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
    for (const [method, path] of [['GET', `/v1/runs/${nobody}`], ['POST', `/v1/runs/${nobody}/exit`]] as const) {
      const { status, body } = await world.api(method, path);
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});

describe('erasing a contact', () => {
  it('ends its runs and erases what was said', async () => {
    const { world, studio, workflow } = await studioWith({ steps: twoTexts });
    const contact = await newContact(world, { firstName: 'Ada', tags: ['vip'] });
    const stays = await newContact(world);
    const run = await enroll(world, workflow, contact);
    const other = await enroll(world, workflow, stays);
    const byHand = await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'By hand' }));
    expect((await world.api('DELETE', `/v1/contacts/${contact.id}`)).status).toBe(204);

    for (const path of ['', '/messages', '/timeline']) {
      expect((await world.api('GET', `/v1/contacts/${contact.id}${path}`)).status).toBe(404);
    }
    expect((await world.api('GET', `/v1/messages/${byHand.id}`)).status).toBe(404);
    const ended = await runOf(world, run);
    expect(ended).toMatchObject({ status: 'ENDED', reason: 'CONTACT_DELETED' });
    expect(JSON.stringify(ended)).not.toMatch(/Ada|vip|\+1202/);
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One', 'By hand']);
    expect(await runOf(world, other)).toMatchObject({ reason: 'COMPLETED' });
    expect(world.faults).toEqual([]);
  });

  it('frees its number: whoever writes from it is somebody new', async () => {
    const { world, workflow } = await studioWith({ steps: twoTexts });
    const contact = await newContact(world, { firstName: 'Ada' });
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
