import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter, Filter, matches, riseOf } from '../../shared/domain/filter.ts';
import { keysOf, neededBy } from '../../shared/domain/filter-key.ts';
import { WorkflowId } from '../../shared/domain/id.ts';
import { timedOf, triggersByKey } from '../../shared/domain/triggers-by-key.ts';
import { at, contact, contacts, context, contexts, DAY, filters, listId, NOW } from '../support/filters.ts';

const workflowId = (n: number) => WorkflowId.parse(`wf_${String(n).padStart(26, '0')}`);
const trigger = (n: number, filter: unknown) => ({
  workflowId: workflowId(n),
  filter: Filter.parse(filter),
  since: at(0),
});
const keysFor = (filter: unknown) => neededBy(Filter.parse(filter), context(), (keys) => keys.length);

describe('the keys that a filter needs', () => {
  const lead = { type: 'tag', op: 'has', tag: 'lead' };
  const austin = { type: 'location', field: 'city', op: 'in', values: ['Austin', 'DALLAS'] };
  test.each([
    ['a tag', lead, ['tag=lead']],
    ['one of several places', austin, ['place.city=austin', 'place.city=dallas']],
    ['either of two', { any: [lead, austin] }, ['tag=lead', 'place.city=austin', 'place.city=dallas']],
    ['the cheaper of both', { all: [austin, lead] }, ['tag=lead']],
    ['what is left of both where one may be of anybody', { all: [{ not: austin }, lead] }, ['tag=lead']],
    ['anybody, where one of two may be of anybody', { any: [{ not: austin }, lead] }, undefined],
    ['what a denial denies, denied', { not: { type: 'tag', op: 'has-not', tag: 'lead' } }, ['tag=lead']],
    ['both sides of a denied choice', { not: { any: [{ not: lead }, austin] } }, ['tag=lead']],
    [
      'a number however it is spelled',
      { type: 'custom-field', field: 'visits', op: 'is', value: '5' },
      ['custom.visits=5'],
    ],
    ['that anything is known', { type: 'custom-field', field: 'visits', op: 'at-least', value: 5 }, ['custom.visits']],
    [
      'that a date is known',
      { type: 'activity', activity: 'lastCall', op: 'within-days', days: 3 },
      ['activity.lastCall'],
    ],
    ['nobody', { any: [] }, []],
    ['anybody', { all: [] }, undefined],
  ])('are of %s', (_, filter, keys) => {
    expect(keysFor(filter)).toEqual(keys);
  });

  test('are those of the list that it asks for', () => {
    const list = (id: string) => (id === listId('A') ? Filter.parse(lead) : undefined);
    const within = { ...context(), list };
    const asks = { type: 'list', op: 'in', listId: listId('A') };
    expect(neededBy(Filter.parse(asks), within, () => 0)).toEqual(['tag=lead']);
    expect(neededBy(Filter.parse({ not: asks }), within, () => 0)).toBeUndefined();
  });

  test('are borne by every contact of which it is true', () => {
    fc.assert(
      fc.property(filters, contacts, contexts, fc.integer({ min: -4, max: 4 }), (filter, who, within, days) => {
        const now = NOW + days * DAY;
        fc.pre(matches(filter, who, { ...within, now }));
        const keys = neededBy(filter, within, (some) => some.length);
        const borne = keysOf(who, within);
        expect(keys === undefined || keys.some((key) => borne.has(key))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('an index of triggers', () => {
  const tagged = (tag: string) => ({ type: 'tag', op: 'has', tag });

  test('offers every trigger that is true of a contact, whatever came and went before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.option(filters)), { maxLength: 12 }),
        contacts,
        contexts,
        (changes, who, within) => {
          const index = triggersByKey();
          const current = new Map<string, Filter>();
          for (const [n, filter] of changes) {
            if (filter) {
              index.set(trigger(n, filter), within);
              current.set(workflowId(n), filter);
            } else {
              index.remove(workflowId(n));
              current.delete(workflowId(n));
            }
          }
          const offered = index.candidates(who, within);
          const truths = [...current].filter(([, filter]) => matches(filter, who, within)).map(([id]) => id);
          expect(
            offered
              .filter(({ test: holds }) => holds(who, NOW))
              .map((one) => one.workflowId)
              .toSorted(),
          ).toEqual(truths.toSorted());
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('offers few of many', () => {
    const index = triggersByKey();
    const within = context();
    const cities = Array.from({ length: 500 }, (_, n) => `city ${n}`);
    for (const [n, value] of cities.entries()) {
      index.set(trigger(n, { all: [tagged('lead'), { type: 'location', field: 'city', op: 'is', value }] }), within);
    }
    const who = contact({ tags: ['lead'], address: { city: 'City 7' } });
    // The first came under the tag, while that was as rare as its city.
    expect(index.candidates(who, within).map((one) => one.workflowId)).toEqual([workflowId(0), workflowId(7)]);
  });

  test('knows which of them time may turn, through a list too', () => {
    const index = triggersByKey();
    const recent = Filter.parse({ type: 'activity', activity: 'created', op: 'within-days', days: 3 });
    const within = context({ list: (id) => (id === listId('A') ? recent : undefined) });
    index.set(trigger(1, tagged('lead')), within);
    index.set(trigger(2, { not: recent }), within);
    index.set(trigger(3, { all: [tagged('guest'), { type: 'list', op: 'in', listId: listId('A') }] }), within);
    const timed = (tags: string[]) => timedOf(index.candidates(contact({ tags }), within)).map((one) => one.workflowId);
    expect(timed(['lead', 'guest'])).toEqual([workflowId(2), workflowId(3)]);
    // Who has no such tag is not looked at for the sake of what asks for it.
    expect(timed(['lead'])).toEqual([workflowId(2)]);
    index.remove(workflowId(2));
    expect({ left: timed(['guest']), any: index.hasTimed() }).toEqual({ left: [workflowId(3)], any: true });
    index.remove(workflowId(3));
    expect(index.hasTimed()).toBe(false);
  });
});

describe('what time alone turns', () => {
  const sent = (op: string, days: number) => ({ type: 'activity', activity: 'lastMessageSent', op, days });
  const texted = (when: number) => contact({ activity: { lastMessageSentAt: at(when) } });
  const rise = (filter: unknown, who: ReturnType<typeof contact>, after: number, until?: number) =>
    riseOf(compileFilter(Filter.parse(filter), context()), who, after, until);

  test.each([
    [
      'a text that lies more than a week back, a millisecond after it did',
      sent('not-within-days', 7),
      NOW,
      NOW + 7 * DAY + 1,
    ],
    ['nothing within a week: it only stops', sent('within-days', 7), NOW, undefined],
    [
      'a date that comes',
      { type: 'field', field: 'birthday', op: 'within-days', days: 1 },
      NOW,
      Date.parse('2026-06-20T04:00:00.000Z'),
    ],
    [
      'one of both, when the first comes',
      { any: [sent('not-within-days', 7), sent('not-within-days', 3)] },
      NOW,
      NOW + 3 * DAY + 1,
    ],
    [
      'both, when the second has come',
      { all: [sent('not-within-days', 7), sent('not-within-days', 3)] },
      NOW,
      NOW + 7 * DAY + 1,
    ],
    ['the denial of what stops', { not: sent('within-days', 7) }, NOW, NOW + 7 * DAY + 1],
    [
      'nothing that what time cannot turn forbids',
      { all: [{ type: 'tag', op: 'has', tag: 'x' }, sent('not-within-days', 7)] },
      NOW,
      undefined,
    ],
    ['nothing that holds already', sent('not-within-days', 7), NOW + 8 * DAY, undefined],
  ])('is %s', (_, filter, after, expected) => {
    const who = { ...texted(NOW), birthday: '2026-06-20' };
    expect(rise(filter, who, after)).toBe(expected);
  });

  test('is nothing beyond the end that is asked for', () => {
    expect(rise(sent('not-within-days', 7), texted(NOW), NOW, NOW + 7 * DAY)).toBeUndefined();
    expect(rise(sent('not-within-days', 7), texted(NOW), NOW, NOW + 7 * DAY + 1)).toBe(NOW + 7 * DAY + 1);
  });

  test('is the first instant at which a filter that was false is true, and there is none before', () => {
    const within = fc.integer({ min: -6 * 24, max: 6 * 24 }).map((hours) => NOW + (hours * DAY) / 24 + 1);
    fc.assert(
      fc.property(
        filters,
        contacts,
        contexts,
        fc.array(within, { minLength: 8 }),
        (filter, who, workspace, instants) => {
          const decider = compileFilter(filter, workspace);
          const rises = riseOf(decider, who, NOW);
          if (rises !== undefined) {
            expect(decider.test(who, rises)).toBe(true);
            expect(decider.test(who, rises - 1)).toBe(false);
          }
          const later = instants
            .filter((instant) => instant > NOW && (rises === undefined || instant < rises))
            .toSorted((a, b) => a - b);
          const truths = [NOW, ...later].map((instant) => decider.test(who, instant));
          expect(truths.some((truth, n) => truth && truths[n - 1] === false)).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
