import * as z from 'zod';
import { ContactId, RunId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';
import { Phone } from './phone.ts';

export const MOST_TAGS = 200;

const line = (longest: number) => z.string().trim().min(1).max(longest);

/** Tags are case-folded; two spellings are one tag. */
export const Tag = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has a control character')
  .transform((tag) => tag.normalize('NFC').toLowerCase())
  // Folding can lengthen, and what is stored is read by this schema again.
  .pipe(z.string().max(60));
export type Tag = z.infer<typeof Tag>;

/** How a contact first came to be. The first touch wins and never changes. */
export const OptInSource = z.union([
  z.enum(['web_chat', 'web_form', 'inbound_call', 'inbound_message', 'keyword', 'import', 'manual', 'api']),
  z.string().regex(/^crm:[\w.-]{1,60}$/, 'is not crm:<name>'),
  z.string().regex(/^other:[^\p{Cc}\p{Cs}]{1,60}$/u, 'is not other:<text>'),
]);
export type OptInSource = z.infer<typeof OptInSource>;

export const Consent = z.strictObject({
  status: z.enum(['unknown', 'optedIn', 'optedOut']),
  /** Who said so: an opt-in source, or `keyword` for STOP and START. */
  source: z.string().max(80).optional(),
  at: Instant.optional(),
  /** What proves it: the id of the message, the address of the form … */
  evidence: z.string().max(500).optional(),
});
export type Consent = z.infer<typeof Consent>;

export const Address = z.strictObject({
  /** ISO 3166-1 alpha-2, upper case. */
  country: z
    .string()
    .trim()
    .regex(/^[A-Za-z]{2}$/, 'is not a two-letter country code')
    .transform((code) => code.toUpperCase())
    .optional(),
  /** A name or a code ("Texas", "TX"). */
  state: line(60).optional(),
  city: line(100).optional(),
  postalCode: line(20).optional(),
  coordinates: z
    .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .optional(),
});
export type Address = z.infer<typeof Address>;

/** An IANA time zone. */
export const TimeZone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}, 'is not an IANA time zone');

export const FieldValue = z.union([z.string().max(1000), z.number(), z.boolean()]);
export type FieldValue = z.infer<typeof FieldValue>;
/** Names that every object bears by itself would be found in any record. */
export const isPlainName = (name: string): boolean => !(name in {});
export const FieldKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'is not 1–40 lower-case letters, digits and _')
  .refine(isPlainName, 'is a reserved name');

/** What people and programs may write of a contact. */
export const Profile = z.strictObject({
  firstName: line(100).optional(),
  lastName: line(100).optional(),
  email: z.email().max(254).optional(),
  company: line(200).optional(),
  /** BCP 47 */
  language: z.string().trim().min(2).max(35).optional(),
  /** A day, as ISO 8601. */
  birthday: z.iso.date().optional(),
  timeZone: TimeZone.optional(),
  address: Address.prefault({}),
  tags: z
    .array(Tag)
    .max(MOST_TAGS)
    .transform((tags) => [...new Set(tags)].sort())
    .prefault([]),
  /** Custom fields by key, each of its declared type. */
  fields: z.record(FieldKey, FieldValue).prefault({}),
});
export type Profile = z.infer<typeof Profile>;

/**
 * The last instants at which something happened between the business and the contact; absent: never. Sent: accepted
 * by the provider, from any source and inbox. Contacted: a text or call in either direction.
 */
export const Activity = z.strictObject({
  lastMessageSentAt: Instant.optional(),
  lastMessageReceivedAt: Instant.optional(),
  lastContactedAt: Instant.optional(),
  lastCallAt: Instant.optional(),
});
export type Activity = z.infer<typeof Activity>;

/** Who wrote the contact last: keeps a workflow's own steps and taken replies from triggering workflows. */
export const ChangedBy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('api') }),
  z.strictObject({ type: z.literal('run'), workflowId: WorkflowId, runId: RunId }),
  /** `consumed`: by a run that waited for it, or as STOP, HELP or START. */
  z.strictObject({ type: z.literal('inbound'), consumed: z.boolean() }),
]);
export type ChangedBy = z.infer<typeof ChangedBy>;

export const Contact = Profile.extend({
  id: ContactId,
  phone: Phone,
  /** What the phone number tells, where no address does. */
  derived: z.strictObject({ country: z.string().optional() }),
  optIn: z.strictObject({ source: OptInSource, at: Instant }),
  consent: Consent,
  activity: Activity,
  changedBy: ChangedBy,
  createdAt: Instant,
  updatedAt: Instant,
});
export type Contact = z.infer<typeof Contact>;
