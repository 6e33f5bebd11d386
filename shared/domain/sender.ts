// The small metadata is enough here: it tells countries apart, and only lacks what `isValid` goes by.
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { Phone } from './phone.ts';

/** Who has texted, with the country (ISO 3166-1 alpha-2) unless the number belongs to none. */
export interface Sender {
  readonly phone: Phone;
  readonly country: string | undefined;
}

/**
 * The sender of an inbound text, which a carrier gives as E.164; undefined: a short code or a name, which nobody can
 * answer. Whether such a number exists is not asked: it has just texted, and a STOP from a range of numbers newer than
 * our metadata counts like any other.
 */
export function readSender(originationNumber: string): Sender | undefined {
  const { data: phone } = Phone.safeParse(originationNumber);
  return phone && { phone, country: parsePhoneNumberFromString(phone)?.country };
}
