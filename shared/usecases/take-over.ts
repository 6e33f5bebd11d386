import type { Contact } from '../domain/contact.ts';
import type { ContactId, InboxId } from '../domain/id.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import { type Takeovers, takenOver, takeoversWithout } from '../domain/takeover.ts';
import type { Ports } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { commit, contend, edit, put, type Stored } from '../store/stored.ts';
import { getSettings } from '../store/workspace-store.ts';

type Conversing = Pick<Ports, 'table' | 'clock'>;

/** A person takes the conversation in an inbox over. From when this is written, no run of the contact texts there. */
export const takeOver = (ports: Conversing) => async (id: ContactId, inboxId: InboxId, at: Instant) => {
  const { takeoverHours } = (await getSettings(ports.table)).value;
  return change(ports, id, (contact) => takenOver(contact, inboxId, at, takeoverHours));
};

/** Gives conversations back: all, or the one in an inbox. The runs that it held go on, through the contact's change. */
export const handBack = (ports: Conversing) => (id: ContactId, inboxId: InboxId | undefined) =>
  change(ports, id, (contact) => takeoversWithout(contact, (held) => inboxId === undefined || held === inboxId));

/** Ends what time has ended. */
export const endTakeovers = (ports: Conversing) => (id: ContactId) =>
  change(ports, id, (contact) => takeoversWithout(contact, (_, { until }) => until <= instant(ports.clock.now())));

const change = (
  { table, clock }: Conversing,
  id: ContactId,
  next: (contact: Contact) => Takeovers,
): Promise<Outcome<Stored<Contact>>> =>
  contend(`takeovers of ${id}`, async (): Promise<Outcome<Stored<Contact>> | undefined> => {
    const stored = await getContact(table, id);
    if (!stored) return refuse('NOT_FOUND', `There is no contact ${id}.`);
    const { takeovers: known = {}, ...rest } = stored.value;
    const takeovers = next(stored.value);
    if (JSON.stringify(takeovers) === JSON.stringify(known)) return ok(stored);
    const value: Contact = {
      ...rest,
      ...(Object.keys(takeovers).length > 0 && { takeovers }),
      changedBy: { type: 'api' },
      updatedAt: instant(clock.now()),
    };
    return (await commit(table, put(contacts, edit(stored, value)))) ? ok({ rev: stored.rev + 1, value }) : undefined;
  });
