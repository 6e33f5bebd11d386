import { createHash } from 'node:crypto';
import { admitText, CAP_MS, type TextAdmission } from '../domain/admission.ts';
import type { Contact } from '../domain/contact.ts';
import type { ContactId, MessageId } from '../domain/id.ts';
import type { Inbox } from '../domain/inbox.ts';
import { epoch } from '../domain/instant.ts';
import { type Run, TAKEN_OVER } from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import { measure } from '../domain/sms-parts.ts';
import type { StepTask } from '../domain/step-task.ts';
import type { SendMessage } from '../domain/workflow.ts';
import type { Ports, Table } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { conversation, getMessage } from '../store/message-store.ts';
import { pastRunsOfContact, runsOfContact } from '../store/run-store.ts';

/** A slot that is so near is slept out; for one that is further away the run waits. */
const SLEPT_OUT_MS = 3_000;
/** A slot is kept for whoever is somewhat late for it. */
const SLOT_IS_KEPT_MS = 10 * 60_000;
/** So many are looked through for what was sent within a day. */
const RECENT_MESSAGES = 100;
/** Texts that wait for the same opening do not all come at once. */
const SPREAD_MS = 5 * 60_000;

/** A text that is about to be claimed. */
export interface Candidate {
  /** When it was to leave, epoch milliseconds, as is the slot that was set apart for it before. */
  readonly due: number;
  readonly slot: number | undefined;
  readonly run: Run;
  readonly step: SendMessage;
  readonly contact: Contact;
  readonly settings: Settings;
  readonly inbox: Inbox;
  readonly text: string;
}

export type Admitted =
  | Exclude<TextAdmission, { verdict: 'defer' }>
  | {
      readonly verdict: 'defer';
      readonly until: number;
      readonly reason: 'SENDING_WINDOW' | 'DAILY_CAP' | 'PACE';
      /** The instant that the inbox has set apart for this text. */
      readonly slot?: number;
    };

/** Whether a text leaves now: what speaks for or against it with this contact, then the rate of the inbox's number. */
export async function admitCandidate(ports: Pick<Ports, 'table' | 'clock'>, candidate: Candidate): Promise<Admitted> {
  const { due, run, step, contact, settings, inbox, text } = candidate;
  const { table, clock } = ports;
  const now = clock.now();
  const [repliedAt, sentAt] = await Promise.all([
    run.answer === undefined ? undefined : getMessage(table, run.answer),
    settings.dailyCap && step.purpose === 'marketing' ? marketingSent(table, contact.id, now) : [],
  ]);
  const admitted = admitText({
    ...{ now, due, purpose: step.purpose, contact, settings, window: inbox.sendingWindow, sentAt },
    repliedAt: repliedAt && epoch(repliedAt.value.at),
  });
  if (admitted.verdict === 'defer') return { ...admitted, until: admitted.until + spreadOf(run.id, SPREAD_MS) };
  if (admitted.verdict === 'skip') return admitted;

  const known = candidate.slot;
  const isKept = known !== undefined && now <= known + SLOT_IS_KEPT_MS;
  const slot = isKept ? known : await slotOf(ports, inbox, measure(text).parts);
  const ahead = slot - clock.now();
  if (ahead > SLEPT_OUT_MS) return { verdict: 'defer', until: slot, reason: 'PACE', slot };
  if (ahead >= 1) await clock.sleep(Math.ceil(ahead));
  return { verdict: 'go' };
}

/** When marketing texts left to the contact within the last day, as far as it is on record what became of them. */
async function marketingSent(table: Table, contact: ContactId, now: number): Promise<readonly number[]> {
  const { items } = await conversation(table, contact, { order: 'descending', limit: RECENT_MESSAGES });
  return items.flatMap(({ value }) => {
    const counts = value.direction === 'outbound' && value.purpose === 'marketing' && value.status !== 'FAILED';
    const at = epoch(value.at);
    return counts && at > now - CAP_MS ? [at] : [];
  });
}

/**
 * How many marketing texts the contact has got within the last day, and is about to get from other runs. Claims are read
 * before records: what is settled in between is counted twice rather than not at all.
 */
export async function marketingBeside(table: Table, contact: ContactId, now: number, own: MessageId): Promise<number> {
  const current = await runsOfContact(table, contact);
  // Whoever has entered again may still be sent a text of the run before.
  const isReentered = current.some(({ value }) => value.entry > 1 || value.test);
  const runs = isReentered ? [...current, ...(await pastRunsOfContact(table, contact))] : current;
  const underway = runs.filter(
    ({ value: { claim } }) => claim?.status === 'claimed' && claim.purpose === 'marketing' && claim.messageId !== own,
  );
  return underway.length + (await marketingSent(table, contact, now)).length;
}

/** When the text was to leave: at the end of what it has waited for last, or as it came to be its turn. */
export function dueOf({ input, state, attempt }: StepTask, { resumeAt, log }: Run): number {
  if (input.until !== undefined) return epoch(input.until);
  const parked = resumeAt === state ? log.findLast(({ code }) => code === 'PARKED') : undefined;
  // What a person held back on purpose is not late.
  return parked && parked.reason !== TAKEN_OVER ? epoch(parked.at) : Date.parse(attempt.enteredAt);
}

/** Up to so many milliseconds, the same for the same seed and for others another. */
export const spreadOf = (seed: string, within: number): number =>
  createHash('sha256').update(seed).digest().readUInt32BE(0) % within;

/** A little less than the number may send: clocks differ. */
const MARGIN = 1.05;

/** Sets the next free instant of the inbox's number apart for a text of so many parts. */
const slotOf = ({ table, clock }: Pick<Ports, 'table' | 'clock'>, inbox: Inbox, parts: number): Promise<number> =>
  table.take(keys.pace(inbox.id), clock.now(), (parts * 1000 * MARGIN) / inbox.partsPerSecond);
