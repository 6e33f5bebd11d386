import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileFilter,
  type Explanation,
  explain,
  Filter,
  type FilterContext,
  leavesOf,
  matches,
} from '../../shared/domain/filter.ts';
import { checkFilter } from '../../shared/domain/filter-check.ts';
import { at, contact, contacts, context, contexts, DAY, day, filters, leaf, listId, NOW } from '../support/filters.ts';

// Whoever tells people of faults has given zod its words.
import '../../shared/domain/input-fault.ts';

const is = (filter: unknown, given: object = {}, within: Partial<FilterContext> = {}) =>
  matches(Filter.parse(filter), contact(given), context(within));

describe('tags', () => {
  const tag = (rest: object) => ({ type: 'tag', ...rest });
  test.each([
    [{ op: 'has', tag: 'VIP' }, ['vip', 'lead'], true],
    [{ op: 'has', tag: 'vip' }, ['lead'], false],
    [{ op: 'has', tag: 'vi' }, ['vip'], false],
    [{ op: 'has', tag: 'vip' }, [], false],
    [{ op: 'has-not', tag: 'vip' }, ['vip'], false],
    [{ op: 'has-not', tag: 'vip' }, [], true],
    [{ op: 'any-of', tags: ['a', 'B'] }, ['b'], true],
    [{ op: 'any-of', tags: ['a', 'b'] }, ['c'], false],
    [{ op: 'any-of', tags: ['a'] }, [], false],
    [{ op: 'any-of', tags: [] }, ['a'], false],
    [{ op: 'all-of', tags: ['a', 'b'] }, ['b', 'a', 'c'], true],
    [{ op: 'all-of', tags: ['a', 'b'] }, ['a'], false],
    [{ op: 'all-of', tags: ['a'] }, [], false],
    [{ op: 'is-known' }, ['a'], true],
    [{ op: 'is-known' }, [], false],
    [{ op: 'is-unknown' }, [], true],
    [{ op: 'is-unknown' }, ['a'], false],
  ])('%j of %j is %s', (leaf, tags, truth) => {
    expect(is(tag(leaf), { tags })).toBe(truth);
  });
});

describe('texts', () => {
  test.each([
    [{ op: 'is', value: ' ANNA ' }, 'Anna', true],
    [{ op: 'is', value: 'Jose' }, 'José', false],
    [{ op: 'is', value: 'JOSE\u0301' }, 'José', true],
    [{ op: 'is', value: 'STRASSE' }, 'Straße', true],
    [{ op: 'is', value: 'straẞe' }, 'Strasse', true],
    [{ op: 'is', value: 'ΟΔΥΣΣΕΥΣ' }, 'Οδυσσευς', true],
    [{ op: 'starts-with', value: 'ΟΔΟΣ' }, 'οδοσαν', true],
    [{ op: 'is', value: 'Ilker' }, 'ılker', false],
    [{ op: 'is', value: 'Anna' }, undefined, false],
    [{ op: 'is', value: '' }, 'Anna', false],
    [{ op: 'is', value: '' }, undefined, false],
    [{ op: 'is-not', value: 'anna' }, 'Anna', false],
    [{ op: 'is-not', value: 'Bob' }, 'Anna', true],
    [{ op: 'is-not', value: 'Bob' }, undefined, true],
    [{ op: 'contains', value: 'NN' }, 'Anna', true],
    [{ op: 'contains', value: 'nan' }, 'Anna', false],
    [{ op: 'contains', value: ' ' }, 'Anna', false],
    [{ op: 'contains', value: 'a' }, undefined, false],
    [{ op: 'starts-with', value: 'an' }, 'Anna', true],
    [{ op: 'starts-with', value: 'nn' }, 'Anna', false],
    [{ op: 'starts-with', value: 'a' }, undefined, false],
    [{ op: 'in', values: ['bob', 'ANNA'] }, 'Anna', true],
    [{ op: 'in', values: ['bob'] }, 'Anna', false],
    [{ op: 'in', values: [''] }, undefined, false],
    [{ op: 'in', values: [] }, 'Anna', false],
    [{ op: 'not-in', values: ['bob'] }, 'Anna', true],
    [{ op: 'not-in', values: ['anna'] }, 'Anna', false],
    [{ op: 'not-in', values: ['anna'] }, undefined, true],
    [{ op: 'is-known' }, 'Anna', true],
    [{ op: 'is-known' }, undefined, false],
    [{ op: 'is-unknown' }, 'Anna', false],
    [{ op: 'is-unknown' }, undefined, true],
  ])('%j of %j is %s, as a contact field and as a custom field', (leaf, value, truth) => {
    const known = value === undefined ? {} : { firstName: value };
    const fields = value === undefined ? {} : { plan: value };
    expect(is({ type: 'field', field: 'firstName', ...leaf }, known)).toBe(truth);
    expect(is({ type: 'custom-field', field: 'plan', ...leaf }, { fields })).toBe(truth);
  });

  test('a blank custom field is unknown', () => {
    expect(is({ type: 'custom-field', field: 'plan', op: 'is-known' }, { fields: { plan: ' \t' } })).toBe(false);
  });

  test('a custom field named like a property of every object is refused', () => {
    for (const field of ['constructor', 'valueOf', '__proto__']) {
      expect(Filter.safeParse({ type: 'custom-field', field, op: 'is-known' }).success).toBe(false);
    }
  });

  test.each([
    ['lastName', { lastName: 'Ruiz' }, 'RUIZ'],
    ['email', { email: 'a@example.com' }, 'A@EXAMPLE.COM'],
    ['company', { company: 'Acme' }, 'acme'],
    ['language', { language: 'pt-BR' }, 'pt-br'],
    ['phone', {}, '+14155550171'],
    ['timeZone', { timeZone: 'Europe/Berlin' }, 'europe/berlin'],
  ])('%s is a contact field', (field, given, value) => {
    expect(is({ type: 'field', field, op: 'is', value }, given)).toBe(true);
    expect(is({ type: 'field', field, op: 'is', value: 'other' }, given)).toBe(false);
  });
});

describe('numbers', () => {
  test.each([
    [{ op: 'is', value: 5 }, 5, true],
    [{ op: 'is', value: '5' }, 5, true],
    [{ op: 'is', value: 5 }, '5', true],
    [{ op: 'is', value: 5 }, undefined, false],
    [{ op: 'is-not', value: 5 }, 5, false],
    [{ op: 'is-not', value: 5 }, undefined, true],
    [{ op: 'less-than', value: 5 }, 4.9, true],
    [{ op: 'less-than', value: 5 }, 5, false],
    [{ op: 'less-than', value: 5 }, undefined, false],
    [{ op: 'at-most', value: '5.0' }, 5, true],
    [{ op: 'at-most', value: 5 }, undefined, false],
    [{ op: 'more-than', value: 5 }, 5, false],
    [{ op: 'more-than', value: -1 }, 0, true],
    [{ op: 'more-than', value: -1 }, undefined, false],
    [{ op: 'at-least', value: 5 }, 5, true],
    [{ op: 'at-least', value: 0 }, undefined, false],
    [{ op: 'between', from: 1, to: 3 }, 1, true],
    [{ op: 'between', from: 1, to: '3' }, 3, true],
    [{ op: 'between', from: 1, to: 3 }, 3.01, false],
    [{ op: 'between', from: 3, to: 1 }, 2, false],
    [{ op: 'between', from: 1, to: 3 }, undefined, false],
    [{ op: 'in', values: [1, '2'] }, 2, true],
    [{ op: 'not-in', values: [1, '2'] }, 2, false],
    [{ op: 'not-in', values: [1] }, undefined, true],
    [{ op: 'is-known' }, 0, true],
    [{ op: 'is-known' }, 'many', false],
    [{ op: 'is-unknown' }, undefined, true],
  ])('%j of %j is %s', (leaf, value, truth) => {
    const fields = value === undefined ? {} : { visits: value };
    expect(is({ type: 'custom-field', field: 'visits', ...leaf }, { fields })).toBe(truth);
  });
});

describe('booleans', () => {
  test.each([
    [{ op: 'is', value: true }, true, true],
    [{ op: 'is', value: true }, false, false],
    [{ op: 'is', value: false }, false, true],
    [{ op: 'is', value: false }, undefined, false],
    [{ op: 'is-not', value: true }, undefined, true],
    [{ op: 'is-known' }, false, true],
    [{ op: 'is-unknown' }, undefined, true],
  ])('%j of %j is %s', (leaf, value, truth) => {
    const fields = value === undefined ? {} : { vip: value };
    expect(is({ type: 'custom-field', field: 'vip', ...leaf }, { fields })).toBe(truth);
  });
});

describe('dates', () => {
  // New York keeps daylight-saving time from 2026-03-08 (a day of 23 h) to 2026-11-01 (25 h).
  test.each([
    [{ op: 'before', value: '2026-03-08' }, '2026-03-08T04:59:59.999Z', true],
    [{ op: 'before', value: '2026-03-08' }, '2026-03-08T05:00:00.000Z', false],
    [{ op: 'on', value: '2026-03-08' }, '2026-03-08T05:00:00.000Z', true],
    [{ op: 'on', value: '2026-03-08' }, '2026-03-09T03:59:59.999Z', true],
    [{ op: 'on', value: '2026-03-08' }, '2026-03-09T04:00:00.000Z', false],
    [{ op: 'after', value: '2026-03-08' }, '2026-03-09T03:59:59.999Z', false],
    [{ op: 'after', value: '2026-03-08' }, '2026-03-09T04:00:00.000Z', true],
    [{ op: 'on', value: '2026-11-01' }, '2026-11-01T04:00:00.000Z', true],
    [{ op: 'on', value: '2026-11-01' }, '2026-11-02T04:59:59.999Z', true],
    [{ op: 'on', value: '2026-11-01' }, '2026-11-02T05:00:00.000Z', false],
    [{ op: 'before', value: '2026-06-01T12:00:00Z' }, '2026-06-01T12:00:00.000Z', false],
    [{ op: 'before', value: '2026-06-01T14:00:00+02:00' }, '2026-06-01T11:59:59.999Z', true],
    [{ op: 'before', value: '2026-06-01T08:00' }, '2026-06-01T11:59:59.999Z', true],
    [{ op: 'before', value: '2026-06-01T08:00' }, '2026-06-01T12:00:00.000Z', false],
    [{ op: 'after', value: '2026-06-01T12:00:00Z' }, '2026-06-01T12:00:00.000Z', false],
    [{ op: 'after', value: '2026-06-01T12:00:00Z' }, '2026-06-01T12:00:00.001Z', true],
    [{ op: 'on', value: '2026-06-01' }, '2026-06-01', true],
    [{ op: 'before', value: '2026-06-01' }, '2026-06-01', false],
    [{ op: 'after', value: '2026-06-01' }, '2026-06-01', false],
    [{ op: 'before', value: '2026-06-02' }, '2026-06-01', true],
    [{ op: 'between', from: '2026-06-01', to: '2026-06-03' }, '2026-06-01T04:00:00.000Z', true],
    [{ op: 'between', from: '2026-06-01', to: '2026-06-03' }, '2026-06-01T03:59:59.999Z', false],
    [{ op: 'between', from: '2026-06-01', to: '2026-06-03' }, '2026-06-04T03:59:59.999Z', true],
    [{ op: 'between', from: '2026-06-01', to: '2026-06-03' }, '2026-06-04T04:00:00.000Z', false],
    [{ op: 'between', from: '2026-06-01', to: '2026-06-03' }, '2026-06-03', true],
    [{ op: 'between', from: '2026-06-03', to: '2026-06-01' }, '2026-06-02', false],
    [{ op: 'between', from: '2026-06-01T18:00:00Z', to: '2026-06-01T06:00:00Z' }, '2026-06-01', false],
    [{ op: 'within-days', days: 7 }, at(NOW), true],
    [{ op: 'within-days', days: 7 }, at(NOW + 1), false],
    [{ op: 'within-days', days: 7 }, at(NOW - 7 * DAY), true],
    [{ op: 'within-days', days: 7 }, at(NOW - 7 * DAY - 1), false],
    [{ op: 'not-within-days', days: 7 }, at(NOW - 7 * DAY), false],
    [{ op: 'not-within-days', days: 7 }, at(NOW - 7 * DAY - 1), true],
    [{ op: 'not-within-days', days: 7 }, at(NOW + 1), true],
    [{ op: 'within-days', days: 7 }, '2026-06-15', true],
    [{ op: 'within-days', days: 7 }, '2026-06-16', false],
    [{ op: 'within-days', days: 7 }, '2026-06-08', true],
    [{ op: 'within-days', days: 7 }, '2026-06-07', false],
    [{ op: 'before', value: '2026-06-01' }, undefined, false],
    [{ op: 'after', value: '2026-06-01' }, undefined, false],
    [{ op: 'on', value: '2026-06-01' }, undefined, false],
    [{ op: 'between', from: '2026-06-01', to: '2026-06-02' }, undefined, false],
    [{ op: 'within-days', days: 7 }, undefined, false],
    [{ op: 'not-within-days', days: 7 }, undefined, false],
    [{ op: 'is-known' }, '2026-06-01', true],
    [{ op: 'is-known' }, 'soon', false],
    [{ op: 'is-unknown' }, undefined, true],
  ])('%j of %j is %s in New York', (leaf, value, truth) => {
    const fields = value === undefined ? {} : { renews: value };
    expect(is({ type: 'custom-field', field: 'renews', ...leaf }, { fields })).toBe(truth);
  });

  test.each([
    ['America/New_York', false],
    ['UTC', true],
    ['Pacific/Auckland', true],
  ])('a day is one of the zone: 02:00 UTC is that day in %s: %s', (zone, truth) => {
    const filter = { type: 'field', field: 'createdAt', op: 'on', value: '2026-06-01' };
    expect(is(filter, { createdAt: '2026-06-01T02:00:00.000Z' }, { zone })).toBe(truth);
  });

  test('days back from now are 24 hours each, even where clocks change', () => {
    const now = Date.parse('2026-03-09T16:00:00.000Z');
    const filter = { type: 'activity', activity: 'lastCall', op: 'within-days', days: 1 };
    expect(is(filter, { activity: { lastCallAt: at(now - DAY) } }, { now })).toBe(true);
    expect(is(filter, { activity: { lastCallAt: at(now - DAY - 1) } }, { now })).toBe(false);
  });

  test('a midnight that clocks skip begins the day an hour later', () => {
    const filter = { type: 'field', field: 'createdAt', op: 'on', value: '2026-09-06' };
    const zone = 'America/Santiago';
    expect(is(filter, { createdAt: '2026-09-06T04:00:00.000Z' }, { zone })).toBe(true);
    expect(is(filter, { createdAt: '2026-09-06T03:59:59.999Z' }, { zone })).toBe(false);
  });

  test('a birthday is a day', () => {
    const filter = { type: 'field', field: 'birthday', op: 'before', value: '2000-01-01' };
    expect(is(filter, { birthday: '1999-12-31' })).toBe(true);
    expect(is(filter, { birthday: '2000-01-01' })).toBe(false);
    expect(is(filter)).toBe(false);
  });
});

describe('places', () => {
  const place = (field: string, op: string, value: string) => ({ type: 'location', field, op, value });
  const NEW_YORK = { country: 'US', state: 'NY', city: 'New York', timeZone: 'America/New_York' };
  test.each([
    [place('country', 'is', 'us'), { address: { country: 'US' } }, true],
    [place('country', 'is', 'CA'), { derived: { country: 'CA' } }, true],
    [place('country', 'is', 'CA'), { address: { country: 'US' }, derived: { country: 'CA' } }, false],
    [place('country', 'is-not', 'US'), {}, true],
    [place('state', 'is', 'Texas'), { derived: { country: 'US', state: 'TX' } }, true],
    [place('state', 'is', 'Texas'), { address: { country: 'US' }, derived: { country: 'US', state: 'TX' } }, true],
    [place('state', 'is', 'Texas'), { address: { city: 'Austin' }, derived: { country: 'US', state: 'TX' } }, true],
    [place('state', 'is', 'Texas'), { address: { state: 'Ohio' }, derived: { country: 'US', state: 'TX' } }, false],
    [place('state', 'is', 'Texas'), { address: { country: 'CA' }, derived: { country: 'US', state: 'TX' } }, false],
    [place('state', 'is', 'Texas'), { address: { country: 'PR' }, derived: { country: 'US', state: 'TX' } }, false],
    [place('state', 'is-not', 'TX'), { derived: { country: 'US', state: 'TX' } }, false],
    [place('city', 'is', 'new york'), { derived: NEW_YORK }, true],
    [place('city', 'is', 'new york'), { address: { state: 'New York' }, derived: NEW_YORK }, true],
    [place('city', 'is', 'new york'), { address: { state: 'NJ' }, derived: NEW_YORK }, false],
    [place('city', 'is', 'new york'), { address: { country: 'GB' }, derived: NEW_YORK }, false],
    [place('city', 'is', 'new york'), { address: { city: 'Albany' }, derived: NEW_YORK }, false],
    [{ type: 'location', field: 'city', op: 'is-unknown' }, { address: { state: 'NJ' }, derived: NEW_YORK }, true],
    [{ type: 'location', field: 'postalCode', op: 'is-unknown' }, { derived: NEW_YORK }, true],
    [place('state', 'is', 'tx'), { address: { state: 'Texas' } }, true],
    [place('state', 'is', 'TEXAS'), { address: { state: 'TX', country: 'US' } }, true],
    [place('state', 'is', 'Quebec'), { address: { state: 'QC', country: 'CA' } }, true],
    [place('state', 'is', 'Québec'), { address: { state: 'Quebec' } }, true],
    [place('state', 'is', 'DC'), { address: { state: 'Washington, D.C.' } }, true],
    [place('state', 'is', 'Washington'), { address: { state: 'WA', country: 'AU' } }, false],
    [place('state', 'is', 'WA'), { address: { state: 'WA', country: 'AU' } }, true],
    [place('state', 'is-not', 'TX'), { address: { state: 'Texas' } }, false],
    [place('state', 'is-not', 'TX'), {}, true],
    [place('state', 'contains', 'carolina'), { address: { state: 'NC' } }, true],
    [place('state', 'starts-with', 'new'), { address: { state: 'NJ' } }, true],
    [{ type: 'location', field: 'state', op: 'in', values: ['Ohio', 'TX'] }, { address: { state: 'texas' } }, true],
    [
      { type: 'location', field: 'state', op: 'not-in', values: ['Ohio', 'TX'] },
      { address: { state: 'texas' } },
      false,
    ],
    [place('city', 'is', 'sao paulo'), { address: { city: 'São Paulo' } }, false],
    [place('city', 'is', 'SÃO PAULO'), { address: { city: 'São Paulo' } }, true],
    [{ not: place('city', 'is', 'Austin') }, {}, true],
    [place('postalCode', 'starts-with', 'sw1a'), { address: { postalCode: 'SW1A 1AA' } }, true],
    [{ type: 'location', field: 'city', op: 'is-unknown' }, {}, true],
  ])('%j of %j is %s', (leaf, given, truth) => {
    expect(is(leaf, given)).toBe(truth);
  });

  test('an explanation says what only the phone number tells', () => {
    const inTexas = { all: [place('state', 'is', 'Texas'), place('country', 'is', 'US')] };
    const who = contact({ address: { country: 'US' }, derived: { country: 'US', state: 'TX' } });
    expect(explain(Filter.parse(inTexas), who, context())).toEqual({
      truth: true,
      all: [
        { truth: true, leaf: inTexas.all[0], actual: 'TX', derived: true },
        { truth: true, leaf: inTexas.all[1], actual: 'US' },
      ],
    });
  });

  const around = (km: number) => ({ type: 'location', op: 'within-km', latitude: 0, longitude: 0, km });
  const degree = (6371 * Math.PI) / 180;
  test.each([
    [0, { latitude: 0, longitude: 0 }, true],
    [degree + 1e-9, { latitude: 1, longitude: 0 }, true],
    [degree - 1e-6, { latitude: 1, longitude: 0 }, false],
    [degree + 1e-9, { latitude: 0, longitude: -1 }, true],
    [6371 * Math.PI + 1e-9, { latitude: 0, longitude: 180 }, true],
    [20_100, undefined, false],
  ])('within %d km of 0/0 lies %j: %s', (km, coordinates, truth) => {
    expect(is(around(km), { address: coordinates ? { coordinates } : {} })).toBe(truth);
  });

  test('the radius is inclusive', () => {
    const there = { address: { coordinates: { latitude: 52.52, longitude: 13.405 } } };
    const told = explain(Filter.parse(around(1)), contact(there), context());
    const { km } =
      'leaf' in told && typeof told.actual === 'object' && told.actual && 'km' in told.actual ? told.actual : { km: 0 };
    expect(is(around(km), there)).toBe(true);
    expect(is(around(km * 0.999_999_999), there)).toBe(false);
  });
});

describe('activity', () => {
  const never = (activity: string, op: string) => ({ type: 'activity', activity, op });
  test.each([
    ['lastMessageSent', { activity: { lastMessageSentAt: at(NOW) } }],
    ['lastMessageReceived', { activity: { lastMessageReceivedAt: at(NOW) } }],
    ['lastContacted', { activity: { lastContactedAt: at(NOW) } }],
    ['lastCall', { activity: { lastCallAt: at(NOW) } }],
    ['optedIn', { consent: { status: 'optedIn', at: at(NOW) } }],
  ])('%s is unknown until it happened', (activity, given) => {
    expect(is(never(activity, 'is-unknown'))).toBe(true);
    expect(is(never(activity, 'is-known'))).toBe(false);
    expect(is(never(activity, 'is-known'), given)).toBe(true);
    expect(is({ ...never(activity, 'within-days'), days: 1 }, given)).toBe(true);
    expect(is({ ...never(activity, 'not-within-days'), days: 1 })).toBe(false);
    expect(is({ ...never(activity, 'before'), value: '2026-06-16' }, given)).toBe(true);
    expect(is({ ...never(activity, 'after'), value: '2026-06-15' }, given)).toBe(false);
  });

  test('who opted out has not opted in', () => {
    expect(is(never('optedIn', 'is-known'), { consent: { status: 'optedOut', at: at(NOW) } })).toBe(false);
  });
});

describe('opt-in source', () => {
  const source = (rest: object) => ({ type: 'opt-in-source', ...rest });
  test.each([
    [{ op: 'is', value: 'crm' }, 'crm:hubspot', false],
    [{ op: 'starts-with', value: 'crm' }, 'crm:hubspot', true],
    [{ op: 'is', value: 'CRM:HubSpot' }, 'crm:hubspot', true],
    [{ op: 'is-not', value: 'web_chat' }, 'crm:hubspot', true],
    [{ op: 'in', values: ['web_chat', 'web_form'] }, 'web_form', true],
    [{ op: 'not-in', values: ['web_chat', 'web_form'] }, 'web_form', false],
    [{ op: 'is-known' }, 'api', true],
    [{ op: 'is-unknown' }, 'api', false],
  ])('%j of %s is %s', (leaf, value, truth) => {
    expect(is(source(leaf), { optIn: { source: value, at: at(NOW) } })).toBe(truth);
  });
});

describe('groups', () => {
  const vip = { type: 'tag', op: 'has', tag: 'vip' };
  test.each([
    [{ all: [] }, true],
    [{ any: [] }, false],
    [{ not: { all: [] } }, false],
    [{ all: [vip, { any: [] }] }, false],
    [{ any: [{ all: [vip] }, { any: [] }] }, true],
    [{ not: { any: [vip] } }, false],
  ])('%j of a VIP is %s', (filter, truth) => {
    expect(is(filter, { tags: ['vip'] })).toBe(truth);
  });
});

describe('lists', () => {
  const [a, b, c] = [listId('A'), listId('B'), listId('C')];
  const isIn = (id: string, op = 'in') => ({ type: 'list', op, listId: id });
  const lists = (given: Record<string, unknown>): Partial<FilterContext> => {
    const parsed = new Map(Object.entries(given).map(([id, filter]) => [id, Filter.parse(filter)]));
    return { list: (id) => parsed.get(id) };
  };
  const vip = { type: 'tag', op: 'has', tag: 'vip' };
  const chained = lists({ [a]: { all: [isIn(b)] }, [b]: vip });

  test('a list may use a list', () => {
    expect(is(isIn(a), { tags: ['vip'] }, chained)).toBe(true);
    expect(is(isIn(a), {}, chained)).toBe(false);
    expect(is(isIn(a, 'not-in'), {}, chained)).toBe(true);
  });

  test('nobody is in a list that does not exist', () => {
    expect(is(isIn(c))).toBe(false);
    expect(is(isIn(c, 'not-in'))).toBe(true);
  });

  test('nobody is in a list through itself', () => {
    const round = lists({ [a]: { any: [isIn(b), vip] }, [b]: isIn(a) });
    expect(is(isIn(a), {}, round)).toBe(false);
    expect(is(isIn(a), { tags: ['vip'] }, round)).toBe(true);
    expect(checkFilter(Filter.parse({ all: [isIn(a)] }), context(round))).toEqual([
      { code: 'LIST_CYCLE', path: ['all', 0, 'listId'], detail: `the list uses itself: ${a} → ${b} → ${a}` },
    ]);
  });

  test('each contact is decided afresh', () => {
    const { test: decide } = compileFilter(Filter.parse(isIn(a)), context(chained));
    expect([contact({ tags: ['vip'] }), contact(), contact({ tags: ['vip'] })].map((who) => decide(who, NOW))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('lists that use lists twice over take no exponential time', () => {
    const ids = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', listId);
    const tower = (base: unknown) =>
      lists(
        Object.fromEntries(
          ids.map((id, n) => {
            const next = ids[n + 1];
            return [id, next ? { any: [{ all: [isIn(next), vip] }, { all: [isIn(next), vip] }] } : base];
          }),
        ),
      );
    const top = Filter.parse(isIn(ids[0] ?? a));
    const sound = context(tower({ all: [] }));
    expect(matches(top, contact(), sound)).toBe(false);
    expect(explain(top, contact(), sound).truth).toBe(false);
    expect(checkFilter(top, sound)).toEqual([]);
    const faulty = context(tower({ type: 'tag', op: 'any-of', tags: [] }));
    expect(checkFilter(top, faulty).map(({ code }) => code)).toEqual(['LIST_INVALID']);
  });
});

describe('a custom field', () => {
  const visits = (rest: object, value: unknown) =>
    is({ type: 'custom-field', field: 'visits', ...rest }, { fields: { visits: value } });
  const isVip = (rest: object, value?: boolean) =>
    is({ type: 'custom-field', field: 'vip', ...rest }, { fields: value === undefined ? {} : { vip: value } });

  test.each([
    [{ op: 'less-than', value: 3 }, [true, false, false]],
    [{ op: 'at-most', value: 3 }, [true, true, false]],
    [{ op: 'more-than', value: 3 }, [false, false, true]],
    [{ op: 'at-least', value: 3 }, [false, true, true]],
    [{ op: 'between', from: 3, to: 3 }, [false, true, false]],
    [{ op: 'in', values: [2, 4] }, [true, false, true]],
    [{ op: 'not-in', values: [2, 4] }, [false, true, false]],
    [{ op: 'is', value: 3 }, [false, true, false]],
    [{ op: 'is-not', value: 3 }, [true, false, true]],
  ])('of numbers: %j of 2, 3 and 4', (ask, truths) => {
    expect([2, 3, 4].map((value) => visits(ask, value))).toEqual(truths);
  });

  test.each([
    [{ op: 'is', value: true }, [true, false, false]],
    [{ op: 'is', value: false }, [false, true, false]],
    [{ op: 'is-not', value: true }, [false, true, true]],
    [{ op: 'is-not', value: false }, [true, false, true]],
    [{ op: 'is-known' }, [true, true, false]],
    [{ op: 'is-unknown' }, [false, false, true]],
  ])('of yes or no: %j of yes, no and nothing', (ask, truths) => {
    expect([isVip(ask, true), isVip(ask, false), isVip(ask)]).toEqual(truths);
  });
});

describe('a filter from outside', () => {
  test('has at most 200 groups, however they are put', () => {
    const groups = (many: number) => ({ all: Array.from({ length: many - 1 }, () => ({ any: [] })) });
    const told = (filter: unknown) => Filter.safeParse(filter).error?.issues.map(({ message }) => message) ?? [];
    expect(told(groups(200))).toEqual([]);
    expect(told(groups(201))).toEqual(['has more than 200 groups']);
  });

  const faults = (filter: unknown) => {
    const { error } = Filter.safeParse(filter);
    return error?.issues.map(({ path, message }) => [path.join('.'), message]);
  };
  const known = { type: 'tag', op: 'is-known' };

  test('names the place of every fault', () => {
    const input = {
      all: [
        { type: 'field', field: 'firstName', op: 'is', value: 4 },
        { any: [{ type: 'field', field: 'birthday', op: 'before', value: 'soon' }] },
        { not: { type: 'list', op: 'in', listId: 'x' } },
        { type: 'custom-field', field: 'plan', op: 'is' },
        7,
      ],
    };
    expect(faults(input)).toEqual([
      ['all.0.value', 'is not a text'],
      ['all.1.any.0.value', 'is not an ISO 8601 date or date-time'],
      ['all.2.not.listId', 'is not an id of the form lst_…'],
      ['all.3.value', 'is missing: a text, a number, true or false'],
      ['all.4', 'is no filter: it has neither all, any or not, nor the type of a leaf'],
    ]);
  });

  test.each([
    [{ all: [], x: 1 }, '', 'has x beside all'],
    [{ all: [], any: [] }, '', 'has any beside all'],
    [{ ...known, x: 1 }, '', 'Unrecognized key: "x"'],
    [{ all: {} }, 'all', 'is not a list of filters'],
    [null, '', 'is no filter: it has neither all, any or not, nor the type of a leaf'],
    [undefined, '', 'is no filter: it has neither all, any or not, nor the type of a leaf'],
  ])('%j is refused', (filter, path, message) => {
    expect(faults(filter)).toEqual([[path, message]]);
  });

  test.each(['op', 'type', 'field'])('an unknown %s is told with the known ones', (key) => {
    const leaf = { type: 'field', field: 'firstName', op: 'is', value: 'a', [key]: 'nope' };
    expect(faults({ not: leaf })).toEqual([[`not.${key}`, expect.stringContaining("Expected '")]]);
  });

  const nested = (depth: number, inner: unknown) =>
    Array.from({ length: depth }).reduce((filter) => ({ not: filter }), inner);
  test('groups are nested 5 deep at most; a leaf is no group', () => {
    expect(faults(nested(5, known))).toBeUndefined();
    expect(faults(nested(6, known))).toEqual([['not.not.not.not.not', 'is nested more than 5 groups deep']]);
    expect(faults(nested(200_000, known))).toEqual([['not.not.not.not.not', 'is nested more than 5 groups deep']]);
  });

  test('there are 50 leaves at most', () => {
    const wide = (leaves: number) => ({ any: [{ all: Array.from({ length: leaves - 1 }, () => known) }, known] });
    expect(faults(wide(50))).toBeUndefined();
    expect(faults(wide(51))).toEqual([['', 'has more than 50 leaves']]);
    expect(faults({ all: Array.from({ length: 100_000 }, () => known) })).toEqual([['all', 'has more than 50 leaves']]);
  });
});

test('an explanation tells every claim with what the contact has', () => {
  const [vip, city] = [
    { type: 'tag', op: 'has', tag: 'vip' },
    { type: 'location', field: 'city', op: 'is', value: 'Austin' },
  ];
  const renewal = { type: 'custom-field', field: 'renews', op: 'before', value: '2026-01-01' };
  const member = { type: 'list', op: 'in', listId: listId('A') };
  const list = () => Filter.parse(vip);
  const given = contact({ tags: ['vip'], fields: { renews: '2026-02-01' } });
  const filter = Filter.parse({ all: [vip, { not: { any: [city, renewal] } }, member] });
  expect(explain(filter, given, context({ list }))).toEqual({
    truth: true,
    all: [
      { truth: true, leaf: vip, actual: ['vip'] },
      {
        truth: true,
        not: {
          truth: false,
          any: [
            { truth: false, leaf: city, actual: null },
            { truth: false, leaf: renewal, actual: '2026-02-01' },
          ],
        },
      },
      { truth: true, leaf: member, actual: true, list: { truth: true, leaf: vip, actual: ['vip'] } },
    ],
  });
});

describe('for every filter and contact', () => {
  const given = [filters, contacts, contexts] as const;

  /** The truth of a group from the truths that were told of its parts. */
  const retold = (told: Explanation): boolean => {
    if ('all' in told) return told.all.map(retold).every(Boolean);
    if ('any' in told) return told.any.map(retold).includes(true);
    return 'not' in told ? !retold(told.not) : told.truth;
  };

  test('matches and its explanation agree, at every node', () => {
    fc.assert(
      fc.property(...given, (filter, who, within) => {
        const told = explain(filter, who, within);
        expect(told.truth).toBe(matches(filter, who, within));
        expect(retold(told)).toBe(told.truth);
      }),
      { numRuns: 1000 },
    );
  });

  test('groups follow the laws of and, or and not', () => {
    fc.assert(
      fc.property(...given, filters, (one, who, within, other) => {
        const truth = (filter: Filter) => matches(filter, who, within);
        expect(truth({ not: one })).toBe(!truth(one));
        expect(truth({ all: [one, other] })).toBe(truth(one) && truth(other));
        expect(truth({ any: [one, other] })).toBe(truth(one) || truth(other));
        expect(truth({ all: [one] })).toBe(truth({ any: [one] }));
        expect(truth({ not: { all: [one, other] } })).toBe(truth({ any: [{ not: one }, { not: other }] }));
      }),
    );
  });

  test('unknown and denied claims are the opposite of known and made ones', () => {
    const opposite = new Map([
      ['is-known', 'is-unknown'],
      ['is', 'is-not'],
      ['in', 'not-in'],
      ['has', 'has-not'],
    ]);
    fc.assert(
      fc.property(leaf, contacts, contexts, (input, who, within) => {
        const other = opposite.get(String(input['op']));
        fc.pre(other !== undefined);
        const truth = (claim: unknown) => matches(Filter.parse(claim), who, within);
        expect(truth({ ...input, op: other })).toBe(!truth(input));
      }),
      { numRuns: 500 },
    );
  });

  test('a known date is before, on or after a day, and just one of them', () => {
    fc.assert(
      fc.property(day, day, fc.constantFrom('UTC', 'America/New_York'), (value, renews, zone) => {
        const ops = ['before', 'on', 'after'].map((op) => ({ type: 'custom-field', field: 'renews', op, value }));
        expect(ops.filter((op) => is(op, { fields: { renews } }, { zone }))).toHaveLength(1);
      }),
    );
  });

  test('a prepared filter decides as matches does, whatever it decided before', () => {
    fc.assert(
      fc.property(filters, fc.array(contacts, { maxLength: 4 }), contexts, (filter, many, within) => {
        const { test: decide } = compileFilter(filter, within);
        expect(many.map((who) => decide(who, NOW))).toEqual(many.map((who) => matches(filter, who, within)));
      }),
    );
  });

  test('reading a filter again changes nothing', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        expect(Filter.parse(filter)).toEqual(filter);
        expect([...leavesOf(filter)].length).toBeLessThanOrEqual(50);
      }),
    );
  });

  test('whatever JSON comes is read or refused, and never thrown at', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.object({ key: fc.constantFrom('all', 'any', 'not', 'type', '__proto__') })),
        (input) => {
          expect(typeof Filter.safeParse(input).success).toBe('boolean');
        },
      ),
    );
  });
});
