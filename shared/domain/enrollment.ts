import * as z from 'zod/mini';
import { mayText } from './admission.ts';
import type { Contact } from './contact.ts';
import { secondsOf } from './duration.ts';
import { epoch } from './instant.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings.ts';
import type { Reentry } from './workflow.ts';

/** Why a contact does not enter a workflow. */
export const Refusal = z.enum([
  'CONTACT_NOT_FOUND',
  'NOT_MATCHING',
  'OPTED_OUT',
  'NO_OPT_IN',
  'ALREADY_ACTIVE',
  'GOAL_REACHED',
  'REENTRY_NOT_ALLOWED',
  'REENTRY_TOO_SOON',
  'REENTRY_LIMIT',
  'WORKFLOW_NOT_ON',
]);
export type Refusal = z.infer<typeof Refusal>;

/** Workflows that trigger one another end here: more of them in a row is a circle that nobody meant. */
export const MOST_HOPS = 10;

interface Entry {
  readonly contact: Contact;
  readonly settings: Settings;
  readonly reentry: Reentry;
  /** The contact's run in this workflow, of any version, that is active or was last. */
  readonly last: Run | undefined;
  /** Whether the workflow's goal is true of the contact. */
  readonly reached: boolean;
  readonly test: boolean;
  readonly now: number;
}

/** Whether the contact may enter, its trigger aside; undefined: yes. */
export function refusal({ contact, settings, reentry, last, reached, test, now }: Entry): Refusal | undefined {
  if (contact.consent.status === 'optedOut') return 'OPTED_OUT';
  if (!mayText(contact, settings)) return 'NO_OPT_IN';
  if (last && last.status !== 'ENDED') return 'ALREADY_ACTIVE';
  if (reached) return 'GOAL_REACHED';
  // Test runs may re-enter, and do not count as having been in.
  if (!last || test || last.entry === 0) return undefined;
  if (!reentry.allowReentry) return 'REENTRY_NOT_ALLOWED';
  if (reentry.maxEntries !== undefined && last.entry >= reentry.maxEntries) return 'REENTRY_LIMIT';
  const { minInterval } = reentry;
  if (minInterval && now < epoch(last.enrolledAt) + secondsOf(minInterval) * 1000) return 'REENTRY_TOO_SOON';
  return undefined;
}
