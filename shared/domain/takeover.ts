import * as z from 'zod/mini';
import { InboxId } from './id.ts';
import { epoch, Instant, instant } from './instant.ts';

const HOUR_MS = 60 * 60 * 1000;

/** How long a person has taken the conversations of a contact over, by inbox: so long its runs there pause. */
export const Takeovers = z.record(InboxId, z.strictObject({ since: Instant, until: Instant }));
export type Takeovers = Readonly<z.infer<typeof Takeovers>>;

interface Held {
  readonly takeovers?: Takeovers | undefined;
}

export function isTakenOver({ takeovers }: Held, inboxId: InboxId, at: Instant): boolean {
  const takeover = takeovers?.[inboxId];
  return takeover !== undefined && takeover.since <= at && at < takeover.until;
}

/** Who takes over again, goes on for so long from then. */
export function takenOver({ takeovers = {} }: Held, inboxId: InboxId, at: Instant, hours: number): Takeovers {
  const ended = epoch(at) + hours * HOUR_MS;
  const known = takeovers[inboxId];
  const takeover =
    known && at < known.until
      ? { since: known.since, until: instant(Math.max(epoch(known.until), ended)) }
      : { since: at, until: instant(ended) };
  return { ...takeovers, [inboxId]: takeover };
}

/** What is left of them, of whatever is over or handed back. */
export function takeoversWithout(
  { takeovers = {} }: Held,
  isOver: (inboxId: string, takeover: Takeovers[InboxId]) => boolean,
): Takeovers {
  return Object.fromEntries(Object.entries(takeovers).filter(([inboxId, takeover]) => !isOver(inboxId, takeover)));
}
