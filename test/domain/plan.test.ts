import { describe, expect, test } from 'vitest';
import { branchesTaken, Plan, silence } from '../../shared/domain/plan.ts';

const segment = (more: object = {}) => ({ before: [], after: [], decides: [], ...more });
const plan = Plan.parse({
  start: 'w',
  segments: {
    w: segment({ wait: 'w', decides: ['asks', 'vip', 'quiet'], next: 'asks' }),
    yes: segment({ before: ['tag'], send: 'yes', after: ['more'] }),
    end: segment(),
  },
  forks: {
    asks: { readsReply: true, then: 'yes', else: 'vip' },
    vip: { readsReply: false, then: 'quiet', else: 'end' },
    quiet: { readsReply: true, then: 'yes', else: 'end', noReply: 'end' },
  },
});
const taken = (replied: boolean, is: Record<string, boolean>, from: string | undefined = 'asks') => [
  ...branchesTaken(plan, from, { replied, is }),
];

describe('the branches that are taken', () => {
  test.each([
    ['one, where an answer says yes', true, { asks: true, vip: true }, [{ step: 'asks', branch: 'then' }]],
    [
      'each up to the next task',
      true,
      { asks: false, vip: true, quiet: false },
      [
        { step: 'asks', branch: 'else' },
        { step: 'vip', branch: 'then' },
        { step: 'quiet', branch: 'else' },
      ],
    ],
    [
      'in silence, where only an answer could have turned it, for want of one',
      false,
      { asks: false, vip: false },
      [
        { step: 'asks', branch: 'else', reason: 'NO_REPLY' },
        { step: 'vip', branch: 'else' },
      ],
    ],
    [
      'in silence, the branch of its own where there is one',
      false,
      { asks: false, vip: true, quiet: false },
      [
        { step: 'asks', branch: 'else', reason: 'NO_REPLY' },
        { step: 'vip', branch: 'then' },
        { step: 'quiet', branch: 'noReply', reason: 'NO_REPLY' },
      ],
    ],
    ['those that were decided', true, { asks: false }, [{ step: 'asks', branch: 'else' }]],
    ['none, where nothing was', true, {}, []],
  ])('are %s', (_, replied, is, branches) => {
    expect(taken(replied, is)).toStrictEqual(branches);
  });

  test('are none from a task on, or where the run ends', () => {
    expect(taken(true, { asks: true, yes: true }, 'yes')).toEqual([]);
    expect([...branchesTaken(plan, undefined, { replied: true, is: {} })]).toEqual([]);
  });
});

test('in silence every condition on an answer is false, and no other is decided', () => {
  expect(silence(plan, ['asks', 'vip', 'quiet', 'gone'])).toEqual({
    replied: false,
    is: { asks: false, quiet: false },
  });
  expect(silence(plan, [])).toEqual({ replied: false, is: {} });
});

test.each([
  [{ start: 'x'.repeat(81) }],
  [{ segments: { w: segment({ text: 'Hi' }) } }],
  [{ segments: { w: { before: [] } } }],
  [{ forks: { asks: { readsReply: true, then: 'yes' } } }],
  [{ more: 1 }],
])('a plan is none with %j', (wrong) => {
  expect(Plan.safeParse({ ...plan, ...wrong }).success).toBe(false);
});
