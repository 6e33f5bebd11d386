import { type InboxId, InboxId as InboxIdOf } from '../domain/id.ts';
import type { Inbox, InboxInput } from '../domain/inbox.ts';
import { instant } from '../domain/instant.ts';
import { type Fault, type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports, Write } from '../ports.ts';
import { getInboxNumber, inboxNumbers } from '../store/inbox-number-store.ts';
import { keys } from '../store/keys.ts';
import { commit, contend, edit, fresh, type Listed, list, put, remove, type Stored } from '../store/stored.ts';
import { getInbox, inboxes } from '../store/workspace-store.ts';
import { readContactPhone } from './contact-input.ts';
import { type Effect, ulidOf } from './effect-id.ts';
import type { PageAsked } from './read-contacts.ts';
import { usesInbox, workflowsUsing } from './workflows-using.ts';

export interface InboxGiven extends Omit<InboxInput, 'phone'> {
  /** As a person types it. */
  readonly phone: string;
}

type Reading = Pick<Ports, 'table'>;
type Writing = Pick<Ports, 'table' | 'clock'>;

const notFound = (id: InboxId) => refuse('NOT_FOUND', `There is no inbox ${id}.`);
const stale = () => refuse('REVISION_MISMATCH', 'The inbox has changed since you read it.');
const invalid = (faults: readonly Fault[]) => refuse('INVALID_INPUT', 'The inbox cannot be taken as it is.', faults);
const taken = (by: InboxId) =>
  refuse('NUMBER_TAKEN', 'Another inbox has this number.', [
    { code: 'NUMBER_TAKEN', path: ['phone'], detail: `belongs to ${by}` },
  ]);

const inboxOf = (
  { name, origination, sendingWindow, partsPerSecond, resendAfterMinutes }: InboxGiven,
  rest: Pick<Inbox, 'id' | 'phone' | 'createdAt' | 'updatedAt'>,
): Inbox => ({
  ...rest,
  name,
  partsPerSecond,
  ...(origination !== undefined && { origination }),
  ...(sendingWindow !== undefined && { sendingWindow }),
  ...(resendAfterMinutes !== undefined && { resendAfterMinutes }),
});

export const createInbox =
  ({ table, clock }: Writing) =>
  async (given: InboxGiven, effect: Effect): Promise<Outcome<Stored<Inbox>>> => {
    const phone = await readContactPhone(table, given.phone);
    if ('faults' in phone) return invalid(phone.faults);
    const id = InboxIdOf.parse(`inb_${ulidOf(effect)}`);
    const at = instant(clock.now());
    return contend('creating an inbox', async (): Promise<Outcome<Stored<Inbox>> | undefined> => {
      const [owner, own] = await Promise.all([getInboxNumber(table, phone.value), getInbox(table, id)]);
      if (own) return ok(own);
      if (owner) return taken(owner.value.inboxId);
      const value = inboxOf(given, { id, phone: phone.value, createdAt: at, updatedAt: at });
      const number = put(inboxNumbers, fresh({ phone: phone.value, inboxId: id }));
      return (await commit(table, put(inboxes, fresh(value)), number)) ? ok({ rev: 1, value }) : undefined;
    });
  };

export const readInbox =
  ({ table }: Reading) =>
  async (id: InboxId): Promise<Outcome<Stored<Inbox>>> => {
    const inbox = await getInbox(table, id);
    return inbox ? ok(inbox) : notFound(id);
  };

/** Oldest first. */
export const listInboxes =
  ({ table }: Reading) =>
  (page: PageAsked): Promise<Listed<Inbox>> => {
    const { pk, sk } = keys.workspace('INBOX');
    return list(table, inboxes, { pk, prefix: sk, ...page });
  };

/** Replaces an inbox. Runs that wait in it go on with its new number. */
export const editInbox =
  ({ table, clock }: Writing) =>
  async (id: InboxId, given: InboxGiven, revision: number | undefined): Promise<Outcome<Stored<Inbox>>> => {
    const phone = await readContactPhone(table, given.phone);
    if ('faults' in phone) return invalid(phone.faults);
    return contend(`editing ${id}`, async (): Promise<Outcome<Stored<Inbox>> | undefined> => {
      const stored = await getInbox(table, id);
      if (!stored) return notFound(id);
      if (revision !== undefined && revision !== stored.rev) return stale();
      const { createdAt, phone: old } = stored.value;
      const [mine, owner] = await Promise.all([getInboxNumber(table, old), getInboxNumber(table, phone.value)]);
      if (owner && owner.value.inboxId !== id) return taken(owner.value.inboxId);
      const moved: Write[] =
        old === phone.value
          ? []
          : [
              ...(mine ? [remove(inboxNumbers, mine)] : []),
              put(inboxNumbers, fresh({ phone: phone.value, inboxId: id })),
            ];
      const value = inboxOf(given, { id, phone: phone.value, createdAt, updatedAt: instant(clock.now()) });
      return (await commit(table, put(inboxes, edit(stored, value)), ...moved))
        ? ok({ rev: stored.rev + 1, value })
        : undefined;
    });
  };

/** Deletes an inbox that no workflow at work sends from. */
export const deleteInbox =
  ({ table }: Reading) =>
  (id: InboxId, revision: number | undefined): Promise<Outcome<null>> =>
    contend(`deleting ${id}`, async (): Promise<Outcome<null> | undefined> => {
      const stored = await getInbox(table, id);
      if (!stored) return notFound(id);
      if (revision !== undefined && revision !== stored.rev) return stale();
      const using = await workflowsUsing(table, usesInbox(id));
      if (using.length > 0)
        return refuse(
          'IN_USE',
          `Workflows send from this inbox: ${using.map(({ name }) => `"${name}"`).join(', ')}. Turn them off first.`,
        );
      const number = await getInboxNumber(table, stored.value.phone);
      return (await commit(table, remove(inboxes, stored), ...(number ? [remove(inboxNumbers, number)] : [])))
        ? ok(null)
        : undefined;
    });
