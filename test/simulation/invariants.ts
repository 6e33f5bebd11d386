import type { Contact } from '../../shared/domain/contact.ts';
import type { Inbox } from '../../shared/domain/inbox.ts';
import type { InboundMessage, Message, OutboundMessage } from '../../shared/domain/message.ts';
import type { LogEntry, Run } from '../../shared/domain/run.ts';
import { openingFrom } from '../../shared/domain/sending-window.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import { measure } from '../../shared/domain/sms-parts.ts';
import { allSteps, type Step, type Version, type Workflow } from '../../shared/domain/workflow.ts';
import type { Item } from '../../shared/ports.ts';
import type { Commit, Record as Everything, Said, Submission } from './record.ts';

/*
 * What must be so once everything has come to rest, whatever was done and whatever has failed: read off what has happened and
 * what there is, by rules of their own and not by the product's code. Each fault found is a line.
 */

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Two clocks may be this far apart. */
const SKEW_MS = 2 * SECOND;
/** Consent and workflow are read at most so long before a text is handed over (send-step.ts). */
const READ_IS_STALE_MS = 2 * SECOND;
/** A function lives so long: what was admitted is handed over by then. */
const FUNCTION_MS = 30 * SECOND;

export type Check = (view: View) => Iterable<string>;

/** The record, by what the checks ask for. */
export interface View extends Everything {
  readonly runs: readonly Run[];
  readonly contacts: readonly Contact[];
  readonly messages: readonly Message[];
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly inboxes: ReadonlyMap<string, Inbox>;
  readonly settings: Settings;
  readonly stepsOf: (run: Run) => ReadonlyMap<string, Step>;
  readonly versionOf: (run: Run) => Version;
  /** The commits of one item's key, in their order. */
  readonly commitsOf: (pk: string, sk: string) => readonly Commit[];
  /** Each text of a run that was handed over, with the claim it rests on. */
  readonly ofRuns: readonly RunText[];
  readonly erased: ReadonlySet<string>;
}

interface RunText extends Submission {
  readonly claim: NonNullable<Run['claim']>;
  readonly run: Run;
  readonly claimed: Commit;
}

const valueOf = <T>(item: Item | undefined): T | undefined => item?.data as T | undefined;

export function viewOf(record: Everything): View {
  const byKey = new Map<string, Commit[]>();
  const claims = new Map<string, { readonly claimed: Commit; readonly run: Run }>();
  const of = <T>(type: string): readonly T[] =>
    record.items.filter((item) => item.type === type).map((item) => item.data as unknown as T);
  for (const commit of record.commits) {
    const { pk, sk } = commit.after ?? commit.before ?? { pk: '', sk: '' };
    const name = `${pk}/${sk}`;
    const known = byKey.get(name);
    if (known) known.push(commit);
    else byKey.set(name, [commit]);
    if (commit.after?.type !== 'run') continue;
    const run = valueOf<Run>(commit.after);
    const before = valueOf<Run>(commit.before);
    if (run?.claim?.status !== 'claimed' || before?.claim?.messageId === run.claim.messageId) continue;
    claims.set(`${run.claim.messageId} ${commit.by}`, { claimed: commit, run });
    if (!claims.has(run.claim.messageId)) claims.set(run.claim.messageId, { claimed: commit, run });
  }
  const versions = new Map(
    record.items
      .filter(({ type }) => type === 'version')
      .map(({ data }) => JSON.parse(String(data['json'])) as Version)
      .map((version) => [`${version.workflowId} ${version.version}`, version]),
  );
  const versionOf = (run: Run): Version => {
    const version = versions.get(`${run.workflowId} ${run.version}`);
    if (!version) throw new Error(`${run.id} is of no version`);
    return version;
  };
  const steps = new Map<Version, ReadonlyMap<string, Step>>();
  const stepsOf = (run: Run): ReadonlyMap<string, Step> => {
    const version = versionOf(run);
    const known = steps.get(version) ?? new Map(Array.from(allSteps(version.steps), (step) => [step.id, step]));
    steps.set(version, known);
    return known;
  };
  const ofRuns = record.submissions.flatMap((submission): RunText[] => {
    const { messageId } = submission.text;
    const found = claims.get(`${messageId} ${submission.by}`) ?? claims.get(messageId);
    const claim = found?.run.claim;
    return found && claim ? [{ ...submission, ...found, claim }] : [];
  });
  const [settings] = of<Settings>('settings');
  if (!settings) throw new Error('there are no settings');
  return {
    ...record,
    runs: [...of<Run>('run'), ...of<Run>('past-run')],
    contacts: of('contact'),
    messages: of('message'),
    workflows: new Map(of<Workflow>('workflow').map((workflow) => [workflow.id, workflow])),
    inboxes: new Map(of<Inbox>('inbox').map((inbox) => [inbox.id, inbox])),
    settings,
    stepsOf,
    versionOf,
    commitsOf: (pk, sk) => byKey.get(`${pk}/${sk}`) ?? [],
    ofRuns,
    erased: new Set(of<{ contactId: string }>('erasure').map(({ contactId }) => contactId)),
  };
}

// ------------------------------------------------------------ never twice

const acceptedOnce: Check = function* ({ submissions }) {
  const seen = new Map<string, number>();
  for (const { text, accepted } of submissions)
    if (accepted) seen.set(text.messageId, (seen.get(text.messageId) ?? 0) + 1);
  for (const [id, times] of seen) if (times > 1) yield `the carrier has accepted ${id} ${times} times`;
};

const stepOnce: Check = function* ({ ofRuns }) {
  const seen = new Set<string>();
  for (const { accepted, run, claim } of ofRuns) {
    const step = `${claim.step} of ${run.id}`;
    if (accepted && seen.has(step)) yield `the carrier has accepted the text of step ${step} twice`;
    if (accepted) seen.add(step);
  }
};

/** One text of a person under one key; one answer to one STOP, HELP or START. */
const causeOnce: Check = function* ({ submissions, commits }) {
  const causes = new Map<string, string>();
  for (const { after } of commits) {
    const message = after?.type === 'message' ? valueOf<Message>(after) : undefined;
    if (message?.direction === 'outbound' && message.origin.type !== 'run')
      causes.set(message.id, JSON.stringify([message.origin, message.text]));
  }
  const seen = new Set<string>();
  for (const { text, accepted } of submissions) {
    const cause = causes.get(text.messageId);
    if (!accepted || cause === undefined) continue;
    if (seen.has(cause)) yield `the carrier has accepted two texts for ${cause}`;
    seen.add(cause);
  }
};

const claimedBefore: Check = function* ({ submissions, ofRuns, commits }) {
  const claimed = new Set(ofRuns.map(({ text }) => text.messageId));
  for (const { after } of commits) if (after?.type === 'message') claimed.add(String(after.data['id']));
  for (const { text } of submissions)
    if (!claimed.has(text.messageId)) yield `${text.messageId} was handed over and never claimed`;
};

// --------------------------------------- never after STOP, turn-off, exit …

/** Since when, up to an instant, something has held without a break; undefined: it does not hold then. */
function heldSince<T>(
  commits: readonly Commit[],
  before: number,
  holds: (value: T | undefined) => boolean,
): Commit | undefined {
  let since: Commit | undefined;
  for (const commit of commits) {
    if (commit.seq > before) break;
    if (!holds(valueOf<T>(commit.after))) since = undefined;
    else since ??= commit;
  }
  return since;
}

/**
 * Nothing is handed over if what forbids it was committed before the claim: the claim is written first and everything read
 * after that. Nor if it was committed longer ago than those reads may be old. In between the text was on its way.
 */
function* forbidden(text: RunText, since: Commit | undefined, what: string): Generator<string> {
  if (!since) return;
  if (since.seq < text.claimed.seq) yield `${nameOf(text)} was claimed after ${what}`;
  else if (since.at < text.at - READ_IS_STALE_MS)
    yield `${nameOf(text)} was handed over ${Math.round(text.at - since.at)} ms after ${what}`;
}
const nameOf = ({ claim, run }: RunText): string => `the text of ${claim.step} of ${run.id}`;

const notAfterOptOut: Check = function* ({ ofRuns, commitsOf }) {
  for (const text of ofRuns) {
    const of = commitsOf(`C#${text.run.contactId}`, 'CONTACT');
    yield* forbidden(
      text,
      heldSince<Contact>(of, text.seq, (contact) => contact?.consent.status === 'optedOut'),
      'an opt-out',
    );
    yield* forbidden(
      text,
      heldSince<Contact>(of, text.seq, (contact) => contact === undefined),
      'the deletion of the contact',
    );
  }
};

const notAfterTurnOff: Check = function* ({ ofRuns, commitsOf, asked }) {
  for (const text of ofRuns) {
    const of = commitsOf(`W#${text.run.workflowId}`, 'HEAD');
    const isHeld = (workflow: Workflow | undefined) => workflow?.status !== 'ON' && workflow?.inFlight !== 'finish';
    const off = heldSince<Workflow>(of, text.seq, isHeld);
    yield* forbidden(text, off, 'its workflow was turned off');
    // "Once this has answered, no text of a paused or exited workflow leaves."
    const answered = asked.some(
      (entry) =>
        off && actOf(off.by) === entry.act.id && entry.answered?.status === 200 && entry.answered.seq < text.seq,
    );
    if (answered) yield `${nameOf(text)} was handed over after turning off had been answered`;
  }
};

/** Of the invocation that has answered it, whichever time it was asked. */
const actOf = (invocation: string): number | undefined => {
  const [, id] = /^request (\d+)/.exec(invocation) ?? [];
  return id === undefined ? undefined : Number(id);
};

const notAfterItsEnd: Check = function* ({ ofRuns, commitsOf }) {
  for (const text of ofRuns) {
    const of = commitsOf(`C#${text.run.contactId}`, `RUN#${text.run.workflowId}`);
    const isOver = (run: Run | undefined) => run?.id !== text.run.id || run.status === 'ENDED';
    const since = heldSince<Run>(
      of.filter(({ seq }) => seq >= text.claimed.seq),
      text.seq,
      isOver,
    );
    yield* forbidden(text, since, 'its run had ended');
  }
};

const notWhileTakenOver: Check = function* ({ ofRuns, commitsOf }) {
  for (const text of ofRuns) {
    const of = commitsOf(`C#${text.run.contactId}`, 'CONTACT');
    const takeoverIn = (contact: Contact | undefined) => {
      const takeover = contact?.takeovers?.[text.claim.inboxId];
      return takeover &&
        Date.parse(takeover.since) + SKEW_MS < text.at - READ_IS_STALE_MS &&
        text.at + SKEW_MS < Date.parse(takeover.until)
        ? takeover
        : undefined;
    };
    const since = heldSince<Contact>(of, text.seq, (contact) => takeoverIn(contact) !== undefined);
    yield* forbidden(text, since, 'a person had taken over');
  }
};

/** Texts by hand, and answers: by hand nothing is handed over if it was claimed after an opt-out. */
const handsHeedConsent: Check = function* ({ submissions, commits, commitsOf }) {
  const claims = new Map<string, { readonly message: OutboundMessage; readonly commit: Commit }>();
  for (const commit of commits) {
    const message = commit.after?.type === 'message' && !commit.before ? valueOf<Message>(commit.after) : undefined;
    if (message?.direction === 'outbound' && message.origin.type !== 'run') claims.set(message.id, { message, commit });
  }
  for (const { text, seq } of submissions) {
    const found = claims.get(text.messageId);
    if (found?.message.origin.type !== 'manual') continue;
    const of = commitsOf(`C#${found.message.contactId}`, 'CONTACT');
    const since = heldSince<Contact>(of, seq, (contact) => contact?.consent.status === 'optedOut');
    if (since && since.seq < found.commit.seq) yield `${text.messageId} was claimed by hand after an opt-out`;
  }
};

/** What was already on its way when the person opted out says so, from when its run tells what became of it. */
const crossedIsTold: Check = function* ({ commits, commitsOf, messages }) {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  for (const { seq, after, before } of commits) {
    const [was, is] = [valueOf<Run>(before), valueOf<Run>(after)];
    if ((after?.type !== 'run' && after?.type !== 'past-run') || !is) continue;
    if (is.claim?.status !== 'accepted' || was?.claim?.status !== 'claimed') continue;
    // What was taken back leaves the claim of the text before it.
    if (was.claim.messageId !== is.claim.messageId) continue;
    const message = byId.get(is.claim.messageId);
    if (message?.direction !== 'outbound') continue;
    const of = commitsOf(`C#${is.contactId}`, 'CONTACT');
    // Of the same write: what the contact was before it.
    const contact = valueOf<Contact>(of.findLast((commit) => commit.seq < seq)?.after);
    const optedOut = contact?.consent.status === 'optedOut';
    if (optedOut !== (message.crossed === true))
      yield `${message.id} ${optedOut ? 'has' : 'has not'} crossed an opt-out, and says otherwise`;
  }
};

// -------------------------------------------------- when a text may leave

const withinHours: Check = function* ({ ofRuns, settings, inboxes, commits }) {
  const window = settings.sendingWindow;
  if (window.from === '00:00' && window.to === '24:00') return;
  const hours = { usual: window, ofState: undefined };
  const zones = ['America/New_York'];
  const inbound = new Map(
    commits.flatMap(({ after }) => (after?.type === 'message' ? [[String(after.data['id']), after.data['at']]] : [])),
  );
  for (const text of ofRuns) {
    const answer = text.run.answer === undefined ? undefined : inbound.get(text.run.answer);
    const isConversation =
      answer !== undefined &&
      text.at - Date.parse(String(answer)) < settings.replyMinutes * 60_000 + FUNCTION_MS + SKEW_MS;
    if (isConversation || inboxes.get(text.claim.inboxId)?.sendingWindow) continue;
    const isOpen = (at: number) => openingFrom(at, zones, hours) === at;
    // Admitted by its own clock, and handed over while its function lives.
    const isFine = isOpen(text.at) || isOpen(text.at + SKEW_MS) || isOpen(text.at - FUNCTION_MS - SKEW_MS);
    if (!isFine) yield `${nameOf(text)} left at ${new Date(text.at).toISOString()}, outside the sending window`;
  }
};

/** Claimed and not known to have failed: accepted, or nobody knows. */
const withinCap: Check = function* ({ ofRuns, settings, messages }) {
  const { dailyCap } = settings;
  if (!dailyCap) return;
  const failed = new Set(
    messages.flatMap((message) =>
      message.direction === 'outbound' && message.status === 'FAILED' ? [message.id] : [],
    ),
  );
  const byContact = new Map<string, number[]>();
  for (const { run, claim, refused, text } of ofRuns) {
    if (claim.purpose !== 'marketing' || refused || failed.has(text.messageId as never)) continue;
    byContact.set(run.contactId, [...(byContact.get(run.contactId) ?? []), Date.parse(claim.claimedAt)]);
  }
  for (const [contact, unsorted] of byContact) {
    const times = unsorted.toSorted((one, other) => one - other);
    for (let last = dailyCap.texts; last < times.length; last += 1) {
      const span = (times[last] ?? 0) - (times[last - dailyCap.texts] ?? 0);
      if (span < DAY - SKEW_MS)
        yield `${contact} was claimed ${dailyCap.texts + 1} marketing texts for within ${Math.round(span / 1000)} s`;
    }
  }
};

/** Each text of a run has a slot of its own, and none leaves before it. */
const withinPace: Check = function* ({ slots, ofRuns, inboxes }) {
  for (const [id, { partsPerSecond }] of inboxes) {
    const own = slots.filter(({ inbox }) => inbox === `PACE#${id}`);
    const least = 1000 / partsPerSecond;
    let free = Number.NEGATIVE_INFINITY;
    for (const { from, stretch } of own) {
      if (from < free - 0.001) yield `a slot of ${id} was given twice`;
      free = from + stretch;
    }
    const open = own.map(({ from }) => from).toSorted((one, other) => one - other);
    const left = ofRuns
      .filter(({ claim, refused }) => claim.inboxId === id && refused !== 'throttled')
      .toSorted((one, other) => one.at - other.at);
    for (const [place, text] of left.entries()) {
      const slot = open[place];
      if (slot === undefined || slot > text.at + SKEW_MS) yield `${nameOf(text)} left without a slot, or before it`;
      else if (own.some(({ stretch }) => stretch < least * measure(text.text.body).parts * 0.999))
        yield `a slot of ${id} is too short`;
    }
  }
};

const inOrder: Check = function* ({ ofRuns }) {
  const last = new Map<string, RunText>();
  for (const text of ofRuns.toSorted((one, other) => (one.reached ?? 0) - (other.reached ?? 0))) {
    const before = last.get(text.run.id);
    if (before && before.claimed.seq > text.claimed.seq) yield `${nameOf(text)} left after a later one of its run`;
    last.set(text.run.id, text);
  }
};

// -------------------------------------------------------------- never lost

const recordsOf = ({ commits }: View, { id }: Said): readonly Commit[] =>
  commits.filter(
    ({ before, after }) =>
      after?.type === 'message' && !before && after.data['direction'] === 'inbound' && after.data['providerId'] === id,
  );

const recordedOnce: Check = function* (view) {
  for (const said of view.said) {
    const records = recordsOf(view, said);
    if (records.length !== 1) yield `${said.id} (${said.text}) was recorded ${records.length} times`;
  }
};

/** Whether a run that has handed a text over, or reached a wait, listens for an answer to it: by its log and its claim, not by its mailbox. */
function waitOf(run: Run, view: View, receivedAt: string): string | undefined {
  if (run.status !== 'RUNNING') return undefined;
  const { claim, mailbox } = run;
  const isOver = (wait: string) =>
    run.log.some(({ code, step }) => (code === 'REPLIED' || code === 'TIMED_OUT') && step === wait);
  const steps = view.stepsOf(run);
  const isForReply = (id: string) => {
    const step = steps.get(id);
    return step?.type === 'wait' && step.orReply;
  };
  if (
    claim &&
    (claim.status === 'claimed' || claim.status === 'accepted' || claim.status === 'unconfirmed') &&
    claim.claimedAt <= receivedAt
  ) {
    const segment = Object.values(view.versionOf(run).plan.segments).find(({ send }) => send === claim.step);
    const wait = segment?.wait;
    if (wait !== undefined && isForReply(wait) && !isOver(wait)) return wait;
  }
  const open = mailbox?.status === 'open' && mailbox.openedAt <= receivedAt ? mailbox.wait : undefined;
  return open !== undefined && isForReply(open) && !isOver(open) ? open : undefined;
}

const heard: Check = function* (view) {
  for (const { commit, message } of inboundOf(view)) {
    if (message.meaning !== 'message') continue;
    const { contactId, inboxId, at } = message;
    const runs = new Map<string, Run>();
    for (const { seq, after } of view.commits) {
      if (seq >= commit.seq) break;
      if (after?.type === 'run' && after.data['contactId'] === contactId)
        runs.set(after.sk, after.data as unknown as Run);
    }
    const contactBefore = valueOf<Contact>(
      view.commitsOf(`C#${contactId}`, 'CONTACT').findLast(({ seq }) => seq < commit.seq)?.before,
    );
    const takeover = contactBefore?.takeovers?.[inboxId];
    const isTakenOver = takeover !== undefined && takeover.since <= at && at < takeover.until;
    if (isTakenOver !== (message.takenOver === true))
      yield `${message.id} came ${isTakenOver ? '' : 'not '}while a person had taken over, and says otherwise`;
    const same = view.commits.filter(
      ({ by, after, at: when }) => by === commit.by && when === commit.at && after?.type === 'run',
    );
    const taken = same.filter(({ after }) => valueOf<Run>(after)?.mailbox?.status === 'replied');
    if (isTakenOver) {
      if (taken.length > 0) yield `${message.id} was taken by a run while a person had taken over`;
      continue;
    }
    const waiting = [...runs.values()].filter((run) => inboxOf(run) === inboxId && waitOf(run, view, at) !== undefined);
    const broadcast = waiting.filter((run) => {
      const step = view.stepsOf(run).get(waitOf(run, view, at) ?? '');
      return step?.type === 'wait' && step.broadcast;
    });
    if (waiting.length > 0 && message.takenBy === undefined)
      yield `${message.id} was recorded, and ${waiting.map(({ id }) => id).join()} that waited for it has not taken it`;
    if (waiting.length === 0 && taken.length > 0) yield `${message.id} was taken by a run that did not wait`;
    const takers = new Set(taken.map(({ after }) => String(after?.data['id'])));
    if (message.takenBy !== undefined && waiting.length > 0 && !takers.has(message.takenBy))
      yield `${message.id} names ${message.takenBy}, which has not taken it`;
    if (waiting.length > 0)
      for (const run of broadcast)
        if (!takers.has(run.id)) yield `${message.id} was not taken by ${run.id}, which listens beside others`;
    const alone = [...takers].filter((id) => !broadcast.some((run) => run.id === id));
    if (alone.length > 1) yield `${message.id} was taken by ${alone.join(' and ')}`;
  }

  function inboxOf(run: Run): string {
    return run.mailbox?.status === 'open' ? run.mailbox.inboxId : (run.claim?.inboxId ?? '');
  }
};

function* inboundOf({ commits }: View): Generator<{ readonly commit: Commit; readonly message: InboundMessage }> {
  for (const commit of commits) {
    const message = commit.after?.type === 'message' && !commit.before ? valueOf<Message>(commit.after) : undefined;
    if (message?.direction === 'inbound') yield { commit, message };
  }
}

/** What is taken is in the run's log, what is late is in the log of the run that it is late for. */
const takenIsLogged: Check = function* ({ messages, runs }) {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const has = (id: Run['id'] | undefined, code: LogEntry['code'], message: string) =>
    id === undefined || byId.get(id)?.log.some((entry) => entry.code === code && entry.messageId === message);
  for (const message of messages) {
    if (message.direction !== 'inbound') continue;
    if (!has(message.takenBy, 'REPLIED', message.id))
      yield `${message.id} is said to be taken by a run that does not know it`;
    if (!has(message.lateFor, 'LATE_REPLY', message.id))
      yield `${message.id} is said to be late for a run that does not know it`;
  }
};

const waitsEndOnce: Check = function* ({ runs, stepsOf }) {
  for (const run of runs) {
    const count = (code: LogEntry['code'], step: string) =>
      run.log.filter((entry) => entry.code === code && entry.step === step).length;
    for (const step of stepsOf(run).values()) {
      if (step.type === 'wait') {
        const ends = count('REPLIED', step.id) + count('TIMED_OUT', step.id);
        if (ends > 1) yield `${step.id} of ${run.id} has ended ${ends} times`;
        if (count('WAITING', step.id) > 1) yield `${step.id} of ${run.id} was waited for twice`;
        if (ends === 0 && count('WAITING', step.id) > 0 && run.status === 'ENDED' && run.reason === 'COMPLETED')
          yield `${step.id} of ${run.id} never ended`;
      } else if (step.type === 'if-else') {
        if (count('BRANCH', step.id) > 1) yield `${run.id} took two branches at ${step.id}`;
      } else if (step.type === 'send-message') {
        const told = SEND_CODES.reduce((sum, code) => sum + count(code, step.id), 0);
        if (told > 1) yield `${step.id} of ${run.id} is told of ${told} times`;
      } else {
        const done = OPERATION_CODES.reduce((sum, code) => sum + count(code, step.id), 0);
        if (done > 1) yield `${step.id} of ${run.id} was done ${done} times`;
      }
    }
  }
};
const SEND_CODES = ['SENT', 'SEND_SKIPPED', 'SEND_FAILED', 'SEND_UNCONFIRMED', 'SEND_CROSSED_OPT_OUT'] as const;
const OPERATION_CODES = ['TAG_ADDED', 'TAG_NOT_ADDED', 'TAG_REMOVED', 'FIELD_SET', 'FIELD_NOT_SET'] as const;

/** The way that a run has gone is one that its workflow has: each step that is behind it was done, and no branch that it did not take. */
const completedWhole: Check = function* ({ runs, stepsOf, versionOf }) {
  for (const run of runs) {
    if (run.status !== 'ENDED' || run.reason !== 'COMPLETED') continue;
    const has = (codes: readonly string[], step: string) =>
      run.log.some((entry) => entry.step === step && codes.includes(entry.code));
    const taken = (step: string) => run.log.find((entry) => entry.code === 'BRANCH' && entry.step === step)?.detail;
    const walk = function* (steps: readonly Step[]): Generator<string> {
      for (const step of steps) {
        if (step.type === 'send-message' && !has(SEND_CODES, step.id))
          yield `${run.id} is complete without a word of ${step.id}`;
        if (step.type === 'wait' && !has(['REPLIED', 'TIMED_OUT'], step.id))
          yield `${run.id} is complete without an end of ${step.id}`;
        if (step.type === 'add-tag' && !has(['TAG_ADDED', 'TAG_NOT_ADDED'], step.id))
          yield `${run.id} is complete without ${step.id}`;
        if (step.type !== 'if-else') continue;
        const branch = taken(step.id);
        if (branch === undefined) yield `${run.id} is complete without a branch of ${step.id}`;
        yield* walk(
          branch === 'then' ? step.then.steps : branch === 'noReply' ? (step.noReply?.steps ?? []) : step.else.steps,
        );
      }
    };
    if (stepsOf(run).size > 0) yield* walk(versionOf(run).steps);
  }
};

// ------------------------------------------------------------- never stuck

/** By now whatever waits has waited its time out: a run has ended, or is held by a workflow that is off. */
const nobodyIsStuck: Check = function* ({ runs, workflows, items, contacts, now }) {
  const parked = new Set(items.filter(({ type }) => type === 'parked-run').map(({ data }) => String(data['runId'])));
  for (const run of runs) {
    const workflow = workflows.get(run.workflowId);
    const isOff = workflow?.status !== 'ON' && workflow?.inFlight !== 'finish';
    if (run.status === 'RUNNING') yield `${run.id} still runs`;
    if (run.status === 'PARKED') {
      const takeover = run.takenOverIn && contacts.find(({ id }) => id === run.contactId)?.takeovers?.[run.takenOverIn];
      const isHeld = isOff || (takeover !== undefined && Date.parse(takeover.until) > now);
      if (!isHeld) yield `${run.id} is parked, and nothing holds it`;
    }
    if ((run.status === 'PARKED') !== parked.has(run.id))
      yield `${run.id} is ${run.status}, and the index of parked runs says otherwise`;
    parked.delete(run.id);
    if (run.status === 'ENDED' && run.claim?.status === 'claimed')
      yield `nobody says what became of the text of ${run.claim.step} of ${run.id}`;
  }
  for (const id of parked) yield `${id} is in the index of parked runs and is no run`;
};

const oneActive: Check = function* ({ items, runs }) {
  for (const { type, data } of items)
    if (type === 'past-run' && data['status'] !== 'ENDED') yield `${String(data['id'])} is past and has not ended`;
  const seen = new Set<string>();
  for (const { id } of runs) {
    if (seen.has(id)) yield `${id} is there twice`;
    seen.add(id);
  }
};

const executionsRest: Check = function* ({ executions, deadLetters }) {
  for (const { name, status, error } of executions)
    if (status !== 'SUCCEEDED' && status !== 'ABORTED') yield `the execution ${name} is ${status} ${error ?? ''}`;
  if (deadLetters > 0) yield `${deadLetters} messages are never done with`;
};

// ----------------------------------------------------------- nothing missing

const logMatchesMessages: Check = function* ({ runs, messages, erased }) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const LOGGED: Readonly<Partial<Record<LogEntry['code'], readonly string[]>>> = {
    SENT: ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'],
    SEND_CROSSED_OPT_OUT: ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'],
    SEND_UNCONFIRMED: ['UNCONFIRMED', 'ACCEPTED', 'DELIVERED', 'UNDELIVERED'],
    SEND_FAILED: ['FAILED', 'DELIVERED'],
  };
  for (const run of runs) {
    for (const { code, messageId, step = '', detail, reason } of run.log) {
      const statuses = LOGGED[code];
      if (statuses && !erased.has(run.contactId)) {
        const message = messageId && byId.get(messageId);
        if (!message || message.direction !== 'outbound') yield `${code} ${step} of ${run.id} has no message`;
        else if (!statuses.includes(message.status))
          yield `${code} ${step} of ${run.id} has a message that is ${message.status}`;
      }
      if (code === 'SEND_SKIPPED' && detail === undefined) yield `${step} of ${run.id} was skipped without a reason`;
      if (code === 'SEND_DEFERRED' && reason === undefined) yield `${step} of ${run.id} was deferred without a reason`;
    }
  }
};

/** What became of each text that was handed over is on record, and no more is said than is known. */
const outcomeIsTold: Check = function* ({ submissions, ofRuns, messages, commits, disturbed, now }) {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  const gone = new Set(
    commits.flatMap(({ after, before }) => (!after && before?.type === 'contact' ? [String(before.data['id'])] : [])),
  );
  const accepted = new Set(submissions.flatMap(({ accepted: is, text }) => (is ? [text.messageId] : [])));
  const ids = new Set(ofRuns.map(({ text }) => text.messageId));
  const maybe = new Set(submissions.flatMap(({ refused, text }) => (refused === 'throttled' ? [] : [text.messageId])));
  for (const { text, refused, at, by } of submissions) {
    if (refused === 'throttled' && !maybe.has(text.messageId)) {
      // As if it had never been claimed; unless whoever knew so has died, or could not write it. By hand it is tried again under the same id.
      if (byId.has(text.messageId) && !disturbed.has(by) && ids.has(text.messageId))
        yield `${text.messageId} was throttled, and there is a message of it`;
      continue;
    }
    const message = byId.get(text.messageId);
    const contact = `ct_${text.messageId.slice(4, 30)}`;
    if (!message) {
      if (!gone.has(contact)) yield `${text.messageId} was handed over, and nothing is said of it`;
      continue;
    }
    if (message.direction !== 'outbound') continue;
    const isAccepted = accepted.has(text.messageId);
    if (message.status === 'CLAIMED' && now - at > HOUR)
      yield `${text.messageId} was handed over, and is still CLAIMED`;
    if (!isAccepted && (message.status === 'ACCEPTED' || message.status === 'DELIVERED'))
      yield `${text.messageId} is ${message.status}, and the carrier has never had it`;
    if (isAccepted && message.status === 'FAILED') yield `${text.messageId} is FAILED, and the carrier has accepted it`;
  }
};

/** A receipt that was told is known, by the text that it is about or by a later one. */
const receiptsAreKnown: Check = function* ({ receipts, messages }) {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  for (const { messageId, status } of receipts) {
    const message = byId.get(messageId);
    if (message?.direction !== 'outbound') continue;
    if (CERTAINTY.indexOf(message.status) < CERTAINTY.indexOf(status))
      yield `${messageId} is ${message.status}, and was told to be ${status}`;
  }
};
const CERTAINTY: readonly string[] = ['CLAIMED', 'UNCONFIRMED', 'ACCEPTED', 'UNDELIVERED', 'FAILED', 'DELIVERED'];

/** One change of a contact, however often it is told, lets it into a workflow once. */
const enrolledOnce: Check = function* ({ runs }) {
  const seen = new Set<string>();
  for (const { contactId, workflowId, contactRev, enrolledBy } of runs) {
    if (enrolledBy !== 'trigger') continue;
    const change = `${contactId}@${contactRev} into ${workflowId}`;
    if (seen.has(change)) yield `one change has let ${change} twice`;
    seen.add(change);
  }
};

const activityIsTrue: Check = function* ({ contacts, messages }) {
  const TEXTED: readonly string[] = ['ACCEPTED', 'DELIVERED', 'UNDELIVERED'];
  for (const { id, activity } of contacts) {
    const own = messages.filter(({ contactId }) => contactId === id);
    const latest = (isOf: (message: Message) => boolean) =>
      own
        .filter(isOf)
        .reduce<string | undefined>((last, { at }) => (last === undefined || at > last ? at : last), undefined);
    const sent = latest((message) => message.direction === 'outbound' && TEXTED.includes(message.status));
    const received = latest((message) => message.direction === 'inbound');
    if (activity.lastMessageSentAt !== sent)
      yield `${id} was last texted at ${sent}, and says ${activity.lastMessageSentAt}`;
    if (activity.lastMessageReceivedAt !== received)
      yield `${id} last texted at ${received}, and says ${activity.lastMessageReceivedAt}`;
  }
};

/** Of whoever was erased stay runs, as ids and codes, and that it was so. */
const erasedIsGone: Check = function* ({ items, commits, contacts }) {
  const gone = commits.flatMap(({ before, after }) =>
    !after && before?.type === 'contact' ? [before.data as unknown as Contact] : [],
  );
  if (gone.length === 0) return;
  const KEPT: readonly string[] = ['run', 'past-run', 'erasure'];
  const living = new Set(contacts.map(({ phone }) => phone));
  for (const { id, phone } of gone) {
    for (const item of items) {
      if (item.pk === `C#${id}` && !KEPT.includes(item.type)) yield `${item.sk} of ${id} is left, who was erased`;
      if (!living.has(phone) && JSON.stringify(item.data).includes(phone))
        yield `${item.pk} ${item.sk} tells the number of ${id}, who was erased`;
    }
  }
};

/** Each fact was told, and under one id nothing else. */
const factsAreTold: Check = function* ({ commits, told }) {
  const facts = new Set(told.map((event) => `${event.type} ${subjectOf(event)}`));
  const byId = new Map<string, string>();
  for (const event of told) {
    const text = JSON.stringify(event);
    const known = byId.get(event.id);
    if (known !== undefined && known !== text) yield `two events have the id ${event.id}`;
    byId.set(event.id, text);
  }
  const must = function* (fact: string): Generator<string> {
    if (!facts.has(fact)) yield `nobody was told: ${fact}`;
  };
  for (const { before, after } of commits) {
    const type = (after ?? before)?.type;
    if (type === 'contact') {
      const [was, is] = [valueOf<Contact>(before), valueOf<Contact>(after)];
      if (!was && is) yield* must(`ContactCreated ${is.id}`);
      if (was && !is) yield* must(`ContactDeleted ${was.id}`);
      if (is?.consent.status === 'optedOut' && was?.consent.status !== 'optedOut')
        yield* must(`ContactOptedOut ${is.id}`);
      if (is?.consent.status === 'optedIn' && was?.consent.status !== 'optedIn') yield* must(`ContactOptedIn ${is.id}`);
    } else if (type === 'run') {
      const [was, is] = [valueOf<Run>(before), valueOf<Run>(after)];
      if (!is) continue;
      const earlier = was?.id === is.id ? was : undefined;
      if (!earlier) yield* must(`ContactEnrolled ${is.id}`);
      if (is.status === 'ENDED' && earlier?.status !== 'ENDED') yield* must(`RunEnded ${is.id}`);
    } else if (type === 'message') {
      const [was, is] = [valueOf<Message>(before), valueOf<Message>(after)];
      if (is?.direction === 'inbound' && !was) yield* must(`MessageRecorded ${is.id}`);
      if (is?.direction !== 'outbound') continue;
      const fact = TOLD[is.status];
      if (fact !== undefined && (was as OutboundMessage | undefined)?.status !== is.status)
        yield* must(`${fact} ${is.id}`);
    }
  }
};
const TOLD: Readonly<Partial<Record<OutboundMessage['status'], string>>> = {
  ACCEPTED: 'MessageSent',
  DELIVERED: 'MessageDelivered',
  UNDELIVERED: 'MessageUndelivered',
  FAILED: 'MessageFailed',
  UNCONFIRMED: 'MessageUnconfirmed',
};
const subjectOf = (event: Everything['told'][number]): string =>
  event.type.startsWith('Message') && 'messageId' in event && event.messageId !== undefined
    ? event.messageId
    : 'runId' in event && event.runId !== undefined
      ? event.runId
      : 'contactId' in event
        ? event.contactId
        : event.workflowId;

const CHECKS: readonly Check[] = [
  ...[acceptedOnce, stepOnce, causeOnce, claimedBefore],
  ...[notAfterOptOut, notAfterTurnOff, notAfterItsEnd, notWhileTakenOver, handsHeedConsent, crossedIsTold],
  ...[withinHours, withinCap, withinPace, inOrder],
  ...[recordedOnce, heard, takenIsLogged, waitsEndOnce, completedWhole],
  ...[nobodyIsStuck, oneActive, executionsRest],
  ...[logMatchesMessages, outcomeIsTold, receiptsAreKnown, enrolledOnce, activityIsTrue, erasedIsGone, factsAreTold],
];

/** What is wrong with all that has happened; nothing, if it is as it must be. */
export function wrongWith(record: Everything): readonly string[] {
  const view = viewOf(record);
  return CHECKS.flatMap((check) => [...check(view)]);
}
