import { describe, expect, it } from 'vitest';
import { ContactId, runIdOf, WorkflowId } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Run } from '../../shared/domain/run.ts';
import { runs } from '../../shared/store/run-store.ts';
import { commit, fresh, put } from '../../shared/store/stored.ts';
import { receiveMessage } from '../../shared/usecases/receive-message.ts';
import { type Api, openApi, SECOND, START } from './api.ts';

const PHONE = '+14155550171';
const NOW = instant(START);

const FLOW = WorkflowId.parse(`wf_${'7'.repeat(26)}`);
/** As enrolment leaves it. */
async function enrolled(api: Api, contact: string, workflowId = FLOW): Promise<string> {
  const contactId = ContactId.parse(contact);
  const run: Run = {
    id: runIdOf(contactId, api.ports.ids.next()),
    workflowId,
    version: 1,
    contactId,
    status: 'RUNNING',
    enrolledAt: NOW,
    startedAt: NOW,
    enrolledBy: 'manual',
    test: false,
    entry: 1,
    contactRev: 1,
    execution: 1,
    log: [{ at: NOW, code: 'ENROLLED', detail: 'manual' }],
  };
  expect(await commit(api.table, put(runs, fresh(run)))).toBe(true);
  return run.id;
}

describe('erasing a contact', () => {
  it('ends its runs, deletes what was said, frees its number, and leaves ids only', async () => {
    const api = openApi();
    const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE, firstName: 'Guest' });
    const run = await enrolled(api, id);
    for (let n = 0; n < 3; n += 1)
      await api.done('POST', '/v1/messages', { contactId: id, inboxId: inbox.id, text: 'for your eyes only' });
    await receiveMessage(api.ports)({
      inboundMessageId: 'in-1',
      originationNumber: PHONE,
      destinationNumber: '+12025550100',
      messageBody: 'for yours',
      receivedAt: NOW,
    });

    expect(await api.call('DELETE', `/v1/contacts/${id}`)).toMatchObject({ status: 204, body: undefined });
    expect(JSON.stringify(api.dump())).not.toMatch(/Guest|eyes|yours|4155550171/);
    expect(await api.done('GET', `/v1/runs/${run}`)).toMatchObject({
      status: 'ENDED',
      reason: 'CONTACT_DELETED',
      contactId: id,
    });
    expect((await api.call('GET', `/v1/contacts/${id}`)).status).toBe(404);
    const after = api.dump();
    expect((await api.call('DELETE', `/v1/contacts/${id}`)).status).toBe(204);
    expect(api.dump()).toEqual(after);
    expect((await api.done('POST', '/v1/contacts', { phone: PHONE })).id).not.toBe(id);
  });

  it('erases conversations of any length', async () => {
    const api = openApi();
    const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE });
    for (let n = 0; n < 230; n += 1)
      await api.done('POST', '/v1/messages', { contactId: id, inboxId: inbox.id, text: 'again' });
    await api.done('DELETE', `/v1/contacts/${id}`);
    expect(JSON.stringify(api.dump())).not.toContain('again');
  });

  it('honours If-Match', async () => {
    const api = openApi();
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE });
    const before = api.dump();
    expect((await api.call('DELETE', `/v1/contacts/${id}`, undefined, { 'if-match': '"2"' })).status).toBe(412);
    expect(api.dump()).toEqual(before);
    expect((await api.call('DELETE', `/v1/contacts/${id}`, undefined, { 'if-match': '"1"' })).status).toBe(204);
  });
});

describe('what happened with a contact', () => {
  async function talk() {
    const api = openApi();
    const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: '+12025550100' });
    const { id } = await api.done('POST', '/v1/contacts', { phone: PHONE });
    const run = await enrolled(api, id);
    for (const text of ['one', 'two', 'three']) {
      await api.clock.advance(SECOND);
      await api.done('POST', '/v1/messages', { contactId: id, inboxId: inbox.id, text });
      await api.clock.advance(SECOND);
      const event = {
        originationNumber: PHONE,
        destinationNumber: '+12025550100',
        messageBody: `re: ${text}`,
        receivedAt: instant(api.clock.now()),
      };
      await receiveMessage(api.ports)({ inboundMessageId: text, ...event });
    }
    await api.clock.advance(SECOND);
    await api.done('POST', `/v1/runs/${run}/exit`);
    return { api, id, run };
  }
  async function paged(api: Api, path: string, limit: number, query = '') {
    const pages: unknown[][] = [];
    let cursor = '';
    do {
      const page = await api.done('GET', `${path}?limit=${limit}${query}${cursor}`);
      pages.push(page.items);
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
    } while (cursor && pages.length < 50);
    return pages;
  }

  it('is a conversation, in either order, page by page', async () => {
    const { api, id } = await talk();
    const said = ['one', 're: one', 'two', 're: two', 'three', 're: three'];
    const texts = (pages: unknown[][]) => pages.flat().map((message) => (message as { text: string }).text);
    for (const limit of [1, 2, 4, 6, 100]) {
      expect(texts(await paged(api, `/v1/contacts/${id}/messages`, limit))).toEqual(said);
      expect(texts(await paged(api, `/v1/contacts/${id}/messages`, limit, '&order=desc'))).toEqual(said.toReversed());
    }
  });

  it('is a timeline of messages and of what runs did, newest first or oldest first, page by page', async () => {
    const { api, id, run } = await talk();
    const entries = (pages: unknown[][]) =>
      pages.flat().map((entry) => {
        const {
          type,
          message,
          entry: logged,
        } = entry as { type: string; message?: { text: string }; entry?: { code: string } };
        return `${type} ${message?.text ?? logged?.code}`;
      });
    const oldestFirst = [
      'run ENROLLED',
      'message one',
      'message re: one',
      'message two',
      'message re: two',
      'message three',
      'message re: three',
      'run ENDED',
    ];
    for (const limit of [1, 2, 3, 5, 7, 8, 100]) {
      expect(entries(await paged(api, `/v1/contacts/${id}/timeline`, limit, '&order=asc'))).toEqual(oldestFirst);
      expect(entries(await paged(api, `/v1/contacts/${id}/timeline`, limit))).toEqual(oldestFirst.toReversed());
    }
    const [last] = (await api.done('GET', `/v1/contacts/${id}/timeline?limit=1`)).items;
    expect(last).toEqual({
      type: 'run',
      at: instant(START + 7 * SECOND),
      runId: run,
      workflowId: FLOW,
      entry: { at: instant(START + 7 * SECOND), code: 'ENDED', detail: 'EXITED_MANUALLY' },
    });
  });

  it('is read on with a cursor of the same order only', async () => {
    const { api, id } = await talk();
    const { next } = await api.done('GET', `/v1/contacts/${id}/timeline?limit=2`);
    expect((await api.call('GET', `/v1/contacts/${id}/timeline?order=asc&cursor=${next}`)).body.code).toBe(
      'INVALID_CURSOR',
    );
    expect((await api.call('GET', `/v1/contacts/${id}/messages?cursor=${next}`)).body.code).toBe('INVALID_CURSOR');
  });
});
