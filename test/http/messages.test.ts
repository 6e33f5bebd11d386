import { describe, expect, it } from 'vitest';
import { ContactId, runIdOf, WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Run } from '../../shared/domain/run.ts';
import { runs } from '../../shared/store/run-store.ts';
import { commit, fresh, put } from '../../shared/store/stored.ts';
import { faultsIn, NOBODY, openApi, START } from './api.ts';

const NOW = instant(START);
const FROM = '+12025550100';
const TO = '+14155550171';

async function ready() {
  const api = openApi();
  const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: FROM });
  const contact = await api.done('POST', '/v1/contacts', { phone: TO, firstName: 'Guest' });
  const message = { contactId: contact.id, inboxId: inbox.id, text: 'Hello' };
  return { api, contact, inbox, message, send: (body: object = message) => api.call('POST', '/v1/messages', body) };
}

describe('sending one text', () => {
  it('sends it as it is, and keeps it', async () => {
    const { api, contact, inbox, send, message } = await ready();
    const text = 'Hi {{contact.firstName}}, 100% off \u{1F600}';
    const { status, headers, body } = await send({ ...message, text, mediaUrl: 's3://bucket/cat.png' });
    expect([status, headers['location']]).toEqual([201, `/v1/messages/${body.id}`]);
    expect(body).toEqual({
      id: expect.stringMatching(/^msg_/),
      contactId: contact.id,
      inboxId: inbox.id,
      text,
      at: NOW,
      direction: 'outbound',
      mediaUrl: 's3://bucket/cat.png',
      origin: { type: 'manual' },
      status: 'ACCEPTED',
      statusAt: NOW,
      providerId: 'p-1',
    });
    expect(api.texts).toEqual([
      { from: FROM, to: TO, body: text, messageId: body.id, mediaUrl: 's3://bucket/cat.png' },
    ]);
    expect(await api.done('GET', `/v1/messages/${body.id}`)).toEqual(body);
    expect((await api.done('GET', `/v1/contacts/${contact.id}`)).activity.lastMessageSentAt).toBe(NOW);
  });

  it('sends from what AWS knows the inbox by', async () => {
    const { api, inbox, send } = await ready();
    await api.done('PUT', `/v1/inboxes/${inbox.id}`, { name: 'Desk', phone: FROM, origination: 'pool-1' });
    await send();
    expect(api.texts).toMatchObject([{ from: 'pool-1' }]);
  });

  it('twice without an Idempotency-Key is two texts, even in the same instant', async () => {
    const { api, send } = await ready();
    expect((await send()).body.id).not.toBe((await send()).body.id);
    expect(api.texts).toHaveLength(2);
  });

  it('tells what the carrier refused', async () => {
    const { api, send } = await ready();
    api.carrier.next = () => ({ outcome: 'rejected', reason: 'DESTINATION_BLOCKED', optedOut: false });
    expect(await send()).toMatchObject({ status: 201, body: { status: 'FAILED', reason: 'DESTINATION_BLOCKED' } });
  });

  it('tells where nobody knows whether it left', async () => {
    const { api, send } = await ready();
    api.carrier.next = () => ({ outcome: 'unknown', reason: 'TIMEOUT' });
    expect(await send()).toMatchObject({ status: 201, body: { status: 'UNCONFIRMED', reason: 'TIMEOUT' } });
  });

  it('is refused for who has opted out', async () => {
    const { api, contact, send } = await ready();
    await api.done('PATCH', `/v1/contacts/${contact.id}`, { consent: { status: 'optedOut' } });
    const before = api.dump();
    const answer = await send();
    expect([answer.status, answer.body.code, faultsIn(answer)]).toEqual([409, 'NOT_SENDABLE', ['OPTED_OUT contactId']]);
    expect([api.texts, api.dump()]).toEqual([[], before]);
  });

  it('is refused for who has not opted in, where the settings require it', async () => {
    const { api, contact, send } = await ready();
    await api.done('PUT', '/v1/settings', { requireOptIn: true });
    expect(faultsIn(await send())).toEqual(['NO_OPT_IN contactId']);
    await api.done('PATCH', `/v1/contacts/${contact.id}`, { consent: { status: 'optedIn' } });
    expect((await send()).status).toBe(201);
  });

  it.each<[string, object, number, string[]]>([
    ['no text', { text: undefined }, 400, ['REQUIRED text']],
    ['a blank text', { text: ' \n ' }, 400, ['INVALID_FORMAT text']],
    ['1601 units', { text: 'x'.repeat(1601) }, 400, ['TOO_BIG text']],
    ['801 emoji', { text: '\u{1F600}'.repeat(801) }, 400, ['TOO_BIG text']],
    ['media from elsewhere', { mediaUrl: 'https://example.com/cat.png' }, 400, ['INVALID_FORMAT mediaUrl']],
    ['a takeover that is neither true nor false', { takeover: 'yes' }, 400, ['INVALID_TYPE takeover']],
    ['an id that is none', { contactId: 'Guest' }, 400, ['INVALID_FORMAT contactId']],
    ['a contact that does not exist', { contactId: NOBODY, takeover: true }, 404, ['NOT_FOUND contactId']],
    ['an inbox that does not exist', { inboxId: `inb_${'0'.repeat(26)}` }, 404, ['NOT_FOUND inboxId']],
  ])('is refused with %s', async (_, wrong, status, faults) => {
    const { api, message, send } = await ready();
    const before = api.dump();
    const answer = await send({ ...message, ...wrong });
    expect([answer.status, faultsIn(answer)]).toEqual([status, faults]);
    expect([api.texts, api.dump()]).toEqual([[], before]);
  });

  it('takes 1600 units', async () => {
    const { send, message } = await ready();
    expect((await send({ ...message, text: '\u{1F600}'.repeat(800) })).status).toBe(201);
  });
});

test404('message', `/v1/messages/msg_${'0'.repeat(52)}`);
test404('run', `/v1/runs/run_${'0'.repeat(52)}`);
test404('run', `/v1/runs/run_${'0'.repeat(52)}/exit`, 'POST');
function test404(what: string, path: string, method = 'GET') {
  it(`${method} of a ${what} that does not exist is 404`, async () => {
    expect((await openApi().call(method, path)).body.code).toBe('NOT_FOUND');
  });
}

describe('a run', () => {
  async function waiting() {
    const { api, contact, inbox } = await ready();
    const contactId = ContactId.parse(contact.id);
    const run: Run = {
      id: runIdOf(contactId, api.ports.ids.next()),
      workflowId: WorkflowId.parse(`wf_${'7'.repeat(26)}`),
      version: 2,
      contactId,
      status: 'RUNNING',
      enrolledAt: NOW,
      startedAt: NOW,
      enrolledBy: 'manual',
      test: false,
      entry: 1,
      contactRev: 1,
      execution: 1,
      mailbox: {
        wait: 'a-day',
        state: 'a-day',
        inboxId: inbox.id,
        forReply: true,
        broadcast: false,
        openedAt: NOW,
        deadline: instant(START + 1000),
        token: 'SECRET',
        attempt: '1',
        status: 'open',
      },
      claim: {
        step: 'hi',
        messageId: `msg_${'0'.repeat(52)}` as never,
        inboxId: inbox.id,
        claimedAt: NOW,
        status: 'accepted',
        settledAt: NOW,
      },
      log: [
        { at: NOW, code: 'ENROLLED', detail: 'manual' },
        { at: NOW, code: 'WAITING', step: 'a-day' },
      ],
    };
    expect(await commit(api.table, put(runs, fresh(run)))).toBe(true);
    return { api, run, inbox };
  }

  it('shows what happened and what it waits for, without its inner workings', async () => {
    const { api, run, inbox } = await waiting();
    const { id, workflowId, version, contactId, status, enrolledAt, enrolledBy, test, entry, log: timeline } = run;
    expect(await api.done('GET', `/v1/runs/${id}`)).toEqual({
      id,
      workflowId,
      version,
      contactId,
      status,
      enrolledAt,
      enrolledBy,
      test,
      entry,
      timeline,
      waiting: { step: 'a-day', inboxId: inbox.id, forReply: true, since: NOW, until: instant(START + 1000) },
    });
  });

  it('ends by hand, once', async () => {
    const { api, run } = await waiting();
    const { status, body } = await api.call('POST', `/v1/runs/${run.id}/exit`);
    expect([status, body.status, body.reason, body.endedAt]).toEqual([200, 'ENDED', 'EXITED_MANUALLY', NOW]);
    expect(body).not.toHaveProperty('waiting');
    const before = api.dump();
    expect((await api.call('POST', `/v1/runs/${run.id}/exit`)).body.code).toBe('RUN_ENDED');
    expect(api.dump()).toEqual(before);
  });

  it('does not end with a body that it does not know', async () => {
    const { api, run } = await waiting();
    expect((await api.call('POST', `/v1/runs/${run.id}/exit`, { reason: 'x' })).status).toBe(400);
    expect((await api.call('POST', `/v1/runs/${run.id}/exit`, {})).status).toBe(200);
  });
});
