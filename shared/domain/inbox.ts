import * as z from 'zod';
import { InboxId } from './id.ts';
import { Instant } from './instant.ts';
import { Phone } from './phone.ts';

export const InboxInput = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** What people see and answer to. */
  phone: Phone,
  /** What AWS sends from, where it is not the number itself: a phone number id or a pool id. */
  origination: z.string().trim().min(1).max(256).optional(),
});

/** A number of the business: texts leave from it, answers come to it. */
export const Inbox = InboxInput.extend({ id: InboxId, createdAt: Instant, updatedAt: Instant });
export type Inbox = z.infer<typeof Inbox>;
