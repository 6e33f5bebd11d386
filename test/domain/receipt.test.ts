import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ContactId, InboxId, messageIdOf } from '../../shared/domain/id.ts';
import { OutboundMessage, OutboundStatus } from '../../shared/domain/message.ts';
import { Receipt, received, wasAccepted } from '../../shared/domain/receipt.ts';

const contactId = ContactId.parse(`ct_${'0'.repeat(26)}`);
const at = (minutes: number) => new Date(Date.UTC(2026, 2, 3, 15, minutes)).toISOString();
const text = (given: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: messageIdOf(contactId, 'outbound', Date.parse(at(0)), 'a text'),
  contactId,
  inboxId: InboxId.parse(`inb_${'0'.repeat(26)}`),
  text: 'Hello',
  at: at(0),
  direction: 'outbound',
  origin: { type: 'manual' },
  status: 'ACCEPTED',
  statusAt: at(1),
  providerId: 'theirs',
  ...given,
});
const receipt = (given: Partial<Receipt> = {}): Receipt => ({
  providerId: 'theirs',
  status: 'DELIVERED',
  at: at(5),
  ...given,
});

describe('a receipt', () => {
  it('moves a text on, from when it says', () => {
    expect(received(text(), receipt())).toEqual(text({ status: 'DELIVERED', statusAt: at(5) }));
  });

  it('says why a text did not arrive', () => {
    const blocked = receipt({ status: 'UNDELIVERED', reason: 'BLOCKED' });
    expect(received(text(), blocked)).toEqual(text({ status: 'UNDELIVERED', statusAt: at(5), reason: 'BLOCKED' }));
  });

  it('leaves no reason behind that is none any more', () => {
    const lost = text({ status: 'UNDELIVERED', reason: 'UNREACHABLE' });
    expect(received(lost, receipt())).toStrictEqual(text({ status: 'DELIVERED', statusAt: at(5) }));
  });

  it("tells the provider's id where nobody knew it, and keeps the one that was known", () => {
    const { providerId: _, ...unsure } = text({ status: 'UNCONFIRMED' });
    const told = { status: 'ACCEPTED', providerId: 'theirs', statusAt: at(5) } as const;
    expect(received(unsure, receipt({ status: 'ACCEPTED' }))).toEqual(text(told));
    expect(received(text(), receipt({ providerId: 'another' }))).toEqual(
      text({ status: 'DELIVERED', statusAt: at(5) }),
    );
  });

  test.each([
    ['CLAIMED', 'ACCEPTED', 'ACCEPTED'],
    ['UNCONFIRMED', 'ACCEPTED', 'ACCEPTED'],
    ['ACCEPTED', 'UNDELIVERED', 'UNDELIVERED'],
    ['UNDELIVERED', 'ACCEPTED', 'UNDELIVERED'],
    ['UNDELIVERED', 'DELIVERED', 'DELIVERED'],
    ['FAILED', 'UNDELIVERED', 'FAILED'],
    ['FAILED', 'DELIVERED', 'DELIVERED'],
    ['DELIVERED', 'UNDELIVERED', 'DELIVERED'],
  ] as const)('of a text that was %s and is told to be %s makes it %s', (status, told, becomes) => {
    expect(received(text({ status }), receipt({ status: told })).status).toBe(becomes);
  });

  it('that tells nothing new leaves the very same text', () => {
    const delivered = text({ status: 'DELIVERED' });
    for (const status of ['ACCEPTED', 'UNDELIVERED', 'DELIVERED'] as const)
      expect(received(delivered, receipt({ status }))).toBe(delivered);
  });

  it('gives the same status in whatever order receipts come, and however often', () => {
    const told = fc.constantFrom('ACCEPTED', 'DELIVERED', 'UNDELIVERED');
    const all = (message: OutboundMessage, statuses: readonly Receipt['status'][]) =>
      statuses.reduce((before, status) => received(before, receipt({ status })), message).status;
    fc.assert(
      fc.property(fc.constantFrom(...OutboundStatus.options), fc.array(told), (status, statuses) => {
        const once = all(text({ status }), statuses);
        expect(all(text({ status }), statuses.toReversed())).toBe(once);
        expect(all(text({ status }), [...statuses, ...statuses])).toBe(once);
      }),
    );
  });

  it.each([
    [{}, true],
    [{ messageId: text().id, reason: 'BLOCKED' }, true],
    [{ providerId: 'x'.repeat(200), reason: 'x'.repeat(200) }, true],
    [{ status: 'ACCEPTED' }, true],
    [{ status: 'UNDELIVERED' }, true],
    [{ providerId: '' }, false],
    [{ providerId: 'x'.repeat(201) }, false],
    [{ reason: 'x'.repeat(201) }, false],
    [{ status: 'FAILED' }, false],
    [{ at: 'yesterday' }, false],
    [{ more: 1 }, false],
  ])('is read, or refused: %j %s', (given, isRead) => {
    expect(Receipt.safeParse({ ...receipt(), ...given }).success).toBe(isRead);
  });
});

test.each(
  OutboundStatus.options.map((status) => [status, ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'].includes(status)] as const),
)('a text that is %s was accepted for certain: %s', (status, was) => {
  expect(wasAccepted(OutboundMessage.parse(text({ status })))).toBe(was);
});
