import * as z from 'zod/mini';
import { TimeZone } from './contact.ts';

const words = z.string().check(z.trim(), z.minLength(1), z.maxLength(300));
const link = z.url({ protocol: /^https?$/ }).check(z.maxLength(500));

/** The workspace: one deployment is one business. */
export const Settings = z.strictObject({
  businessName: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(60))),
  reviewLink: z.optional(link),
  bookingLink: z.optional(link),
  /** ISO 3166-1 alpha-2: how phone numbers without a country are read. */
  defaultCountry: z._default(z.string().check(z.regex(/^[A-Z]{2}$/, 'is not a two-letter country code')), 'US'),
  /** IANA: what a date without a time means. */
  timeZone: z._default(TimeZone, 'America/New_York'),
  /** Whether a contact whose consent is unknown may be texted. */
  requireOptIn: z._default(z.boolean(), false),
  stopText: z._default(
    words,
    'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.',
  ),
  helpText: z._default(
    words,
    'This is an automated text service. Reply STOP to unsubscribe. Msg & data rates may apply.',
  ),
  startText: z._default(words, 'You are subscribed again. Reply HELP for help, STOP to unsubscribe.'),
});
export type Settings = z.infer<typeof Settings>;
