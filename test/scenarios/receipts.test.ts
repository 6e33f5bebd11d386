import { describe, expect, it } from 'vitest';
import { deliveryReceipts } from '../../lambdas/kit/carrier.ts';
import { invocation } from '../../local/lambda.ts';
import { Receipt } from '../../shared/domain/receipt.ts';
import type { Sms, Submission } from '../../shared/ports.ts';
import { business, done, enroll, newContact, publish, send, wait } from '../support/business.ts';
import { localWorld, MINUTE } from '../support/world.ts';

const STEPS = [send('ask', 'Shall we call you?'), wait('answer')];

/** A studio whose carrier answers as told, and tells nothing by itself. */
async function studio(
  submit: (phones: Sms, ...given: Parameters<Sms['send']>) => Promise<Submission> = (phones, text) => phones.send(text),
) {
  const world = localWorld({
    withoutReceipts: true,
    carrier: (phones) => ({ ...phones, send: (text) => submit(phones, text) }),
  });
  const workflow = await publish(world, await business(world), { steps: STEPS });
  const contact = await newContact(world);
  await enroll(world, workflow, contact);
  const receipts = deliveryReceipts(world.world.ports, (body) => Receipt.parse(body));
  const text = async () => (await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items[0];
  /** Whether the queue is to tell it again. */
  async function tell(receipt: object): Promise<boolean> {
    const body = JSON.stringify({ providerId: 'p-1', at: new Date(world.now()).toISOString(), ...receipt });
    const { batchItemFailures } = await receipts({ Records: [{ messageId: 'r', body }] }, invocation('receipts'));
    return batchItemFailures.length > 0;
  }
  return { world, contact, text, tell };
}

const lost = async (): Promise<Submission> => ({ outcome: 'unknown', reason: 'TimeoutError' });

describe('a receipt', () => {
  it('that comes while its text is being written is told again, or recorded', async () => {
    const { world, text, tell } = await studio();
    const { id: messageId } = await text();
    const { table } = world.world.ports;
    const { get } = table;
    // As it was a moment ago, when there was no text yet; its run has been written since.
    const once: typeof get = async (key) => {
      if (!key.sk.startsWith('MSG#')) return get(key);
      Object.assign(table, { get });
      return undefined;
    };
    Object.assign(table, { get: once });
    expect(await tell({ messageId, status: 'DELIVERED' })).toBe(false);
    expect(await text()).toMatchObject({ status: 'DELIVERED' });
  });

  it('comes for every text that arrives on a phone', async () => {
    const world = localWorld();
    const workflow = await publish(world, await business(world), { steps: STEPS });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    expect((await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items).toMatchObject([
      { status: 'DELIVERED' },
    ]);
    expect(world.faults).toEqual([]);
  });

  it('moves a text on to DELIVERED, once', async () => {
    const { text, tell } = await studio();
    const { id: messageId, status } = await text();
    expect(status).toBe('ACCEPTED');
    expect(await tell({ messageId, status: 'DELIVERED', at: '2026-03-03T16:00:00.000Z' })).toBe(false);
    expect(await tell({ messageId, status: 'DELIVERED', at: '2026-03-03T17:00:00.000Z' })).toBe(false);
    expect(await text()).toMatchObject({ status: 'DELIVERED', statusAt: '2026-03-03T16:00:00.000Z' });
  });

  it('says why a text did not arrive', async () => {
    const { text, tell } = await studio();
    await tell({ messageId: (await text()).id, status: 'UNDELIVERED', reason: 'CARRIER_BLOCKED' });
    expect(await text()).toMatchObject({ status: 'UNDELIVERED', reason: 'CARRIER_BLOCKED' });
  });

  it.for([
    [['ACCEPTED', 'UNDELIVERED', 'DELIVERED'], 'DELIVERED'],
    [['DELIVERED', 'UNDELIVERED', 'ACCEPTED'], 'DELIVERED'],
    [['UNDELIVERED', 'ACCEPTED', 'ACCEPTED'], 'UNDELIVERED'],
  ] as const)('in whatever order they come, %s leave a text %s', async ([statuses, expected]) => {
    const { text, tell } = await studio();
    const { id: messageId } = await text();
    for (const status of statuses)
      await tell({ messageId, status, ...(status === 'UNDELIVERED' && { reason: 'UNREACHABLE' }) });
    const { status, reason } = await text();
    expect([status, reason]).toEqual([expected, expected === 'UNDELIVERED' ? 'UNREACHABLE' : undefined]);
  });

  it.for(['ACCEPTED', 'DELIVERED', 'UNDELIVERED'])(
    'of %s settles an UNCONFIRMED text: the contact was texted after all',
    async (status) => {
      const { world, contact, text, tell } = await studio(lost);
      const before = await text();
      expect(before).toMatchObject({ status: 'UNCONFIRMED', reason: 'TimeoutError' });
      expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).activity).toEqual({});
      await tell({ messageId: before.id, status });
      const { reason: _, ...settled } = { ...before, status, providerId: 'p-1' };
      expect(await text()).toEqual(settled);
      expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).activity).toEqual({
        lastMessageSentAt: before.at,
        lastContactedAt: before.at,
      });
    },
  );

  it('that something was not delivered leaves a refused text FAILED, for its own reason', async () => {
    const { text, tell } = await studio(async () => ({
      outcome: 'rejected',
      reason: 'DESTINATION_COUNTRY_BLOCKED',
      optedOut: false,
    }));
    await tell({ messageId: (await text()).id, status: 'UNDELIVERED', reason: 'PROTECT_BLOCKED' });
    expect(await text()).toMatchObject({ status: 'FAILED', reason: 'DESTINATION_COUNTRY_BLOCKED' });
  });

  it('that comes before the text is written is told again until it is', async () => {
    let messageId = '';
    const { world, text, tell } = await studio(async (_, submitted) => {
      messageId = submitted.messageId;
      throw new Error('the function died');
    });
    expect(await text()).toBeUndefined();
    expect(await tell({ messageId, status: 'DELIVERED' })).toBe(true);
    await world.pass(10 * MINUTE);
    expect(await text()).toMatchObject({ status: 'UNCONFIRMED', reason: 'ABANDONED' });
    expect(await tell({ messageId, status: 'DELIVERED' })).toBe(false);
    expect(await text()).toMatchObject({ status: 'DELIVERED' });
  });

  it('of a text that nobody knows, or without our id, is done with', async () => {
    const { world, contact, text, tell } = await studio();
    expect(await tell({ messageId: `msg_${'0'.repeat(52)}`, status: 'DELIVERED' })).toBe(false);
    expect(await tell({ status: 'DELIVERED' })).toBe(false);
    const { id: messageId } = await text();
    await done(world.api('DELETE', `/v1/contacts/${contact.id}`));
    expect(await tell({ messageId, status: 'DELIVERED' })).toBe(false);
    expect(world.faults).toEqual([]);
  });

  it('that cannot be read fails alone', async () => {
    const { world, text } = await studio();
    const handler = deliveryReceipts(world.world.ports, (body) => Receipt.parse(body));
    const good = {
      messageId: (await text()).id,
      providerId: 'p-1',
      status: 'DELIVERED',
      at: new Date(world.now()).toISOString(),
    };
    const Records = ['no JSON', '{}', JSON.stringify(good)].map((body, at) => ({ messageId: `r-${at}`, body }));
    expect(await handler({ Records }, invocation('receipts'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'r-0' }, { itemIdentifier: 'r-1' }],
    });
    expect(await text()).toMatchObject({ status: 'DELIVERED' });
  });
});
