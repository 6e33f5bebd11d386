import { describe, expect, it } from 'vitest';
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
  tagsOf,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

const threeTexts = [
  send('first', 'One'),
  wait('a-day'),
  send('second', 'Two'),
  wait('another'),
  send('third', 'Three'),
];
const tagged = { filter: { type: 'tag', op: 'has', tag: 'lead' } };

async function studioWith(workflow: Parameters<typeof publish>[2]) {
  const world = localWorld();
  const studio = await business(world);
  return { world, studio, workflow: await publish(world, studio, workflow) };
}
const turn = (world: ReturnType<typeof localWorld>, workflow: string, how: string, body: object) =>
  world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body);

describe('a trigger', () => {
  it('enrols a contact whose change turns it true, and no other', async () => {
    const { world } = await studioWith({ steps: threeTexts, trigger: tagged });
    const lead = await newContact(world, { tags: ['lead'] });
    const other = await newContact(world);
    expect(await world.texts(lead.phone)).toEqual(['One']);
    expect(await world.texts(other.phone)).toEqual([]);
    await done(world.api('PUT', `/v1/contacts/${other.id}/tags/Lead`));
    expect(await world.texts(other.phone)).toEqual(['One']);
  });

  it('does not enrol again while it stays true, nor when its own steps turn it', async () => {
    const { world } = await studioWith({
      steps: [removeTag('off', 'lead'), addTag('on', 'lead'), send('hi', 'Hi')],
      trigger: tagged,
      allowReentry: true,
    });
    const lead = await newContact(world, { tags: ['lead'] });
    await done(world.api('PATCH', `/v1/contacts/${lead.id}`, { firstName: 'Lead' }));
    await world.pass(DAY);
    expect(await world.texts(lead.phone)).toEqual(['Hi']);
  });

  it('enrols again, if that is allowed, when it turned false and true', async () => {
    const { world } = await studioWith({ steps: [send('hi', 'Hi')], trigger: tagged, allowReentry: true });
    const lead = await newContact(world, { tags: ['lead'] });
    await done(world.api('DELETE', `/v1/contacts/${lead.id}/tags/lead`));
    await done(world.api('PUT', `/v1/contacts/${lead.id}/tags/lead`));
    expect(await world.texts(lead.phone)).toEqual(['Hi', 'Hi']);
  });

  it('leaves existing contacts out on publishing, unless asked', async () => {
    const world = localWorld();
    const studio = await business(world);
    const lead = await newContact(world, { tags: ['lead'] });
    await publish(world, studio, { steps: [send('hi', 'Hi')], trigger: tagged });
    expect(await world.texts(lead.phone)).toEqual([]);
    await publish(world, studio, { steps: [send('hi', 'Hi all')], trigger: tagged, enrollExisting: true });
    expect(await world.texts(lead.phone)).toEqual(['Hi all']);
  });
});

describe('enrolling by hand', () => {
  it('gives an outcome per contact and never a second active run', async () => {
    const { world, workflow } = await studioWith({ steps: threeTexts, trigger: tagged });
    const lead = await newContact(world, { tags: ['lead'] });
    const other = await newContact(world);
    const nobody = `ct_${'0'.repeat(26)}`;
    const { outcomes } = await done(
      world.api('POST', `/v1/workflows/${workflow}/enrollments`, { contactIds: [lead.id, other.id, nobody] }),
    );
    expect(outcomes).toEqual([
      { contactId: lead.id, outcome: 'REFUSED', reason: 'ALREADY_ACTIVE' },
      { contactId: other.id, outcome: 'REFUSED', reason: 'NOT_MATCHING' },
      { contactId: nobody, outcome: 'REFUSED', reason: 'CONTACT_NOT_FOUND' },
    ]);
    expect(await enroll(world, workflow, other, { applyFilters: false })).toMatch(/^run_/);
    expect(await world.texts(other.phone)).toEqual(['One']);
  });

  it('needs the workflow to be on', async () => {
    const { world, workflow } = await studioWith({ steps: threeTexts });
    const contact = await newContact(world);
    await done(turn(world, workflow, 'off', {}));
    const { status, body } = await world.api('POST', `/v1/workflows/${workflow}/enrollments`, {
      contactIds: [contact.id],
    });
    expect([status, body.code]).toEqual([409, 'WORKFLOW_NOT_ON']);
  });
});

describe('turning off', () => {
  it('pauses: no text leaves, and turning on lets the parked runs go on', async () => {
    const { world, workflow } = await studioWith({ steps: threeTexts });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(turn(world, workflow, 'off', {}));
    await world.pass(DAY + 12 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['One']);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });

    const undecided = await turn(world, workflow, 'on', {});
    expect([undecided.status, undecided.body.code]).toEqual([409, 'PARKED_RUNS']);
    await done(turn(world, workflow, 'on', { parked: 'resume' }));
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
    await world.pass(DAY + MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two', 'Three']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
    expect(world.faults).toEqual([]);
  });

  it('keeps an answer that came while it was off', async () => {
    const { world, workflow } = await studioWith({ steps: threeTexts });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(turn(world, workflow, 'off', {}));
    await world.says(contact.phone, 'hello');
    expect(await world.texts(contact.phone)).toEqual(['One']);
    await done(turn(world, workflow, 'on', { parked: 'resume' }));
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
    expect(await timeline(world, run)).toEqual(expect.arrayContaining(['REPLIED', 'PARKED', 'RESUMED']));
  });

  it('finishes: runs go on to their end, nobody enters', async () => {
    const { world, workflow } = await studioWith({ steps: threeTexts, trigger: tagged });
    const lead = await newContact(world, { tags: ['lead'] });
    await done(turn(world, workflow, 'off', { inFlight: 'finish' }));
    const late = await newContact(world, { tags: ['lead'] });
    await world.pass(3 * DAY);
    expect(await world.texts(lead.phone)).toEqual(['One', 'Two', 'Three']);
    expect(await world.texts(late.phone)).toEqual([]);
  });

  it('exits: every run ends', async () => {
    const { world, workflow } = await studioWith({ steps: threeTexts });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(turn(world, workflow, 'off', { inFlight: 'exit' }));
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'WORKFLOW_TURNED_OFF' });
    await world.pass(3 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One']);
  });
});

describe('versions', () => {
  it('a run stays on its version while new runs see the next', async () => {
    const { world, studio, workflow } = await studioWith({ steps: threeTexts, name: 'Versions' });
    const early = await newContact(world);
    await enroll(world, workflow, early);
    const edited = {
      name: 'Versions',
      trigger: { manualOnly: true },
      inboxId: studio.inboxId,
      steps: [send('first', 'New one')],
    };

    const refused = await world.api('PUT', `/v1/workflows/${workflow}`, edited);
    expect([refused.status, refused.body.code]).toEqual([409, 'WORKFLOW_ON']);
    await done(turn(world, workflow, 'off', { inFlight: 'finish' }));
    await done(world.api('PUT', `/v1/workflows/${workflow}`, edited));
    await done(world.api('POST', `/v1/workflows/${workflow}/publish`, {}));
    const late = await newContact(world);
    await enroll(world, workflow, late);
    await world.pass(3 * DAY);
    expect(await world.texts(early.phone)).toEqual(['One', 'Two', 'Three']);
    expect(await world.texts(late.phone)).toEqual(['New one']);

    const { items } = await done(world.api('GET', `/v1/workflows/${workflow}/versions`));
    expect(items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    const definition = await done(world.api('GET', `/v1/workflows/${workflow}/versions/1/definition.asl.json`));
    expect(definition).toMatchObject({ QueryLanguage: 'JSONata', StartAt: 'first' });
    expect(await tagsOf(world, late)).toEqual([]);
  });
});
