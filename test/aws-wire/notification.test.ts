import { describe, expect, it } from 'vitest';
import { deliveryReceipts, inboundBridge } from '../../lambdas/kit/carrier.ts';
import { inboundMessage } from '../../lambdas/kit/event.ts';
import { invocation } from '../../local/lambda.ts';
import { inboundOf, receiptOf } from '../../shared/aws/notification.ts';
import type { BusEvent } from '../../shared/domain/event.ts';
import { business, done, enroll, newContact, publish, send, wait } from '../support/business.ts';
import { localWorld } from '../support/world.ts';

// The fields, and the values of the examples, are those of the AWS End User Messaging SMS user guide ("two-way SMS
// payload", "messaging events") and of the SNS developer guide ("fan out to SQS queues").

const notification = (message: object | string, more: object = {}) => ({
  Type: 'Notification',
  MessageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
  TopicArn: 'arn:aws:sns:eu-central-1:123456789012:texts',
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: '2026-03-03T15:00:16.901Z',
  SignatureVersion: '1',
  ...more,
});
const record = (body: unknown, messageId = 'm') => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {},
});

const TEXT = {
  originationNumber: '+14255550182',
  destinationNumber: '+12125550101',
  messageKeyword: 'JOIN',
  messageBody: 'EXAMPLE',
  inboundMessageId: 'cae173d2-66b9-564c-8309-21f858e9fb84',
  previousPublishedMessageId: 'wJalrXUtnFEMI',
};

const DELIVERY = {
  eventType: 'TEXT_DELIVERED',
  eventVersion: '1.0',
  eventTimestamp: 1772550003470,
  isFinal: true,
  originationPhoneNumber: '+12065550152',
  destinationPhoneNumber: '+14255550156',
  isInternationalSend: false,
  mcc: '310',
  mnc: '800',
  messageId: '862a8790-60c0-4430-9b2b-658bdexample',
  messageRequestTimestamp: 1772550003170,
  messageEncoding: 'GSM',
  messageType: 'PROMOTIONAL',
  messageStatus: 'DELIVERED',
  messageStatusDescription: 'Message has been accepted by phone',
  context: { messageId: `msg_${'0'.repeat(52)}` },
  totalMessageParts: 1,
  totalMessagePrice: 0.00581,
  totalCarrierFee: 0.003,
};

describe('an inbound text from AWS', () => {
  const received = {
    originationNumber: '+14255550182',
    destinationNumber: '+12125550101',
    messageBody: 'EXAMPLE',
    inboundMessageId: 'cae173d2-66b9-564c-8309-21f858e9fb84',
    previousPublishedMessageId: 'wJalrXUtnFEMI',
    receivedAt: '2026-03-03T15:00:16.901Z',
  };

  it('was received when SNS took it', () => {
    expect(inboundOf(notification(TEXT))).toEqual(received);
    expect(inboundOf(notification(TEXT, { Timestamp: '2026-03-03T15:00:16Z' })).receivedAt).toBe(
      '2026-03-03T15:00:16.000Z',
    );
  });

  it.for([null, undefined, ''])('that answers nothing (%j) answers nothing', (previousPublishedMessageId) => {
    const { previousPublishedMessageId: _, ...plain } = received;
    expect(inboundOf(notification({ ...TEXT, previousPublishedMessageId }))).toEqual(plain);
  });

  it('goes on to the bus; a poisoned one fails alone', async () => {
    const published: BusEvent[] = [];
    const logged: string[] = [];
    const log = {
      info: () => {},
      error: (code: string, facts?: object) => logged.push(`${code} ${JSON.stringify(facts)}`),
    };
    const bus = { publish: async (events: readonly BusEvent[]) => void published.push(...events) };
    const { inboundMessageId: _, ...nameless } = TEXT;
    const Records = [
      record(notification(TEXT), 'good'),
      record('no JSON', 'poison'),
      record(notification('no JSON either'), 'poison-within'),
      record(notification(nameless), 'nameless'),
      record(TEXT, 'raw'),
      record(notification({ ...TEXT, inboundMessageId: 'second' }), 'good-too'),
    ];
    const answer = await inboundBridge({ bus, log }, inboundOf)({ Records }, invocation('bridge'));
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'poison',
      'poison-within',
      'nameless',
      'raw',
    ]);
    expect(published).toEqual([
      { type: 'MessageReceived', at: received.receivedAt, ...received },
      { type: 'MessageReceived', at: received.receivedAt, ...received, inboundMessageId: 'second' },
    ]);
    expect(logged).toHaveLength(4);
    expect(logged.join()).not.toMatch(/EXAMPLE|\+1/);
  });

  it('ends a wait, through bridge, bus and handler', async () => {
    const world = localWorld();
    const workflow = await publish(world, await business(world), {
      steps: [send('ask', 'Shall we?'), wait('answer'), send('thanks', 'Fine.')],
    });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    const handler = inboundMessage(world.world.ports);
    const bus = {
      publish: async (events: readonly BusEvent[]) => {
        for (const detail of events) {
          await handler(
            { id: 'e', source: 'sms-workflows', 'detail-type': detail.type, detail },
            invocation('inbound'),
          );
        }
      },
    };
    const bridge = inboundBridge({ ...world.world.ports, bus }, inboundOf);
    const text = { ...TEXT, originationNumber: contact.phone, destinationNumber: '+12025550100', messageBody: 'yes' };
    await bridge(
      { Records: [record(notification(text, { Timestamp: '2026-03-03T15:00:01.000Z' }))] },
      invocation('bridge'),
    );
    await world.pass(0);
    expect(await world.texts(contact.phone)).toEqual(['Shall we?', 'Fine.']);
  });
});

describe('a delivery event from AWS', () => {
  const receipt = {
    messageId: `msg_${'0'.repeat(52)}`,
    providerId: '862a8790-60c0-4430-9b2b-658bdexample',
    at: '2026-03-03T15:00:03.470Z',
  };

  it.for([
    ['TEXT_DELIVERED', true, { status: 'DELIVERED' }],
    ['TEXT_SUCCESSFUL', true, { status: 'DELIVERED' }],
    ['TEXT_SUCCESSFUL', false, { status: 'ACCEPTED' }],
    ['TEXT_QUEUED', false, { status: 'ACCEPTED' }],
    ['TEXT_PENDING', false, { status: 'ACCEPTED' }],
    ['TEXT_SENT', false, { status: 'ACCEPTED' }],
    ['TEXT_INVALID', true, { status: 'UNDELIVERED', reason: 'INVALID' }],
    ['TEXT_INVALID_MESSAGE', true, { status: 'UNDELIVERED', reason: 'INVALID_MESSAGE' }],
    ['TEXT_UNREACHABLE', true, { status: 'UNDELIVERED', reason: 'UNREACHABLE' }],
    ['TEXT_CARRIER_UNREACHABLE', true, { status: 'UNDELIVERED', reason: 'CARRIER_UNREACHABLE' }],
    ['TEXT_BLOCKED', true, { status: 'UNDELIVERED', reason: 'BLOCKED' }],
    ['TEXT_CARRIER_BLOCKED', true, { status: 'UNDELIVERED', reason: 'CARRIER_BLOCKED' }],
    ['TEXT_SPAM', true, { status: 'UNDELIVERED', reason: 'SPAM' }],
    ['TEXT_UNKNOWN', true, { status: 'UNDELIVERED', reason: 'UNKNOWN' }],
    ['TEXT_TTL_EXPIRED', true, { status: 'UNDELIVERED', reason: 'TTL_EXPIRED' }],
    ['TEXT_PROTECT_BLOCKED', true, { status: 'UNDELIVERED', reason: 'PROTECT_BLOCKED' }],
    ['MEDIA_DELIVERED', true, { status: 'DELIVERED' }],
    ['MEDIA_FILE_TYPE_UNSUPPORTED', true, { status: 'UNDELIVERED', reason: 'FILE_TYPE_UNSUPPORTED' }],
  ] as const)('%s (final: %s) is %j', ([eventType, isFinal, expected]) => {
    expect(receiptOf(notification({ ...DELIVERY, eventType, isFinal }))).toEqual({ ...receipt, ...expected });
  });

  it('about a call or a registration is about no text', () => {
    expect(receiptOf(notification({ ...DELIVERY, eventType: 'VOICE_ANSWERED' }))).toBeUndefined();
    expect(receiptOf(notification({ registrationId: 'registration-1' }))).toBeUndefined();
  });

  it.for([undefined, null, {}, { account: 'bar' }, { messageId: 'of another program' }])(
    'with the context %j has no id of ours',
    (context) => {
      const { messageId: _, ...nameless } = receipt;
      expect(receiptOf(notification({ ...DELIVERY, context }))).toEqual({ ...nameless, status: 'DELIVERED' });
    },
  );

  it('delivers the text that it is about; a poisoned one fails alone', async () => {
    const world = localWorld({ withoutReceipts: true });
    const workflow = await publish(world, await business(world), { steps: [send('ask', 'Shall we?')] });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    const text = async () => (await done(world.api('GET', `/v1/contacts/${contact.id}/messages`))).items[0];
    const event = { ...DELIVERY, context: { messageId: (await text()).id } };
    const Records = [
      record('{}', 'poison'),
      record(notification({ ...DELIVERY, eventType: 'VOICE_ANSWERED' }), 'call'),
      record(notification(event), 'good'),
    ];
    const answer = await deliveryReceipts(world.world.ports, receiptOf)({ Records }, invocation('receipts'));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'poison' }] });
    expect(await text()).toMatchObject({ status: 'DELIVERED', statusAt: '2026-03-03T15:00:03.470Z' });
  });
});
