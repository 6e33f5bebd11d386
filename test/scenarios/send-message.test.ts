import { describe, expect, it } from 'vitest';
import { business, done, newContact, publishTemplate, timeline } from '../support/business.ts';
import { runsOf, staged, told } from '../support/template-story.ts';
import { localWorld } from '../support/world.ts';

const NEWS = 'Sample Studio: Hi Guest, we have news for you. Reply STOP to opt out.';
const fromAustin = { trigger: { filter: { type: 'location', field: 'city', op: 'is', value: 'Austin' } } };
const ada = { firstName: 'Guest', address: { city: 'Austin' } };

describe('send a message', () => {
  it('goes to whom the filter of the user finds, and tags them', async () => {
    const stage = await staged('send-message', fromAustin);
    const contact = await newContact(stage.world, ada);
    expect(await told(stage, contact)).toEqual({
      texts: [NEWS],
      parts: 1,
      tags: ['sent-message'],
      fields: {},
      branches: [],
      run: 'COMPLETED',
    });
    const [run = ''] = await runsOf(stage.world, stage.workflow, contact);
    expect(await timeline(stage.world, run)).toEqual(['ENROLLED', 'SENT', 'TAG_ADDED', 'ENDED']);
  });

  it('goes to nobody else', async () => {
    const stage = await staged('send-message', fromAustin);
    const contact = await newContact(stage.world, { ...ada, address: { city: 'Boston' } });
    expect(await told(stage, contact)).toEqual({
      texts: [],
      parts: 0,
      tags: [],
      fields: {},
      branches: [],
      run: 'NEVER_ENROLLED',
    });
  });

  it('goes to everyone there already, on publishing, if told to', async () => {
    const world = localWorld();
    const studio = await business(world);
    const contacts = [
      await newContact(world, ada),
      await newContact(world, ada),
      await newContact(world, { ...ada, address: {} }),
    ];
    await publishTemplate(world, studio, 'send-message', { ...fromAustin, enrollExisting: true });
    expect(await Promise.all(contacts.map(({ phone }) => world.texts(phone)))).toEqual([[NEWS], [NEWS], []]);
  });

  it('is refused while it does not say to whom, with the place that says so', async () => {
    const world = localWorld();
    const { inboxId } = await business(world);
    await newContact(world, ada);
    const { id, steps, problems, texts } = await done(
      world.api('POST', '/v1/workflows', { name: 'News', template: 'send-message' }),
    );
    const emptyTrigger = {
      code: 'EMPTY_TRIGGER',
      path: 'trigger.filter',
      detail: 'says nothing of who is enrolled',
      hint: 'Give it a condition, or set manualOnly to enrol by hand only.',
    };
    expect(problems).toEqual([emptyTrigger, expect.objectContaining({ code: 'NO_INBOX', path: 'inboxId' })]);
    expect(texts).toEqual([{ step: 'message', encoding: 'GSM-7', units: expect.any(Number), parts: 1 }]);
    await done(world.api('PUT', `/v1/workflows/${id}`, { name: 'News', inboxId, steps }));
    const refused = await world.api('POST', `/v1/workflows/${id}/publish`, { enrollExisting: true });
    expect([refused.status, refused.body.code, refused.body.errors]).toEqual([422, 'WORKFLOW_INVALID', [emptyTrigger]]);
    expect(await done(world.api('GET', `/v1/workflows/${id}`))).toMatchObject({ status: 'DRAFT', version: 0 });
  });
});
