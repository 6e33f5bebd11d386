import * as z from 'zod/mini';
import { TimeZone } from './contact.ts';
import { STATE_HOURS, WeekHours, Window } from './sending-hours.ts';

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
  /** When texts leave, by the clock of whom they go to; an inbox may have hours of its own. */
  sendingWindow: z._default(Window, { from: '09:00', to: '20:00' }),
  /** Fewer hours on some days, by the code of the contact's state. */
  stateHours: z._default(z.record(z.string().check(z.regex(/^[A-Z]{2}$/, 'is not a two-letter code')), WeekHours), {
    ...STATE_HOURS,
  }),
  /** A text that follows so soon on a reply is conversation, and leaves at any hour. 0: none does. */
  replyMinutes: z._default(z.int().check(z.gte(0), z.lte(1440)), 15),
  /** Marketing texts to one contact within 24 hours, of all workflows together; null: as many as there are. */
  dailyCap: z._default(
    z.nullable(
      z.strictObject({
        texts: z.int().check(z.gte(1), z.lte(100)),
        /** What becomes of the next one: it waits for its turn, or is left out. */
        then: z._default(z.enum(['defer', 'skip']), 'defer'),
      }),
    ),
    { texts: 3, then: 'defer' },
  ),
  /** How long the runs of a contact pause in an inbox where a person has taken over. */
  takeoverHours: z._default(z.int().check(z.gte(1), z.lte(720)), 24),
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
