import * as z from 'zod';
import { TimeZone } from './contact.ts';

const words = z.string().trim().min(1).max(300);
const link = z.url({ protocol: /^https?$/ }).max(500);

/** The workspace: one deployment is one business. */
export const Settings = z.strictObject({
  businessName: z.string().trim().min(1).max(60).optional(),
  reviewLink: link.optional(),
  bookingLink: link.optional(),
  /** ISO 3166-1 alpha-2: how phone numbers without a country are read. */
  defaultCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is not a two-letter country code')
    .default('US'),
  /** IANA: what a date without a time means. */
  timeZone: TimeZone.default('America/New_York'),
  /** Whether a contact whose consent is unknown may be texted. */
  requireOptIn: z.boolean().default(false),
  stopText: words.default(
    'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.',
  ),
  helpText: words.default('This is an automated text service. Reply STOP to unsubscribe. Msg & data rates may apply.'),
  startText: words.default('You are subscribed again. Reply HELP for help, STOP to unsubscribe.'),
});
export type Settings = z.infer<typeof Settings>;
