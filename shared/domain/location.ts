import type { Place } from './filter-leaf.ts';
import type { Subject } from './filter-subject.ts';
import { readText } from './filter-value.ts';
import { stateSpellings } from './states.ts';

/**
 * Where a contact is: the address says it, else the phone number does. Place by place, but never so that the two would
 * speak of different places: someone in Canada with a number of Texas is not in Texas.
 */
export const PLACES: { [Field in Place]: (contact: Subject) => string | undefined } = {
  country: ({ address, derived }) => address.country ?? derived.country,
  state: (contact) => contact.address.state ?? (isInCountryOfNumber(contact) ? contact.derived.state : undefined),
  city: (contact) => contact.address.city ?? (isInStateOfNumber(contact) ? contact.derived.city : undefined),
  postalCode: ({ address }) => address.postalCode,
};

/** Whether it is the number that says it. */
export const isDerived = (contact: Subject, place: Place): boolean =>
  contact.address[place] === undefined && PLACES[place](contact) !== undefined;

const isInCountryOfNumber = ({ address, derived }: Subject): boolean =>
  address.country === undefined || address.country === derived.country;

function isInStateOfNumber(contact: Subject): boolean {
  const { address, derived } = contact;
  if (!isInCountryOfNumber(contact)) return false;
  const state = readText(address.state);
  return state === undefined || stateSpellings(state, derived.country).includes(readText(derived.state) ?? '');
}
