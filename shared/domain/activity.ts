import type { Contact } from './contact.ts';
import type { Instant } from './instant.ts';

const STAMPS = {
  sent: ['lastMessageSentAt', 'lastContactedAt'],
  received: ['lastMessageReceivedAt', 'lastContactedAt'],
  call: ['lastCallAt', 'lastContactedAt'],
} as const;

/** Something has happened between the business and the contact; what is told late does not turn a stamp back. */
export function withActivity(contact: Contact, what: keyof typeof STAMPS, at: Instant): Contact {
  const later = STAMPS[what].map((stamp) => {
    const known = contact.activity[stamp];
    return [stamp, known !== undefined && known > at ? known : at] as const;
  });
  return { ...contact, activity: { ...contact.activity, ...Object.fromEntries(later) } };
}
