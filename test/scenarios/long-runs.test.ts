import { describe, expect, it } from 'vitest';
import {
  business,
  done,
  enroll,
  ifElse,
  newContact,
  publish,
  runOf,
  send,
  timeline,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE } from '../support/world.ts';

/*
 * Runs that last longer than one execution may (a year): the clock is moved as far as they go.
 */

type World = ReturnType<typeof localWorld>;
const daysOfTexts = (world: World, phone: string, since: number) =>
  world.world.phones
    .messages(phone)
    .flatMap(({ direction, text, at }) =>
      direction === 'received' ? [`day ${Math.floor((Date.parse(at) - since) / DAY)}: ${text}`] : [],
    );
const turn = (world: World, workflow: string, how: 'on' | 'off', body: object = {}) =>
  done(world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body));

describe('a run of more than a year', () => {
  it('texts on its days, hears what is said in between, and sits out a pause of months', async () => {
    const world = localWorld();
    const studio = await business(world);
    const steps = [
      send('a', 'A'),
      wait('w1', { days: 200 }, { orReply: false }),
      send('b', 'B'),
      wait('w2', { days: 365 }),
      ifElse(
        'said-yes',
        { keywords: { anyOf: ['yes'] } },
        [send('y', 'Y'), wait('w3', { days: 100 }), send('c', 'C')],
        [send('n', 'N')],
      ),
    ];
    const workflow = await publish(world, studio, { steps });
    const contact = await newContact(world);
    const since = world.now();
    const run = await enroll(world, workflow, contact);

    await world.pass(210 * DAY);
    await turn(world, workflow, 'off');
    await world.pass(120 * DAY);
    await world.says(contact.phone, 'yes, please');
    await world.pass(70 * DAY + HOUR);
    expect(await runOf(world, run)).toMatchObject({ status: 'PARKED' });
    await turn(world, workflow, 'on', { parked: 'resume' });
    await world.pass(MINUTE);
    expect(daysOfTexts(world, contact.phone, since)).toEqual(['day 0: A', 'day 200: B']);
    expect(await timeline(world, run)).toContain('SEND_SKIPPED');

    await world.pass(101 * DAY);
    expect(daysOfTexts(world, contact.phone, since)).toEqual(['day 0: A', 'day 200: B', 'day 500: C']);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('waits again and again, each wait as long as there may be, and each is answered', async () => {
    const world = localWorld();
    const studio = await business(world);
    const steps = [1, 2, 3].flatMap((at) => [send(`s${at}`, `${at}`), wait(`w${at}`, { days: 365 })]);
    const workflow = await publish(world, studio, { steps: [...steps, send('end', 'End')] });
    const contact = await newContact(world);
    const since = world.now();
    const run = await enroll(world, workflow, contact);
    await world.pass(364 * DAY);
    await world.says(contact.phone, 'still here');
    await world.pass(366 * DAY);
    await world.pass(320 * DAY);
    await world.says(contact.phone, 'and again');
    expect(daysOfTexts(world, contact.phone, since)).toEqual(['day 0: 1', 'day 364: 2', 'day 729: 3', 'day 1050: End']);
    const log = await timeline(world, run);
    expect(log.filter((code) => code === 'REPLIED')).toHaveLength(2);
    expect(log.filter((code) => code === 'TIMED_OUT')).toHaveLength(1);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('is no longer there for a STOP of a year ago', async () => {
    const world = localWorld();
    const studio = await business(world);
    const workflow = await publish(world, studio, {
      steps: [send('a', 'A'), wait('w', { days: 365 }), send('b', 'B')],
    });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await world.pass(310 * DAY);
    await world.says(contact.phone, 'STOP');
    await world.pass(90 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['A', expect.stringContaining('unsubscribed')]);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'OPTED_OUT' });
  });
});
