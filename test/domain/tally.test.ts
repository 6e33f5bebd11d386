import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InboxId, MessageId, WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import { OutboundStatus } from '../../shared/domain/message.ts';
import { EndReason, EnrolledBy, LogEntry, type Mailbox, Run } from '../../shared/domain/run.ts';
import { figuresOf, stepFiguresOf } from '../../shared/domain/statistics.ts';
import { add, SETTLES_MS, sum, type Tally, tallyOf, textsOf, ZERO } from '../../shared/domain/tally.ts';
import { Block, blockOf, INDEX_LAG_MS } from '../../shared/domain/tally-block.ts';
import type { Step } from '../../shared/domain/workflow.ts';
import { endedRun } from '../support/seeded-runs.ts';

const NOW = Date.parse('2026-03-03T15:00:00.000Z');
const at = instant(NOW);
const DAY = 86_400_000;
const message = (n: number) => MessageId.parse(`msg_${String(n).padStart(52, '0')}`);
const inboxId = InboxId.parse(`inb_${'0'.repeat(26)}`);
const mailbox: Mailbox = {
  ...{ wait: 'answer', state: 'ask', inboxId, forReply: true, broadcast: false, openedAt: at, status: 'open' },
};
const entry = (code: LogEntry['code'], step?: string, more: Partial<LogEntry> = {}): LogEntry => ({
  at,
  code,
  ...(step !== undefined && { step }),
  ...more,
});
const sent = entry('SENT', 'ask', { messageId: message(1) });
const open = (run: Run, status: 'RUNNING' | 'PARKED', more: object): Run => {
  const { endedAt: _, reason: __, ...rest } = { endedAt: 0, reason: 0, ...run };
  return Run.parse({ ...rest, status, ...more });
};
const entered = { enrolled: 1, 'enrolledBy.trigger': 1 };

describe('the tally of a run', () => {
  it('holds how it came in, what its steps did, what became of its texts and how it ended', () => {
    const log = [
      entry('ENROLLED'),
      entry('TAG_ADDED', 'tag', { detail: 'asked' }),
      sent,
      entry('WAITING', 'answer'),
      entry('REPLIED', 'answer', { messageId: message(2) }),
      entry('BRANCH', 'says-yes', { detail: 'then' }),
      entry('SEND_SKIPPED', 'thanks', { detail: 'NO_OPT_IN' }),
      entry('ENDED'),
    ];
    expect(tallyOf(endedRun(0, NOW, { log }), new Map([[message(1), 'DELIVERED']]))).toEqual({
      ...entered,
      'step.tag.log.TAG_ADDED': 1,
      'step.ask.log.SENT': 1,
      'delivery.accepted': 1,
      'step.ask.delivery.accepted': 1,
      'delivery.delivered': 1,
      'step.ask.delivery.delivered': 1,
      'step.answer.log.WAITING': 1,
      'step.answer.log.REPLIED': 1,
      'step.says-yes.log.BRANCH': 1,
      'step.says-yes.branch.then': 1,
      'step.thanks.log.SEND_SKIPPED': 1,
      texted: 1,
      replied: 1,
      'texted.replied': 1,
      'ended.COMPLETED': 1,
    });
  });

  it('tells where it waits and where it is held', () => {
    expect(tallyOf(open(endedRun(0, NOW), 'RUNNING', { mailbox }), new Map())).toEqual({
      ...{ ...entered, active: 1, waiting: 1, 'step.answer.waiting': 1 },
    });
    const parked = { mailbox: { ...mailbox, status: 'replied' }, parkedAt: at, resumeAt: 'thanks' };
    expect(tallyOf(open(endedRun(0, NOW), 'PARKED', parked), new Map())).toEqual({
      ...{ ...entered, active: 1, parked: 1, 'step.thanks.parked': 1 },
    });
  });

  it('of a test is empty', () => {
    const run = endedRun(0, NOW, { test: true, log: [sent] });
    expect([tallyOf(run, new Map()), textsOf(run)]).toEqual([ZERO, []]);
  });

  it('keeps what the run itself knows of a text whose record is gone', () => {
    const log = [
      sent,
      entry('SEND_CROSSED_OPT_OUT', 'late', { messageId: message(2) }),
      entry('SEND_FAILED', 'bad', { messageId: message(3) }),
      entry('SEND_UNCONFIRMED', 'lost', { messageId: message(4) }),
    ];
    const { delivery } = figuresOf(tallyOf(endedRun(0, NOW, { log }), new Map()));
    expect(delivery).toEqual({ accepted: 2, delivered: 0, undelivered: 0, failed: 1, unconfirmed: 1 });
  });

  it('counts an UNCONFIRMED text as texted once a receipt says that it was accepted', () => {
    const run = endedRun(0, NOW, { log: [entry('SEND_UNCONFIRMED', 'ask', { messageId: message(1) })] });
    expect(tallyOf(run, new Map())).not.toHaveProperty('texted');
    expect(tallyOf(run, new Map([[message(1), 'UNDELIVERED']]))).toMatchObject({
      ...{ texted: 1, 'delivery.accepted': 1, 'delivery.undelivered': 1 },
    });
  });

  it('leaves out what is logged 72 hours after the end, so that it is final then', () => {
    const run = endedRun(0, NOW);
    const late = (ms: number) => entry('LATE_REPLY', 'answer', { at: instant(Date.parse(run.endedAt) + ms) });
    const count = (ms: number) => tallyOf({ ...run, log: [late(ms)] }, new Map())['step.answer.log.LATE_REPLY'];
    expect([count(SETTLES_MS), count(SETTLES_MS + 1)]).toEqual([1, undefined]);
  });
});

it('the texts whose status counts are those that the run may have sent', () => {
  const log = [
    entry('ENROLLED'),
    sent,
    entry('SEND_CROSSED_OPT_OUT', 'late', { messageId: message(2) }),
    entry('SEND_FAILED', 'bad', { messageId: message(3) }),
    entry('SEND_UNCONFIRMED', 'lost', { messageId: message(4) }),
    entry('REPLIED', 'answer', { messageId: message(5) }),
    entry('SENT', 'old'),
  ];
  expect(textsOf(endedRun(0, NOW, { log }))).toEqual([1, 2, 3, 4].map(message));
});

it('figures settle in three days, and the index lags behind by ten minutes at most', () => {
  expect([SETTLES_MS, INDEX_LAG_MS]).toEqual([3 * DAY, 600_000]);
});

describe('what a run is at', () => {
  const tallied = (run: Run) => tallyOf(run, new Map());
  const active = { ...entered, active: 1 };

  it('is no wait once its mailbox is closed, or where it has none', () => {
    const closed = { mailbox: { ...mailbox, status: 'replied' } };
    expect(tallied(open(endedRun(0, NOW), 'RUNNING', closed))).toEqual(active);
    expect(tallied(open(endedRun(0, NOW), 'RUNNING', {}))).toEqual(active);
  });

  it('is no wait while it is held, nor a step where nobody knows which', () => {
    const parked = { mailbox, parkedAt: at };
    expect(tallied(open(endedRun(0, NOW), 'PARKED', parked))).toEqual({ ...active, parked: 1 });
  });

  it('is told by all it has logged, however long ago, while it goes on', () => {
    const log = [entry('TAG_ADDED', 'tag', { at: instant(NOW + 30 * DAY) })];
    expect(tallied(open(endedRun(0, NOW, { log }), 'RUNNING', {}))).toEqual({ ...active, 'step.tag.log.TAG_ADDED': 1 });
  });

  it('is no branch where its log names none', () => {
    const log = [entry('BRANCH', 'fork', { detail: 'sideways' }), entry('TAG_ADDED', 'tag', { detail: 'then' })];
    expect(tallied(endedRun(0, NOW, { log }))).toEqual({
      ...entered,
      'step.fork.log.BRANCH': 1,
      'step.tag.log.TAG_ADDED': 1,
      'ended.COMPLETED': 1,
    });
  });
});

describe('the figures of a tally', () => {
  it('are all that was counted, by name', () => {
    const tally: Tally = {
      enrolled: 10,
      'enrolledBy.trigger': 6,
      'enrolledBy.manual': 4,
      active: 3,
      waiting: 1,
      parked: 2,
      'ended.COMPLETED': 4,
      'ended.OPTED_OUT': 2,
      'ended.EXITED_MANUALLY': 1,
      texted: 8,
      replied: 5,
      'texted.replied': 4,
      'texted.optedOut': 2,
      'delivery.accepted': 10,
      'delivery.delivered': 5,
      'delivery.undelivered': 3,
      'delivery.failed': 2,
      'delivery.unconfirmed': 1,
    };
    expect(figuresOf(tally)).toEqual({
      enrolled: 10,
      enrolledBy: { trigger: 6, publish: 0, 'turn-on': 0, manual: 4 },
      active: 3,
      waiting: 1,
      parked: 2,
      completed: 4,
      exited: { ...figuresOf(ZERO).exited, OPTED_OUT: 2, EXITED_MANUALLY: 1 },
      texted: 8,
      replied: 5,
      optedOut: 2,
      delivery: { accepted: 10, delivered: 5, undelivered: 3, failed: 2, unconfirmed: 1 },
      replyRate: 0.5,
      optOutRate: 0.25,
      deliveryRate: 0.5,
    });
  });

  it('of a text tell what became of it, and what happened in alphabetical order', () => {
    const step: Step = { id: 'ask', type: 'send-message', text: 'Hi', purpose: 'marketing' };
    const figures = stepFiguresOf(
      {
        'step.ask.waiting': 1,
        'step.ask.parked': 2,
        'step.ask.log.SENT': 3,
        'step.ask.log.SEND_SKIPPED': 4,
        'step.ask.log.SEND_DEFERRED': 5,
        'step.ask.delivery.accepted': 3,
        'step.ask.delivery.delivered': 2,
        'step.other.log.SENT': 9,
      },
      step,
    );
    expect(figures).toStrictEqual({
      id: 'ask',
      type: 'send-message',
      waiting: 1,
      parked: 2,
      events: { SEND_DEFERRED: 5, SEND_SKIPPED: 4, SENT: 3 },
      delivery: { accepted: 3, delivered: 2, undelivered: 0, failed: 0, unconfirmed: 0 },
    });
    expect(Object.keys(figures.events)).toEqual(['SEND_DEFERRED', 'SEND_SKIPPED', 'SENT']);
  });

  it('have shares that are null where there is nothing to share', () => {
    expect(figuresOf(ZERO)).toMatchObject({ enrolled: 0, replyRate: null, optOutRate: null, deliveryRate: null });
    expect(figuresOf(ZERO).exited).toEqual(
      Object.fromEntries(EndReason.options.filter((reason) => reason !== 'COMPLETED').map((reason) => [reason, 0])),
    );
  });

  it('have shares of the texted: who opts out or answers before a text is no part of them', () => {
    const untexted = [
      endedRun(1, NOW, { reason: 'OPTED_OUT' }),
      endedRun(2, NOW, { log: [entry('REPLIED', 'answer')] }),
    ];
    const texted = [
      endedRun(3, NOW, { reason: 'OPTED_OUT', log: [sent] }),
      endedRun(4, NOW, { log: [sent] }),
      endedRun(5, NOW, { log: [sent, entry('REPLIED', 'answer')] }),
      endedRun(6, NOW, { log: [sent] }),
    ];
    const tally = sum([...untexted, ...texted].map((run) => tallyOf(run, new Map())));
    expect(figuresOf(tally)).toMatchObject({
      ...{ texted: 4, replied: 2, optedOut: 2, replyRate: 0.25, optOutRate: 0.25, deliveryRate: 0 },
    });
  });

  it('of an if/else name its branches, and tell who came there in silence', () => {
    const branch = (detail: string, reason?: string) =>
      tallyOf(endedRun(0, NOW, { log: [entry('BRANCH', 'fork', { detail, ...(reason && { reason }) })] }), new Map());
    const tally = sum([branch('then'), branch('else'), branch('else', 'NO_REPLY')]);
    const step: Step = {
      id: 'fork',
      type: 'if-else',
      condition: { score: { is: 'promoter' } },
      then: { name: 'Glad', steps: [] },
      else: { name: 'Other', steps: [] },
    };
    expect(stepFiguresOf(tally, step)).toEqual({
      id: 'fork',
      type: 'if-else',
      waiting: 0,
      parked: 0,
      events: { BRANCH: 3 },
      branches: [
        { branch: 'then', name: 'Glad', runs: 1, silent: 0 },
        { branch: 'else', name: 'Other', runs: 2, silent: 1 },
      ],
    });
  });
});

const someRun = fc
  .record({
    n: fc.nat({ max: 10_000 }),
    version: fc.integer({ min: 1, max: 3 }),
    test: fc.boolean(),
    enrolledBy: fc.constantFrom(...EnrolledBy.options),
    reason: fc.constantFrom(...EndReason.options),
    isOpen: fc.boolean(),
    log: fc.array(
      fc.record({
        code: fc.constantFrom(...LogEntry.shape.code.options),
        step: fc.constantFrom('ask', 'answer', '__proto__x', 'constructor'),
        detail: fc.constantFrom('then', 'else', 'noReply', 'lead'),
        messageId: fc.nat({ max: 20 }).map(message),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ n, isOpen, log, ...rest }): Run => {
    const run = endedRun(n, NOW, { ...rest, log: log.map((logged) => ({ at, ...logged })) });
    return isOpen ? open(run, 'RUNNING', { mailbox }) : run;
  });
const someStatuses = fc
  .array(fc.tuple(fc.nat({ max: 20 }).map(message), fc.constantFrom(...OutboundStatus.options)))
  .map((pairs) => new Map(pairs));

describe('sums of tallies', () => {
  const someTally = fc.tuple(someRun, someStatuses).map(([run, statuses]) => tallyOf(run, statuses));

  it('do not depend on order or grouping, and nothing added changes nothing', () => {
    fc.assert(
      fc.property(someTally, someTally, someTally, (one, two, three) => {
        expect(add(one, two)).toEqual(add(two, one));
        expect(add(add(one, two), three)).toEqual(add(one, add(two, three)));
        expect(add(one, ZERO)).toEqual(one);
      }),
    );
  });

  it('are the same over blocks of any size as over all runs at once', () => {
    const bounds = { workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`), from: '' };
    fc.assert(
      fc.property(
        fc.array(someRun, { maxLength: 30 }),
        someStatuses,
        fc.integer({ min: 1, max: 31 }),
        (all, statuses, size) => {
          const blocks = Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
            blockOf(bounds, all.slice(n * size, (n + 1) * size), statuses, NOW, undefined),
          );
          const inBlocks = blocks.map(({ tallies }): Tally => sum(Object.values(tallies)));
          expect(sum(inBlocks)).toEqual(sum(all.map((run) => tallyOf(run, statuses))));
        },
      ),
    );
  });
});

describe('a block', () => {
  const bounds = { workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`), from: '', to: 'z', next: 'cursor' };
  const rested = NOW + SETTLES_MS + DAY;
  const runs = [endedRun(1, NOW), endedRun(2, NOW)];
  const count = (given: readonly Run[], now: number, before?: ReturnType<typeof blockOf>, within = bounds) =>
    blockOf(within, given, new Map(), now, before);

  it('holds what its runs come to, by version, and when the last of them ended', () => {
    const [one, two] = [endedRun(1, NOW, { version: 2 }), endedRun(2, NOW)];
    expect(count([one, two], NOW)).toStrictEqual({
      ...bounds,
      runs: 2,
      open: 0,
      newestEnd: two.endedAt,
      tallies: { 1: tallyOf(two, new Map()), 2: tallyOf(one, new Map()) },
      asOf: instant(NOW),
      sealed: false,
    });
    expect(count([two, one], NOW).newestEnd).toBe(two.endedAt);
  });

  it('of nobody, or of those who are in it, has no end yet', () => {
    expect(count([], NOW)).toStrictEqual({
      ...{ ...bounds, runs: 0, open: 0, tallies: {}, asOf: instant(NOW) },
      ...{ sealed: false, settledSince: instant(NOW) },
    });
    const running = open(endedRun(3, NOW), 'RUNNING', { mailbox });
    expect(count([running], NOW)).not.toHaveProperty('newestEnd');
  });

  it('is read as it was written', () => {
    const block = count(runs, rested);
    expect(Block.parse(block)).toEqual(block);
    expect(Block.safeParse({ ...block, more: 1 }).success).toBe(false);
  });

  it('is sealed when it is found full and at rest twice, well apart, with the same runs', () => {
    const first = count(runs, rested);
    expect(first).toMatchObject({ sealed: false, settledSince: instant(rested), runs: 2, open: 0 });
    expect(count(runs, rested + INDEX_LAG_MS - 1, first).sealed).toBe(false);
    expect(count(runs, rested + INDEX_LAG_MS, first)).toMatchObject({ sealed: true, settledSince: instant(rested) });
  });

  it('begins to rest anew when a run has turned up', () => {
    const first = count(runs.slice(1), rested);
    const second = count(runs, rested + INDEX_LAG_MS, first);
    expect(second).toMatchObject({ sealed: false, settledSince: instant(rested + INDEX_LAG_MS) });
    expect(count(runs, rested + 2 * INDEX_LAG_MS, second).sealed).toBe(true);
  });

  it('does not rest while a run is open, its last end is recent, or it still grows', () => {
    const running = open(endedRun(3, NOW), 'RUNNING', { mailbox });
    expect(count([...runs, running], rested)).toMatchObject({ open: 1 });
    const { to: _, next: __, ...growing } = bounds;
    for (const block of [
      count([...runs, running], rested),
      count(runs, NOW + SETTLES_MS),
      blockOf(growing, runs, new Map(), rested, undefined),
    ])
      expect(block).not.toHaveProperty('settledSince');
  });

  it('rests though a test run is still open', () => {
    const testing = open(endedRun(3, NOW, { test: true }), 'RUNNING', { mailbox });
    expect(count([...runs, testing], rested)).toMatchObject({ open: 0, runs: 3, settledSince: instant(rested) });
  });
});
