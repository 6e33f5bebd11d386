import { describe, expect, it, test } from 'vitest';
import { PassId, WorkflowId } from '../../shared/domain/id.ts';
import {
  audienceOf,
  counted,
  criteriaOf,
  hasDrifted,
  Pass,
  PassPage,
  PassShard,
  progressOf,
} from '../../shared/domain/pass.ts';
import { at, HOUR, NOW } from '../support/filters.ts';

const passId = PassId.parse(`pass_${'0'.repeat(26)}`);
const pass = (more: object = {}) =>
  Pass.parse({
    id: passId,
    kind: 'preview',
    workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`),
    filter: { all: [] },
    reentry: {},
    at: at(NOW),
    ...more,
  });
const shard = (more: object = {}) =>
  PassShard.parse({
    passId,
    shard: 0,
    page: 0,
    total: 10,
    read: 0,
    outcomes: {},
    status: 'RUNNING',
    updatedAt: at(NOW),
    ...more,
  });

it('a pass goes by trigger, goal and re-entry of what is on', () => {
  const vip = { type: 'tag', op: 'has', tag: 'vip' } as const;
  const { workflowId, filter, reentry } = pass();
  const trigger = { manualOnly: false, filter };
  const criteria = { workflowId, filter, reentry };
  expect(criteriaOf(workflowId, { trigger, exit: { onReply: true } }, reentry)).toStrictEqual(criteria);
  expect(criteriaOf(workflowId, { trigger, exit: { onReply: false, goal: vip } }, reentry)).toStrictEqual({
    ...criteria,
    goal: vip,
  });
});

it('what is found is counted on', () => {
  expect(counted({ WILL_ENROL: 1 }, ['WILL_ENROL', 'OPTED_OUT', 'WILL_ENROL'])).toEqual({
    WILL_ENROL: 3,
    OPTED_OUT: 1,
  });
  expect(counted({}, [])).toEqual({});
});

describe('an audience', () => {
  const none = { matching: 0, optedOut: 0, alreadyIn: 0, goalReached: 0, reentryBlocked: 0, willEnrol: 0 };

  test.each([
    ['WILL_ENROL', { willEnrol: 1 }],
    ['ENROLLED', { willEnrol: 1 }],
    ['OPTED_OUT', { optedOut: 1 }],
    ['NO_OPT_IN', { optedOut: 1 }],
    ['ALREADY_ACTIVE', { alreadyIn: 1 }],
    ['GOAL_REACHED', { goalReached: 1 }],
    ['REENTRY_NOT_ALLOWED', { reentryBlocked: 1 }],
    ['REENTRY_TOO_SOON', { reentryBlocked: 1 }],
    ['REENTRY_LIMIT', { reentryBlocked: 1 }],
    ['WORKFLOW_NOT_ON', {}],
  ])('counts who is %s', (outcome, counts) => {
    expect(audienceOf([{ [outcome]: 1 }])).toEqual({ ...none, matching: 1, ...counts });
  });

  it('is that of all shards', () => {
    expect(audienceOf([{ WILL_ENROL: 2, OPTED_OUT: 1 }, {}, { WILL_ENROL: 3 }])).toEqual({
      ...none,
      matching: 6,
      willEnrol: 5,
      optedOut: 1,
    });
  });
});

describe('progress', () => {
  const audience = { matching: 4, optedOut: 0, alreadyIn: 0, goalReached: 0, reentryBlocked: 0, willEnrol: 4 };
  const running = [
    shard({ read: 4, outcomes: { WILL_ENROL: 4 }, updatedAt: at(NOW + 1) }),
    shard({ status: 'DONE', total: 5, read: 1 }),
  ];

  it('foresees its end from the pace so far', () => {
    expect(progressOf(pass(), running, NOW + HOUR)).toEqual({
      status: 'RUNNING',
      contacts: 15,
      read: 5,
      audience,
      estimatedEndAt: at(NOW + 3 * HOUR),
    });
  });

  it('foresees nothing before it has begun', () => {
    expect(progressOf(pass(), [shard()], NOW + HOUR)).toStrictEqual({
      status: 'RUNNING',
      contacts: 10,
      read: 0,
      audience: { ...audience, matching: 0, willEnrol: 0 },
    });
  });

  test.each([
    ['is done with its last shard', {}, ['DONE', 'DONE'], 'DONE', at(NOW + 2)],
    ['has stopped where one has', {}, ['RUNNING', 'STOPPED'], 'STOPPED', at(NOW + 2)],
    ['ends when it is cancelled', { cancelledAt: at(NOW + 5) }, ['RUNNING', 'STOPPED'], 'CANCELLED', at(NOW + 5)],
    ['is done at once where there is nobody', {}, [], 'DONE', at(NOW)],
  ])('%s', (_, more, statuses, status, endedAt) => {
    const shards = statuses.map((each, n) => shard({ status: each, updatedAt: at(NOW + 2 - n) }));
    expect(progressOf(pass(more), shards, NOW + HOUR)).toMatchObject({ status, endedAt });
    expect(progressOf(pass(more), shards, NOW + HOUR)).not.toHaveProperty('estimatedEndAt');
  });
});

test.each([
  [100, 110, false],
  [100, 111, true],
  [100, 90, false],
  [100, 89, true],
  [0, 0, false],
  [0, 1, true],
  [9, 10, true],
])('a preview of %d is another when %d would enrol: %s', (previewed, now, drifted) => {
  expect(hasDrifted(previewed, now)).toBe(drifted);
});

test.each([[{ kind: 'look' }], [{ by: 'hand' }], [{ more: 1 }], [{ at: 'now' }]])('a pass is none with %j', (wrong) => {
  expect(Pass.safeParse({ ...pass(), ...wrong }).success).toBe(false);
});

test('a page of a preview is read as it was written', () => {
  const who = `ct_${'0'.repeat(26)}`;
  const page = { passId, shard: 1, page: 0, found: [[who, 'WILL_ENROL']], expiresAt: NOW };
  expect(PassPage.parse(page)).toEqual(page);
  for (const wrong of [{ found: [[who, 'MAYBE']] }, { found: [[who]] }, { more: 1 }])
    expect(PassPage.safeParse({ ...page, ...wrong }).success).toBe(false);
});

test.each([[{ kind: 'enroll', by: 'publish' }], [{ kind: 'enroll', by: 'turn-on', cancelledAt: at(NOW) }]])(
  'a pass is read as it was written: %j',
  (given) => {
    expect(pass(given)).toMatchObject(given);
  },
);
