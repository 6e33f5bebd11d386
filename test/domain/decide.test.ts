import { expect, test } from 'vitest';
import { decide } from '../../shared/domain/decide.ts';
import { IfElse } from '../../shared/domain/workflow.ts';
import { contact, context } from '../support/filters.ts';

const branch = { name: 'branch', steps: [] };
const given = (condition: object, id = 'if') =>
  IfElse.parse({ id, type: 'if-else', condition, then: branch, else: branch });
const VIP = { type: 'tag', op: 'has', tag: 'vip' };
const YES = { anyOf: ['yes'] };
const [someone, vip] = [contact(), contact({ tags: ['vip'] })];

test.each([
  ['keywords that it holds', { keywords: YES }, 'Yes!', someone, true],
  ['keywords that it does not hold', { keywords: YES }, 'No', someone, false],
  ['only what it may not hold, of no answer', { keywords: { noneOf: ['no'] } }, undefined, someone, false],
  ['only what it may not hold', { keywords: { noneOf: ['no'] } }, '', someone, true],
  ['a group of scores that it is in', { score: { is: 'promoter' } }, '9', someone, true],
  ['a group of scores that it is not in', { score: { is: 'promoter' } }, '8', someone, false],
  ['no score, of an answer without', { score: { is: 'unclear' } }, 'hm', someone, true],
  ['no score, of an answer with one', { score: { is: 'unclear' } }, '7', someone, false],
  ['no score, of no answer', { score: { is: 'unclear' } }, undefined, someone, false],
  ['who somebody is', { filter: VIP }, 'anything', vip, true],
  ['who somebody is not', { filter: VIP }, 'anything', someone, false],
  ['who somebody is, of no answer', { filter: VIP }, undefined, vip, true],
  ['keywords and who somebody is', { keywords: YES, filter: VIP }, 'yes', vip, true],
  ['keywords and who somebody is not', { keywords: YES, filter: VIP }, 'yes', someone, false],
  ['other keywords and who somebody is', { keywords: YES, filter: VIP }, 'no', vip, false],
  ['keywords and a score', { keywords: { anyOf: ['10'] }, score: { is: 'promoter' } }, '10', someone, true],
  ['keywords and another score', { keywords: { anyOf: ['1'] }, score: { is: 'promoter' } }, '1', someone, false],
])('an answer is asked for %s', (_, condition, answer, who, truth) => {
  expect(decide([given(condition)], answer, who, context())).toEqual({
    replied: answer !== undefined,
    is: { if: truth },
  });
});

test('each condition is decided by itself', () => {
  const steps = [given({ keywords: YES }, 'yes'), given({ filter: VIP }, 'vip')];
  expect(decide(steps, 'yes', someone, context())).toEqual({ replied: true, is: { yes: true, vip: false } });
  expect(decide([], undefined, someone, context())).toEqual({ replied: false, is: {} });
});
