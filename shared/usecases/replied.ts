import type { Contact } from '../domain/contact.ts';
import type { Instant } from '../domain/instant.ts';
import type { InboundMessage } from '../domain/message.ts';
import { branchesTaken } from '../domain/plan.ts';
import { answered, ended, type Mailbox, type Run, type RunningRun } from '../domain/run.ts';
import { stepsById, type Version } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { branchLog, verdictOf } from './segment.ts';

/** The run as the reply leaves it: its mailbox closed, the conditions that depend on the answer decided; or ended, where a reply ends it. */
export async function replied(
  ports: Pick<Ports, 'table' | 'clock'>,
  run: RunningRun & { readonly mailbox: Mailbox },
  version: Version,
  contact: Contact,
  message: Pick<InboundMessage, 'id' | 'text'>,
  at: Instant,
): Promise<Run> {
  const segment = version.plan.segments[run.mailbox.state];
  if (!segment) throw new Error(`${version.workflowId} has no state ${run.mailbox.state}`);
  const steps = stepsById(version.steps);
  const verdict = await verdictOf(ports, steps, segment, contact, message.text);
  const next = answered(run, at, message.id, verdict);
  if (version.exit.onReply) return ended(next, at, 'REPLIED');
  return { ...next, log: [...next.log, ...branchLog(branchesTaken(version.plan, segment.next, verdict), at)] };
}
