import type { Contact, FieldValue } from './contact.ts';

/**
 * What a filter looks at of a contact. Every contact is one; so is whatever reads this much, piece by piece, of a contact as
 * it is stored, to decide about it before the rest is read.
 */
export interface Subject extends Texts {
  readonly phone: string;
  readonly address: Readonly<Contact['address']>;
  readonly derived: Readonly<Contact['derived']>;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly optIn: Readonly<Contact['optIn']>;
  readonly consent: Readonly<Pick<Contact['consent'], 'status' | 'at'>>;
  readonly activity: Readonly<Contact['activity']>;
  readonly createdAt: string;
}

type Texts = Readonly<
  Pick<Contact, 'firstName' | 'lastName' | 'email' | 'company' | 'language' | 'timeZone' | 'birthday'>
>;
