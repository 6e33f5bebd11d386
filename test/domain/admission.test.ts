import { describe, expect, it, test } from 'vitest';
import { admit, admitText, goesOn, mayText, type TextFacts } from '../../shared/domain/admission.ts';
import { InboxId, WorkflowId } from '../../shared/domain/id.ts';
import { Settings } from '../../shared/domain/settings.ts';
import type { Workflow } from '../../shared/domain/workflow.ts';
import { at, contact, DAY, HOUR, NOW } from '../support/filters.ts';

const inboxId = InboxId.parse(`inb_${'0'.repeat(26)}`);
const otherInbox = InboxId.parse(`inb_${'1'.repeat(26)}`);
const workflow = (status: Workflow['status'], inFlight?: Workflow['inFlight']): Workflow => ({
  id: WorkflowId.parse(`wf_${'0'.repeat(26)}`),
  name: 'Welcome',
  template: 'blank',
  status,
  version: 1,
  ...(inFlight && { inFlight }),
  createdAt: at(NOW),
  updatedAt: at(NOW),
});
const person = (status: 'unknown' | 'optedIn' | 'optedOut', more: object = {}) =>
  contact({ consent: { status }, ...more });
const taken = person('unknown', { takeovers: { [inboxId]: { since: at(NOW - 1), until: at(NOW + 1) } } });
const takenElsewhere = person('unknown', { takeovers: { [otherInbox]: { since: at(NOW - 1), until: at(NOW + 1) } } });

describe('a step', () => {
  const turnedOff = { verdict: 'exit', reason: 'WORKFLOW_TURNED_OFF' };
  const optedOut = { verdict: 'exit', reason: 'OPTED_OUT' };
  test.each([
    ['acts while the workflow is on', person('unknown'), workflow('ON'), { verdict: 'go' }],
    [
      'ends the run of a contact that is gone',
      undefined,
      workflow('ON'),
      { verdict: 'exit', reason: 'CONTACT_DELETED' },
    ],
    ['ends the run of who has opted out', person('optedOut'), workflow('ON'), optedOut],
    ['ends it also where the workflow is gone', person('optedOut'), undefined, optedOut],
    ['ends the run of a workflow that is gone', person('unknown'), undefined, turnedOff],
    ['acts while runs go to their end', person('unknown'), workflow('OFF', 'finish'), { verdict: 'go' }],
    ['parks while the workflow is paused', person('unknown'), workflow('OFF', 'pause'), { verdict: 'park' }],
    ['parks while the next version is on its way', person('unknown'), workflow('PUBLISHING'), { verdict: 'park' }],
    ['ends where runs were ended', person('unknown'), workflow('OFF', 'exit'), turnedOff],
    ['parks while a person has taken over', taken, workflow('ON'), { verdict: 'park', takenOverIn: inboxId }],
    ['acts while one has in another inbox', takenElsewhere, workflow('ON'), { verdict: 'go' }],
    ['parks for the workflow first', taken, workflow('OFF', 'pause'), { verdict: 'park' }],
  ])('%s', (_, who, what, admitted) => {
    expect(admit(who, what, { inboxId, at: at(NOW) })).toEqual(admitted);
  });

  it('ends the run of who has reached the goal, once it goes on and nobody has taken over', () => {
    const vip = person('unknown', { tags: ['vip'] });
    const goal = ({ tags }: { readonly tags: readonly string[] }, now: number) => tags.includes('vip') && now === NOW;
    const asked = { inboxId, at: at(NOW), goal };
    const reached = { verdict: 'exit', reason: 'GOAL_REACHED' };
    expect(admit(vip, workflow('ON'), asked)).toEqual(reached);
    expect(admit(person('unknown'), workflow('ON'), asked)).toEqual({ verdict: 'go' });
    expect(admit(person('optedOut', { tags: ['vip'] }), workflow('ON'), asked)).toEqual(optedOut);
  });

  test.each([
    [workflow('ON'), true],
    [workflow('OFF', 'finish'), true],
    [workflow('OFF', 'pause'), false],
    [workflow('OFF', 'exit'), false],
    [workflow('DRAFT'), false],
  ])('of %j may act: %s', (what, may) => {
    expect(goesOn(what)).toBe(may);
  });
});

test.each([
  ['unknown', false, true],
  ['unknown', true, false],
  ['optedIn', false, true],
  ['optedIn', true, true],
  ['optedOut', false, false],
  ['optedOut', true, false],
] as const)('who is %s may be texted where opt-in is asked for (%s): %s', (status, requireOptIn, may) => {
  expect(mayText(person(status), Settings.parse({ requireOptIn }))).toBe(may);
});

describe('a text', () => {
  /** A Monday, noon in UTC. */
  const of = (given: Partial<TextFacts> = {}, settings: object = {}) =>
    admitText({
      now: NOW,
      due: NOW,
      purpose: 'marketing',
      repliedAt: undefined,
      contact: contact({ timeZone: 'UTC' }),
      settings: Settings.parse(settings),
      window: undefined,
      sentAt: [],
      ...given,
    });
  const go = { verdict: 'go' };
  const closed = { window: { from: '14:00', to: '16:00' } };
  const later = (hours: number, reason: string) => ({ verdict: 'defer', until: NOW + hours * HOUR, reason });

  test.each([
    ['leaves within the hours', {}, {}, go],
    ['leaves a day late', { due: NOW - DAY }, {}, go],
    ['is left out when it is later', { due: NOW - DAY - 1 }, {}, { verdict: 'skip', reason: 'OVERDUE' }],
    [
      'waits for the hours of the workspace',
      {},
      { sendingWindow: { from: '13:00', to: '20:00' } },
      later(1, 'SENDING_WINDOW'),
    ],
    ['waits for those of the inbox, if it has some', closed, {}, later(2, 'SENDING_WINDOW')],
    [
      'waits for those of the state',
      { contact: contact({ timeZone: 'UTC', address: { country: 'US', state: 'TX' } }) },
      { stateHours: { TX: { monday: { from: '15:00', to: '16:00' } } } },
      later(3, 'SENDING_WINDOW'),
    ],
    [
      'waits by the clock of the workspace where no other is known',
      { contact: contact() },
      { timeZone: 'America/Los_Angeles' },
      later(4, 'SENDING_WINDOW'),
    ],
    [
      'is left out where there are no hours',
      {
        contact: contact({ timeZone: 'UTC', address: { country: 'US', state: 'TX' } }),
        window: { from: '09:00', to: '10:00' },
      },
      {
        stateHours: {
          TX: Object.fromEntries(
            ['sun', 'mon', 'tues', 'wednes', 'thurs', 'fri', 'satur'].map((day) => [`${day}day`, 'closed']),
          ),
        },
      },
      { verdict: 'skip', reason: 'NO_SENDING_WINDOW' },
    ],
    ['leaves at any hour soon after a reply', { ...closed, repliedAt: NOW - 15 * 60_000 + 1 }, {}, go],
    ['waits when that was not so soon', { ...closed, repliedAt: NOW - 15 * 60_000 }, {}, later(2, 'SENDING_WINDOW')],
  ])('%s', (_, given, settings, admitted) => {
    expect(of(given, settings)).toEqual(admitted);
  });

  const sent = (...hoursAgo: number[]) => ({ sentAt: hoursAgo.map((hours) => NOW - hours * HOUR) });
  const two = { dailyCap: { texts: 2, then: 'defer' } };
  test.each([
    ['leaves below the cap', sent(1), two, go],
    ['waits at the cap until one is a day old', sent(3, 20), two, later(4, 'DAILY_CAP')],
    ['waits as long in whatever order they left', sent(20, 3), two, later(4, 'DAILY_CAP')],
    ['waits until there are few enough again', sent(1, 3, 20, 23), two, later(21, 'DAILY_CAP')],
    ['leaves when one is a day old', sent(1, 24), two, go],
    ['waits for the hours after that', sent(1, 14), two, later(21, 'DAILY_CAP')],
    [
      'waits for no hours after that soon after a reply',
      { ...sent(1, 14), repliedAt: NOW },
      two,
      later(10, 'DAILY_CAP'),
    ],
    [
      'is left out at a cap that says so',
      sent(1, 2),
      { dailyCap: { texts: 2, then: 'skip' } },
      { verdict: 'skip', reason: 'DAILY_CAP' },
    ],
    ['leaves where there is no cap', sent(1, 2, 3, 4), { dailyCap: null }, go],
    ['leaves when it is no marketing', { ...sent(1, 2), purpose: 'transactional' as const }, two, go],
  ])('%s', (_, given, settings, admitted) => {
    expect(of(given, settings)).toEqual(admitted);
  });

  it('is outside the hours before it is one too many', () => {
    expect(of({ ...closed, ...sent(1, 2) }, two)).toEqual(later(2, 'SENDING_WINDOW'));
  });
});
