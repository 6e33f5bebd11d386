import * as z from 'zod/mini';
import { InboxId } from './id.ts';
import { Instant } from './instant.ts';
import { Phone } from './phone.ts';
import { Window } from './sending-hours.ts';

export const InboxInput = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(60)),
  /** What people see and answer to. */
  phone: Phone,
  /** What AWS sends from, where it is not the number itself: a phone number id or a pool id. */
  origination: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(256))),
  /** Instead of the workspace's. */
  sendingWindow: z.optional(Window),
  /** What its number may send: 1 on 10DLC, 3 toll-free, 100 from a short code, unless the carriers have granted more. */
  partsPerSecond: z._default(z.number().check(z.gte(0.01), z.lte(1_000_000)), 1),
  /** A text of a run of which nobody can tell whether it left is sent once more after so long, unless a receipt has told. */
  resendAfterMinutes: z.optional(z.int().check(z.gte(1), z.lte(1440))),
});

export type InboxInput = z.infer<typeof InboxInput>;

/** A number of the business: texts leave from it, answers come to it. */
export const Inbox = z.extend(InboxInput, { id: InboxId, createdAt: Instant, updatedAt: Instant });
export type Inbox = z.infer<typeof Inbox>;
