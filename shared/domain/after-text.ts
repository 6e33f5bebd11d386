import { withActivity } from './activity.ts';
import type { ChangedBy, Contact } from './contact.ts';
import type { Instant } from './instant.ts';
import type { OutboundMessage } from './message.ts';

/** What became of a text: submitted for certain, or refused by the carrier because the person has opted out there. */
export type TextTold = 'sent' | 'opted-out' | 'nothing';

/** What a text tells about its contact, whatever caused it and whatever has become of its run: the very same where that is nothing new. */
export function afterText(
  contact: Contact,
  { id, at, origin }: Pick<OutboundMessage, 'id' | 'at' | 'origin'>,
  told: TextTold,
  now: Instant,
): Contact {
  const changedBy: ChangedBy =
    origin.type === 'run' ? { type: 'run', workflowId: origin.workflowId, runId: origin.runId } : { type: 'api' };
  if (told === 'sent') {
    const stamped = withActivity(contact, 'sent', at);
    return stamped === contact ? contact : { ...stamped, changedBy, updatedAt: now };
  }
  if (told === 'nothing' || contact.consent.status === 'optedOut') return contact;
  // The carrier knows of an opt-out that has not come to us.
  return {
    ...contact,
    consent: { status: 'optedOut', source: 'carrier', at: now, evidence: id },
    changedBy,
    updatedAt: now,
  };
}
