import type { Contact } from './contact.ts';
import { csvLine, safeText } from './csv.ts';
import type { Message } from './message.ts';

/** A column of an export: its name, and its cell. */
type Column<T> = readonly [name: string, cell: (value: T) => string | undefined];

const text = (value: string | undefined): string | undefined => value && safeText(value);

/** Named as an import reads them, so that what went out comes in again. */
const CONTACT: readonly Column<Contact>[] = [
  ['id', ({ id }) => id],
  // Begins with "+", and stays as it is: a number that is read as one is what spreadsheets make of it anyway.
  ['phone', ({ phone }) => phone],
  ['firstName', ({ firstName }) => text(firstName)],
  ['lastName', ({ lastName }) => text(lastName)],
  ['email', ({ email }) => text(email)],
  ['company', ({ company }) => text(company)],
  ['language', ({ language }) => text(language)],
  ['birthday', ({ birthday }) => birthday],
  ['timeZone', ({ timeZone }) => timeZone],
  ['address.country', ({ address }) => address.country],
  ['address.state', ({ address }) => text(address.state)],
  ['address.city', ({ address }) => text(address.city)],
  ['address.postalCode', ({ address }) => text(address.postalCode)],
  ['address.coordinates.latitude', ({ address }) => address.coordinates?.latitude.toString()],
  ['address.coordinates.longitude', ({ address }) => address.coordinates?.longitude.toString()],
  ['tags', ({ tags }) => text(tags.join(';'))],
  ['optIn.source', ({ optIn }) => text(optIn.source)],
  ['optIn.at', ({ optIn }) => optIn.at],
  ['consent.status', ({ consent }) => consent.status],
  ['consent.source', ({ consent }) => text(consent.source)],
  ['consent.at', ({ consent }) => consent.at],
  ['consent.evidence', ({ consent }) => text(consent.evidence)],
  ['createdAt', ({ createdAt }) => createdAt],
  ['updatedAt', ({ updatedAt }) => updatedAt],
];

const fieldColumn = (key: string): Column<Contact> => [
  `fields.${key}`,
  ({ fields }) => {
    const value = fields[key];
    return typeof value === 'string' ? safeText(value) : value?.toString();
  },
];

const MESSAGE: readonly Column<Message>[] = [
  ['id', ({ id }) => id],
  ['contactId', ({ contactId }) => contactId],
  ['inboxId', ({ inboxId }) => inboxId],
  ['at', ({ at }) => at],
  ['direction', ({ direction }) => direction],
  ['text', (message) => text(message.text)],
  ['mediaUrl', (message) => (message.direction === 'outbound' ? text(message.mediaUrl) : undefined)],
  ['status', (message) => (message.direction === 'outbound' ? message.status : undefined)],
  ['statusAt', (message) => (message.direction === 'outbound' ? message.statusAt : undefined)],
  ['reason', (message) => (message.direction === 'outbound' ? text(message.reason) : undefined)],
  ['origin', (message) => (message.direction === 'outbound' ? message.origin.type : undefined)],
  ['runId', (message) => runOf(message)],
  ['meaning', (message) => (message.direction === 'inbound' ? message.meaning : undefined)],
];

function runOf(message: Message): string | undefined {
  if (message.direction === 'inbound') return message.takenBy;
  return message.origin.type === 'run' ? message.origin.runId : undefined;
}

/** How one kind of thing is written into a CSV. */
export interface Sheet<T> {
  readonly header: string;
  readonly line: (value: T) => string;
}

const sheetOf = <T>(columns: readonly Column<T>[]): Sheet<T> => ({
  header: csvLine(columns.map(([name]) => name)),
  line: (value) => csvLine(columns.map(([, cell]) => cell(value) ?? '')),
});

/** With a column for each of the custom fields. */
export const contactSheet = (fields: readonly string[]): Sheet<Contact> =>
  sheetOf([...CONTACT, ...fields.map(fieldColumn)]);

export const messageSheet: Sheet<Message> = sheetOf(MESSAGE);
