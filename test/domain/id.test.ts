import { describe, expect, it, test } from 'vitest';
import { ContactId, contactOf, MessageId, messageIdOf, RunId, runIdOf, seededUlid } from '../../shared/domain/id.ts';
import { NOW } from '../support/filters.ts';

const ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const contactId = ContactId.parse(`ct_${ULID}`);

describe('an id', () => {
  it('of a run or a message leads to its contact', () => {
    const [run, message] = [runIdOf(contactId, '0'.repeat(26)), messageIdOf(contactId, 'inbound', NOW, 'a')];
    expect([contactOf(run), contactOf(message)]).toEqual([contactId, contactId]);
    expect(run).toBe(`run_${ULID}${'0'.repeat(26)}`);
    expect([RunId.safeParse(run).success, MessageId.safeParse(message).success]).toEqual([true, true]);
  });

  it('of a message is the same whenever it is made of the same', () => {
    const made = messageIdOf(contactId, 'inbound', NOW, 'a');
    expect(messageIdOf(contactId, 'inbound', NOW, 'a')).toBe(made);
    const others = [
      messageIdOf(contactId, 'inbound', NOW, 'b'),
      messageIdOf(contactId, 'outbound', NOW, 'a'),
      messageIdOf(contactId, 'inbound', NOW + 1, 'a'),
    ];
    expect(new Set([made, ...others]).size).toBe(4);
  });

  it('of a message sorts by time, and what came in before what went out in answer', () => {
    const seeds = Array.from({ length: 40 }, (_, n) => String(n));
    const of = (direction: 'inbound' | 'outbound', at: number) =>
      seeds.map((seed) => messageIdOf(contactId, direction, at, seed));
    const groups = [of('inbound', NOW), of('outbound', NOW), of('inbound', NOW + 1)].map((ids) => ids.toSorted());
    expect(groups.flat().toSorted()).toEqual(groups.flat());
  });

  it('of what is asked for once is the same for the same asking', () => {
    const made = seededUlid(NOW, 'a');
    expect(made).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect([seededUlid(NOW, 'a'), seededUlid(NOW, 'b') === made, seededUlid(NOW + 1, 'a') > made]).toEqual([
      made,
      false,
      true,
    ]);
  });

  it('draws on the whole alphabet', () => {
    const letters = Array.from({ length: 200 }, (_, n) => seededUlid(NOW, String(n)).slice(10)).join('');
    expect([...new Set(letters)].sort().join('')).toBe('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
  });

  // Ids are in tables, in histories of executions and in what others keep: how they are made does not change.
  it('is made as it always was', () => {
    expect([messageIdOf(contactId, 'outbound', NOW, 'a'), seededUlid(NOW, 'a')]).toEqual([
      'msg_01ARZ3NDEKTSV4RRFFQ69G5FAV01KV5JE8G0ZAQ1JAVXAT2HKT3W',
      '01KV5JE8G0AQ1JAVXAT2HKT3WD',
    ]);
  });

  test.each([
    [`ct_${ULID}`, true],
    [`ct_${ULID}0`, false],
    [`ct_${ULID.slice(1)}`, false],
    [`ct_${ULID.toLowerCase()}`, false],
    [`ct_${ULID.replace('A', 'I')}`, false],
    [`ct_${ULID.replace('A', 'U')}`, false],
    [`wf_${ULID}`, false],
    [` ct_${ULID}`, false],
    [`ct_${ULID}\n`, false],
  ])('of a contact is of one form: %j %s', (id, isOne) => {
    expect(ContactId.safeParse(id).success).toBe(isOne);
    expect(ContactId.safeParse(id).error?.issues.map(({ message }) => message) ?? []).toEqual(
      isOne ? [] : ['is not an id of the form ct_…'],
    );
  });
});
