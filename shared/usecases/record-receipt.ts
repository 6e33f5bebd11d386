import { CLAIM_IS_ABANDONED_MS } from '../domain/admission.ts';
import { contactOf, type MessageId } from '../domain/id.ts';
import { epoch } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import { type Receipt, received } from '../domain/receipt.ts';
import type { Ports } from '../ports.ts';
import { getMessage, messages } from '../store/message-store.ts';
import { pastRunsOfContact, runsOfContact } from '../store/run-store.ts';
import { commit, contend, edit, put } from '../store/stored.ts';

/**
 * `unknown`: not a text of ours, or of someone who was erased since. `too-early`: whoever sends the text has not yet
 * written what became of it; the receipt is to be told again.
 */
export type Recorded = 'recorded' | 'nothing-new' | 'unknown' | 'too-early';

/** Writes what a delivery receipt tells. Late, repeated and out of order they do no harm. */
export const recordReceipt =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (receipt: Receipt): Promise<Recorded> => {
    const { messageId } = receipt;
    if (messageId === undefined) return 'unknown';
    return contend(`receipt of ${messageId}`, async (): Promise<Recorded | undefined> => {
      const message = await getMessage(table, messageId);
      if (!message) {
        if (await isClaimed(messageId)) return 'too-early';
        // It may have been written between these reads.
        return (await getMessage(table, messageId)) ? undefined : 'unknown';
      }
      const text = message.value;
      if (text.direction !== 'outbound') return 'unknown';
      // Whoever claimed it may still be at it, and counts on finding the claim as it was left.
      const claimedFor = clock.now() - epoch(text.statusAt);
      if (text.status === 'CLAIMED' && claimedFor < CLAIM_IS_ABANDONED_MS) return 'too-early';

      const next = received(text, receipt);
      if (next === text) return 'nothing-new';
      return (await commit(table, put<Message>(messages, edit(message, next)))) ? 'recorded' : undefined;
    });

    /** A run's text is written when it is settled; until then only the run knows of it. */
    async function isClaimed(id: MessageId): Promise<boolean> {
      const contact = contactOf(id);
      const runs = [...(await runsOfContact(table, contact)), ...(await pastRunsOfContact(table, contact))];
      return runs.some(({ value: { claim } }) => claim?.messageId === id && claim.status === 'claimed');
    }
  };
