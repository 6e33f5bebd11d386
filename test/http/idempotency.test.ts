import { describe, expect, it, vi } from 'vitest';
import { type Answer, DAY, openApi, SECOND } from './api.ts';

const CONTACT = { phone: '+14155550171', firstName: 'Guest' };
const key = (name = 'k-1') => ({ 'idempotency-key': name });
const contacts = async (api: ReturnType<typeof openApi>) => (await api.done('GET', '/v1/contacts')).items.length;

async function withInboxAndContact() {
  const api = openApi();
  const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
  const contact = await api.done('POST', '/v1/contacts', CONTACT);
  return { api, message: { contactId: contact.id, inboxId: inbox.id, text: 'Hello' } };
}

describe('a POST that is repeated under its Idempotency-Key', () => {
  it('gives the first answer again, and has no second effect', async () => {
    const api = openApi();
    const first = await api.call('POST', '/v1/contacts', CONTACT, key());
    const second = await api.call('POST', '/v1/contacts', CONTACT, key());
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      etag: first.headers['etag'],
      location: first.headers['location'],
      'idempotency-replayed': 'true',
    });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(await contacts(api)).toBe(1);
  });

  it('gives a refusal again, even where the request would pass by now', async () => {
    const api = openApi();
    const { id } = await api.done('POST', '/v1/contacts', CONTACT);
    const refused = await api.call('POST', '/v1/contacts', CONTACT, key());
    await api.call('DELETE', `/v1/contacts/${id}`);
    const again = await api.call('POST', '/v1/contacts', CONTACT, key());
    expect([refused.status, again.status, again.body]).toEqual([409, 409, refused.body]);
  });

  it('finds its effect also where whoever had it died before it could answer', async () => {
    const api = openApi();
    const settings = await api.done('GET', '/v1/settings');
    await api.done('PUT', '/v1/settings', { ...settings, businessName: 'Sample Studio' });
    const { id: inboxId } = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
    const { write } = api.table;
    /** Each request has its effect, and dies before its answer is remembered; then it is made again. */
    const twice = async (path: string, body: object, name: string) => {
      api.table.write = async (writes) => {
        const remembers = writes.some(
          (each) => 'put' in each && each.put.type === 'request' && each.put.data['answer'],
        );
        if (remembers) throw new Error('the process died');
        return write(writes);
      };
      await api.call('POST', path, body, key(name));
      Object.assign(api.table, { write });
      await api.clock.advance(2 * 60 * SECOND);
      return api.call('POST', path, body, key(name));
    };
    const made = await twice('/v1/workflows', { name: 'Leads', template: 'blank' }, 'k-made');
    expect([made.status, made.body.name, made.body.status]).toEqual([201, 'Leads', 'DRAFT']);
    const path = `/v1/workflows/${made.body.id}`;
    const steps = [{ id: 'hello', type: 'send-message', text: 'Hello' }];
    await api.done('PUT', path, { name: 'Leads', trigger: { manualOnly: true }, inboxId, steps });
    const published = await twice(`${path}/publish`, {}, 'k-published');
    expect([published.status, published.body.version]).toEqual([200, 1]);
    expect(published.body.workflow).not.toHaveProperty('request');
    expect(await api.done('GET', path)).not.toHaveProperty('request');
    await api.done('POST', `${path}/turn-off`, { inFlight: 'finish' });
    const turned = await twice(`${path}/turn-on`, {}, 'k-turned');
    expect([turned.status, turned.body.workflow.status, turned.body.version]).toEqual([200, 'ON', 1]);
    expect((await api.call('POST', `${path}/turn-on`, {}, key('k-other'))).body.code).toBe('WORKFLOW_ON');
    expect((await api.call('POST', '/v1/workflows', { name: 'leads', template: 'blank' })).body.code).toBe(
      'NAME_TAKEN',
    );
  });

  it('counts as equal in whatever order its fields come', async () => {
    const api = openApi();
    await api.done('POST', '/v1/contacts', '{"phone":"+14155550171","firstName":"Guest"}', key());
    await api.done('POST', '/v1/contacts', '{ "firstName": "Guest", "phone": "+14155550171" }', key());
    expect(await contacts(api)).toBe(1);
  });

  it('is refused for another body, another path or another query', async () => {
    const api = openApi();
    await api.done('POST', '/v1/contacts', CONTACT, key());
    for (const [path, body] of [
      ['/v1/contacts', { ...CONTACT, firstName: 'Other' }],
      ['/v1/tags', { tag: 'lead' }],
    ] as const) {
      const { status, body: problem } = await api.call('POST', path, body, key());
      expect([status, problem.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    }
    expect((await api.done('GET', '/v1/tags')).items).toEqual([]);
  });

  it('is remembered for 24 hours, whether or not the table has cleaned up', async () => {
    const api = openApi();
    const other = { phone: '+14155552672' };
    await api.done('POST', '/v1/contacts', CONTACT, key());
    await api.clock.advance(DAY - 1);
    expect((await api.call('POST', '/v1/contacts', other, key())).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    await api.clock.advance(1);
    expect((await api.call('POST', '/v1/contacts', other, key())).status).toBe(201);
  });

  it('is not remembered where its input was wrong', async () => {
    const api = openApi();
    expect((await api.call('POST', '/v1/contacts', { phone: 7 }, key())).status).toBe(400);
    expect(api.dump()).toEqual([]);
    expect((await api.call('POST', '/v1/contacts', CONTACT, key())).status).toBe(201);
  });

  it.each(['', ' ', 'x'.repeat(201), 'tab\there', 'é', ' led', 'trailed '])(
    'is refused with %j for a key',
    async (name) => {
      const api = openApi();
      const { status, body } = await api.call('POST', '/v1/contacts', CONTACT, key(name));
      expect([status, body.errors[0].path]).toEqual([400, 'header.Idempotency-Key']);
      expect(api.dump()).toEqual([]);
    },
  );

  it('takes keys of 200 characters', async () => {
    expect((await openApi().call('POST', '/v1/contacts', CONTACT, key(`a ${'x'.repeat(198)}`))).status).toBe(201);
  });
});

describe('while the first request is in flight', () => {
  async function inFlight() {
    const { api, message } = await withInboxAndContact();
    let submit = () => {};
    api.carrier.next = () =>
      new Promise((resolve) => {
        submit = () => resolve({ outcome: 'accepted', providerId: 'p' });
      });
    const first = api.call('POST', '/v1/messages', message, key());
    await vi.waitFor(() => expect(api.texts).toHaveLength(1));
    return { api, message, first, submit: () => submit() };
  }

  it('a repetition is told so, and then gets the answer of the first', async () => {
    const { api, message, first, submit } = await inFlight();
    const early = await api.call('POST', '/v1/messages', message, key());
    expect([early.status, early.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_USE']);
    submit();
    const answer = await first;
    expect((await api.call('POST', '/v1/messages', message, key())).body).toEqual(answer.body);
    expect(api.texts).toHaveLength(1);
  });

  it('one that crashed holds its key for a minute; its repetition tells what may have been sent, and does not send it again', async () => {
    const { api, message } = await inFlight();
    await api.clock.advance(59 * SECOND);
    expect((await api.call('POST', '/v1/messages', message, key())).body.code).toBe('IDEMPOTENCY_KEY_IN_USE');
    await api.clock.advance(SECOND);
    const { status, body } = await api.call('POST', '/v1/messages', message, key());
    expect([status, body.status, body.reason]).toEqual([201, 'UNCONFIRMED', 'ABANDONED']);
    expect(api.texts).toHaveLength(1);
  });
});

describe('a POST that failed on our side', () => {
  it('is not remembered: its repetition goes on with the same effect', async () => {
    const { api, message } = await withInboxAndContact();
    api.carrier.next = () => ({ outcome: 'throttled' });
    const busy = await api.call('POST', '/v1/messages', message, key());
    expect([busy.status, busy.body.code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE']);
    api.carrier.next = () => ({ outcome: 'accepted', providerId: 'p' });
    await api.clock.advance(5 * SECOND);
    const answers: Answer[] = [];
    for (let tries = 0; tries < 2; tries += 1) answers.push(await api.call('POST', '/v1/messages', message, key()));
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual([
      [201, 'ACCEPTED'],
      [201, 'ACCEPTED'],
    ]);
    // One attempt that the carrier provably did not take, and one that it took.
    expect(api.texts).toHaveLength(2);
  });

  it('after the text had left is not sent a second time', async () => {
    const { api, message } = await withInboxAndContact();
    api.carrier.next = () => {
      throw new Error('the connection broke');
    };
    expect((await api.call('POST', '/v1/messages', message, key())).status).toBe(500);
    api.carrier.next = () => ({ outcome: 'accepted', providerId: 'p' });
    await api.clock.advance(60 * SECOND);
    const { body } = await api.call('POST', '/v1/messages', message, key());
    expect(body.status).toBe('UNCONFIRMED');
    expect(api.texts).toHaveLength(1);
  });
});
