import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { played } from '../../bench/price.ts';
import { page, RUN } from '../../bench/scale.ts';

it('docs/scale.md is what its arithmetic says (npm run scale)', () => {
  expect(readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8')).toBe(page());
});

it('is reckoned with the run that is counted', async () => {
  const shares = [
    [0.8, await played('nurture', { answers: [null] })],
    [0.15, await played('nurture', { answers: ['yes', null] })],
    [0.05, await played('nurture', { answers: ['what does it cost?'] })],
  ] as const;
  const mean = (pick: (counted: (typeof shares)[0][1]) => number) =>
    shares.reduce((sum, [share, counted]) => sum + share * pick(counted), 0);
  expect(RUN.transitions).toBeCloseTo(
    mean(({ transitions }) => transitions),
    1,
  );
  expect(RUN.writes).toBeCloseTo(
    mean(({ writes }) => writes),
    1,
  );
  expect(RUN.parts).toBeCloseTo(
    mean(({ parts }) => parts),
    1,
  );
  expect(RUN.stepCalls).toBeCloseTo(
    mean(({ calls }) => calls.step),
    1,
  );
});
