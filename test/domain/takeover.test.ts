import { describe, expect, it, test } from 'vitest';
import { InboxId } from '../../shared/domain/id.ts';
import { isTakenOver, takenOver, takeoversWithout } from '../../shared/domain/takeover.ts';

const inbox = (last: string) => InboxId.parse(`inb_${'0'.repeat(25)}${last}`);
const [ONE, OTHER] = [inbox('A'), inbox('B')];
const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 2, 3, hour, minute)).toISOString();
const held = { since: at(10), until: at(12) };

describe('a conversation is taken over', () => {
  test.each([
    ['from when a person took it', ONE, at(10), true],
    ['not before', ONE, at(9, 59), false],
    ['to the end of its time', ONE, at(11, 59), true],
    ['not then any more', ONE, at(12), false],
    ['in that inbox alone', OTHER, at(11), false],
  ])('%s', (_, inboxId, now, taken) => {
    expect(isTakenOver({ takeovers: { [ONE]: held } }, inboxId, now)).toBe(taken);
  });

  it('by nobody, where nobody ever has', () => {
    expect(isTakenOver({}, ONE, at(11))).toBe(false);
  });
});

describe('who takes over', () => {
  it('has it for so many hours', () => {
    expect(takenOver({}, ONE, at(10), 2)).toEqual({ [ONE]: held });
  });

  it('leaves other inboxes as they are', () => {
    expect(takenOver({ takeovers: { [OTHER]: held } }, ONE, at(11), 3)).toEqual({
      [OTHER]: held,
      [ONE]: { since: at(11), until: at(14) },
    });
  });

  test.each([
    ['goes on for so long from then', at(11), 5, { since: at(10), until: at(16) }],
    ['for less, loses nothing', at(11), 0.5, held],
    ['at its end, begins anew', at(12), 1, { since: at(12), until: at(13) }],
    ['a moment before its end, goes on', at(11, 59), 1, { since: at(10), until: at(12, 59) }],
  ])('again %s', (_, now, hours, after) => {
    expect(takenOver({ takeovers: { [ONE]: held } }, ONE, now, hours)).toEqual({ [ONE]: after });
  });
});

it('what is over is left out, the rest stays', () => {
  const later = { since: at(11), until: at(20) };
  const takeovers = { [ONE]: held, [OTHER]: later };
  expect(takeoversWithout({ takeovers }, (_, { until }) => until <= at(12))).toEqual({ [OTHER]: later });
  expect(takeoversWithout({ takeovers }, (inboxId) => inboxId === OTHER)).toEqual({ [ONE]: held });
  expect(takeoversWithout({}, () => true)).toEqual({});
});
