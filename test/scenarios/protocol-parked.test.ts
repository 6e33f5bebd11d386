import { describe, expect, it } from 'vitest';
import { WorkflowId } from '../../shared/domain/id.ts';
import type { Write } from '../../shared/ports.ts';
import { turnOn } from '../../shared/usecases/turn-workflow.ts';
import { enroll, newContact, publish, runOf, send, wait } from '../support/business.ts';
import { ASK, died, interfere, putOf, studio, TWO_DAYS, turn } from '../support/interference.ts';
import { DAY, HOUR, MINUTE } from '../support/world.ts';

describe('a run that was parked', () => {
  it('goes on where it was, though its first state had been done', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: [send('zero', 'Zero'), ...TWO_DAYS] });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    await world.pass(2 * DAY);
    await turn(world, workflow, 'on', { parked: 'resume' });
    expect(await world.texts(contact.phone)).toEqual(['Zero', 'One', 'Two']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('does not text again what it had texted before it was parked', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, {
      steps: [send('zero', 'Zero'), ...TWO_DAYS, wait('another'), send('third', 'Three')],
    });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await world.pass(DAY + HOUR);
    await turn(world, workflow, 'off', {});
    await world.pass(DAY + 12 * HOUR);
    await turn(world, workflow, 'on', { parked: 'resume' });
    await world.pass(5 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['Zero', 'One', 'Two', 'Three']);
  });

  it('hears an answer to its text while its workflow is off, even where its function had died', async () => {
    const { world, studio: own } = await studio(async (onward) => {
      await onward();
      return died();
    });
    const workflow = await publish(world, own, { steps: ASK });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    await world.pass(MINUTE);
    await world.says(contact.phone, 'yes');
    await turn(world, workflow, 'on', { parked: 'resume' });
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Shall we call you?', 'We will call.']);
  });

  it('goes on although its function died when the workflow had just been turned on', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: TWO_DAYS });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    const { ports } = world.world;
    const isParking = (writes: readonly Write[]) => putOf(writes, 'parked-run').length > 0;
    interfere(world, 'after', isParking, died);
    interfere(world, 'before', isParking, () =>
      turnOn(ports)(WorkflowId.parse(workflow), { enrollExisting: false, parked: undefined }),
    );
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
  });

  it('goes on although whoever turned the workflow on died right after', async () => {
    const { world, studio: own } = await studio();
    const workflow = await publish(world, own, { steps: TWO_DAYS });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    await turn(world, workflow, 'off', {});
    await world.pass(2 * DAY);
    interfere(world, 'after', (writes) => putOf(writes, 'workflow').length > 0, died);
    expect(await world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' })).toMatchObject({
      status: 500,
    });
    await world.pass(MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
  });
});
