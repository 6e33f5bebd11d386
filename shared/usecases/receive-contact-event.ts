import { type Contact, Profile } from '../domain/contact.ts';
import { afterEvent, type ContactEvent, type Notice, type RecordedEvent } from '../domain/contact-event.ts';
import type { ContactId } from '../domain/id.ts';
import { epoch, type Instant, instant } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { contacts, findContact, getContact } from '../store/contact-store.ts';
import { contactEvents, getContactEvent, getSeenEvent, REMEMBERED_MS, seenEvents } from '../store/event-store.ts';
import { commit, contend, edit, fresh, put, type Stored, unchanged } from '../store/stored.ts';
import { futureFaults, profileOf, readContactPhone, readProfile, typesFor, withProfile } from './contact-input.ts';
import { newContact, putContact } from './create-contact.ts';
import { registerTags } from './register-tags.ts';
import { toldHash } from './salted-hash.ts';
import { suppressedConsent } from './suppression.ts';

export interface EventAnswer {
  readonly contactId: ContactId;
  readonly outcome: 'RECORDED' | 'ALREADY_RECORDED';
  /** Whether this event was the first that we heard of the person. */
  readonly created: boolean;
  readonly notices: readonly Notice[];
}

/**
 * Something that happened with a person elsewhere: recorded beside the contact, in one transaction with what it changes
 * of it. A person who is new becomes a contact; told again, an event changes nothing and is answered the same.
 */
export const receiveContactEvent = (ports: Pick<Ports, 'table' | 'clock' | 'ids'>) => {
  const { table, clock } = ports;
  const nameOf = toldHash(ports);
  const register = registerTags(ports);

  /** `toldAt`: when it was told, which is when it happened where the event does not say. */
  return async (event: ContactEvent, toldAt: Instant): Promise<Outcome<EventAnswer>> => {
    const at = event.at ?? toldAt;
    const phone = await phoneOf(event);
    if ('problem' in phone) return phone;
    const faults = futureFaults(event.at, ['at'], clock.now());
    if (faults.length > 0) return refuse('INVALID_INPUT', 'The event cannot be taken as it is.', faults);
    const hash = await nameOf(phone.ok, event.eventId);
    const heard = await contend(`event ${hash}`, () => hear(event, phone.ok, at, hash));
    // Also where it was heard before: a crash may have left this undone.
    if ('ok' in heard && !heard.ok.notices.includes('TAGS_NOT_ADDED')) await register(event.tags ?? []);
    return heard;
  };

  async function phoneOf(event: ContactEvent): Promise<Outcome<Phone>> {
    if (event.contactId !== undefined) {
      const contact = await getContact(table, event.contactId);
      return contact ? ok(contact.value.phone) : missing(event.contactId);
    }
    const read = await readContactPhone(table, event.phone ?? '');
    return 'faults' in read
      ? refuse('INVALID_INPUT', 'The event cannot be taken as it is.', read.faults)
      : ok(read.value);
  }

  /** One transaction; undefined where somebody else wrote first. */
  async function hear(
    event: ContactEvent,
    phone: Phone,
    at: Instant,
    hash: string,
  ): Promise<Outcome<EventAnswer> | undefined> {
    const now = clock.now();
    const seen = await getSeenEvent(table, hash);
    if (seen && now < epoch(seen.value.at) + REMEMBERED_MS) {
      const { contactId, created, notices } = seen.value;
      return ok({ contactId, outcome: 'ALREADY_RECORDED', created, notices });
    }
    const contact =
      event.contactId === undefined
        ? ((await findContact(table, phone)) ?? (await stranger(event, phone, at)))
        : await getContact(table, event.contactId);
    if (!contact) return missing(event.contactId ?? '');

    const patch = 'profile' in event ? event.profile : undefined;
    const profile = patch && readProfile(await typesFor(table, patch), profileOf(contact.value), patch);
    if (profile && 'faults' in profile) {
      const faults = profile.faults.map((fault) => ({ ...fault, path: ['profile', ...fault.path] }));
      return refuse('INVALID_INPUT', 'The event cannot be taken as it is.', faults);
    }
    const { contact: changed, notices } = afterEvent(
      profile ? withProfile(contact.value, profile.value) : contact.value,
      event,
      at,
    );
    const record = recordOf(event, contact.value.id, at, instant(now), notices);
    const { id: contactId } = contact.value;
    const created = contact.rev === 0;
    const seenNow = { hash, at: instant(now), contactId, created, notices: [...notices] };
    const written = await commit(
      table,
      ...(!created && changed === contact.value
        ? [unchanged(contacts, contact)]
        : putContact(edit(contact, { ...changed, changedBy: { type: 'api' }, updatedAt: instant(now) }))),
      put(contactEvents, fresh(record)),
      put(seenEvents, seen ? edit(seen, seenNow) : fresh(seenNow)),
    );
    if (written) return ok({ contactId, outcome: 'RECORDED', created, notices });
    // Told of another number that was the contact's, or longer ago than it is remembered.
    const earlier = await getContactEvent(table, record);
    const { notices: had = [] } = earlier?.value ?? {};
    return earlier && ok({ contactId, outcome: 'ALREADY_RECORDED', created: false, notices: had });
  }

  /** Not written yet: it is, with what happened. */
  async function stranger({ source }: ContactEvent, phone: Phone, at: Instant): Promise<Stored<Contact>> {
    const consent = await suppressedConsent(ports, phone);
    const known = { phone, source, at, profile: Profile.parse({}) };
    return fresh(newContact(ports, { ...known, ...(consent && { consent }) }));
  }
};

const missing = (contactId: string) =>
  refuse('NOT_FOUND', `There is no contact ${contactId}.`, [
    { code: 'NOT_FOUND', path: ['contactId'], detail: 'does not exist' },
  ]);

function recordOf(
  event: ContactEvent,
  contactId: ContactId,
  at: Instant,
  recordedAt: Instant,
  notices: readonly Notice[],
): RecordedEvent {
  const { phone: _, tags, ...told } = event;
  const shared = {
    contactId,
    at,
    recordedAt,
    ...(tags && { tags }),
    ...(notices.length > 0 && { notices: [...notices] }),
  };
  if (!('profile' in told)) return { ...told, ...shared };
  const { profile, ...rest } = told;
  return { ...rest, ...shared, ...(profile && { changed: namesIn(profile) }) };
}

const namesIn = ({ fields, ...profile }: object & { readonly fields?: object | null | undefined }): string[] => [
  ...Object.keys(profile),
  ...Object.keys(fields ?? {}).map((name) => `fields.${name}`),
];
