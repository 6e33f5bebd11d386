import type { Contact } from '../../shared/domain/contact.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { Workflow } from '../../shared/domain/workflow.ts';
import type { Item } from '../../shared/ports.ts';
import type { Moment } from './schedule.ts';

/** What a commit has brought about, for the acts that follow on it. */
export function* momentsOf(before: Item | undefined, after: Item | undefined): Generator<Moment> {
  if (after?.type === 'workflow') {
    const [was, is] = [before?.data, after.data] as unknown as [Workflow | undefined, Workflow];
    if (was?.status === 'ON' && is.status === 'OFF') yield 'turned off';
  }
  if (after?.type !== 'run') return;
  const [was, is] = [before?.data, after.data] as unknown as [Run | undefined, Run];
  const isNew = was?.id !== is.id;
  if (isNew) yield 'entered';
  const claim = isNew ? undefined : was?.claim;
  if (is.claim?.status === 'claimed' && claim?.messageId !== is.claim.messageId) yield 'claimed';
  if (claim?.status === 'claimed' && is.claim?.messageId === claim.messageId && is.claim.status !== 'claimed')
    yield 'settled';
  if (is.status === 'PARKED' && was?.status !== 'PARKED') yield 'parked';
  if (is.status === 'ENDED' && was?.status !== 'ENDED') yield 'ended';
}

/** A commit as a line of the trace. */
export function described(before: Item | undefined, after: Item | undefined): string {
  const { pk, sk, type } = after ?? before ?? { pk: '', sk: '', type: '' };
  if (!after) return `${pk}/${sk} gone`;
  const run = after.data as unknown as Run;
  const contact = after.data as unknown as Contact;
  const workflow = after.data as unknown as Workflow;
  const was = before?.data as unknown as Run | undefined;
  const facts =
    type === 'run'
      ? {
          ...{ status: run.status, claim: run.claim?.status, wait: run.mailbox?.wait, mailbox: run.mailbox?.status },
          log: run.log.slice(was?.id === run.id ? was.log.length : 0).map(({ code, step = '' }) => `${code} ${step}`),
        }
      : type === 'contact'
        ? { consent: contact.consent.status, tags: contact.tags, takeovers: contact.takeovers }
        : type === 'workflow'
          ? { status: workflow.status, inFlight: workflow.inFlight, version: workflow.version }
          : after.data;
  return `${pk}/${sk}@${after.rev} ${JSON.stringify(facts)}`;
}
