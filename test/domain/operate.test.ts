import { describe, expect, it } from 'vitest';
import { Contact, FieldValue, MOST_TAGS, Tag } from '../../shared/domain/contact.ts';
import { isOperation, operate } from '../../shared/domain/operate.ts';
import { SendMessage, Wait } from '../../shared/domain/workflow.ts';

const AT = '2026-03-03T15:00:00.000Z';
const contact = (tags: string[] = [], fields = {}) =>
  Contact.parse({
    id: `ct_${'0'.repeat(26)}`,
    phone: '+12025550111',
    tags,
    fields,
    derived: {},
    optIn: { source: 'api', at: AT },
    consent: { status: 'unknown' },
    activity: {},
    changedBy: { type: 'api' },
    createdAt: AT,
    updatedAt: AT,
  });
const add = (tag: string) => ({ id: 'add', type: 'add-tag', tag }) as const;
const set = (value: { from: 'now' | 'score' | 'reply' } | { literal: string | number }) =>
  ({ id: 'set', type: 'set-field', field: 'learned', value }) as const;

describe('the tag and field steps', () => {
  it('add and remove tags, and doing so twice changes nothing more', () => {
    const steps = [add('b'), add('a'), { id: 'remove', type: 'remove-tag', tag: 'c' } as const];
    const once = operate(contact(['c']), steps, AT, undefined);
    expect(once.contact.tags).toEqual(['a', 'b']);
    expect(operate(once.contact, steps, AT, undefined).contact).toEqual(once.contact);
    expect(once.log).toEqual([
      { at: AT, code: 'TAG_ADDED', step: 'add', detail: 'b' },
      { at: AT, code: 'TAG_ADDED', step: 'add', detail: 'a' },
      { at: AT, code: 'TAG_REMOVED', step: 'remove', detail: 'c' },
    ]);
  });

  it('leave a contact that has as many tags as it may readable', () => {
    const full = contact(Array.from({ length: MOST_TAGS }, (_, n) => `tag-${n}`));
    const { contact: after, log } = operate(full, [add('one-more'), add('tag-7')], AT, undefined);
    expect(Contact.parse(after).tags).toEqual(full.tags);
    expect(log.map(({ code }) => code)).toEqual(['TAG_NOT_ADDED', 'TAG_ADDED']);
  });

  it('leave the contact as it is where there are none', () => {
    const before = contact(['a']);
    const after = operate(before, [], AT, 'hello');
    expect(after).toEqual({ contact: before, log: [] });
    expect(after.contact).toBe(before);
  });

  it('write no more of a reply than a field holds', () => {
    const { contact: after } = operate(contact(), [set({ from: 'reply' })], AT, 'a'.repeat(1600));
    expect(after.fields).toEqual({ learned: 'a'.repeat(1000) });
    expect(FieldValue.safeParse(after.fields['learned']).success).toBe(true);
  });

  it('are those that work on the contact alone', () => {
    const steps = [
      add('a'),
      { id: 'remove', type: 'remove-tag', tag: 'a' },
      set({ from: 'now' }),
      Wait.parse({ id: 'w', type: 'wait' }),
      SendMessage.parse({ id: 's', type: 'send-message', text: 'Hi' }),
    ] as const;
    expect(steps.filter(isOperation).map(({ type }) => type)).toEqual(['add-tag', 'remove-tag', 'set-field']);
  });

  it.each([
    [{ from: 'now' } as const, 'hello', AT],
    [{ from: 'reply' } as const, 'hello', 'hello'],
    [{ from: 'score' } as const, 'nine', 9],
    [{ literal: 42 }, undefined, 42],
    [{ from: 'score' } as const, 'no idea', undefined],
    [{ from: 'reply' } as const, undefined, undefined],
  ])('write what the run learned: %j of %j is %j', (value, answer, learned) => {
    const { contact: after, log } = operate(contact(), [set(value)], AT, answer);
    expect(after.fields).toEqual(learned === undefined ? {} : { learned });
    expect(log.map(({ code }) => code)).toEqual([learned === undefined ? 'FIELD_NOT_SET' : 'FIELD_SET']);
  });
});

it('a tag that folding would make too long is refused, one that fits is read again as it is', () => {
  expect(Tag.safeParse('İ'.repeat(60)).success).toBe(false);
  expect(Tag.parse(Tag.parse('VIP É'))).toBe('vip é');
});
