import * as z from 'zod/mini';
import { AnyInstant } from '../domain/any-instant.ts';
import { Consent, Contact, OptInSource, Profile } from '../domain/contact.ts';
import { InboundMessage, OutboundMessage } from '../domain/message.ts';
import { ProfilePatch } from '../domain/profile-patch.ts';

/** A contact as the API shows it: who wrote it last is between us and the triggers, as is what is sent once more. */
export const ContactView = z
  .object({
    ...z.omit(Contact, { changedBy: true, resends: true }).shape,
    derived: Contact.shape.derived.check(
      z.meta({
        description: 'What the phone number tells of its place; filters go by it where the address does not say.',
      }),
    ),
  })
  .check(z.meta({ id: 'Contact' }));

export const Phone = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(250),
  z.meta({
    description: "As a person types it; without a country code it is read as one of the workspace's country.",
    example: '(415) 555-0171',
  }),
);

const ConsentSaid = z
  .strictObject({
    status: Consent.shape.status.check(z.meta({ description: '`unknown` says nothing, and changes nothing.' })),
    source: z
      .optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(80)))
      .check(z.meta({ description: 'Who said so; `api` where it is left out.' })),
    at: z.optional(AnyInstant).check(z.meta({ description: 'When; now where it is left out.' })),
    evidence: z
      .optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(500)))
      .check(z.meta({ description: 'What proves it: the address of a form, the id of a call …' })),
  })
  .check(
    z.meta({
      description: 'An opt-out is not taken back through the API: only START, texted by the person, does that.',
    }),
  );

const OptIn = z
  .strictObject({ source: z._default(OptInSource, 'api'), at: z.optional(AnyInstant) })
  .check(z.meta({ description: 'How the contact first came to be. It never changes.' }));

export const NewContact = z.extend(Profile, {
  phone: Phone,
  optIn: z.prefault(OptIn, {}),
  consent: z.optional(ConsentSaid),
});

const { tags } = Profile.shape;

const patch = {
  ...ProfilePatch.shape,
  tags: z.optional(z.nullable(tags.def.innerType)).check(z.meta({ description: 'Replaces all tags.' })),
  consent: z.optional(ConsentSaid),
};

/** A JSON merge patch (RFC 7396): null clears, what is left out stays. */
export const ContactPatch = z.strictObject({ ...patch, phone: z.optional(Phone) });

export const ContactUpsert = z.strictObject({
  ...patch,
  optIn: z.prefault(OptIn, {}).check(z.meta({ description: 'Only counts where the contact is new.' })),
});

export const MessageView = z
  .discriminatedUnion('direction', [z.object(OutboundMessage.shape), z.object(InboundMessage.shape)])
  .check(z.meta({ id: 'Message' }));
