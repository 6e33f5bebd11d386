import { Phone } from './phone.ts';

/**
 * The sender of an inbound text, which a carrier gives as E.164; undefined: a short code or a name, which nobody can
 * answer. Whether such a number exists is not asked: it has just texted, and a STOP from a range of numbers newer than
 * our metadata counts like any other.
 */
export const readSender = (originationNumber: string): Phone | undefined => Phone.safeParse(originationNumber).data;
