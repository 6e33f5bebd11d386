import * as z from 'zod';
import { Address, Consent, Contact, FieldKey, FieldValue, OptInSource, Profile } from '../domain/contact.ts';
import { Instant, instant } from '../domain/instant.ts';
import { InboundMessage, OutboundMessage } from '../domain/message.ts';

/** A contact as the API shows it: who wrote it last is between us and the triggers. */
export const ContactView = Contact.omit({ changedBy: true }).strip().meta({ id: 'Contact' });

/** ISO 8601 with any precision and offset, kept as UTC with milliseconds. */
const AnyInstant = z.iso
  .datetime({ offset: true })
  .transform((text) => instant(Date.parse(text)))
  .pipe(Instant)
  .meta({ type: 'string', format: 'date-time' });

const Phone = z.string().trim().min(1).max(250).meta({
  description: "As a person types it; without a country code it is read as one of the workspace's country.",
  example: '(415) 555-0171',
});

const ConsentSaid = z
  .strictObject({
    status: Consent.shape.status.meta({ description: '`unknown` says nothing, and changes nothing.' }),
    source: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .optional()
      .meta({ description: 'Who said so; `api` where it is left out.' }),
    at: AnyInstant.optional().meta({ description: 'When; now where it is left out.' }),
    evidence: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: 'What proves it: the address of a form, the id of a call …' }),
  })
  .meta({ description: 'An opt-out is not taken back through the API: only START, texted by the person, does that.' });

const OptIn = z
  .strictObject({ source: OptInSource.default('api'), at: AnyInstant.optional() })
  .meta({ description: 'How the contact first came to be. It never changes.' });

export const NewContact = Profile.extend({ phone: Phone, optIn: OptIn.prefault({}), consent: ConsentSaid.optional() });

const { tags, firstName, lastName, email, company, language, birthday, timeZone } = Profile.shape;
const { country, state, city, postalCode, coordinates } = Address.shape;

const patch = {
  firstName: firstName.nullable(),
  lastName: lastName.nullable(),
  email: email.nullable(),
  company: company.nullable(),
  language: language.nullable(),
  birthday: birthday.nullable(),
  timeZone: timeZone.nullable(),
  address: z
    .strictObject({
      country: country.nullable(),
      state: state.nullable(),
      city: city.nullable(),
      postalCode: postalCode.nullable(),
      coordinates: coordinates.nullable(),
    })
    .nullable()
    .optional(),
  tags: tags.unwrap().nullable().optional().meta({ description: 'Replaces all tags.' }),
  fields: z.record(FieldKey, FieldValue.nullable()).nullable().optional(),
  consent: ConsentSaid.optional(),
};

/** A JSON merge patch (RFC 7396): null clears, what is left out stays. */
export const ContactPatch = z.strictObject({ ...patch, phone: Phone.optional() });

export const ContactUpsert = z.strictObject({
  ...patch,
  optIn: OptIn.prefault({}).meta({ description: 'Only counts where the contact is new.' }),
});

export const MessageView = z
  .discriminatedUnion('direction', [z.object(OutboundMessage.shape), z.object(InboundMessage.shape)])
  .meta({ id: 'Message' });
