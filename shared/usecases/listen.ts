import type { Contact } from '../domain/contact.ts';
import { DAY } from '../domain/duration.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { InboundMessage } from '../domain/message.ts';
import { deadlineOf, listens, type Mailbox, type Run, type RunningRun, renewed } from '../domain/run.ts';
import { attemptOf } from '../domain/step-task.ts';
import { conversation, messages } from '../store/message-store.ts';
import { runs } from '../store/run-store.ts';
import { commit, edit, put, type Stored } from '../store/stored.ts';
import { replied } from './replied.ts';
import { answerText, contactWrites, operated, type Stepped, stepOf, type Work } from './segment.ts';

/** A state's timer that differs more than this from the wait's deadline is armed again; less is slept out when it ends. */
const TIMER_TOLERANCE_SECONDS = 20;
/** An execution ends after a year, whatever it does: a wait that would reach beyond goes on in a new one. */
const LONGEST_EXECUTION_DAYS = 330;
const LONGEST_TIMER_DAYS = 300;
/** How far back a reply is looked for that came before the wait was reached. */
const RECENT_MESSAGES = 20;

/** Waits: opens the mailbox unless the text before has, and leaves the token in it. */
export async function listen(work: Work): Promise<Stepped> {
  const { ports, run, segment, steps, task, version } = work;
  const wait = stepOf(steps, segment.wait ?? '', 'wait');
  const now = ports.clock.now();
  const at = instant(now);
  const known = run.value.mailbox?.state === task.state ? run.value.mailbox : undefined;

  if (known?.status === 'replied' && known.verdict && segment.next !== undefined) {
    return { outcome: 'replied', to: segment.next, verdict: known.verdict };
  }

  // Another one has gone on from here.
  if (known && known.status !== 'open') return { outcome: 'waiting' };

  const deadline = known?.deadline ?? deadlineOf(wait, run.value);
  const remaining = Math.max(1, Math.ceil((epoch(deadline) - now) / 1000));
  const seconds = Math.min(remaining, LONGEST_TIMER_DAYS * DAY);
  const outlasts = now + seconds * 1000 > epoch(run.value.startedAt) + LONGEST_EXECUTION_DAYS * DAY * 1000;
  const mistimed = outlasts || Math.abs((task.seconds ?? 0) - seconds) > TIMER_TOLERANCE_SECONDS;
  if (known && outlasts) {
    const next = renewed(run.value, at, task.state);
    return (await commit(ports.table, put(runs, edit(run, next)))) ? { outcome: 'exit' } : 'again';
  }
  if (known && mistimed) return { outcome: 'rearm', to: task.state, seconds };

  const attempt = attemptOf(task);
  if (known?.attempt !== undefined && known.attempt >= attempt) return { outcome: 'waiting' };
  const mailbox: Mailbox = {
    ...(known ?? {
      wait: wait.id,
      state: task.state,
      inboxId: run.value.claim?.inboxId ?? version.inboxId,
      forReply: wait.orReply,
      broadcast: wait.broadcast,
      // What came since the latest text counts, also where it is told after the wait was reached.
      openedAt: run.value.claim?.claimedAt ?? at,
      status: 'open',
    }),
    deadline,
    ...(task.token !== undefined && { token: task.token }),
    attempt,
  };
  if (known) {
    return (await commit(ports.table, put(runs, edit(run, { ...run.value, mailbox }))))
      ? { outcome: 'waiting' }
      : 'again';
  }

  const changes = operated(
    steps,
    work.contact.value,
    [...segment.before, ...segment.after],
    at,
    await answerText(ports, run.value),
  );
  const opened = {
    ...run.value,
    mailbox,
    log: [...run.value.log, ...changes.log, { at, code: 'WAITING' as const, step: wait.id }],
  };
  if (!(await commit(ports.table, put<Run>(runs, edit(run, opened)), ...contactWrites(work, changes, at))))
    return 'again';
  // From here on whatever comes in finds the mailbox; what came between the last text and now is looked for.
  if (run.value.claim) await takeEarlierReply(work, { rev: run.rev + 1, value: opened }, changes.contact);
  return mistimed ? { outcome: 'rearm', to: task.state, seconds } : { outcome: 'waiting' };
}

/** A reply counts from the moment the run's latest text was submitted, even where the wait is reached later. */
async function takeEarlierReply(
  { ports, version }: Work,
  run: Stored<RunningRun & { mailbox: Mailbox }>,
  contact: Contact,
): Promise<void> {
  if (!run.value.mailbox.forReply) return;
  const { items } = await conversation(ports.table, run.value.contactId, {
    order: 'descending',
    limit: RECENT_MESSAGES,
  });
  // What enrolled the contact is no answer to the run, even where it came in the same millisecond.
  const earlier = items.findLast(
    ({ value }) => isFree(value) && value.at > run.value.enrolledAt && listens(run.value, value.inboxId, value.at),
  );
  if (!earlier || !isFree(earlier.value)) return;
  const at = instant(ports.clock.now());
  const taken: InboundMessage = { ...earlier.value, takenBy: run.value.id };
  const next: Run = await replied(ports, run.value, version, contact, taken, at);
  // Lost: something else has just been written, and whatever came in with it has found the mailbox.
  await commit(ports.table, put(runs, edit(run, next)), put(messages, edit(earlier, taken)));
}

const isFree = (message: { direction: string }): message is InboundMessage =>
  message.direction === 'inbound' && 'meaning' in message && message.meaning === 'message' && !('takenBy' in message);
