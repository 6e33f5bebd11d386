import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCarrier } from './carrier.ts';
import { CLOSED, GAPS, type Probed, prepare } from './gaps.ts';
import { bootMiniStack, installMiniStack, SHIMS } from './ministack.ts';

// Emulators of their own: one as it comes, and one with what stands in for AWS where it has gaps.

let asItComes: (name: string) => Probed;
let shimmed: (name: string) => Probed;
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const python = installMiniStack();
  const carrier = await startCarrier();
  ending.push(() => carrier.stop());
  const bare = await bootMiniStack(python, { name: 'as-it-comes', checksPolicies: true });
  ending.push(() => bare.stop());
  const mended = await bootMiniStack(python, {
    name: 'shimmed',
    shims: SHIMS,
    checksPolicies: true,
    carrier: carrier.url,
  });
  ending.push(() => mended.stop());
  [asItComes, shimmed] = await Promise.all([prepare(bare), prepare(mended)]);
});
afterAll(async () => {
  for (const end of ending.toReversed()) await end();
});

describe('MiniStack is still unlike AWS, so its list of gaps is true', () => {
  it.concurrent.each(GAPS)('$name: not there', async ({ name, probe, ministack }) => {
    expect(await probe(asItComes(name)), 'The gap has closed or changed: correct gaps.ts, and drop its shim.').toEqual(
      ministack,
    );
  });
});

describe('what stands in for it behaves as AWS does', () => {
  it.concurrent.each(GAPS.filter(({ shim }) => shim))('$name', async ({ name, probe, aws }) => {
    expect(await probe(shimmed(name))).toEqual(aws);
  });
});

describe('MiniStack is like AWS where an earlier version was not', () => {
  it.concurrent.each(CLOSED)('$name', async ({ name, probe, aws }) => {
    expect(await probe(asItComes(name))).toEqual(aws);
  });
});

it('every shim has its gap', () => {
  expect(GAPS.flatMap(({ shim }) => (shim ? [shim] : [])).toSorted()).toEqual(SHIMS.toSorted());
});
