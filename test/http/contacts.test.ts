import { describe, expect, it } from 'vitest';
import { instant } from '../../shared/domain/instant.ts';
import { receiveMessage } from '../../shared/usecases/receive-message.ts';
import { faultsIn, NOBODY, openApi, SECOND, START } from './api.ts';

const PHONE = '+14155550171';
const NOW = instant(START);

async function withFields() {
  const api = openApi();
  for (const [name, type] of Object.entries({ plan: 'text', score: 'number', since: 'date', vip: 'boolean' })) {
    await api.done('POST', '/v1/custom-fields', { key: name, label: name, type });
  }
  return api;
}

describe('creating a contact', () => {
  it('reads its number, and answers all that is known of it but who wrote it', async () => {
    const api = openApi();
    const { status, headers, body } = await api.call('POST', '/v1/contacts', {
      phone: '(415) 555-0171',
      firstName: ' Guest ',
      tags: ['Lead', 'lead', 'VIP'],
      address: { country: 'us', city: 'Oakland' },
      consent: {
        status: 'optedIn',
        source: 'web_form',
        at: '2026-03-01T10:00:00+01:00',
        evidence: 'https://example.com/form',
      },
    });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ etag: '"1"', location: `/v1/contacts/${body.id}` });
    expect(body).toEqual({
      id: expect.stringMatching(/^ct_/),
      phone: PHONE,
      firstName: 'Guest',
      tags: ['lead', 'vip'],
      fields: {},
      address: { country: 'US', city: 'Oakland' },
      derived: { country: 'US', state: 'CA', timeZone: 'America/Los_Angeles' },
      optIn: { source: 'api', at: NOW },
      consent: {
        status: 'optedIn',
        source: 'web_form',
        at: '2026-03-01T09:00:00.000Z',
        evidence: 'https://example.com/form',
      },
      activity: {},
      createdAt: NOW,
      updatedAt: NOW,
    });
    expect((await api.done('GET', '/v1/tags')).items.map(({ tag }: { tag: string }) => tag)).toEqual(['lead', 'vip']);
    expect(await api.done('GET', `/v1/contacts/${body.id}`)).toEqual(body);
  });

  it('reads numbers as those of the country in the settings', async () => {
    const api = openApi();
    await api.done('PUT', '/v1/settings', { defaultCountry: 'DE' });
    expect((await api.done('POST', '/v1/contacts', { phone: '030 123456' })).phone).toBe('+4930123456');
  });

  it('keeps how the contact first came to be', async () => {
    const optIn = { source: 'crm:hubspot', at: '2025-01-01T00:00:00.000Z' };
    expect((await openApi().done('POST', '/v1/contacts', { phone: PHONE, optIn })).optIn).toEqual(optIn);
  });

  it('is refused for a number that somebody has, however it is spelled', async () => {
    const api = openApi();
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE });
    const before = api.dump();
    const answer = await api.call('POST', '/v1/contacts', { phone: '415.555.0171' });
    expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
      409,
      'PHONE_TAKEN',
      [{ code: 'PHONE_TAKEN', path: 'phone', detail: `belongs to ${id}` }],
    ]);
    expect(api.dump()).toEqual(before);
  });

  it('makes one contact of two requests at once', async () => {
    const api = openApi();
    const answers = await Promise.all([1, 2, 3].map(() => api.call('POST', '/v1/contacts', { phone: PHONE })));
    expect(answers.map(({ status }) => `${status}`).sort()).toEqual(['201', '409', '409']);
    expect((await api.done('GET', '/v1/contacts')).items).toHaveLength(1);
  });

  it.each<[string, object, string[]]>([
    ['no number', {}, ['REQUIRED phone']],
    ['a word for a number', { phone: 'call me' }, ['INVALID_PHONE phone']],
    ['two numbers', { phone: '415 555 0171, 415 555 2672' }, ['INVALID_PHONE phone']],
    ['a number that cannot be', { phone: '+1 555 555 55' }, ['INVALID_PHONE phone']],
    ['an endless number', { phone: '4'.repeat(251) }, ['TOO_BIG phone']],
    ['a field unknown to us', { phone: PHONE, nickname: 'A' }, ['UNKNOWN_FIELD nickname']],
    [
      'internals',
      { phone: PHONE, changedBy: { type: 'run' }, id: NOBODY },
      ['UNKNOWN_FIELD changedBy', 'UNKNOWN_FIELD id'],
    ],
    ['a custom field that nobody declared', { phone: PHONE, fields: { x: 1 } }, ['UNKNOWN_FIELD fields.x']],
    ['a custom field that no one could declare', { phone: PHONE, fields: { 'X Y': 1 } }, ['INVALID_VALUE fields.X Y']],
    [
      'values of the wrong types',
      { phone: PHONE, fields: { plan: 5, score: 'many', since: 'soon', vip: 'yes' } },
      ['INVALID_TYPE fields.plan', 'INVALID_TYPE fields.score', 'INVALID_TYPE fields.since', 'INVALID_TYPE fields.vip'],
    ],
    [
      'a number that no table holds',
      { phone: PHONE, fields: { score: '9'.repeat(300) } },
      ['INVALID_TYPE fields.score'],
    ],
    [
      'a text too long for a field',
      { phone: PHONE, fields: { plan: '\u{1F600}'.repeat(501) } },
      ['TOO_BIG fields.plan'],
    ],
    ['a wrong opt-in source', { phone: PHONE, optIn: { source: 'crm:' } }, ['INVALID_VALUE optIn.source']],
    [
      'consent from the future',
      { phone: PHONE, consent: { status: 'optedIn', at: '2027-01-01T00:00:00Z' } },
      ['IN_THE_FUTURE consent.at'],
    ],
    [
      'an instant that is none',
      { phone: PHONE, consent: { status: 'optedIn', at: '2026-02-30T00:00:00Z' } },
      ['INVALID_FORMAT consent.at'],
    ],
    [
      'an instant beyond all calendars',
      { phone: PHONE, optIn: { at: '9999-12-31T23:59:59-23:00' } },
      ['INVALID_FORMAT optIn.at'],
    ],
    [
      'a wrong country, e-mail, day and zone',
      { phone: PHONE, address: { country: 'USA' }, email: 'ada', birthday: '2026-13-01', timeZone: 'Mars/Base' },
      ['INVALID_FORMAT address.country', 'INVALID_FORMAT birthday', 'INVALID_FORMAT email', 'INVALID_VALUE timeZone'],
    ],
    [
      'half a place',
      { phone: PHONE, address: { coordinates: { latitude: 91 } } },
      ['REQUIRED address.coordinates.longitude', 'TOO_BIG address.coordinates.latitude'],
    ],
    ['a blank tag', { phone: PHONE, tags: [' '] }, ['TOO_SMALL tags.0']],
  ])('is refused with %s, and nothing is written', async (_, body, faults) => {
    const api = await withFields();
    const before = api.dump();
    const answer = await api.call('POST', '/v1/contacts', body);
    expect([answer.status, answer.body.code, faultsIn(answer).sort()]).toEqual([400, 'INVALID_INPUT', faults]);
    expect(api.dump()).toEqual(before);
  });

  it('reads custom fields as their types: "5" is a number', async () => {
    const api = await withFields();
    const fields = { plan: 'gold', score: ' 5 ', since: '2026-01-31', vip: true };
    expect((await api.done('POST', '/v1/contacts', { phone: PHONE, fields })).fields).toEqual({ ...fields, score: 5 });
  });

  it('with an opt-out tells the carrier', async () => {
    const api = openApi();
    await api.done('POST', '/v1/contacts', { phone: PHONE, consent: { status: 'optedOut' } });
    expect(api.blocked).toEqual([PHONE]);
  });
});

describe('the list of contacts', () => {
  it('gives each contact once, page by page, in the same order every time', async () => {
    const api = openApi();
    const made = new Set<string>();
    for (let n = 0; n < 45; n += 1)
      made.add((await api.done('POST', '/v1/contacts', { phone: `+1415555${2600 + n}` })).id);
    const pages = async (limit: number) => {
      const ids: string[] = [];
      let cursor = '';
      do {
        const page = await api.done('GET', `/v1/contacts?limit=${limit}${cursor}`);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        ids.push(...page.items.map(({ id }: { id: string }) => id));
        cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
      } while (cursor);
      return ids;
    };
    const all = (await api.done('GET', '/v1/contacts')).items.map(({ id }: { id: string }) => id);
    expect(new Set(all)).toEqual(made);
    for (const limit of [1, 2, 7, 45, 100]) expect(await pages(limit)).toEqual(all);
  });

  it('takes no cursor of another list', async () => {
    const api = openApi();
    for (const tag of ['a', 'b']) await api.done('POST', '/v1/tags', { tag });
    const { next } = await api.done('GET', '/v1/tags?limit=1');
    const { status, body } = await api.call('GET', `/v1/contacts?cursor=${next}`);
    expect([status, body.code]).toEqual([400, 'INVALID_CURSOR']);
  });
});

describe('changing a contact', () => {
  async function ada(profile: object = {}) {
    const api = await withFields();
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE, ...profile });
    await api.clock.advance(SECOND);
    return { api, id, patch: (body: object, headers = {}) => api.call('PATCH', `/v1/contacts/${id}`, body, headers) };
  }

  it('merges: null clears, what is left out stays', async () => {
    const { patch } = await ada({
      firstName: 'Guest',
      lastName: 'L',
      address: { city: 'Oakland', country: 'US' },
      fields: { plan: 'gold', score: 5 },
      tags: ['lead'],
    });
    const { status, headers, body } = await patch({
      firstName: null,
      company: 'ACME',
      address: { city: null, state: 'CA' },
      fields: { plan: null, vip: false },
    });
    expect([status, headers['etag']]).toEqual([200, '"2"']);
    expect(body).toMatchObject({
      lastName: 'L',
      company: 'ACME',
      address: { country: 'US', state: 'CA' },
      fields: { score: 5, vip: false },
      tags: ['lead'],
      updatedAt: instant(START + SECOND),
    });
    expect(body).not.toHaveProperty('firstName');
    expect(body.fields).toEqual({ score: 5, vip: false });
    expect(body.address).toEqual({ country: 'US', state: 'CA' });
    expect((await patch({ tags: ['a', 'B'], address: null, fields: null })).body).toMatchObject({
      tags: ['a', 'b'],
      address: {},
      fields: {},
    });
  });

  it('honours If-Match', async () => {
    const { api, patch } = await ada();
    expect((await patch({ firstName: 'A' }, { 'if-match': '"1"' })).status).toBe(200);
    const before = api.dump();
    const stale = await patch({ firstName: 'B' }, { 'if-match': '"1"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'REVISION_MISMATCH']);
    expect(api.dump()).toEqual(before);
  });

  it('loses nothing where two change it at once', async () => {
    const { api, id } = await ada();
    await Promise.all(
      ['firstName', 'lastName', 'company'].map((name) => api.done('PATCH', `/v1/contacts/${id}`, { [name]: 'x' })),
    );
    expect(await api.done('GET', `/v1/contacts/${id}`)).toMatchObject({ firstName: 'x', lastName: 'x', company: 'x' });
  });

  it('may move it to a number that is free, and leaves the old one free', async () => {
    const { api, id, patch } = await ada();
    expect((await patch({ phone: '+44 7400 123456' })).body).toMatchObject({
      phone: '+447400123456',
      derived: { country: 'GB' },
    });
    const other = await api.done('POST', '/v1/contacts', { phone: PHONE });
    expect(other.id).not.toBe(id);
    const taken = await patch({ phone: PHONE });
    expect([taken.status, taken.body.code]).toEqual([409, 'PHONE_TAKEN']);
    expect((await patch({ phone: '+447400123456' })).status).toBe(200);
  });

  it('may opt in, and out: which tells the carrier and sends nothing', async () => {
    const { api, patch } = await ada();
    expect((await patch({ consent: { status: 'optedIn' } })).body.consent).toEqual({
      status: 'optedIn',
      source: 'api',
      at: instant(START + SECOND),
    });
    const { body } = await patch({ consent: { status: 'optedOut', source: 'phone call', evidence: 'call 17' } });
    expect(body.consent).toEqual({
      status: 'optedOut',
      source: 'phone call',
      at: instant(START + SECOND),
      evidence: 'call 17',
    });
    expect([api.blocked, api.texts]).toEqual([[PHONE], []]);
  });

  it('never takes an opt-out back, whoever it came from', async () => {
    const { api, id, patch } = await ada();
    const inbox = '+12025550100';
    await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: inbox });
    await receiveMessage(api.ports)({
      inboundMessageId: 'in-1',
      originationNumber: PHONE,
      destinationNumber: inbox,
      messageBody: 'STOP',
      receivedAt: instant(START + 2 * SECOND),
    });
    const { consent } = await api.done('GET', `/v1/contacts/${id}`);
    expect(consent.status).toBe('optedOut');
    const before = api.dump();
    const answer = await patch({ firstName: 'Guest', consent: { status: 'optedIn' } });
    expect([answer.status, answer.body.code, faultsIn(answer)]).toEqual([
      409,
      'CONFLICT',
      ['OPTED_OUT consent.status'],
    ]);
    const upsert = await api.call('PUT', `/v1/contacts/by-phone/${PHONE}`, { consent: { status: 'optedIn' } });
    expect(upsert.status).toBe(409);
    expect(api.dump()).toEqual(before);
    expect((await patch({ consent: { status: 'unknown' } })).body.consent).toEqual(consent);
    expect((await patch({ consent: { status: 'optedOut', source: 'again' } })).body.consent).toEqual(consent);
  });

  it.each<[string, object, string[]]>([
    ['how it came to be', { optIn: { source: 'manual' } }, ['UNKNOWN_FIELD optIn']],
    ['its number into nothing', { phone: null }, ['INVALID_TYPE phone']],
    ['its consent into nothing', { consent: null }, ['INVALID_TYPE consent']],
    ['a field nobody declared', { fields: { x: 1 } }, ['UNKNOWN_FIELD fields.x']],
    ['a field to another type', { fields: { score: true } }, ['INVALID_TYPE fields.score']],
    ['its address into a text', { address: 'here' }, ['INVALID_TYPE address']],
    ['a part of its address into a number', { address: { city: 5 } }, ['INVALID_TYPE address.city']],
  ])('does not turn %s', async (_, body, faults) => {
    const { api, patch } = await ada();
    const before = api.dump();
    const answer = await patch(body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, faults]);
    expect(api.dump()).toEqual(before);
  });

  it('that does not exist is 404', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['PUT', '/tags/a'],
      ['DELETE', '/tags/a'],
      ['GET', '/messages'],
      ['GET', '/timeline'],
    ] as const) {
      expect(
        (await openApi().call(method, `/v1/contacts/${NOBODY}${path}`, method === 'PATCH' ? {} : undefined)).status,
      ).toBe(404);
    }
  });
});

describe('upserting by phone', () => {
  const at = (phone: string) => `/v1/contacts/by-phone/${encodeURIComponent(phone)}`;

  it('creates once, then changes', async () => {
    const api = openApi();
    const first = await api.call('PUT', at('415-555-0171'), {
      firstName: 'Guest',
      lastName: null,
      optIn: { source: 'crm:hub' },
      tags: ['lead'],
    });
    expect([first.status, first.headers['location']]).toEqual([201, `/v1/contacts/${first.body.id}`]);
    const second = await api.call('PUT', at(PHONE), { lastName: 'L', optIn: { source: 'manual' } });
    expect([second.status, second.body]).toEqual([200, { ...first.body, lastName: 'L' }]);
    expect((await api.call('PUT', at(PHONE))).status).toBe(200);
  });

  it('makes one contact of many requests at once', async () => {
    const api = openApi();
    const answers = await Promise.all(
      ['firstName', 'lastName', 'company'].map((name) => api.call('PUT', at(PHONE), { [name]: 'x' })),
    );
    expect(answers.map(({ status }) => `${status}`).sort()).toEqual(['200', '200', '201']);
    expect((await api.done('GET', '/v1/contacts')).items).toMatchObject([
      { firstName: 'x', lastName: 'x', company: 'x' },
    ]);
  });

  it('honours If-Match, which nothing new can meet', async () => {
    const api = openApi();
    expect((await api.call('PUT', at(PHONE), {}, { 'if-match': '"1"' })).status).toBe(412);
    expect(api.dump()).toEqual([]);
  });

  it.each([['nonsense'], ['+1'], ['415 555 0171 and 415 555 2672']])('refuses %j for a number', async (phone) => {
    const api = openApi();
    const answer = await api.call('PUT', at(phone), {});
    expect([answer.status, faultsIn(answer)]).toEqual([400, ['INVALID_PHONE path.phone']]);
    expect(api.dump()).toEqual([]);
  });
});

describe('tagging', () => {
  it('does the same however often, folds case, and makes the tag known', async () => {
    const api = openApi();
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE });
    const first = await api.call('PUT', `/v1/contacts/${id}/tags/50%25%20Off`);
    const second = await api.call('PUT', `/v1/contacts/${id}/tags/50%25%20off`);
    expect([first.body.tags, first.headers['etag'], second.headers['etag']]).toEqual([['50% off'], '"2"', '"2"']);
    expect((await api.done('GET', '/v1/tags')).items).toMatchObject([{ tag: '50% off' }]);
    for (let times = 0; times < 2; times += 1) {
      expect((await api.call('DELETE', `/v1/contacts/${id}/tags/50%25%20OFF`)).body.tags).toEqual([]);
    }
  });

  it('ends at 200 tags', async () => {
    const api = openApi();
    const { id } = await api.done('POST', '/v1/contacts', {
      phone: PHONE,
      tags: Array.from({ length: 200 }, (_, n) => `t${n}`),
    });
    expect((await api.call('PUT', `/v1/contacts/${id}/tags/t7`)).status).toBe(200);
    expect((await api.call('PUT', `/v1/contacts/${id}/tags/more`)).body.code).toBe('CONFLICT');
    expect((await api.call('GET', `/v1/contacts/${id}`)).status).toBe(200);
  });
});
