import type { Run } from '../domain/run.ts';
import { executionName } from '../domain/run.ts';
import type { Change, Item, Ports } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { runs } from '../store/run-store.ts';
import { type Kind, read } from '../store/stored.ts';
import { matchContact } from './match-contact.ts';
import { versionCache } from './version-cache.ts';

/**
 * Does what a committed write calls for: the table is the truth, everything else follows from its change feed, at
 * least once and in order per contact. So a crash after a write loses nothing, and nothing needs doing twice.
 */
export const followChange = (ports: Ports) => {
  const versionOf = versionCache(ports.table);
  const match = matchContact(ports);

  return async ({ before, after, at }: Change): Promise<void> => {
    if (after?.type === contacts.type) await match(valueOf(contacts, before), read(contacts, after), at);
    if (after?.type === runs.type) await followRun(valueOf(runs, before), read(runs, after).value);
  };

  async function followRun(earlier: Run | undefined, run: Run): Promise<void> {
    const before = earlier?.id === run.id ? earlier : undefined;
    const machine = async () => (await versionOf(run.workflowId, run.version)).machine;

    if (run.status === 'RUNNING' && run.execution !== before?.execution) {
      const input = { run: run.id, workflow: run.workflowId, execution: run.execution };
      await ports.machines.start({ machine: await machine(), name: executionName(run), input });
    }
    const { mailbox } = run;
    if (mailbox?.status === 'replied' && mailbox.token !== undefined && mailbox.verdict && before?.mailbox?.status === 'open') {
      const completed = await ports.machines.complete(mailbox.token, mailbox.verdict);
      // Its timer was first, or another attempt holds the token: whoever goes on finds the answer in the mailbox.
      if (completed === 'gone') ports.log.info('TASK_TOKEN_GONE', { run: run.id, wait: mailbox.wait });
    }
    if (run.status === 'ENDED' && run.reason !== 'COMPLETED' && before?.status === 'RUNNING') {
      await ports.machines.stop({ machine: await machine(), name: executionName(run) });
    }
  }
};

const valueOf = <T extends Readonly<Record<string, unknown>>>(kind: Kind<T>, item: Item | undefined): T | undefined =>
  item?.type === kind.type ? read(kind, item).value : undefined;
