import { describe, expect, it } from 'vitest';
import { DAY, faultsIn, HOUR, NOBODY, openApi } from './api.ts';

type Api = ReturnType<typeof openApi>;

const PHONE = '+14155550171';
const OPT_IN = { type: 'opt-in', eventId: 'chat-1', phone: '(415) 555-0171', source: 'web_chat' };
const AT = '2026-03-03T14:00:00.000Z';
const tell = (api: Api, event: object, headers?: Record<string, string>) =>
  api.call('POST', '/v1/contact-events', event, headers);
const contactOf = (api: Api, id: string) => api.done('GET', `/v1/contacts/${id}`);
const timelineOf = async (api: Api, id: string, query = '') =>
  (await api.done('GET', `/v1/contacts/${id}/timeline${query}`)).items;

describe('an opt-in told of a number that nobody has', () => {
  it('makes a contact with that source and consent, and stands in its timeline', async () => {
    const api = openApi();
    const event = {
      ...OPT_IN,
      at: '2026-03-03T15:00:00+01:00',
      evidence: 'https://example.com/chat/1',
      profile: { firstName: 'Guest', address: { city: 'Boise' } },
      tags: ['Lead'],
    };
    const { status, headers, body } = await tell(api, event);
    expect({ status, body }).toEqual({
      status: 201,
      body: { contactId: expect.any(String), outcome: 'RECORDED', created: true, notices: [] },
    });
    expect(headers['location']).toBe(`/v1/contacts/${body.contactId}`);
    expect(await contactOf(api, body.contactId)).toMatchObject({
      phone: PHONE,
      firstName: 'Guest',
      address: { city: 'Boise' },
      tags: ['lead'],
      optIn: { source: 'web_chat', at: AT },
      consent: { status: 'optedIn', source: 'web_chat', at: AT, evidence: 'https://example.com/chat/1' },
      activity: {},
    });
    expect(await timelineOf(api, body.contactId)).toEqual([
      {
        type: 'event',
        at: AT,
        event: {
          type: 'opt-in',
          eventId: 'chat-1',
          contactId: body.contactId,
          source: 'web_chat',
          evidence: 'https://example.com/chat/1',
          at: AT,
          recordedAt: '2026-03-03T15:00:00.000Z',
          tags: ['lead'],
          changed: ['firstName', 'address'],
        },
      },
    ]);
    expect((await api.done('GET', '/v1/tags')).items).toMatchObject([{ tag: 'lead' }]);
  });

  it('is now where it does not say when', async () => {
    const api = openApi();
    const { contactId } = (await tell(api, OPT_IN)).body;
    expect((await contactOf(api, contactId)).consent.at).toBe('2026-03-03T15:00:00.000Z');
  });
});

describe('an event that is told again', () => {
  it('changes nothing and is answered the same, also where it made the contact', async () => {
    const api = openApi();
    const { body: first } = await tell(api, { ...OPT_IN, tags: ['lead'] });
    const { body: call } = await tell(api, { type: 'inbound-call', eventId: 'call-1', phone: PHONE });
    const before = api.dump();
    await api.clock.advance(HOUR);
    const again = await tell(api, { ...OPT_IN, tags: ['lead'] });
    expect([again.status, again.body]).toEqual([200, { ...first, outcome: 'ALREADY_RECORDED' }]);
    // By number or by id: the same person, the same event.
    const byId = { type: 'inbound-call', eventId: 'call-1', contactId: first.contactId };
    expect((await tell(api, byId)).body).toEqual({ ...call, outcome: 'ALREADY_RECORDED' });
    expect(api.dump()).toEqual(before);
  });

  it('is known by its id for each number apart', async () => {
    const api = openApi();
    const { body: one } = await tell(api, OPT_IN);
    const { body: other } = await tell(api, { ...OPT_IN, phone: '+14155550172' });
    expect(other).toMatchObject({ outcome: 'RECORDED', created: true });
    expect(other.contactId).not.toBe(one.contactId);
  });

  it('is known for 30 days, whether or not the table has cleaned up', async () => {
    const api = openApi();
    const { contactId } = (await tell(api, OPT_IN)).body;
    await api.clock.advance(30 * DAY - 1);
    expect((await tell(api, OPT_IN)).body.outcome).toBe('ALREADY_RECORDED');
    await api.clock.advance(1);
    expect((await tell(api, OPT_IN)).body).toMatchObject({ contactId, outcome: 'RECORDED', created: false });
  });

  it('is one where the contact has another number by now, if it says when it happened', async () => {
    const api = openApi();
    const { contactId } = (await tell(api, OPT_IN)).body;
    const event = { type: 'conversion', eventId: 'order-1', contactId, at: AT, conversion: { name: 'order' } };
    await tell(api, event);
    await api.done('PATCH', `/v1/contacts/${contactId}`, { phone: '+14155550179' });
    expect((await tell(api, event)).body).toMatchObject({ contactId, outcome: 'ALREADY_RECORDED' });
    expect((await tell(api, OPT_IN)).body).toMatchObject({ contactId, outcome: 'ALREADY_RECORDED' });
  });

  it('at the same time as the first is recorded once', async () => {
    const api = openApi();
    const answers = await Promise.all(Array.from({ length: 5 }, () => tell(api, OPT_IN)));
    expect(answers.map(({ body }) => String(body.outcome)).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'ALREADY_RECORDED'),
      'RECORDED',
    ]);
    const [{ contactId } = { contactId: '' }] = answers.map(({ body }) => body);
    expect(await timelineOf(api, contactId)).toHaveLength(1);
  });
});

describe('of a contact that is known', () => {
  const known = async (more: object = {}) => {
    const api = openApi();
    return { api, contact: await api.done('POST', '/v1/contacts', { phone: PHONE, ...more }) };
  };

  it('an opt-in is consent; the source that it came by stays', async () => {
    const { api, contact } = await known({ optIn: { source: 'import' } });
    const { status, body } = await tell(api, { ...OPT_IN, source: 'web_form' });
    expect([status, body]).toMatchObject([200, { contactId: contact.id, created: false }]);
    expect(await contactOf(api, contact.id)).toMatchObject({
      optIn: contact.optIn,
      consent: { status: 'optedIn', source: 'web_form' },
    });
  });

  it('an opt-in does not take back an opt-out: it is recorded, and the answer says so', async () => {
    const { api, contact } = await known({ consent: { status: 'optedOut' } });
    const { body } = await tell(api, { ...OPT_IN, tags: ['lead'] });
    expect(body).toMatchObject({ outcome: 'RECORDED', notices: ['OPTED_OUT'] });
    expect(await contactOf(api, contact.id)).toMatchObject({ consent: contact.consent, tags: ['lead'] });
    expect(await timelineOf(api, contact.id)).toMatchObject([{ event: { notices: ['OPTED_OUT'] } }]);
    expect((await tell(api, OPT_IN)).body.notices).toEqual(['OPTED_OUT']);
  });

  it('nor does it where the contact with the opt-out was erased', async () => {
    const { api, contact } = await known({ consent: { status: 'optedOut' } });
    await api.call('DELETE', `/v1/contacts/${contact.id}`);
    const { body } = await tell(api, OPT_IN);
    expect(body).toMatchObject({ created: true, notices: ['OPTED_OUT'] });
    expect((await contactOf(api, body.contactId)).consent).toMatchObject({ status: 'optedOut', source: 'suppression' });
  });

  it('an opt-in that is older than the one known turns nothing back', async () => {
    const consent = { status: 'optedIn', source: 'web_form', at: '2026-03-03T14:30:00.000Z' };
    const { api, contact } = await known({ consent });
    await tell(api, { ...OPT_IN, at: AT });
    expect((await contactOf(api, contact.id)).consent).toEqual(consent);
  });

  it('a call is activity, never backwards', async () => {
    const { api, contact } = await known();
    const call = (eventId: string, at: string) =>
      tell(api, { type: 'inbound-call', eventId, phone: PHONE, at, call: { durationSeconds: 42, answered: true } });
    await call('late', '2026-03-03T14:30:00.000Z');
    await call('early', AT);
    const latest = '2026-03-03T14:30:00.000Z';
    expect(await contactOf(api, contact.id)).toMatchObject({
      activity: { lastCallAt: latest, lastContactedAt: latest },
      consent: { status: 'unknown' },
    });
    expect((await timelineOf(api, contact.id)).map(({ event }: { event: object }) => event)).toMatchObject([
      { eventId: 'late', source: 'inbound_call', call: { durationSeconds: 42, answered: true } },
      { eventId: 'early' },
    ]);
  });

  it('what a CRM knows patches the profile: null clears, what is left out stays', async () => {
    const { api, contact } = await known({ firstName: 'Guest', company: 'Sample Studio' });
    await api.done('POST', '/v1/custom-fields', { key: 'plan', label: 'Plan', type: 'number' });
    const profile = { firstName: null, email: 'guest@example.com', fields: { plan: '5' } };
    await tell(api, { type: 'crm-sync', eventId: 's-1', contactId: contact.id, source: 'crm:sample', profile });
    const synced = await contactOf(api, contact.id);
    expect(synced).toMatchObject({ company: 'Sample Studio', email: 'guest@example.com', fields: { plan: 5 } });
    expect(synced).not.toHaveProperty('firstName');
    const [{ event }] = await timelineOf(api, contact.id);
    expect(event).toMatchObject({ changed: ['firstName', 'email', 'fields.plan'] });
    expect(JSON.stringify(event)).not.toContain('guest@');
  });

  it('a conversion is recorded, and the contact stays as it is', async () => {
    const { api, contact } = await known();
    const conversion = { name: 'order', value: 49.5, currency: 'USD' };
    await tell(api, { type: 'conversion', eventId: 'o-1', phone: PHONE, conversion });
    expect(await contactOf(api, contact.id)).toEqual(contact);
    expect(await timelineOf(api, contact.id)).toMatchObject([{ event: { source: 'api', conversion } }]);
  });

  it('tags that are too many are left out, and the rest is done', async () => {
    const { api, contact } = await known({ tags: Array.from({ length: 200 }, (_, n) => `t${n}`) });
    const { body } = await tell(api, { ...OPT_IN, tags: ['one-more'] });
    expect(body.notices).toEqual(['TAGS_NOT_ADDED']);
    expect(await contactOf(api, contact.id)).toMatchObject({ consent: { status: 'optedIn' }, tags: contact.tags });
  });
});

describe('an event is refused, and nothing is written,', () => {
  const call = { type: 'inbound-call', eventId: 'c-1', phone: PHONE };
  it.each([
    ['without a person', { ...OPT_IN, phone: undefined }, ['REQUIRED phone']],
    ['with a person told twice', { ...OPT_IN, contactId: NOBODY }, ['INVALID_VALUE contactId']],
    ['about no number', { ...OPT_IN, phone: 'call me' }, ['INVALID_PHONE phone']],
    ['of another type', { ...OPT_IN, type: 'opt-out' }, ['INVALID_VALUE type']],
    ['without an id', { ...OPT_IN, eventId: '' }, ['TOO_SMALL eventId']],
    ['with an id that has a control character', { ...OPT_IN, eventId: 'a\nb' }, ['INVALID_FORMAT eventId']],
    ['from the future', { ...OPT_IN, at: '2026-03-03T15:06:00Z' }, ['IN_THE_FUTURE at']],
    ['from no known source', { ...OPT_IN, source: 'crm' }, ['INVALID_VALUE source']],
    ['with what another type tells', { ...call, evidence: 'x' }, ['UNKNOWN_FIELD evidence']],
    ['that takes tags away', { ...OPT_IN, profile: { tags: [] } }, ['UNKNOWN_FIELD profile.tags']],
    [
      'with a field that is not declared',
      { ...OPT_IN, profile: { fields: { plan: 1 } } },
      ['UNKNOWN_FIELD profile.fields.plan'],
    ],
    [
      'with a conversion that has no name',
      { ...call, type: 'conversion', conversion: {} },
      ['REQUIRED conversion.name'],
    ],
  ])('%s', async (_, event, faults) => {
    const api = openApi();
    const answer = await tell(api, event);
    expect([answer.status, faultsIn(answer)]).toEqual([400, faults]);
    // The salt that names are hashed with is nobody's.
    expect(api.dump().filter((item) => !JSON.stringify(item).includes('SALT#'))).toEqual([]);
  });

  it('of a contact that is not there', async () => {
    const answer = await tell(openApi(), { ...OPT_IN, phone: undefined, contactId: NOBODY });
    expect([answer.status, faultsIn(answer)]).toEqual([404, ['NOT_FOUND contactId']]);
  });
});

describe('the timeline of a contact with messages and events', () => {
  it('is one order, page by page, either way', async () => {
    const api = openApi();
    const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
    const { contactId } = (await tell(api, OPT_IN)).body;
    for (let n = 0; n < 7; n += 1) {
      await api.clock.advance(1000);
      if (n % 3 === 1) await api.done('POST', '/v1/messages', { contactId, inboxId: inbox.id, text: `m${n}` });
      else await tell(api, { type: 'inbound-call', eventId: `c${n}`, contactId });
    }
    const name = ({ event, message }: { event?: { eventId: string }; message?: { text: string } }) =>
      event?.eventId ?? message?.text;
    const expected = ['chat-1', 'c0', 'm1', 'c2', 'c3', 'm4', 'c5', 'c6'];
    for (const order of ['asc', 'desc'] as const) {
      for (const limit of [1, 2, 3, 5, 8]) {
        const found: unknown[] = [];
        let cursor = '';
        do {
          const page = await api.done(
            'GET',
            `/v1/contacts/${contactId}/timeline?order=${order}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
          );
          expect(page.items.length).toBeLessThanOrEqual(limit);
          found.push(...page.items.map(name));
          cursor = page.next ?? '';
        } while (cursor !== '');
        expect(found).toEqual(order === 'asc' ? expected : expected.toReversed());
      }
    }
  });
});
