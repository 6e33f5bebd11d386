import { describe, expect, it } from 'vitest';
import { contactOf, InboxId, MessageId, RunId, WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import { ended, parked, type RunningRun } from '../../shared/domain/run.ts';
import { packed, unpacked } from '../../shared/store/run-record.ts';

const CONTACT = '01KJT3EXZ0RAYZ1538TSVPE809';
const id = RunId.parse(`run_${CONTACT}01KJT3EXZ0RAYZ1538TSVPE80A`);
const message = (last: string) => MessageId.parse(`msg_${CONTACT}01KJTACZE0Z7NB1WJ9WRVQX5B${last}`);
const at = (seconds: number) => instant(Date.parse('2026-03-03T15:00:00.000Z') + seconds * 1000);
const inboxId = InboxId.parse('inb_01KJT3D3C0ADWZCGRHAP2WN5A7');

const FRESH: RunningRun = {
  id,
  workflowId: WorkflowId.parse('wf_01KJT3D3C0X6GGP84X22MVMVYB'),
  version: 1,
  contactId: contactOf(id),
  status: 'RUNNING',
  enrolledAt: at(0),
  enrolledBy: 'trigger',
  test: false,
  entry: 1,
  contactRev: 1,
  execution: 1,
  startedAt: at(0),
  log: [{ at: at(0), code: 'ENROLLED', detail: 'trigger' }],
};
const FULL: RunningRun = {
  ...FRESH,
  test: true,
  hops: 2,
  execution: 3,
  startedAt: at(7),
  resumeAt: 'offer',
  answer: message('A'),
  claim: {
    ...{ step: 'offer', messageId: message('B'), inboxId, purpose: 'marketing', claimedAt: at(2) },
    ...{ answer: message('A'), status: 'accepted', settledAt: at(3), resends: message('C') },
  },
  mailbox: {
    ...{ wait: 'wait', state: 'offer', inboxId, forReply: true, broadcast: false, openedAt: at(2), deadline: at(9) },
    ...{ token: 'token', attempt: '1.2', status: 'replied', closedAt: at(4) },
    verdict: { replied: true, is: { yes: false } },
  },
  done: { state: 'start', verdict: { replied: false, is: {} } },
  // Clocks differ: something may be told from before the enrolment.
  log: [
    { at: at(-1), code: 'ENROLLED', detail: 'trigger' },
    { at: at(2), code: 'SENT', step: 'offer', messageId: message('B') },
    { at: at(4), code: 'BRANCH', step: 'yes', detail: 'noReply', reason: 'NO_REPLY' },
    { at: at(5), code: 'PARKED', reason: 'TAKEN_OVER' },
  ],
};

describe('a run as it lies in the table', () => {
  it.each([
    ['fresh', FRESH],
    ['with all that it can have', FULL],
    ['without what it can lack', { ...FULL, mailbox: { ...withoutEnd(FULL) } }],
    ['parked', parked(FULL, at(8), 'offer', inboxId)],
    ['ended', ended(FULL, at(8), 'COMPLETED')],
  ])('is the same when it is read: %s', (_, run) => {
    const stored: unknown = JSON.parse(JSON.stringify(packed(run)));
    expect(unpacked(stored)).toEqual(run);
  });

  it('says nothing twice: no id of the contact but in its own, and no instant in words', () => {
    const text = JSON.stringify(packed(FULL));
    expect(text.split(CONTACT)).toHaveLength(2);
    expect(text).not.toMatch(/\d{4}-\d{2}-\d{2}T/);
  });

  it('is refused where it is something else', () => {
    expect(() => unpacked({ ...packed(FRESH), log: [['soon', 'ENROLLED']] })).toThrow();
    expect(() => unpacked({ ...packed(FRESH), status: 'GONE' })).toThrow();
  });
});

function withoutEnd({ mailbox }: RunningRun) {
  if (!mailbox) throw new Error('it has no mailbox');
  const { deadline: _, closedAt: __, verdict: ___, token: ____, ...rest } = mailbox;
  return { ...rest, status: 'open' as const };
}
