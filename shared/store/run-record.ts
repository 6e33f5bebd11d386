import * as z from 'zod/mini';
import { type ContactId, contactOf, RunId } from '../domain/id.ts';
import { epoch, instant } from '../domain/instant.ts';
import { Run } from '../domain/run.ts';

/*
 * A run as it lies in the table. It is written again and again, and DynamoDB bills a write by the kilobyte: so instants
 * are milliseconds since it was enrolled, ids of messages go without the contact's part, and claim, mailbox and log are
 * lists of values, each in its place.
 */

type Fields = Readonly<Record<string, unknown>>;

/** The place of each value: only ever added to at the end. */
const CLAIM = ['step', 'messageId', 'inboxId', 'purpose', 'claimedAt', 'status', 'settledAt', 'answer', 'resends'];
const MAILBOX = [
  ...['wait', 'state', 'inboxId', 'forReply', 'broadcast', 'openedAt', 'deadline', 'status', 'closedAt'],
  ...['verdict', 'token', 'attempt'],
];
const ENTRY = ['at', 'code', 'step', 'messageId', 'detail', 'reason'];

/** What most runs are is not said. */
const USUAL: Fields = { test: false, execution: 1, startedAt: 0 };

const INSTANTS: ReadonlySet<string> = new Set([
  ...['startedAt', 'endedAt', 'parkedAt', 'at', 'claimedAt', 'settledAt', 'openedAt', 'deadline', 'closedAt'],
]);
const MESSAGES: ReadonlySet<string> = new Set(['messageId', 'answer', 'resends']);

const Row = z.array(z.unknown());
const Packed = z.looseObject({
  id: RunId,
  enrolledAt: z.int(),
  claim: z.optional(Row),
  mailbox: z.optional(Row),
  log: z.array(Row),
});

export function packed({ contactId, enrolledAt, claim, mailbox, log, ...rest }: Run): Fields {
  const start = epoch(enrolledAt);
  const cell = (name: string, value: unknown): unknown => {
    if (INSTANTS.has(name) && typeof value === 'string') return epoch(value) - start;
    return MESSAGES.has(name) && typeof value === 'string' ? value.slice(prefixOf(contactId).length) : value;
  };
  const row = (names: readonly string[], value: Fields) => {
    const cells = names.map((name) => cell(name, value[name]) ?? null);
    return cells.slice(0, cells.findLastIndex((one) => one !== null) + 1);
  };
  return {
    ...Object.fromEntries(
      Object.entries(rest)
        .map(([name, value]) => [name, cell(name, value)] as const)
        .filter(([name, one]) => one !== undefined && one !== USUAL[name]),
    ),
    enrolledAt: start,
    ...(claim && { claim: row(CLAIM, claim) }),
    ...(mailbox && { mailbox: row(MAILBOX, mailbox) }),
    log: log.map((entry) => row(ENTRY, entry)),
  };
}

export function unpacked(data: unknown): Run {
  const { enrolledAt, claim, mailbox, log, ...rest } = Packed.parse(data);
  const contactId = contactOf(rest.id);
  const value = (name: string, cell: unknown): unknown => {
    if (INSTANTS.has(name) && typeof cell === 'number') return instant(enrolledAt + cell);
    return MESSAGES.has(name) && typeof cell === 'string' ? `${prefixOf(contactId)}${cell}` : cell;
  };
  const fields = (names: readonly string[], row: readonly unknown[]): Fields =>
    Object.fromEntries(
      names.flatMap((name, at) => (row[at] === undefined || row[at] === null ? [] : [[name, value(name, row[at])]])),
    );
  const { id: _, ...others } = rest;
  return Run.parse({
    id: rest.id,
    contactId,
    ...Object.fromEntries(Object.entries({ ...USUAL, ...others }).map(([name, cell]) => [name, value(name, cell)])),
    enrolledAt: instant(enrolledAt),
    ...(claim && { claim: fields(CLAIM, claim) }),
    ...(mailbox && { mailbox: fields(MAILBOX, mailbox) }),
    log: log.map((row) => fields(ENTRY, row)),
  });
}

const prefixOf = (contactId: ContactId): string => `msg_${contactId.slice(3)}`;
