import { expect, it } from 'vitest';
import { played } from '../../bench/price.ts';

it.each([
  ['silence', [null], { transitions: 2, writes: 16, texts: 2 }],
  ['yes, then silence', ['yes', null], { transitions: 4, writes: 37, texts: 3 }],
  ['another reply', ['what does it cost?'], { transitions: 4, writes: 25, texts: 1 }],
])('a Nurture run of %s takes the states and write units that docs/price.md tells', async (_, answers, takes) => {
  expect(await played('nurture', { answers })).toMatchObject(takes);
});
