import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { eventBridge } from '../../shared/aws/bus.ts';
import type { BusEvent } from '../../shared/domain/event.ts';
import { type Reply, type Sent, wire } from './wire.ts';

const AT = '2026-03-03T15:00:00.250Z';
const event = (n: number): BusEvent => ({
  type: 'ContactCreated',
  id: `c-${n}.ContactCreated`,
  at: AT,
  contactId: `ct_${'0'.repeat(26)}` as never,
});
const entriesOf = ({ body }: Sent) => (body as { Entries: { Detail: string }[] }).Entries;
const idsIn = (sent: Sent) => entriesOf(sent).map(({ Detail }) => JSON.parse(Detail).id);

/** A bus that takes what `refuses` lets it. */
function bus(refuses: (sent: Sent, nth: number, at: number) => boolean = () => false) {
  const answer = (sent: Sent, nth: number): Reply => {
    const Entries = entriesOf(sent).map((_, at) =>
      refuses(sent, nth, at) ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slower' } : { EventId: `e-${at}` },
    );
    return { status: 200, body: { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries } };
  };
  const { config, sent } = wire(answer);
  return { bus: eventBridge(new EventBridgeClient(config), 'our-bus'), sent };
}

describe('events', () => {
  it('go out as PutEvents, their type as detail-type and all of them as detail', async () => {
    const { bus: it, sent } = bus();
    await it.publish([event(1)]);
    expect(sent).toEqual([
      {
        method: 'POST',
        host: 'events.eu-central-1.amazonaws.com',
        path: '/',
        target: 'AWSEvents.PutEvents',
        body: {
          Entries: [
            {
              EventBusName: 'our-bus',
              Source: 'sms-workflows',
              DetailType: 'ContactCreated',
              Time: Date.parse(AT) / 1000,
              Detail: JSON.stringify(event(1)),
            },
          ],
        },
      },
    ]);
  });

  it('go out ten at a time, in order', async () => {
    const { bus: it, sent } = bus();
    const events = Array.from({ length: 23 }, (_, n) => event(n));
    await it.publish(events);
    expect(sent.map((request) => entriesOf(request).length)).toEqual([10, 10, 3]);
    expect(sent.flatMap(idsIn)).toEqual(events.map((each) => 'id' in each && each.id));
  });

  it('that are large go out in smaller groups', async () => {
    const { bus: it, sent } = bus();
    const text = (n: number): BusEvent => ({
      type: 'MessageReceived',
      at: AT,
      receivedAt: AT,
      inboundMessageId: `in-${n}`,
      originationNumber: '+12025550111',
      destinationNumber: '+12025550100',
      // Six bytes each in JSON.
      messageBody: '\u{1}'.repeat(10_000),
    });
    await it.publish(Array.from({ length: 20 }, (_, n) => text(n)));
    for (const request of sent)
      expect(
        Buffer.byteLength(
          entriesOf(request)
            .map(({ Detail }) => Detail)
            .join(''),
        ),
      ).toBeLessThan(256 * 1024);
    expect(sent.flatMap(entriesOf)).toHaveLength(20);
  });

  it('that were not taken are offered again, alone', async () => {
    const { bus: it, sent } = bus((_, nth, at) => nth === 1 && at === 1);
    await it.publish([event(1), event(2), event(3)]);
    expect(sent.map(idsIn)).toEqual(
      [['c-1', 'c-2', 'c-3'], ['c-2']].map((ids) => ids.map((id) => `${id}.ContactCreated`)),
    );
  });

  it('that are never taken are a fault', async () => {
    const { bus: it, sent } = bus((_, __, at) => at === 0);
    await expect(it.publish([event(1), event(2)])).rejects.toThrow('1 of 2 events: ThrottlingException');
    expect(sent).toHaveLength(5);
  });

  it('that there are none of ask nothing', async () => {
    const { bus: it, sent } = bus();
    await it.publish([]);
    expect(sent).toEqual([]);
  });
});
