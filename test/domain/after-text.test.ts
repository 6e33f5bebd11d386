import { expect, it, test } from 'vitest';
import { withActivity } from '../../shared/domain/activity.ts';
import { afterText } from '../../shared/domain/after-text.ts';
import { messageIdOf, runIdOf, WorkflowId } from '../../shared/domain/id.ts';
import { at, contact, HOUR, NOW } from '../support/filters.ts';

const before = contact({ changedBy: { type: 'inbound', consumed: false } });
const workflowId = WorkflowId.parse(`wf_${'0'.repeat(26)}`);
const runId = runIdOf(before.id, '0'.repeat(26));
const id = messageIdOf(before.id, 'outbound', NOW, 'a text');
const byHand = { id, at: at(NOW), origin: { type: 'manual' } } as const;
const ofRun = { id, at: at(NOW), origin: { type: 'run', runId, workflowId, step: 'hello' } } as const;
const [later, sentAt] = [at(NOW + 1), { lastMessageSentAt: at(NOW), lastContactedAt: at(NOW) }];

test.each([
  ['sent', { lastMessageSentAt: at(NOW), lastContactedAt: at(NOW) }],
  ['received', { lastMessageReceivedAt: at(NOW), lastContactedAt: at(NOW) }],
  ['call', { lastCallAt: at(NOW), lastContactedAt: at(NOW) }],
] as const)('what was %s is noted with its time', (what, activity) => {
  expect(withActivity(before, what, at(NOW))).toEqual({ ...before, activity });
});

it('what is told late turns nothing back', () => {
  const known = { lastMessageSentAt: at(NOW - HOUR), lastContactedAt: at(NOW + HOUR) };
  expect(withActivity(contact({ activity: known }), 'sent', at(NOW)).activity).toEqual({
    lastMessageSentAt: at(NOW),
    lastContactedAt: at(NOW + HOUR),
  });
  expect(withActivity(contact({ activity: known }), 'sent', at(NOW - 2 * HOUR)).activity).toEqual(known);
});

it('what is told again leaves the very same contact', () => {
  const known = contact({ activity: sentAt });
  expect(withActivity(known, 'sent', at(NOW))).toBe(known);
  expect(afterText(known, ofRun, 'sent', later)).toBe(known);
});

it('a text that was sent is activity, of the run that sent it or of a person', () => {
  const after = { ...before, activity: sentAt, updatedAt: later };
  expect(afterText(before, byHand, 'sent', later)).toEqual({ ...after, changedBy: { type: 'api' } });
  expect(afterText(before, ofRun, 'sent', later)).toEqual({ ...after, changedBy: { type: 'run', workflowId, runId } });
});

it('an opt-out that the carrier knows of is one', () => {
  expect(afterText(before, ofRun, 'opted-out', later)).toEqual({
    ...before,
    consent: { status: 'optedOut', source: 'carrier', at: later, evidence: id },
    changedBy: { type: 'run', workflowId, runId },
    updatedAt: later,
  });
});

it('nothing else changes the contact', () => {
  const optedOut = contact({ consent: { status: 'optedOut', at: at(NOW) } });
  expect(afterText(optedOut, ofRun, 'opted-out', later)).toBe(optedOut);
  expect(afterText(before, ofRun, 'nothing', later)).toBe(before);
});
