import { describe, expect, it } from 'vitest';
import { business } from '../support/business.ts';
import { localWorld } from '../support/world.ts';
import { journeys } from './shared-journeys.ts';

describe('on one machine', () => {
  it.each(journeys)('$title', async ({ play }) => {
    const world = localWorld();
    await play(world, await business(world));
    expect(world.faults).toEqual([]);
  });
});
