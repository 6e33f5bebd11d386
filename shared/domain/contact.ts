import * as z from 'zod/mini';
import { ContactId, MessageId, RunId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';
import { Phone } from './phone.ts';
import { isPlainName } from './plain-json.ts';
import { Takeovers } from './takeover.ts';

export const MOST_TAGS = 200;

const line = (longest: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(longest));

/** Tags are case-folded; two spellings are one tag. */
export const Tag = z.pipe(
  z.pipe(
    z
      .string()
      .check(z.trim(), z.minLength(1), z.maxLength(60), z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has a control character')),
    z.transform((tag) => tag.normalize('NFC').toLowerCase()),
  ),
  // Folding can lengthen, and what is stored is read by this schema again.
  z.string().check(z.maxLength(60)),
);
export type Tag = z.infer<typeof Tag>;

/** How a contact first came to be. The first touch wins and never changes. */
export const OptInSource = z.union([
  z.enum(['web_chat', 'web_form', 'inbound_call', 'inbound_message', 'keyword', 'import', 'manual', 'api']),
  z.string().check(z.regex(/^crm:[\w.-]{1,60}$/, 'is not crm:<name>')),
  z.string().check(z.regex(/^other:[^\p{Cc}\p{Cs}]{1,60}$/u, 'is not other:<text>')),
]);
export type OptInSource = z.infer<typeof OptInSource>;

export const Consent = z.strictObject({
  status: z.enum(['unknown', 'optedIn', 'optedOut']),
  /** Who said so: an opt-in source, or `keyword` for STOP and START. */
  source: z.optional(z.string().check(z.maxLength(80))),
  at: z.optional(Instant),
  /** What proves it: the id of the message, the address of the form … */
  evidence: z.optional(z.string().check(z.maxLength(500))),
});
export type Consent = z.infer<typeof Consent>;

export const Address = z.strictObject({
  /** ISO 3166-1 alpha-2, upper case. */
  country: z.optional(
    z.pipe(
      z.string().check(z.trim(), z.regex(/^[A-Za-z]{2}$/, 'is not a two-letter country code')),
      z.transform((code) => code.toUpperCase()),
    ),
  ),
  /** A name or a code ("Texas", "TX"). */
  state: z.optional(line(60)),
  city: z.optional(line(100)),
  postalCode: z.optional(line(20)),
  coordinates: z.optional(
    z.strictObject({
      latitude: z.number().check(z.gte(-90), z.lte(90)),
      longitude: z.number().check(z.gte(-180), z.lte(180)),
    }),
  ),
});
export type Address = z.infer<typeof Address>;

/** Asking costs more than all else that reading the settings does, and there are few. */
const knownZones = new Set<string>();
const isZone = (zone: string): boolean => {
  if (knownZones.has(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return false;
  }
  // In whatever case they are spelled, which is many ways.
  if (knownZones.size < 1_000) knownZones.add(zone);
  return true;
};

/** An IANA time zone. */
export const TimeZone = z.string().check(z.refine(isZone, 'is not an IANA time zone'));

export const FieldValue = z.union([z.string().check(z.maxLength(1000)), z.number(), z.boolean()]);
export type FieldValue = z.infer<typeof FieldValue>;
export const FieldKey = z
  .string()
  .check(
    z.regex(/^[a-z][a-z0-9_]{0,39}$/, 'is not 1–40 lower-case letters, digits and _'),
    z.refine(isPlainName, 'is a reserved name'),
  );

/** What people and programs may write of a contact. */
export const Profile = z.strictObject({
  firstName: z.optional(line(100)),
  lastName: z.optional(line(100)),
  email: z.optional(z.email().check(z.maxLength(254))),
  company: z.optional(line(200)),
  /** BCP 47 */
  language: z.optional(z.string().check(z.trim(), z.minLength(2), z.maxLength(35))),
  /** A day, as ISO 8601. */
  birthday: z.optional(z.iso.date()),
  timeZone: z.optional(TimeZone),
  address: z.prefault(Address, {}),
  tags: z.prefault(
    z.pipe(
      z.array(Tag).check(z.maxLength(MOST_TAGS)),
      z.transform((tags) => [...new Set(tags)].sort()),
    ),
    [],
  ),
  /** Custom fields by key, each of its declared type. */
  fields: z.prefault(z.record(FieldKey, FieldValue), {}),
});
export type Profile = z.infer<typeof Profile>;

/**
 * The last instants at which something happened between the business and the contact; absent: never. Sent: accepted
 * by the provider, from any source and inbox. Contacted: a text or call in either direction.
 */
export const Activity = z.strictObject({
  lastMessageSentAt: z.optional(Instant),
  lastMessageReceivedAt: z.optional(Instant),
  lastContactedAt: z.optional(Instant),
  lastCallAt: z.optional(Instant),
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

export const Contact = z.extend(Profile, {
  id: ContactId,
  phone: Phone,
  /** Where the phone number comes from (`placeOf`), which counts where no address says it. */
  derived: z.strictObject({
    country: z.optional(z.string()),
    state: z.optional(z.string()),
    city: z.optional(z.string()),
    timeZone: z.optional(z.string()),
  }),
  optIn: z.strictObject({ source: OptInSource, at: Instant }),
  consent: Consent,
  activity: Activity,
  /** Absent: the workflows do all the talking. */
  takeovers: z.optional(Takeovers),
  /** Texts of which nobody can tell whether they left, and when they are to be looked at again. `slot` as in a step's input. */
  resends: z.optional(z.record(MessageId, z.strictObject({ due: Instant, slot: z.optional(z.number()) }))),
  changedBy: ChangedBy,
  createdAt: Instant,
  updatedAt: Instant,
});
export type Contact = z.infer<typeof Contact>;
