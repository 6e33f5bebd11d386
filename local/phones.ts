import * as z from 'zod/mini';
import { type Instant, instant } from '../shared/domain/instant.ts';
import type { MessageReceived } from '../shared/domain/message-received.ts';
import type { Clock, Ids, Sms } from '../shared/ports.ts';
import type { Database } from './database.ts';

/** A text as a simulated phone shows it: `received` came from the business, `sent` was written on the phone. */
export interface PhoneMessage {
  readonly id: string;
  readonly direction: 'received' | 'sent';
  /** The business's number. */
  readonly with: string;
  readonly text: string;
  readonly at: string;
}

const Row = z.object({
  id: z.string(),
  direction: z.enum(['received', 'sent']),
  with: z.string(),
  text: z.string(),
  at: z.string(),
});

export interface Phones {
  readonly sms: Sms;
  messages(phone: string): readonly PhoneMessage[];
  /** Writes a text on the phone; undefined where it knows no number to write to. */
  write(phone: string, text: string, to?: string): MessageReceived | undefined;
}

export interface PhonesOptions {
  readonly database: Database;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  /** Told of every text that has arrived, as a network tells by its receipts. */
  readonly delivered: (receipt: {
    readonly messageId: string;
    readonly providerId: string;
    readonly status: 'DELIVERED';
    readonly at: Instant;
  }) => void;
}

/** The SMS network on one machine: every text arrives at once, and stays readable. */
export function openPhones({ database, clock, ids, delivered }: PhonesOptions): Phones {
  database.exec(`
    CREATE TABLE IF NOT EXISTS phone_messages (
      position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, phone TEXT NOT NULL,
      direction TEXT NOT NULL, "with" TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS phone_messages_by_phone ON phone_messages (phone, position);
  `);
  const insert = database.prepare(
    'INSERT INTO phone_messages (id, phone, direction, "with", text, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const select = database.prepare(
    'SELECT id, direction, "with", text, at FROM phone_messages WHERE phone = ? ORDER BY position',
  );
  const messages = (phone: string) => select.all(phone).map((row) => Row.parse(row));

  return {
    messages,
    write(phone, text, to) {
      const destination = to ?? messages(phone).findLast(({ direction }) => direction === 'received')?.with;
      if (destination === undefined) return undefined;
      const inboundMessageId = `in-${ids.next()}`;
      const receivedAt = instant(clock.now());
      insert.run(inboundMessageId, phone, 'sent', destination, text, receivedAt);
      return {
        inboundMessageId,
        originationNumber: phone,
        destinationNumber: destination,
        messageBody: text,
        receivedAt,
      };
    },
    sms: {
      async send({ from, to, body, messageId }) {
        const providerId = `sim-${ids.next()}`;
        const at = instant(clock.now());
        insert.run(providerId, to, 'received', from, body, at);
        delivered({ messageId, providerId, status: 'DELIVERED', at });
        return { outcome: 'accepted', providerId };
      },
      async blockNumber() {},
      async unblockNumber() {
        return 'unblocked';
      },
    },
  };
}
