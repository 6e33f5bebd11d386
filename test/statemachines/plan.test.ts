import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment } from '../../shared/domain/plan.ts';
import { allSteps, Draft } from '../../shared/domain/workflow.ts';
import { graph, planOf } from '../../statemachines/plan.ts';
import { validSteps } from '../support/arbitraries.ts';
import { addTag, ifElse, send, wait } from '../support/business.ts';

const plan = (...steps: object[]) => planOf(graph(Draft.parse({ steps }).steps));
const segment = (given: Partial<Segment>): Segment => ({ before: [], after: [], decides: [], ...given });
const keywords = { keywords: { anyOf: ['yes'] } };
const filter = { filter: { type: 'tag', op: 'has', tag: 'vip' } };

describe('segments', () => {
  it('take tags, one text, tags and a wait into one state, named by the text', () => {
    const steps = [
      addTag('a', 'x'),
      send('hi', 'Hi'),
      addTag('b', 'x'),
      addTag('c', 'x'),
      wait('w'),
      send('bye', 'Bye'),
    ];
    expect(plan(...steps)).toEqual({
      start: 'hi',
      segments: {
        hi: segment({ before: ['a'], send: 'hi', after: ['b', 'c'], wait: 'w', next: 'bye' }),
        bye: segment({ send: 'bye' }),
      },
      forks: {},
    });
  });

  it('are named by their text, else by their wait, else by their first step', () => {
    const { segments } = plan(addTag('a', 'x'), wait('w'), addTag('b', 'x'), addTag('c', 'x'));
    expect(segments).toEqual({
      w: segment({ after: ['a'], wait: 'w', next: 'b' }),
      b: segment({ after: ['b', 'c'] }),
    });
  });

  it('hold at most one text', () => {
    expect(plan(send('one', '1'), addTag('t', 'x'), send('two', '2')).segments).toEqual({
      one: segment({ send: 'one', next: 'two' }),
      two: segment({ before: ['t'], send: 'two' }),
    });
  });

  it('leave a wait that follows a wait alone', () => {
    expect(plan(send('hi', 'Hi'), wait('first'), wait('second')).segments).toEqual({
      hi: segment({ send: 'hi', wait: 'first', next: 'second' }),
      second: segment({ wait: 'second', next: 'run.finish' }),
      'run.finish': segment({}),
    });
  });

  it('do not reach across the place where branches meet', () => {
    const { segments } = plan(
      wait('w'),
      ifElse('asks', keywords, [addTag('yes', 'x')], [send('no', 'No')]),
      addTag('both', 'x'),
    );
    expect(segments).toEqual({
      w: segment({ wait: 'w', decides: ['asks'], next: 'asks' }),
      yes: segment({ after: ['yes'], next: 'both' }),
      no: segment({ send: 'no', next: 'both' }),
      both: segment({ after: ['both'] }),
    });
  });

  it('hold every step once, whatever the workflow', () => {
    fc.assert(
      fc.property(validSteps, (steps) => {
        const { segments, forks } = planOf(graph(steps));
        const held = Object.values(segments).flatMap(({ before, send: text, after, wait: pause }) =>
          [...before, text, ...after, pause].filter((id) => id !== undefined),
        );
        const ids = Array.from(allSteps(steps), ({ id }) => id);
        expect([...held, ...Object.keys(forks)].sort()).toEqual(ids.sort());
      }),
    );
  });
});

describe('forks', () => {
  it('are decided by the state before, all that come without a state between', () => {
    const nested = ifElse('vip', filter, [], [addTag('t', 'x')]);
    const { segments, forks } = plan(
      send('hi', 'Hi'),
      wait('w'),
      ifElse('asks', keywords, [nested], [], []),
      ifElse('last', keywords, [], []),
    );
    expect(segments).toEqual({
      hi: segment({ send: 'hi', wait: 'w', decides: ['asks', 'vip', 'last'], next: 'asks' }),
      t: segment({ after: ['t'], decides: ['last'], next: 'last' }),
      'run.finish': segment({}),
    });
    expect(forks).toEqual({
      asks: { readsReply: true, then: 'vip', else: 'last', noReply: 'last' },
      vip: { readsReply: false, then: 'last', else: 't' },
      last: { readsReply: true, then: 'run.finish', else: 'run.finish' },
    });
  });

  it('have a state in front that decides where there is none', () => {
    expect(plan(ifElse('vip', filter, [send('a', 'A')], []))).toEqual({
      start: 'vip.decide',
      segments: {
        'vip.decide': segment({ decides: ['vip'], next: 'vip' }),
        a: segment({ send: 'a' }),
        'run.finish': segment({}),
      },
      forks: { vip: { readsReply: false, then: 'a', else: 'run.finish' } },
    });
  });
});

describe('silence', () => {
  const afterSilence = (...steps: object[]) => {
    const start = graph(Draft.parse({ steps: [wait('w'), ...steps] }).steps);
    return start.onTime?.name;
  };

  it('leads past every branch that only an answer could turn', () => {
    expect(afterSilence(send('hi', 'Hi'))).toBe('hi');
    expect(afterSilence(ifElse('a', keywords, [send('yes', 'Y')], [send('no', 'N')]))).toBe('no');
    expect(afterSilence(ifElse('a', keywords, [send('yes', 'Y')], [send('no', 'N')], [send('none', '-')]))).toBe(
      'none',
    );
    expect(afterSilence(ifElse('a', keywords, [], [], []), ifElse('b', keywords, [], [send('no', 'N')]))).toBe('no');
    expect(afterSilence(ifElse('a', keywords, [], []))).toBe('run.finish');
    expect(afterSilence()).toBe('run.finish');
  });

  it('stops where the contact decides', () => {
    expect(afterSilence(ifElse('a', keywords, [], [ifElse('vip', filter, [], [])]))).toBe('vip.decide');
    expect(afterSilence(ifElse('vip', filter, [], []))).toBe('vip.decide');
  });
});
