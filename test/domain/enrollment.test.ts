import { describe, expect, test } from 'vitest';
import { refusal } from '../../shared/domain/enrollment.ts';
import type { Run } from '../../shared/domain/run.ts';
import { Settings } from '../../shared/domain/settings.ts';
import { Reentry } from '../../shared/domain/workflow.ts';
import { contact, DAY, HOUR, NOW } from '../support/filters.ts';
import { endedRun } from '../support/seeded-runs.ts';

const ago = (milliseconds: number, more: object = {}): Run => ({
  ...endedRun(0, NOW - milliseconds),
  entry: 2,
  ...more,
});
const active = (status: 'RUNNING' | 'PARKED'): Run => {
  const { endedAt: _, reason: __, ...run } = endedRun(0, NOW - DAY);
  return status === 'PARKED' ? { ...run, status, parkedAt: run.startedAt } : { ...run, status };
};
const again = (more: object = {}) => ({ reentry: Reentry.parse({ allowReentry: true, ...more }) });

const of = (given: object, { requireOptIn = false } = {}) =>
  refusal({
    contact: contact(),
    settings: Settings.parse({ requireOptIn }),
    reentry: Reentry.parse({}),
    last: undefined,
    reached: false,
    test: false,
    now: NOW,
    ...given,
  });
const saying = (status: 'unknown' | 'optedIn' | 'optedOut') => ({ contact: contact({ consent: { status } }) });

describe('a contact', () => {
  test.each([
    ['who has said nothing, may enter', saying('unknown'), false, undefined],
    ['who has opted in, may enter', saying('optedIn'), false, undefined],
    ['who has opted out, may not', saying('optedOut'), false, 'OPTED_OUT'],
    ['who has said nothing, may not where opt-in is asked for', saying('unknown'), true, 'NO_OPT_IN'],
    ['who has opted in, may where that is asked for', saying('optedIn'), true, undefined],
  ])('%s', (_, given, requireOptIn, refused) => {
    expect(of(given, { requireOptIn })).toBe(refused);
  });

  test.each([
    ['not twice at once', { last: active('RUNNING') }, 'ALREADY_ACTIVE'],
    ['not while a run is parked', { last: active('PARKED'), ...again() }, 'ALREADY_ACTIVE'],
    ['not for a test while a run is active', { last: active('RUNNING'), test: true }, 'ALREADY_ACTIVE'],
    ['not again', { last: ago(DAY) }, 'REENTRY_NOT_ALLOWED'],
    ['not where the goal is reached', { reached: true }, 'GOAL_REACHED'],
    ['not where the goal is reached, for a test neither', { reached: true, test: true }, 'GOAL_REACHED'],
    ['again, where that is allowed', { last: ago(DAY), ...again() }, undefined],
    ['again for a test', { last: ago(DAY), test: true }, undefined],
    ['as if for the first time, after nothing but tests', { last: ago(DAY, { entry: 0 }) }, undefined],
    ['as often as is allowed', { last: ago(DAY), ...again({ maxEntries: 3 }) }, undefined],
    ['not more often', { last: ago(DAY), ...again({ maxEntries: 2 }) }, 'REENTRY_LIMIT'],
    ['not too soon', { last: ago(HOUR - 1), ...again({ minInterval: { hours: 1 } }) }, 'REENTRY_TOO_SOON'],
    ['as soon as is allowed', { last: ago(HOUR), ...again({ minInterval: { hours: 1 } }) }, undefined],
  ])('enters %s', (_, given, refused) => {
    expect(of(given)).toBe(refused);
  });
});
