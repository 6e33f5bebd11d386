import * as z from 'zod/mini';
import { withActivity } from './activity.ts';
import { AnyInstant } from './any-instant.ts';
import { type Contact, MOST_TAGS, OptInSource, Tag } from './contact.ts';
import { ContactId } from './id.ts';
import { Instant } from './instant.ts';
import { Phone } from './phone.ts';
import { ProfilePatch } from './profile-patch.ts';

const described = <T extends z.ZodMiniType>(schema: T, description: string) => schema.check(z.meta({ description }));

const Call = described(
  z.strictObject({
    durationSeconds: z.optional(z.int().check(z.gte(0), z.lte(604_800))),
    answered: z.optional(z.boolean()),
  }),
  '`{durationSeconds?, answered?}`',
);
const Conversion = described(
  z.strictObject({
    name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
    value: z.optional(z.number().check(z.gte(-1e15), z.lte(1e15))),
    currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/, 'is not a three-letter currency code'))),
  }),
  '`{name, value?, currency?}`; currency as ISO 4217',
);
const sourceMeta = (description: string) => z.meta({ type: 'string', description });
const source = OptInSource.check(
  sourceMeta(
    '`web_chat`, `web_form`, `crm:<name>`, `other:<text>` … For a contact that is new it is its opt-in source.',
  ),
);
const profile = described(z.optional(ProfilePatch), 'A merge patch: null clears, what is left out stays.');
const sourceElse = (usual: OptInSource) =>
  z._default(OptInSource, usual).check(sourceMeta(`As above; \`${usual}\` where it is left out.`));
const evidence = described(
  z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(500))),
  'What proves the consent: the address of a form, the id of a chat …',
);

/** What each type tells of itself, and what of it is kept. */
const kept = {
  'opt-in': { source, evidence },
  'crm-sync': { source },
  'inbound-call': { source: sourceElse('inbound_call'), call: z.optional(Call) },
  conversion: { source: sourceElse('api'), conversion: Conversion },
} as const;

const DESCRIPTIONS = {
  'opt-in': 'The person has agreed to be texted.',
  'crm-sync': 'A program that knows the person better tells what it knows.',
  'inbound-call': 'The person has called.',
  conversion: 'The person has done what the business hopes for.',
} as const;

const EventId = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(200),
    z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has a control character'),
    z.meta({ description: "The teller's own. Told again within 30 days of the same number, it changes nothing." }),
  );

/** Something that happened elsewhere; numbers are spelled as `phone` takes them. */
export const contactEvent = <Spelled extends z.ZodMiniType<string, string>>(phone: Spelled) => {
  const event = <const Type extends keyof typeof kept, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
    described(
      z.strictObject({
        type: z.literal(type),
        eventId: EventId,
        phone: z.optional(phone).check(z.meta({ description: 'The person, by number; or by `contactId`.' })),
        contactId: z.optional(ContactId),
        at: described(z.optional(AnyInstant), 'When it happened; now where it is left out.'),
        tags: described(z.optional(z.array(Tag).check(z.maxLength(MOST_TAGS))), 'Tags to add.'),
        ...shape,
      }),
      DESCRIPTIONS[type],
    );
  return z
    .discriminatedUnion('type', [
      event('opt-in', { ...kept['opt-in'], profile }),
      event('crm-sync', { ...kept['crm-sync'], profile }),
      event('inbound-call', kept['inbound-call']),
      event('conversion', kept.conversion),
    ])
    .check(
      z.refine((given) => given.phone !== undefined || given.contactId !== undefined, {
        path: ['phone'],
        error: 'is missing, and so is contactId',
        params: { code: 'REQUIRED' },
      }),
      z.refine((given) => given.phone === undefined || given.contactId === undefined, {
        path: ['contactId'],
        error: 'is given beside phone: one of them',
      }),
    );
};

/** As it comes over the bus: whoever puts it there is believed. */
export const ContactEventReceived = contactEvent(Phone).check(
  z.meta({
    description:
      'Something that happened with a person elsewhere: an opt-in, a call, what a CRM knows, a conversion. Whoever puts this event on the bus is believed. `at` is the time of the EventBridge event where it is left out.',
  }),
);
export type ContactEventReceived = z.infer<typeof ContactEventReceived>;

/** However the number is spelled. */
export type ContactEvent = z.infer<ReturnType<typeof contactEvent<z.ZodMiniType<string, string>>>>;
type EventOf<Type extends ContactEvent['type']> = Extract<ContactEvent, { type: Type }>;

/** What of an event was not done, and why: consent is the person's to take back, and tags have an end. */
export const Notice = z.enum(['OPTED_OUT', 'TAGS_NOT_ADDED']);
export type Notice = z.infer<typeof Notice>;

const recorded = <const Type extends keyof typeof kept, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  shape: Shape,
) =>
  z.strictObject({
    type: z.literal(type),
    eventId: z.string(),
    contactId: ContactId,
    at: Instant,
    recordedAt: Instant,
    tags: z.optional(z.array(Tag)),
    /** The names of what a profile patch gave; the values are the contact's, and nowhere else. */
    changed: z.optional(z.array(z.string())),
    notices: z.optional(z.array(Notice)),
    ...shape,
  });

/** An event as it is kept beside its contact. */
export const RecordedEvent = z.discriminatedUnion('type', [
  recorded('opt-in', kept['opt-in']),
  recorded('crm-sync', kept['crm-sync']),
  recorded('inbound-call', kept['inbound-call']),
  recorded('conversion', kept.conversion),
]);
export type RecordedEvent = z.infer<typeof RecordedEvent>;

interface Told {
  readonly contact: Contact;
  readonly notices: readonly Notice[];
}

const EFFECTS: {
  readonly [Type in ContactEvent['type']]: (contact: Contact, event: EventOf<Type>, at: Instant) => Told;
} = {
  'opt-in': (contact, { source: said, evidence: proof }, at) => {
    const { consent } = contact;
    // Only the person's own START takes an opt-out back.
    if (consent.status === 'optedOut') return { contact, notices: ['OPTED_OUT'] };
    const isOlder = consent.status === 'optedIn' && consent.at !== undefined && consent.at >= at;
    if (isOlder) return { contact, notices: [] };
    const given = { status: 'optedIn', source: said, at, ...(proof !== undefined && { evidence: proof }) } as const;
    return { contact: { ...contact, consent: given }, notices: [] };
  },
  'crm-sync': (contact) => ({ contact, notices: [] }),
  'inbound-call': (contact, _, at) => ({ contact: withActivity(contact, 'call', at), notices: [] }),
  conversion: (contact) => ({ contact, notices: [] }),
};

/**
 * The contact as an event leaves it, its profile aside: the very same object where nothing changes. Late and repeated, an
 * event turns nothing back.
 */
export function afterEvent(contact: Contact, event: ContactEvent, at: Instant): Told {
  const told = effectOf(EFFECTS, contact, event, at);
  const tags = [...new Set([...contact.tags, ...(event.tags ?? [])])].sort();
  if (tags.length === contact.tags.length) return told;
  return tags.length > MOST_TAGS
    ? { ...told, notices: [...told.notices, 'TAGS_NOT_ADDED'] }
    : { ...told, contact: { ...told.contact, tags } };
}

const effectOf = <Type extends ContactEvent['type']>(
  effects: { readonly [T in Type]: (contact: Contact, event: EventOf<T>, at: Instant) => Told },
  contact: Contact,
  event: EventOf<Type> & { type: Type },
  at: Instant,
): Told => effects[event.type](contact, event, at);
