import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoredContact } from '../../shared/aws/stored-contact.ts';
import { compileFilter, riseOf } from '../../shared/domain/filter.ts';
import { contact, contacts, contexts, filters, NOW } from '../support/filters.ts';

const stored = (data: object) =>
  new StoredContact(marshall({ pk: 'C#1', sk: 'CONTACT', data }, { removeUndefinedValues: true }));

test('a filter says of a contact as it is stored what it says of the contact', () => {
  fc.assert(
    fc.property(filters, contacts, contexts, (filter, who, within) => {
      const decider = compileFilter(filter, within);
      const told = (one: Parameters<typeof decider.test>[0]) => [decider.test(one, NOW), riseOf(decider, one, NOW)];
      expect(told(stored(who))).toEqual(told(who));
    }),
    { numRuns: 3000 },
  );
});

test('a contact as it is stored gives all that a filter may look at', () => {
  const who = contact({
    firstName: 'Charlotte',
    lastName: 'Anderson',
    email: 'charlotte@example.com',
    company: 'Anderson & Sons',
    language: 'en',
    timeZone: 'America/New_York',
    birthday: '1990-01-31',
    tags: ['lead', 'vip'],
    fields: { plan: 'premium', visits: 3, vip: true },
    address: {
      ...{ country: 'US', state: 'NY', city: 'Rochester', postalCode: '14604' },
      coordinates: { latitude: 43.15, longitude: -77.6 },
    },
    derived: { country: 'US', state: 'New York', city: 'Rochester' },
    consent: { status: 'optedIn', at: '2026-01-02T00:00:00.000Z' },
    activity: {
      lastMessageSentAt: '2026-01-03T00:00:00.000Z',
      lastMessageReceivedAt: '2026-01-04T00:00:00.000Z',
      lastContactedAt: '2026-01-05T00:00:00.000Z',
      lastCallAt: '2026-01-06T00:00:00.000Z',
    },
  });
  const seen = stored(who);
  const { country, state, city, postalCode, coordinates } = seen.address;
  const { lastMessageSentAt, lastMessageReceivedAt, lastContactedAt, lastCallAt } = seen.activity;
  const { firstName, lastName, email, company, language, timeZone, birthday, phone, createdAt } = seen;
  const { tags, fields, optIn, consent } = seen;
  expect({
    ...{ firstName, lastName, email, company, language, timeZone, birthday, phone, createdAt, tags, fields, optIn },
    address: { country, state, city, postalCode, coordinates },
    derived: { country: seen.derived.country, state: seen.derived.state, city: seen.derived.city },
    consent,
    activity: { lastMessageSentAt, lastMessageReceivedAt, lastContactedAt, lastCallAt },
  }).toEqual(
    Object.fromEntries(
      Object.entries(who).filter(([name]) => !['id', 'changedBy', 'updatedAt', 'takeovers'].includes(name)),
    ),
  );
});

test('a value of another kind than is due counts as unknown', () => {
  const odd = stored({ firstName: 5, tags: ['vip', 7], fields: [], address: 'here', consent: { status: 'perhaps' } });
  expect([odd.firstName, odd.tags, odd.fields, odd.address.city, odd.consent, odd.phone]).toEqual([
    undefined,
    ['vip'],
    {},
    undefined,
    { status: 'unknown', at: undefined },
    '',
  ]);
});
