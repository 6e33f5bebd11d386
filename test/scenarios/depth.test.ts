import { expect, it } from 'vitest';
import {
  addTag,
  business,
  done,
  enroll,
  ifElse,
  newContact,
  publish,
  send,
  tagsOf,
  wait,
} from '../support/business.ts';
import { DAY, localWorld, MINUTE } from '../support/world.ts';

it('runs a workflow whose branches are nested twelve deep', async () => {
  const world = localWorld();
  const studio = await business(world);
  const nested = (depth: number): object[] =>
    depth === 0
      ? [addTag('bottom', 'bottom')]
      : [ifElse(`level-${depth}`, { keywords: { anyOf: ['no'] } }, [], nested(depth - 1))];
  const workflow = await publish(world, studio, { steps: [send('ask', 'Well?'), wait('answer'), ...nested(12)] });
  const contact = await newContact(world);
  await enroll(world, workflow, contact);
  await world.pass(DAY + MINUTE);
  expect(await tagsOf(world, contact)).toEqual(['bottom']);
  expect((await done(world.api('GET', `/v1/workflows/${workflow}/versions/1`))).steps).toHaveLength(3);
});
