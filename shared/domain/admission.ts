import type { Contact } from './contact.ts';
import type { EndReason } from './run.ts';
import type { Settings } from './settings.ts';
import type { Workflow } from './workflow.ts';

/** Longer than a function may run: the invocation that claimed a text is dead by then. */
export const CLAIM_IS_ABANDONED_MS = 35_000;

/** Whether a step may act now. One verdict, one reason. */
export type Admission =
  | { readonly verdict: 'go' }
  | { readonly verdict: 'exit'; readonly reason: EndReason }
  | { readonly verdict: 'park' };

/** Asked before every step, and again right before a text is handed to the carrier. */
export function admit(contact: Contact | undefined, workflow: Workflow | undefined): Admission {
  if (!contact) return { verdict: 'exit', reason: 'CONTACT_DELETED' };
  if (contact.consent.status === 'optedOut') return { verdict: 'exit', reason: 'OPTED_OUT' };
  if (!workflow) return { verdict: 'exit', reason: 'WORKFLOW_TURNED_OFF' };
  if (goesOn(workflow)) return { verdict: 'go' };
  return workflow.inFlight === 'exit' ? { verdict: 'exit', reason: 'WORKFLOW_TURNED_OFF' } : { verdict: 'park' };
}

/** Whether the runs of the workflow act. */
export const goesOn = ({ status, inFlight }: Workflow): boolean => status === 'ON' || inFlight === 'finish';

/** Consent that was never given nor taken back suffices, unless the workspace asks for more. */
export const mayText = (contact: Contact, settings: Settings): boolean =>
  contact.consent.status === 'optedIn' || (contact.consent.status === 'unknown' && !settings.requireOptIn);
