import { describe, expect, it, test } from 'vitest';
import { ContactId, InboxId, messageIdOf, runIdOf, WorkflowId } from '../../shared/domain/id.ts';
import {
  answered,
  deadlineOf,
  ended,
  executionName,
  hasTexted,
  type LogEntry,
  leftByReply,
  listens,
  type Mailbox,
  missed,
  type ParkedRun,
  parked,
  Run,
  type RunningRun,
  renewed,
  restarted,
  resumed,
  timedOut,
} from '../../shared/domain/run.ts';
import { Draft, Reentry, type Version, Wait } from '../../shared/domain/workflow.ts';

const contactId = ContactId.parse(`ct_${'0'.repeat(26)}`);
const inboxId = InboxId.parse(`inb_${'0'.repeat(26)}`);
const otherInbox = InboxId.parse(`inb_${'1'.repeat(26)}`);
const at = (minutes: number) => new Date(Date.UTC(2026, 2, 3, 15, minutes)).toISOString();
const answer = messageIdOf(contactId, 'inbound', Date.parse(at(20)), 'an answer');

const enrolled = { at: at(0), code: 'ENROLLED' } as const;
const run = (more: Partial<RunningRun> = {}): RunningRun => ({
  id: runIdOf(contactId, '0'.repeat(26)),
  workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`),
  version: 1,
  contactId,
  status: 'RUNNING',
  enrolledAt: at(0),
  enrolledBy: 'trigger',
  test: false,
  entry: 1,
  contactRev: 1,
  execution: 1,
  startedAt: at(0),
  log: [enrolled],
  ...more,
});
const held: ParkedRun = { ...run(), status: 'PARKED', parkedAt: at(5), resumeAt: 'send' };
const mailbox = (more: Partial<Mailbox> = {}): Mailbox => ({
  wait: 'w',
  state: 'send',
  inboxId,
  forReply: true,
  broadcast: false,
  openedAt: at(10),
  status: 'open',
  ...more,
});
const claim = (more: object = {}) =>
  ({
    step: 'send',
    messageId: messageIdOf(contactId, 'outbound', Date.parse(at(10)), 'a text'),
    inboxId,
    claimedAt: at(10),
    status: 'accepted',
    ...more,
  }) as const;

describe('a wait is over', () => {
  const wait = Wait.parse({ id: 'w', type: 'wait', duration: { hours: 1 } });
  const closed = (id: string, minutes: number) => mailbox({ wait: id, status: 'timed-out', closedAt: at(minutes) });

  test.each([
    ['enrolment, where nothing was sent', {}, 0],
    ['the acceptance of the text before it', { claim: claim({ settledAt: at(11) }) }, 11],
    ['enrolment, while the text before it is not accepted', { claim: claim() }, 0],
    ['the end of the wait before it', { mailbox: closed('earlier', 12) }, 12],
    ['the later of both', { claim: claim({ settledAt: at(13) }), mailbox: closed('earlier', 12) }, 13],
    ['the later of both', { claim: claim({ settledAt: at(11) }), mailbox: closed('earlier', 12) }, 12],
    [
      'what was before it, not after its own end',
      { claim: claim({ settledAt: at(11) }), mailbox: closed('w', 99) },
      11,
    ],
  ])('its duration after %s', (_, facts, minutes) => {
    expect(deadlineOf(wait, run(facts))).toBe(at(minutes + 60));
  });
});

describe('a run', () => {
  it('names each of its executions', () => {
    expect(executionName(run({ execution: 3 }))).toBe(`${run().id}.3`);
  });

  it.each<[string, Run]>([
    ['that has just begun', run()],
    [
      'with all that can be known of it',
      run({
        test: true,
        hops: 2,
        resumeAt: 'send',
        claim: claim({ purpose: 'marketing', answer, settledAt: at(11), resends: answer }),
        mailbox: mailbox({
          broadcast: true,
          deadline: at(70),
          token: 'token',
          attempt: '0/2026/1',
          status: 'replied',
          closedAt: at(20),
          verdict: { replied: true, is: { yes: false } },
        }),
        answer,
        done: { state: 'tags', verdict: { replied: false, is: {} } },
        log: [enrolled, { at: at(1), code: 'SEND_SKIPPED', step: 'send', messageId: answer, detail: 'd', reason: 'r' }],
      }),
    ],
    ['whose text nobody can tell of', run({ claim: claim({ status: 'unconfirmed' }) })],
    ['whose text is about to leave', run({ claim: claim({ status: 'claimed' }) })],
    ['whose text was refused', run({ claim: claim({ status: 'failed' }) })],
    ['whose text was left out', run({ claim: claim({ status: 'skipped' }) })],
    ['that waits', run({ mailbox: mailbox() })],
    ['that has waited', run({ mailbox: mailbox({ status: 'timed-out' }) })],
    ['that is parked', held],
    ['that a person has taken over', { ...held, takenOverIn: inboxId }],
    ['that has ended', ended(run(), at(7), 'COMPLETED')],
  ])('%s is read as it was written', (_, written) => {
    expect(Run.parse(JSON.parse(JSON.stringify(written)))).toStrictEqual(written);
  });

  it.each([
    [{ version: 0 }],
    [{ entry: -1 }],
    [{ hops: 0 }],
    [{ contactRev: 0 }],
    [{ execution: 0 }],
    [{ status: 'LOST' }],
    [{ more: 1 }],
    [{ claim: { ...claim(), more: 1 } }],
  ])('is not one with %j', (wrong) => {
    expect(Run.safeParse({ ...run(), ...wrong }).success).toBe(false);
  });

  it('is parked at a state, with the inbox that a person has taken over, if one has', () => {
    expect(parked(run(), at(5), 'send')).toStrictEqual({ ...held, log: [enrolled, { at: at(5), code: 'PARKED' }] });
    expect(parked(run(), at(5), 'send', inboxId)).toEqual({
      ...held,
      takenOverIn: inboxId,
      log: [enrolled, { at: at(5), code: 'PARKED', reason: 'TAKEN_OVER' }],
    });
  });

  it('that was parked goes on in the next execution, and nothing is left of why it was', () => {
    expect(resumed({ ...held, takenOverIn: inboxId }, at(6))).toStrictEqual(
      run({
        execution: 2,
        startedAt: at(6),
        resumeAt: 'send',
        log: [enrolled, { at: at(6), code: 'RESUMED' }],
      }),
    );
  });

  it('that waits for long goes on in the next execution, as it is', () => {
    const waiting = run({ mailbox: mailbox(), claim: claim() });
    expect(renewed(waiting, at(6), 'send')).toEqual({ ...waiting, execution: 2, startedAt: at(6), resumeAt: 'send' });
  });

  it('that has lost its execution goes on in the next one, and says why', () => {
    const waiting = run({ mailbox: mailbox(), claim: claim() });
    expect(restarted(waiting, at(6), 'send', 'TIMED_OUT')).toEqual({
      ...renewed(waiting, at(6), 'send'),
      log: [enrolled, { at: at(6), code: 'RESTARTED', reason: 'TIMED_OUT' }],
    });
  });

  it('ends for a reason, parked or not', () => {
    const log = [enrolled, { at: at(7), code: 'ENDED', detail: 'OPTED_OUT' }];
    const after = { ...run(), status: 'ENDED', endedAt: at(7), reason: 'OPTED_OUT', log };
    expect(ended(run(), at(7), 'OPTED_OUT')).toStrictEqual(after);
    const taken = { ...held, takenOverIn: inboxId };
    expect(ended(taken, at(7), 'OPTED_OUT')).toStrictEqual({ ...after, resumeAt: 'send' });
  });
});

describe('a run has texted from an inbox', () => {
  const version: Version = {
    ...Draft.parse({
      steps: [
        { id: 'usual', type: 'send-message', text: 'Hi' },
        {
          ...{
            id: 'if',
            type: 'if-else',
            condition: { keywords: { anyOf: ['yes'] } },
            then: { name: 'Yes', steps: [] },
          },
          else: { name: 'No', steps: [{ id: 'other', type: 'send-message', text: 'Hi', inboxId: otherInbox }] },
        },
        { id: 'tag', type: 'add-tag', tag: 'a' },
      ],
    }),
    ...{ workflowId: run().workflowId, version: 1, name: 'Welcome', inboxId, reentry: Reentry.parse({}) },
    ...{ plan: { start: 'usual', segments: {}, forks: {} }, machine: 'machine', publishedAt: at(0) },
  };
  // Claimed at ten minutes past, and told of a minute later.
  const messageId = messageIdOf(contactId, 'outbound', Date.parse(at(10)), 'a text');
  const logged = (code: LogEntry['code'], step: string) =>
    run({ log: [enrolled, { at: at(11), code, step, messageId }] });

  test.each([
    ['when a text was accepted', logged('SENT', 'usual'), inboxId, 10, true],
    ['when nobody can tell', logged('SEND_UNCONFIRMED', 'usual'), inboxId, 10, true],
    ['when it crossed a STOP', logged('SEND_CROSSED_OPT_OUT', 'usual'), inboxId, 10, true],
    ['not when a text was refused', logged('SEND_FAILED', 'usual'), inboxId, 10, false],
    ['not when a text was left out', logged('SEND_SKIPPED', 'usual'), inboxId, 10, false],
    ['not before', logged('SENT', 'usual'), inboxId, 9, false],
    ['not when it was another', logged('SENT', 'other'), inboxId, 10, false],
    ['of a step of its own, in whichever branch', logged('SENT', 'other'), otherInbox, 10, true],
    ['not by a step that sends nothing', logged('SENT', 'tag'), inboxId, 10, false],
    ['as soon as a text is claimed', run({ claim: claim({ status: 'claimed' }) }), inboxId, 10, true],
    ['not before a text is claimed', run({ claim: claim({ status: 'claimed' }) }), inboxId, 9, false],
    ['not by a claim that came to nothing', run({ claim: claim({ status: 'skipped' }) }), inboxId, 10, false],
    ['not by a claim that was refused', run({ claim: claim({ status: 'failed' }) }), inboxId, 10, false],
    ['not by a claim in another', run({ claim: claim({ inboxId: otherInbox }) }), inboxId, 10, false],
    ['not where it has not begun to', run(), inboxId, 10, false],
  ])('%s', (_, had, from, minutes, has) => {
    expect(hasTexted(had, version, from, at(minutes))).toBe(has);
  });

  it('and a reply then ends it, if it is to', () => {
    expect(leftByReply(held, at(20), answer)).toStrictEqual({
      ...run(),
      resumeAt: 'send',
      status: 'ENDED',
      endedAt: at(20),
      reason: 'REPLIED',
      answer,
      log: [
        enrolled,
        { at: at(20), code: 'REPLIED', messageId: answer },
        { at: at(20), code: 'ENDED', detail: 'REPLIED' },
      ],
    });
  });
});

describe('a mailbox', () => {
  const waiting = { ...run({ answer }), mailbox: mailbox() };

  it('needs no token any more, once it is closed', () => {
    const tokened = { ...waiting, mailbox: mailbox({ token: 'token', attempt: '1' }) };
    const replied = answered(tokened, at(30), answer, { replied: true, is: {} });
    expect(replied.mailbox).toStrictEqual(
      mailbox({ status: 'replied', closedAt: at(30), verdict: { replied: true, is: {} } }),
    );
    expect(timedOut(tokened, at(40)).mailbox).toStrictEqual(mailbox({ status: 'timed-out', closedAt: at(40) }));
  });

  it('is closed by the answer, which decides', () => {
    const verdict = { replied: true, is: { yes: true } };
    const next = messageIdOf(contactId, 'inbound', Date.parse(at(30)), 'the next answer');
    expect(answered(waiting, at(30), next, verdict)).toEqual({
      ...waiting,
      mailbox: { ...mailbox(), status: 'replied', closedAt: at(30), verdict },
      answer: next,
      log: [enrolled, { at: at(30), code: 'REPLIED', step: 'w', messageId: next }],
    });
  });

  it('is closed by time, and then there is no answer', () => {
    const { answer: _, ...rest } = waiting;
    expect(timedOut(waiting, at(40))).toStrictEqual({
      ...rest,
      mailbox: { ...mailbox(), status: 'timed-out', closedAt: at(40) },
      log: [enrolled, { at: at(40), code: 'TIMED_OUT', step: 'w' }],
    });
  });

  test.each([
    ['that an answer has closed', run({ answer, mailbox: mailbox({ status: 'replied' }) })],
    ['that time has closed', run({ answer, mailbox: mailbox({ status: 'timed-out' }) })],
    ['that there never was', run({ answer })],
  ])('%s is not closed by time', (_, closed) => {
    expect(timedOut(closed, at(40))).toBe(closed);
  });
});

describe('a run takes a reply', () => {
  const waiting = (more: Partial<Mailbox> = {}) => run({ mailbox: mailbox(more) });

  test.each([
    ['while its mailbox is open', waiting(), inboxId, 11, true],
    ['that came as it was opened', waiting(), inboxId, 10, true],
    ['not what came before that', waiting(), inboxId, 9, false],
    ['not of another inbox', waiting(), otherInbox, 11, false],
    ['not where it waits for time alone', waiting({ forReply: false }), inboxId, 11, false],
    ['not after an answer', waiting({ status: 'replied' }), inboxId, 11, false],
    ['not after its time', waiting({ status: 'timed-out' }), inboxId, 11, false],
    ['not where it does not wait', run(), inboxId, 11, false],
    ['not while it is parked', parked(waiting(), at(10), 'send'), inboxId, 11, false],
  ])('%s', (_, listening, to, minutes, taken) => {
    expect(listens(listening, to, at(minutes))).toBe(taken);
  });
});

describe('a reply comes too late for a run', () => {
  const late = { at: at(50), code: 'LATE_REPLY' } as const;
  const over = (more: Partial<Mailbox> = {}, log: RunningRun['log'] = [enrolled]) =>
    run({ mailbox: mailbox({ status: 'timed-out', ...more }), log });

  test.each([
    ['when time was first', over(), inboxId, 60, true],
    ['also when the run has ended since', ended(over(), at(55), 'COMPLETED'), inboxId, 60, true],
    ['when it answers a text before the latest', run({ mailbox: mailbox() }), inboxId, 9, true],
    ['not when the run takes it', run({ mailbox: mailbox() }), inboxId, 10, false],
    ['not when another answer was first', over({ status: 'replied' }), inboxId, 60, false],
    ['not when another answer was first, to a text before the latest', over({ status: 'replied' }), inboxId, 9, false],
    ['not when it came before the run', over(), inboxId, -1, false],
    ['also when it came as the run began', over(), inboxId, 0, true],
    ['not in another inbox', over(), otherInbox, 60, false],
    ['not where nobody asked for one', over({ forReply: false }), inboxId, 60, false],
    ['not where it never waited', run(), inboxId, 60, false],
    ['not twice for one wait', over({}, [enrolled, { ...late, step: 'w' }]), inboxId, 60, false],
    ['once more for the next wait', over({}, [enrolled, { ...late, step: 'earlier' }]), inboxId, 60, true],
    [
      'not twice for one wait, whatever was late before it',
      over({}, [enrolled, { ...late, step: 'earlier' }, { ...late, step: 'w' }, { at: at(51), code: 'BRANCH' }]),
      inboxId,
      60,
      false,
    ],
  ])('%s', (_, had, to, minutes, isLate) => {
    expect(missed(had, to, at(minutes))).toBe(isLate);
  });
});
