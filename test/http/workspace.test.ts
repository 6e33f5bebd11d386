import { describe, expect, it } from 'vitest';
import { instant } from '../../shared/domain/instant.ts';
import { type Api, faultsIn, openApi, START } from './api.ts';

const NOW = instant(START);
const NUMBER = '+12025550100';

/** A workflow that is on, with these steps. */
async function published(
  api: Api,
  inboxId: string,
  steps: object[],
  trigger: object = { manualOnly: true },
): Promise<string> {
  const { id } = await api.done('POST', '/v1/workflows', { name: 'Flow', template: 'blank' });
  await api.done('PUT', `/v1/workflows/${id}`, { name: 'Flow', inboxId, steps, trigger });
  await api.done('POST', `/v1/workflows/${id}/publish`, {});
  return id;
}
const turnOff = async (api: Api, id: string, inFlight: string) => {
  const answer = api.done('POST', `/v1/workflows/${id}/turn-off`, { inFlight });
  await api.clock.advance(0);
  await api.clock.advance(60_000);
  await answer;
};

describe('settings', () => {
  it('have defaults, are replaced as a whole, and say what somebody else has changed', async () => {
    const api = openApi();
    const first = await api.call('GET', '/v1/settings');
    expect([first.headers['etag'], first.body]).toMatchObject([
      '"0"',
      { defaultCountry: 'US', timeZone: 'America/New_York', requireOptIn: false },
    ]);
    const put = (body: object, etag: string) => api.call('PUT', '/v1/settings', body, { 'if-match': etag });
    expect(await put({ businessName: 'Studio' }, '"0"')).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { businessName: 'Studio' },
    });
    expect((await put({ businessName: 'Other' }, '"0"')).status).toBe(412);
    const { body } = await put({ requireOptIn: true }, '"1"');
    expect(body).not.toHaveProperty('businessName');
  });

  it.each<[string, object, string[]]>([
    ['a zone on Mars', { timeZone: 'Mars/Base' }, ['INVALID_VALUE timeZone']],
    ['a country that is none', { defaultCountry: 'QQ' }, ['INVALID_VALUE defaultCountry']],
    ['a link that is none', { reviewLink: 'javascript:alert(1)' }, ['INVALID_FORMAT reviewLink']],
    ['a setting that is none', { businesName: 'typo' }, ['UNKNOWN_FIELD businesName']],
    ['an empty text', { stopText: ' ' }, ['TOO_SMALL stopText']],
  ])('refuse %s', async (_, body, faults) => {
    const api = openApi();
    const answer = await api.call('PUT', '/v1/settings', body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, faults]);
    expect(api.dump()).toEqual([]);
  });
});

describe('tags', () => {
  it('are created once, in any case, and listed page by page in alphabetical order', async () => {
    const api = openApi();
    for (const tag of ['Lead', 'été', 'customer'])
      expect((await api.call('POST', '/v1/tags', { tag })).status).toBe(201);
    const again = await api.call('POST', '/v1/tags', { tag: 'LEAD' });
    expect([again.status, again.body.code]).toEqual([409, 'ALREADY_EXISTS']);
    const page = await api.done('GET', '/v1/tags?limit=2');
    expect(page.items).toEqual([
      { tag: 'customer', createdAt: NOW },
      { tag: 'lead', createdAt: NOW },
    ]);
    expect(await api.done('GET', `/v1/tags?limit=2&cursor=${page.next}`)).toEqual({
      items: [{ tag: 'été', createdAt: NOW }],
    });
  });
});

describe('custom fields', () => {
  const PLAN = { key: 'plan', label: 'Plan', type: 'text' };

  it('are declared once, relabelled, and deleted', async () => {
    const api = openApi();
    const made = await api.call('POST', '/v1/custom-fields', PLAN);
    expect([made.status, made.headers['location'], made.body]).toEqual([
      201,
      '/v1/custom-fields/plan',
      { ...PLAN, createdAt: NOW },
    ]);
    expect((await api.call('POST', '/v1/custom-fields', { ...PLAN, type: 'number' })).body.code).toBe('ALREADY_EXISTS');
    expect((await api.call('PATCH', '/v1/custom-fields/plan', { label: 'Tier' }, { 'if-match': '"1"' })).body).toEqual({
      ...PLAN,
      label: 'Tier',
      createdAt: NOW,
    });
    expect((await api.call('PATCH', '/v1/custom-fields/plan', { label: 'Tier' }, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    expect((await api.call('PATCH', '/v1/custom-fields/plan', { label: 'Tier', type: 'number' })).status).toBe(400);
    expect(await api.done('GET', '/v1/custom-fields')).toEqual({ items: [{ ...PLAN, label: 'Tier', createdAt: NOW }] });
    expect((await api.call('DELETE', '/v1/custom-fields/plan')).status).toBe(204);
    expect((await api.call('DELETE', '/v1/custom-fields/plan')).status).toBe(404);
    expect((await api.call('GET', '/v1/custom-fields/plan')).status).toBe(404);
  });

  it.each<[string, object, string[]]>([
    ['a key that is none', { ...PLAN, key: 'My Plan' }, ['INVALID_FORMAT key']],
    ['a type that is none', { ...PLAN, type: 'money' }, ['INVALID_VALUE type']],
    ['no label', { key: 'plan', type: 'text' }, ['REQUIRED label']],
  ])('are refused with %s', async (_, body, faults) => {
    const api = openApi();
    const answer = await api.call('POST', '/v1/custom-fields', body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, faults]);
    expect(api.dump()).toEqual([]);
  });

  it('end at 100', async () => {
    const api = openApi();
    for (let n = 0; n < 100; n += 1)
      await api.done('POST', '/v1/custom-fields', { key: `f${n}`, label: 'F', type: 'text' });
    expect((await api.call('POST', '/v1/custom-fields', PLAN)).body.code).toBe('CONFLICT');
    // All of them filled with the widest characters: it still can be stored.
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, '漢'.repeat(1000)]));
    const tags = Array.from({ length: 200 }, (_, n) => `${n}${'漢'.repeat(57)}`);
    expect((await api.call('POST', '/v1/contacts', { phone: '+14155550171', fields, tags })).status).toBe(201);
  });

  it.each<[string, object[], object]>([
    [
      'a filter asks',
      [{ id: 'a', type: 'add-tag', tag: 'x' }],
      { filter: { all: [{ type: 'custom-field', field: 'plan', op: 'is-known' }] } },
    ],
    ['a step sets', [{ id: 'a', type: 'set-field', field: 'plan', value: { literal: 'gold' } }], { manualOnly: true }],
    [
      'a text merges',
      [{ id: 'a', type: 'send-message', text: 'On {{ contact.fields.plan | "our plan" }}' }],
      { manualOnly: true },
    ],
  ])('that %s stay while the workflow is on', async (_, steps, trigger) => {
    const api = openApi();
    const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: NUMBER });
    await api.done('POST', '/v1/custom-fields', PLAN);
    await api.done('POST', '/v1/custom-fields', { ...PLAN, key: 'plan_b' });
    const id = await published(api, inbox.id, steps, trigger);
    const refused = await api.call('DELETE', '/v1/custom-fields/plan');
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'IN_USE',
      expect.stringContaining('"Flow"'),
    ]);
    expect((await api.call('DELETE', '/v1/custom-fields/plan_b')).status).toBe(204);
    await turnOff(api, id, 'finish');
    expect((await api.call('DELETE', '/v1/custom-fields/plan')).status).toBe(409);
    await turnOff(api, id, 'exit');
    expect((await api.call('DELETE', '/v1/custom-fields/plan')).status).toBe(204);
  });
});

describe('inboxes', () => {
  it('are added, read, changed and deleted', async () => {
    const api = openApi();
    const made = await api.call('POST', '/v1/inboxes', {
      name: 'Desk',
      phone: '(202) 555-0100',
      origination: 'pool-1',
    });
    const inbox = {
      id: made.body.id,
      name: 'Desk',
      phone: NUMBER,
      origination: 'pool-1',
      partsPerSecond: 1,
      createdAt: NOW,
      updatedAt: NOW,
    };
    expect([made.status, made.headers['location'], made.body]).toEqual([201, `/v1/inboxes/${inbox.id}`, inbox]);
    const path = `/v1/inboxes/${inbox.id}`;
    expect(await api.done('GET', path)).toEqual(inbox);
    expect(await api.done('GET', '/v1/inboxes')).toEqual({ items: [inbox] });
    const { origination: _, ...plain } = inbox;
    expect((await api.call('PUT', path, { name: 'Door', phone: NUMBER }, { 'if-match': '"1"' })).body).toEqual({
      ...plain,
      name: 'Door',
    });
    expect((await api.call('PUT', path, { name: 'Door', phone: NUMBER }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('DELETE', path)).status).toBe(404);
    expect(api.dump()).toEqual([]);
  });

  it('have a number each', async () => {
    const api = openApi();
    const at = (n: number) => ({ name: 'Desk', phone: `+1202555010${n}` });
    const answers = await Promise.all([0, 0, 0].map((n) => api.call('POST', '/v1/inboxes', at(n))));
    expect(answers.map(({ status, body }) => `${body.code ?? status}`).sort()).toEqual([
      '201',
      'NUMBER_TAKEN',
      'NUMBER_TAKEN',
    ]);
    const { id } = await api.done('POST', '/v1/inboxes', at(1));
    const taken = await api.call('PUT', `/v1/inboxes/${id}`, at(0));
    expect([taken.status, faultsIn(taken)]).toEqual([409, ['NUMBER_TAKEN phone']]);
    await api.done('PUT', `/v1/inboxes/${id}`, at(2));
    await api.done('POST', '/v1/inboxes', at(1));
  });

  it.each<[string, object, string[]]>([
    ['no number', { name: 'Desk' }, ['REQUIRED phone']],
    ['a word for a number', { name: 'Desk', phone: 'front desk' }, ['INVALID_PHONE phone']],
    ['a blank name', { name: ' ', phone: NUMBER }, ['TOO_SMALL name']],
    ['an id', { name: 'Desk', phone: NUMBER, id: 'inb_1' }, ['UNKNOWN_FIELD id']],
  ])('are refused with %s', async (_, body, faults) => {
    const api = openApi();
    const answer = await api.call('POST', '/v1/inboxes', body);
    expect([answer.status, faultsIn(answer)]).toEqual([400, faults]);
    expect(api.dump()).toEqual([]);
  });

  it('that a workflow sends from stay while it is on', async () => {
    const api = openApi();
    const [desk, shop] = [
      await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: NUMBER }),
      await api.done('POST', '/v1/inboxes', { name: 'Shop', phone: '+12025550101' }),
    ];
    const id = await published(api, desk.id, [{ id: 'a', type: 'send-message', text: 'Hi', inboxId: shop.id }]);
    for (const inbox of [desk, shop])
      expect((await api.call('DELETE', `/v1/inboxes/${inbox.id}`)).body.code).toBe('IN_USE');
    await turnOff(api, id, 'pause');
    for (const inbox of [desk, shop]) expect((await api.call('DELETE', `/v1/inboxes/${inbox.id}`)).status).toBe(204);
  });
});
