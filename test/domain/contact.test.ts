import { describe, expect, it, test } from 'vitest';
import { Contact, FieldKey, MOST_TAGS, OptInSource, Profile, Tag, TimeZone } from '../../shared/domain/contact.ts';
import { at, contact, NOW } from '../support/filters.ts';

const profile = (given: object) => Profile.parse(given);
const wrong = (given: object) =>
  Profile.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('a profile', () => {
  it('may be empty', () => {
    expect(profile({})).toEqual({ address: {}, tags: [], fields: {} });
  });

  it('is trimmed, its country in capitals, its tags folded, once each and in order', () => {
    expect(
      profile({
        firstName: ' Ann ',
        address: { country: ' us', state: ' TX ' },
        tags: ['b', ' A', 'a', 'É'],
        language: ' en ',
      }),
    ).toEqual({
      firstName: 'Ann',
      address: { country: 'US', state: 'TX' },
      tags: ['a', 'b', 'é'],
      fields: {},
      language: 'en',
    });
  });

  test.each([
    [{ firstName: 'x'.repeat(100), lastName: 'x'.repeat(100), company: 'x'.repeat(200), language: 'x'.repeat(35) }],
    [{ address: { state: 'x'.repeat(60), city: 'x'.repeat(100), postalCode: 'x'.repeat(20) } }],
    [{ address: { coordinates: { latitude: 90, longitude: 180 } } }],
    [{ address: { coordinates: { latitude: -90, longitude: -180 } } }],
    [{ tags: Array.from({ length: MOST_TAGS }, (_, n) => `tag-${n}`) }],
    [{ fields: { a: 'x'.repeat(1000), b_2: 1, c: false } }],
  ])('may hold %j', (given) => {
    expect(wrong(given)).toEqual([]);
  });

  test.each([
    [{ firstName: ' ' }],
    [{ firstName: 'x'.repeat(101) }],
    [{ lastName: 'x'.repeat(101) }],
    [{ company: 'x'.repeat(201) }],
    [{ language: 'x' }],
    [{ language: 'x'.repeat(36) }],
    [{ email: 'nobody' }],
    [{ email: `${'x'.repeat(250)}@a.de` }],
    [{ birthday: '1990-02-30' }],
    [{ address: { state: 'x'.repeat(61) } }],
    [{ address: { city: 'x'.repeat(101) } }],
    [{ address: { postalCode: 'x'.repeat(21) } }],
    [{ address: { coordinates: { latitude: 90.1, longitude: 0 } } }],
    [{ address: { coordinates: { latitude: 0, longitude: -180.1 } } }],
    [{ address: { coordinates: { latitude: 0 } } }],
    [{ address: { street: 'x' } }],
    [{ tags: Array.from({ length: MOST_TAGS + 1 }, (_, n) => `tag-${n}`) }],
    [{ fields: { a: 'x'.repeat(1001) } }],
    [{ fields: { a: null } }],
    [{ more: 1 }],
  ])('may not hold %j', (given) => {
    expect(wrong(given)).toHaveLength(1);
  });

  test.each([
    [{ address: { country: 'USA' } }, 'address.country is not a two-letter country code'],
    [{ timeZone: 'Mars/Base' }, 'timeZone is not an IANA time zone'],
    [{ tags: ['a\nb'] }, 'tags.0 has a control character'],
  ])('is told what is wrong with %j', (given, told) => {
    expect(wrong(given)).toEqual([told]);
  });
});

describe('a name of a field', () => {
  test.each([
    ['plan', []],
    ['a_1', []],
    ['x'.repeat(40), []],
    ['x'.repeat(41), ['is not 1–40 lower-case letters, digits and _']],
    ['1a', ['is not 1–40 lower-case letters, digits and _']],
    ['Plan', ['is not 1–40 lower-case letters, digits and _']],
    ['a b', ['is not 1–40 lower-case letters, digits and _']],
    ['', ['is not 1–40 lower-case letters, digits and _']],
    ['constructor', ['is a reserved name']],
  ])('%j: %j', (key, told) => {
    expect(FieldKey.safeParse(key).error?.issues.map(({ message }) => message) ?? []).toEqual(told);
  });
});

test.each([
  ['web_chat', true],
  ['crm:hub.spot-2', true],
  ['crm:', false],
  ['crm', false],
  [`crm:${'x'.repeat(61)}`, false],
  ['crm:a b', false],
  ['my crm:a', false],
  ['other:a fair, in May', true],
  ['other:', false],
  ['other:a\nb', false],
  [`other:${'x'.repeat(61)}`, false],
  ['another:fair', false],
  ['fair', false],
])('an opt-in source is one of those known, or names its own: %j %s', (source, isOne) => {
  expect(OptInSource.safeParse(source).success).toBe(isOne);
});

test.each([
  ['x'.repeat(60), true],
  ['x'.repeat(61), false],
  ['', false],
  [' ', false],
  ['a\u0000b', false],
])('a tag is short and of one line: %j %s', (tag, isOne) => {
  expect(Tag.safeParse(tag).success).toBe(isOne);
});

test.each([
  ['America/New_York', true],
  ['UTC', true],
  ['Mars/Base', false],
  ['', false],
])('a time zone is one of IANA: %j %s', (zone, isOne) => {
  expect(TimeZone.safeParse(zone).success).toBe(isOne);
});

describe('a contact', () => {
  const runId = `run_${'0'.repeat(52)}`;
  const workflowId = `wf_${'0'.repeat(26)}`;
  const stored = {
    ...contact(),
    derived: { country: 'US', state: 'CA', city: 'San Francisco', timeZone: 'America/Los_Angeles' },
    consent: { status: 'optedOut', source: 'keyword', at: at(NOW), evidence: 'STOP' },
    activity: {
      lastMessageSentAt: at(NOW),
      lastMessageReceivedAt: at(NOW),
      lastContactedAt: at(NOW),
      lastCallAt: at(NOW),
    },
    takeovers: { [`inb_${'0'.repeat(26)}`]: { since: at(NOW), until: at(NOW + 1) } },
  };

  test.each([[{ type: 'api' }], [{ type: 'run', workflowId, runId }], [{ type: 'inbound', consumed: true }]])(
    'is read as it was written, whoever did: %j',
    (changedBy) => {
      expect(Contact.parse({ ...stored, changedBy })).toEqual({ ...stored, changedBy });
    },
  );

  test.each([
    [{ consent: { status: 'maybe' } }],
    [{ consent: { ...stored.consent, source: 'x'.repeat(81) } }],
    [{ consent: { ...stored.consent, evidence: 'x'.repeat(501) } }],
    [{ derived: { planet: 'Mars' } }],
    [{ activity: { lastVisitAt: at(NOW) } }],
    [{ changedBy: { type: 'run' } }],
    [{ changedBy: { type: 'nobody' } }],
    [{ optIn: { source: 'api' } }],
    [{ phone: '4155550171' }],
    [{ more: 1 }],
  ])('is none with %j', (given) => {
    expect(Contact.safeParse({ ...stored, ...given }).success).toBe(false);
  });
});
