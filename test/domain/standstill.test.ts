import { describe, expect, it } from 'vitest';
import { InboxId, MessageId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Claim, type LogEntry, type Mailbox, Run } from '../../shared/domain/run.ts';
import { isGivenUp, standsStill, whereItStands } from '../../shared/domain/standstill.ts';
import { endedRun } from '../support/seeded-runs.ts';

const NOW = Date.parse('2026-03-03T15:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ago = (milliseconds: number) => instant(NOW - milliseconds);
const entry = (code: LogEntry['code'], step?: string, at = ago(5 * HOUR), more: Partial<LogEntry> = {}): LogEntry => ({
  ...{ at, code },
  ...(step !== undefined && { step }),
  ...more,
});
const inboxId = InboxId.parse(`inb_${'0'.repeat(26)}`);
const claim: Claim = {
  ...{ step: 'ask', messageId: MessageId.parse(`msg_${'0'.repeat(52)}`), inboxId },
  ...{ claimedAt: ago(20 * MINUTE), status: 'claimed' },
};
const mailbox = (deadline: string): Mailbox => ({
  ...{ wait: 'answer', state: 'ask', inboxId, forReply: true, broadcast: false, openedAt: ago(5 * HOUR) },
  ...{ deadline, status: 'open' },
});
const running = (more: object = {}): Run => {
  const { endedAt: _, reason: __, ...rest }: Partial<ReturnType<typeof endedRun>> = endedRun(0, NOW);
  const log = [entry('ENROLLED')];
  return Run.parse({ ...rest, status: 'RUNNING', startedAt: ago(5 * HOUR), log, ...more });
};

describe('a run stands still', () => {
  it.each<[string, Run, boolean]>([
    ['that was told to start hours ago and did nothing', running(), true],
    ['that was told to start a moment ago', running({ startedAt: ago(14 * MINUTE) }), false],
    ['that did something a moment ago', running({ log: [entry('TAG_ADDED', 'tag', ago(MINUTE))] }), false],
    ['whose wait is over for a quarter of an hour', running({ mailbox: mailbox(ago(15 * MINUTE)) }), true],
    ['whose wait has only just ended', running({ mailbox: mailbox(ago(14 * MINUTE)) }), false],
    ['whose wait goes on', running({ mailbox: mailbox(instant(NOW + HOUR)) }), false],
    [
      'whose wait is over, and that was started again a moment ago',
      running({ mailbox: mailbox(ago(HOUR)), startedAt: ago(MINUTE) }),
      false,
    ],
    [
      'whose answer nobody has acted on',
      running({ mailbox: { ...mailbox(instant(NOW + HOUR)), status: 'replied' } }),
      true,
    ],
    [
      'whose text is put off until later',
      running({ log: [entry('SEND_DEFERRED', 'ask', ago(HOUR), { detail: instant(NOW) })] }),
      false,
    ],
    [
      'whose text was put off until an hour ago',
      running({ log: [entry('SEND_DEFERRED', 'ask', ago(2 * HOUR), { detail: ago(HOUR) })] }),
      true,
    ],
    ['whose text was claimed long ago', running({ claim }), true],
    ['whose text was claimed a moment ago', running({ claim: { ...claim, claimedAt: ago(15 * MINUTE) } }), false],
    ['that is over', endedRun(0, NOW), false],
    ['that has been over for hours', endedRun(0, NOW - 5 * HOUR), false],
    [
      'whose wait has no end yet, and nothing came of it',
      running({ mailbox: { ...mailbox(''), deadline: undefined } }),
      true,
    ],
    [
      'whose last step was hours ago',
      running({ log: [entry('TAG_ADDED', 'tag', ago(HOUR), { detail: 'vip' })] }),
      true,
    ],
    ['whose text was put off, nobody knows for how long', running({ log: [entry('SEND_DEFERRED', 'ask')] }), true],
    ['that is over, with a text that nobody has settled', Run.parse({ ...endedRun(0, NOW), claim }), true],
    ['that is held for hours', running({ status: 'PARKED', parkedAt: ago(HOUR) }), true],
    ['that has been held for a moment', running({ status: 'PARKED', parkedAt: ago(MINUTE) }), false],
  ])('%s', (_, run, isStill) => {
    expect(standsStill(run, NOW)).toBe(isStill);
  });
});

describe('where a run stands', () => {
  const nothing = { before: [], after: [], decides: [] };
  const plan: Plan = {
    start: 'tag-in',
    segments: {
      'tag-in': { ...nothing, after: ['tag-in'], next: 'ask' },
      ask: {
        ...{ before: ['tag-ask'], send: 'ask', after: ['tag-asked'], wait: 'answer' },
        ...{ decides: ['said-yes'], next: 'said-yes' },
      },
      bye: { ...nothing, send: 'bye' },
      late: { ...nothing, send: 'late' },
    },
    forks: { 'said-yes': { readsReply: true, then: 'bye', else: 'bye', noReply: 'late' } },
  };

  it.each<[string, readonly LogEntry[], object, string]>([
    ['that has done nothing', [entry('ENROLLED')], {}, 'tag-in'],
    ['whose first state is done', [entry('ENROLLED'), entry('TAG_ADDED', 'tag-in')], {}, 'tag-in'],
    ['that has tagged for its text', [entry('TAG_ADDED', 'tag-in'), entry('TAG_ADDED', 'tag-ask')], {}, 'ask'],
    ['that has texted', [entry('SENT', 'ask')], {}, 'ask'],
    ['that has tagged after its text', [entry('SENT', 'ask'), entry('TAG_ADDED', 'tag-asked')], {}, 'ask'],
    [
      'whose wait is over, with nothing done since',
      [entry('TIMED_OUT', 'answer'), entry('BRANCH', 'said-yes')],
      {},
      'late',
    ],
    ['that was answered, and has chosen', [entry('REPLIED', 'answer'), entry('BRANCH', 'said-yes')], {}, 'ask'],
    ['whose next text is put off', [entry('TIMED_OUT', 'answer'), entry('SEND_DEFERRED', 'bye')], {}, 'bye'],
    [
      'that was answered too late, after it went on',
      [entry('SEND_DEFERRED', 'bye'), entry('LATE_REPLY', 'answer')],
      {},
      'bye',
    ],
    ['that was let go on, and has not yet', [entry('SENT', 'ask'), entry('RESUMED')], { resumeAt: 'bye' }, 'bye'],
    ['that was started anew, and has not', [entry('SENT', 'bye'), entry('RESTARTED')], { resumeAt: 'ask' }, 'ask'],
    ['that has gone on since', [entry('RESUMED'), entry('SENT', 'bye')], { resumeAt: 'ask' }, 'bye'],
  ])('%s', (_, log, more, state) => {
    expect(whereItStands(running({ log, ...more }), plan)).toBe(state);
  });
});

it('a run is given up after three new starts within a day', () => {
  const restarted = (...hours: number[]) =>
    running({ log: hours.map((each) => entry('RESTARTED', undefined, ago(each * HOUR))) });
  expect(isGivenUp(restarted(3, 2), NOW)).toBe(false);
  expect(isGivenUp(restarted(23, 2, 1), NOW)).toBe(true);
  expect(isGivenUp(restarted(24, 2, 1), NOW)).toBe(false);
  const tagged = entry('TAG_ADDED', 'tag', ago(HOUR));
  expect(isGivenUp(running({ log: [tagged, tagged, tagged] }), NOW)).toBe(false);
  const unheard = entry('RESTARTED', undefined, ago(HOUR), { reason: 'ANSWER_LEFT' });
  expect(isGivenUp(running({ log: [unheard, unheard, unheard] }), NOW)).toBe(false);
});
