import type { Contact } from '../domain/contact.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import { executionName, type Run } from '../domain/run.ts';
import type { Export, Import } from '../domain/transfer.ts';
import type { Change, Item, Ports } from '../ports.ts';
import { contacts, getContact } from '../store/contact-store.ts';
import { SHARDS } from '../store/keys.ts';
import { messages } from '../store/message-store.ts';
import { passes } from '../store/pass-store.ts';
import { runs, runsOfContact } from '../store/run-store.ts';
import { type Kind, read } from '../store/stored.ts';
import { tallyRequests } from '../store/tally-store.ts';
import { exports, imports } from '../store/transfer-store.ts';
import { turns } from '../store/workflow-store.ts';
import { getInbox } from '../store/workspace-store.ts';
import { endRunsOfContact } from './end-runs-of-contact.ts';
import { eraseContact } from './erase-contact.ts';
import { eventsOf } from './events-of.ts';
import { leaveByGoal } from './leave-by-goal.ts';
import { matchContact } from './match-contact.ts';
import { planResend } from './resend-texts.ts';
import { resumeIfFree } from './resume-run.ts';
import { stampTexted } from './stamp-texted.ts';
import { versionCache } from './version-cache.ts';

/** Longer than a claim takes to be abandoned. */
const SETTLED_AFTER_SECONDS = 60;

/**
 * Does what a committed write calls for: the table is the truth, everything else follows from its change feed, at
 * least once and in order per contact. So a crash after a write loses nothing, and nothing needs doing twice.
 */
export const followChange = (ports: Omit<Ports, 'sms' | 'files'>) => {
  const versionOf = versionCache(ports.table);
  const match = matchContact(ports);
  const resume = resumeIfFree(ports);
  const endRuns = endRunsOfContact(ports);
  const erase = eraseContact(ports);
  const texted = stampTexted(ports);
  const plan = planResend(ports);
  const leave = leaveByGoal(ports);

  return async (change: Change): Promise<void> => {
    const { before, after } = change;
    if (after?.type === contacts.type) {
      const contact = read(contacts, after);
      await followConsent(valueOf(contacts, before), contact.value);
      await followTakeovers(valueOf(contacts, before), contact.value);
      await leave(contact);
      await match(valueOf(contacts, before), contact);
    }
    // Who erased it may have crashed on the way.
    if (before?.type === contacts.type && !after) await erase(read(contacts, before).value.id);
    if (after?.type === runs.type) await followRun(valueOf(runs, before), read(runs, after).value);
    if (after?.type === messages.type) {
      const text = read(messages, after).value;
      await texted(valueOf(messages, before), text);
      await followText(valueOf(messages, before), text);
    }
    if (after?.type === turns.type) for (const job of read(turns, after).value.jobs) await ports.queue.send(job);
    if (after?.type === passes.type && !before) {
      const { id: passId } = read(passes, after).value;
      for (let shard = 0; shard < SHARDS; shard += 1) await ports.queue.send({ type: 'pass', passId, shard, page: 0 });
    }
    if (after?.type === tallyRequests.type)
      await ports.queue.send({ type: 'tally', workflowId: read(tallyRequests, after).value.workflowId });
    if (after?.type === imports.type) await followImport(valueOf(imports, before), read(imports, after).value);
    if (after?.type === exports.type) await followExport(valueOf(exports, before), read(exports, after).value);
    const events = eventsOf(change);
    if (events.length > 0) await ports.bus.publish(events);
  };

  /** An opt-out ends every run. Told late, after the person has opted in again, it ends those that were before that. */
  async function followConsent(before: Contact | undefined, { id, consent }: Contact): Promise<void> {
    if (consent.status !== 'optedOut' || before?.consent.status === 'optedOut') return;
    const now = (await getContact(ports.table, id))?.value.consent;
    await endRuns(id, 'OPTED_OUT', now?.status === 'optedOut' ? undefined : now?.at);
  }

  /** Of a text outside of runs, that it is looked after; of a run's text that nobody is sure of, whether it goes out once more. */
  async function followText(before: Message | undefined, text: Message): Promise<void> {
    if (text.direction !== 'outbound') return;
    if (!before && text.status === 'CLAIMED')
      await ports.queue.send({ type: 'settle-text', messageId: text.id }, SETTLED_AFTER_SECONDS);
    if (text.status !== 'UNCONFIRMED' || text.origin.type !== 'run') return;
    if (text.resends !== undefined || (before?.direction === 'outbound' && before.status === text.status)) return;
    const minutes = (await getInbox(ports.table, text.inboxId))?.value.resendAfterMinutes;
    if (minutes === undefined) return;
    await plan(text, instant(epoch(text.statusAt) + minutes * 60_000));
  }

  /** That it begins, and that it has ended: what lies there of it is cleared away. */
  async function followImport(before: Import | undefined, { id: importId, status }: Import): Promise<void> {
    if (status === before?.status || status === 'WAITING_FOR_FILE') return;
    await ports.queue.send({ type: 'import-contacts', importId });
  }

  async function followExport(before: Export | undefined, { id: exportId, status }: Export): Promise<void> {
    if (status === before?.status || status === 'DONE') return;
    await ports.queue.send({ type: 'export', exportId });
  }

  /** A conversation that is given back lets the runs go on that were held for it. */
  async function followTakeovers(before: Contact | undefined, { id, takeovers = {} }: Contact): Promise<void> {
    const over = Object.keys(before?.takeovers ?? {}).filter((inboxId) => !(inboxId in takeovers));
    if (over.length === 0) return;
    for (const { value } of await runsOfContact(ports.table, id))
      if (value.status === 'PARKED' && value.takenOverIn !== undefined) await resume(value);
  }

  async function followRun(earlier: Run | undefined, run: Run): Promise<void> {
    const before = earlier?.id === run.id ? earlier : undefined;
    const machine = async () => (await versionOf(run.workflowId, run.version)).machine;

    if (run.status === 'RUNNING' && run.execution !== before?.execution) {
      const input = { run: run.id, workflow: run.workflowId, execution: run.execution };
      await ports.machines.start({ machine: await machine(), name: executionName(run), input });
    }
    const { mailbox } = run;
    const listened = before?.mailbox?.status === 'open' ? before.mailbox : undefined;
    if (mailbox?.status === 'replied' && mailbox.verdict && listened?.token !== undefined) {
      const completed = await ports.machines.complete(listened.token, mailbox.verdict);
      // Its timer was first, or another attempt holds the token: whoever goes on finds the answer in the mailbox.
      if (completed === 'gone') ports.log.info('TASK_TOKEN_GONE', { run: run.id, wait: mailbox.wait });
    }
    // Whoever turned the workflow on, or gave the conversation back, may have looked for parked runs before this one was.
    if (run.status === 'PARKED' && before?.status === 'RUNNING') await resume(run);
    // While a text is on its way, its execution goes on and tells what became of it.
    const isSending = run.claim?.status === 'claimed';
    if (run.status === 'ENDED' && run.reason !== 'COMPLETED' && before?.status === 'RUNNING' && !isSending) {
      await ports.machines.stop({ machine: await machine(), name: executionName(run) });
    }
  }
};

const valueOf = <T extends Readonly<Record<string, unknown>>>(kind: Kind<T>, item: Item | undefined): T | undefined =>
  item?.type === kind.type ? read(kind, item).value : undefined;
