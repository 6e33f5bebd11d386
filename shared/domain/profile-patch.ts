import * as z from 'zod/mini';
import { Address, FieldKey, FieldValue, Profile } from './contact.ts';

const { firstName, lastName, email, company, language, birthday, timeZone } = Profile.shape;
const { country, state, city, postalCode, coordinates } = Address.shape;

/**
 * A JSON merge patch (RFC 7396) over a profile: null clears, what is left out stays. Tags are not among it: who is told
 * of a person may replace them, who tells what happened adds to them.
 */
export const ProfilePatch = z.strictObject({
  firstName: z.nullable(firstName),
  lastName: z.nullable(lastName),
  email: z.nullable(email),
  company: z.nullable(company),
  language: z.nullable(language),
  birthday: z.nullable(birthday),
  timeZone: z.nullable(timeZone),
  address: z.optional(
    z.nullable(
      z.strictObject({
        country: z.nullable(country),
        state: z.nullable(state),
        city: z.nullable(city),
        postalCode: z.nullable(postalCode),
        coordinates: z.nullable(coordinates),
      }),
    ),
  ),
  fields: z.optional(z.nullable(z.record(FieldKey, z.nullable(FieldValue)))),
});
export type ProfilePatch = z.infer<typeof ProfilePatch>;
