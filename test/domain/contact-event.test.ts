import { describe, expect, it, test } from 'vitest';
import { MOST_TAGS } from '../../shared/domain/contact.ts';
import { afterEvent, ContactEventReceived, RecordedEvent } from '../../shared/domain/contact-event.ts';
import { at, contact, HOUR, NOW } from '../support/filters.ts';

const event = (given: object) => ContactEventReceived.parse({ eventId: '1', phone: '+14155550171', ...given });
const optIn = (more: object = {}) => event({ type: 'opt-in', source: 'web_form', ...more });
const crmSync = (more: object = {}) => event({ type: 'crm-sync', source: 'crm:hub', ...more });

describe('an opt-in', () => {
  const consent = { status: 'optedIn', source: 'web_form', at: at(NOW) };

  it('is consent from when it was given, with what proves it', () => {
    const before = contact();
    expect(afterEvent(before, optIn(), at(NOW))).toStrictEqual({ contact: { ...before, consent }, notices: [] });
    expect(afterEvent(before, optIn({ evidence: 'form 7' }), at(NOW)).contact.consent).toEqual({
      ...consent,
      evidence: 'form 7',
    });
  });

  it('takes no opt-out back', () => {
    const before = contact({ consent: { status: 'optedOut', at: at(NOW - HOUR) } });
    expect(afterEvent(before, optIn(), at(NOW))).toEqual({ contact: before, notices: ['OPTED_OUT'] });
  });

  test.each([
    ['replaces an earlier one', { status: 'optedIn', source: 'api', at: at(NOW - 1) }, consent],
    ['replaces one of whose time nobody knows', { status: 'optedIn', source: 'api' }, consent],
    ['replaces what was unknown, also if that was later', { status: 'unknown', at: at(NOW + 1) }, consent],
    ['leaves a later one', { status: 'optedIn', source: 'api', at: at(NOW + 1) }, undefined],
    ['leaves one of the same time', { status: 'optedIn', source: 'api', at: at(NOW) }, undefined],
  ])('%s', (_, known, after) => {
    const before = contact({ consent: known });
    const told = afterEvent(before, optIn(), at(NOW));
    expect(told).toEqual({ contact: { ...before, consent: after ?? known }, notices: [] });
    if (!after) expect(told.contact).toBe(before);
  });
});

it('a call is activity', () => {
  const before = contact({ activity: { lastMessageSentAt: at(NOW - HOUR) } });
  expect(afterEvent(before, event({ type: 'inbound-call' }), at(NOW))).toEqual({
    contact: {
      ...before,
      activity: { lastMessageSentAt: at(NOW - HOUR), lastCallAt: at(NOW), lastContactedAt: at(NOW) },
    },
    notices: [],
  });
});

it.each([crmSync(), event({ type: 'conversion', conversion: { name: 'sale' } })])('%j leaves the contact', (told) => {
  const before = contact();
  expect(afterEvent(before, told, at(NOW))).toEqual({ contact: before, notices: [] });
  expect(afterEvent(before, told, at(NOW)).contact).toBe(before);
});

describe('tags of an event', () => {
  const tags = (many: number) => Array.from({ length: many }, (_, n) => `tag-${String(n).padStart(3, '0')}`);

  it('are added, in order', () => {
    const before = contact({ tags: ['b'] });
    expect(afterEvent(before, crmSync({ tags: ['c', 'A', 'b'] }), at(NOW))).toEqual({
      contact: { ...before, tags: ['a', 'b', 'c'] },
      notices: [],
    });
  });

  it('leave the contact where it has them', () => {
    const before = contact({ tags: ['a', 'b'] });
    expect(afterEvent(before, crmSync({ tags: ['b'] }), at(NOW)).contact).toBe(before);
  });

  it('are added as long as there is room for all', () => {
    const before = contact({ tags: tags(MOST_TAGS - 1) });
    expect(afterEvent(before, crmSync({ tags: ['z'] }), at(NOW)).contact.tags).toHaveLength(MOST_TAGS);
    expect(afterEvent(before, crmSync({ tags: ['y', 'z'] }), at(NOW))).toEqual({
      contact: before,
      notices: ['TAGS_NOT_ADDED'],
    });
  });

  it('keep neither consent nor its notice back', () => {
    const full = { tags: tags(MOST_TAGS) };
    const optedOut = contact({ ...full, consent: { status: 'optedOut' } });
    expect(afterEvent(optedOut, optIn({ tags: ['z'] }), at(NOW)).notices).toEqual(['OPTED_OUT', 'TAGS_NOT_ADDED']);
    expect(afterEvent(contact(full), optIn({ tags: ['z'] }), at(NOW)).contact.consent.status).toBe('optedIn');
  });
});

describe('an event', () => {
  const given = { type: 'opt-in', eventId: '1', source: 'web_form' };
  const id = contact().id;

  test.each([
    [{ phone: '+14155550171' }, []],
    [{ contactId: id }, []],
    [{}, ['phone is missing, and so is contactId']],
    [{ phone: '+14155550171', contactId: id }, ['contactId is given beside phone: one of them']],
    [{ phone: '+14155550171', eventId: 'a\nb' }, ['eventId has a control character']],
  ])('names its person in one way: %j', (more, wrong) => {
    const { error } = ContactEventReceived.safeParse({ ...given, ...more });
    expect((error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual(wrong);
  });

  test.each([
    [{ type: 'inbound-call' }, { source: 'inbound_call' }],
    [
      { type: 'conversion', conversion: { name: ' sale ', value: -3, currency: 'EUR' } },
      { source: 'api', conversion: { name: 'sale', value: -3, currency: 'EUR' } },
    ],
  ])('says where it comes from, or need not: %j', (more, read) => {
    expect(event(more)).toMatchObject(read);
  });

  test.each([
    ['opt-in', { source: 'web_form', evidence: 'form 7' }],
    ['crm-sync', { source: 'crm:hub', tags: ['a'], changed: ['firstName'], notices: ['OPTED_OUT', 'TAGS_NOT_ADDED'] }],
    ['inbound-call', { source: 'inbound_call', call: { durationSeconds: 5, answered: true } }],
    ['conversion', { source: 'api', conversion: { name: 'sale' } }],
  ])('is kept beside its contact: %s', (type, more) => {
    const kept = { type, eventId: '1', contactId: id, at: at(NOW), recordedAt: at(NOW), ...more };
    expect(RecordedEvent.parse(kept)).toEqual(kept);
    expect(RecordedEvent.safeParse({ ...kept, more: 1 }).success).toBe(false);
  });
});
