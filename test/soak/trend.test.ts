import { expect, it } from 'vitest';
import { trend } from './trend.ts';

it('a line is found through its own points', () => {
  const samples = [0, 10, 20, 30].map((at) => ({ at, value: 5 + 2 * at }));
  expect(trend(samples)).toEqual({ slope: 2, mean: 35 });
});

it('what goes up and down about one level does not rise', () => {
  const samples = Array.from({ length: 400 }, (_, at) => ({ at, value: at % 2 === 0 ? 90 : 110 }));
  const { slope, mean } = trend(samples);
  expect([Math.abs(slope) < 0.001, mean]).toEqual([true, 100]);
});

it('one sample tells of no rise', () => {
  expect(trend([{ at: 3, value: 8 }])).toEqual({ slope: 0, mean: 8 });
});
