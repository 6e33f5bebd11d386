import { admit, type Goal } from '../domain/admission.ts';
import { instant } from '../domain/instant.ts';
import type { Claim, Run } from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import type { Ports } from '../ports.ts';
import { getContact } from '../store/contact-store.ts';
import { getRunOf } from '../store/run-store.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import { marketingBeside } from './admit-text.ts';

/** A text is submitted at most this long after consent and workflow were read. */
const READ_IS_STALE_MS = 2_000;
/** The carrier would not take it; so much later it may. */
export const THROTTLED_MS = 5_000;

/** Consent, workflow and run once more, now that the claim stands: whoever changed them after this read comes too late. */
export async function stillAdmitted(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  { id, contactId, workflowId, status }: Run,
  claim: Claim,
  { settings: { dailyCap }, goal }: { readonly settings: Pick<Settings, 'dailyCap'>; readonly goal: Goal | undefined },
): Promise<'go' | 'no' | 'crowded'> {
  for (;;) {
    const asked = clock.now();
    const [contact, workflow, latest, beside] = await Promise.all([
      getContact(table, contactId),
      getWorkflow(table, workflowId),
      getRunOf(table, contactId, workflowId),
      dailyCap && claim.purpose === 'marketing' ? marketingBeside(table, contactId, asked, claim.messageId) : undefined,
    ]);
    const isOurs =
      latest?.value.id === id && latest.value.status === status && latest.value.claim?.messageId === claim.messageId;
    const here = { inboxId: claim.inboxId, at: instant(asked), goal };
    if (!isOurs || admit(contact?.value, workflow?.value, here).verdict !== 'go') return 'no';
    // Of several that claimed at once each sees all that claimed before: too many step back rather than too few.
    if (dailyCap && beside !== undefined && beside >= dailyCap.texts) return 'crowded';
    if (clock.now() - asked <= READ_IS_STALE_MS) return 'go';
  }
}
