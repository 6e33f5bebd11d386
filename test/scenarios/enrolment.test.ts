import { describe, expect, it, test } from 'vitest';
import {
  addTag,
  business,
  done,
  enroll,
  newContact,
  publish,
  removeTag,
  runOf,
  send,
  timeline,
  wait,
} from '../support/business.ts';
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
const retag = async (world: ScenarioWorld, contact: { id: string }, tag: string) => {
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
    for (const applyFilters of [true, false])
      expect(await enroll(world, workflow, unknown, { applyFilters })).toBe('NO_OPT_IN');
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
    const { status, body } = await world.api('POST', '/v1/messages', {
      contactId: contact.id,
      inboxId: studio.inboxId,
      text: 'Hi',
    });
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
    await retag(world, lead, 'lead');
    expect(await enroll(world, workflow, lead)).toBe('REENTRY_TOO_SOON');
    expect(await world.texts(lead.phone)).toEqual(['Hi']);
    await world.pass(HOUR);
    await retag(world, lead, 'lead');
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
    await retag(world, lead, 'lead');
    expect(await enroll(world, workflow, lead, { test: true })).toBe('ALREADY_ACTIVE');
    expect(await world.texts(lead.phone)).toEqual(['One']);
  });

  test.each([
    [true, ['Hi', 'Hi']],
    [false, ['Hi']],
  ])(
    'comes with turning on, if existing contacts are to enrol and re-entry is allowed: %s',
    async (allowReentry, texts) => {
      const { world, workflow } = await studioWith({ steps: oneText, trigger: tagged, allowReentry });
      const lead = await newContact(world, { tags: ['lead'] });
      const turn = (how: string, body: object) =>
        done(world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body));
      await turn('off', {});
      const late = await newContact(world, { tags: ['lead'] });
      await turn('on', {});
      expect([await world.texts(lead.phone), await world.texts(late.phone)]).toEqual([['Hi'], []]);
      await turn('off', {});
      await turn('on', { enrollExisting: true });
      expect([await world.texts(lead.phone), await world.texts(late.phone)]).toEqual([texts, ['Hi']]);
    },
  );

  it('is open to who was left out on publishing, by leaving and matching again', async () => {
    const world = localWorld();
    const studio = await business(world);
    const lead = await newContact(world, { tags: ['lead'] });
    await publish(world, studio, { steps: oneText, trigger: tagged });
    expect(await world.texts(lead.phone)).toEqual([]);
    await retag(world, lead, 'lead');
    expect(await world.texts(lead.phone)).toEqual(['Hi']);
  });

  it('is what another workflow may cause, and the workflow itself may not', async () => {
    const { world, studio } = await studioWith({
      steps: [send('hi', 'Hi'), removeTag('off', 'lead'), addTag('on', 'lead')],
      trigger: tagged,
      allowReentry: true,
    });
    const other = await publish(world, studio, {
      steps: [removeTag('off', 'lead'), wait('a-day'), addTag('on', 'lead')],
    });
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
      trigger: {
        filter: { all: [tagged.filter, { type: 'activity', activity: 'lastMessageSent', op: 'is-unknown' }] },
      },
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
    expect(await done(world.api('GET', `/v1/messages/${body.id}`))).toEqual({ ...body, status: 'DELIVERED' });
    expect((await done(world.api('GET', `/v1/contacts/${texted.id}`))).activity).toEqual({
      lastMessageSentAt: at,
      lastContactedAt: at,
    });
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

  const textedToday = { filter: { type: 'activity', activity: 'lastMessageSent', op: 'within-days', days: 1 } };
  const laterOn = [wait('an-hour', { hours: 1 }), addTag('tag', 'texted')];

  it('starts one also where the last that happened to the contact was an answer that a run took', async () => {
    const { world, studio, workflow } = await studioWith({ steps: twoTexts.slice(0, 2) });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await world.says(contact.phone, 'yes');
    await world.pass(3 * DAY);
    const other = await publish(world, studio, { steps: laterOn, trigger: textedToday });
    await done(world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: studio.inboxId, text: 'Hello' }));
    expect(await runsOf(world, other, contact)).toHaveLength(1);
  });

  it('starts one again also where the last that happened to the contact was a step of that workflow', async () => {
    const { world, studio, workflow } = await studioWith({ steps: laterOn, trigger: textedToday, allowReentry: true });
    const contact = await newContact(world);
    const given = { contactId: contact.id, inboxId: studio.inboxId, text: 'Hello' };
    for (const entries of [1, 2]) {
      await done(world.api('POST', '/v1/messages', given));
      await world.pass(3 * DAY);
      expect(await runsOf(world, workflow, contact)).toHaveLength(entries);
    }
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
    const { status, body } = await world.api('POST', '/v1/messages', {
      contactId: contact.id,
      inboxId: studio.inboxId,
      text: 'Hi',
    });
    expect([status, body.code, body.errors]).toEqual([
      409,
      'NOT_SENDABLE',
      [{ code: 'OPTED_OUT', path: 'contactId', detail: 'has opted out' }],
    ]);
    expect(await world.texts(contact.phone)).toEqual([]);
  });
});
