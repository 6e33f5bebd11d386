import type { Contact } from './contact.ts';
import type { Instant } from './instant.ts';

const STAMPS = {
  sent: ['lastMessageSentAt', 'lastContactedAt'],
  received: ['lastMessageReceivedAt', 'lastContactedAt'],
  call: ['lastCallAt', 'lastContactedAt'],
} as const;

/** Something has happened between the business and the contact; what is told late, or again, leaves the contact as it is. */
export function withActivity(contact: Contact, what: keyof typeof STAMPS, at: Instant): Contact {
  const later = STAMPS[what].map((stamp) => {
    const known = contact.activity[stamp];
    return [stamp, known !== undefined && known > at ? known : at] as const;
  });
  if (later.every(([stamp, stamped]) => contact.activity[stamp] === stamped)) return contact;
  return { ...contact, activity: { ...contact.activity, ...Object.fromEntries(later) } };
}
