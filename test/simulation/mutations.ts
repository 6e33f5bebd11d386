/*
 * Safeguards of the product, each taken away by itself: the simulation has to notice every one. What it does not notice it
 * does not guard. `text` stands in `file` exactly once.
 */

export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  /** The first seed to try, if not 1: of a whole run, those who notice it come late. */
  readonly from?: number;
  /** The promise that does not hold without it. */
  readonly breaks: 'never twice' | 'never after STOP' | 'never lost' | 'never stuck' | 'when it may';
}

const SEND_STEP = 'shared/usecases/send-step.ts';
const RUN_STEP = 'shared/usecases/run-step.ts';
const RECEIVE = 'shared/usecases/receive-message.ts';
const SETTLE = 'shared/usecases/settle-text.ts';
const FOLLOW = 'shared/usecases/follow-change.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a claim whose owner has died is left as it is',
    file: SETTLE,
    text: "  if (run.claim?.status !== 'claimed') return 'nothing';",
    replacement: "  if (run.claim?.status !== 'claimed' || !run.test) return 'nothing';",
    breaks: 'never lost',
  },
  {
    name: 'a step that was claimed before is claimed again',
    file: RUN_STEP,
    text: '!wasClaimed(run.value, segment.send)',
    replacement: "(!wasClaimed(run.value, segment.send) || run.value.claim?.status === 'unconfirmed')",
    breaks: 'never twice',
  },
  {
    name: 'a text by hand is sent whether or not its claim was written',
    file: 'shared/usecases/send-once.ts',
    text: '      return claimedBefore(claimed.id);',
    replacement: "      if ((await claimedBefore(claimed.id)).status === 'FAILED') throw new Error('refused before');",
    breaks: 'never twice',
  },
  {
    name: 'a change that is told twice enrols twice',
    file: 'shared/usecases/enroll.ts',
    text: 'last.value.contactRev >= contact.rev;',
    replacement: 'last.value.contactRev > contact.rev;',
    breaks: 'never twice',
  },
  {
    name: 'consent, workflow and run are not read again after the claim',
    file: SEND_STEP,
    text: "  if (still !== 'go') {",
    replacement: "  if (still === 'crowded') {",
    breaks: 'never after STOP',
  },
  {
    name: 'what was read may be old when the text is handed over',
    file: 'shared/usecases/still-admitted.ts',
    text: "    if (clock.now() - asked <= READ_IS_STALE_MS) return 'go';",
    replacement: "    return 'go';",
    from: 2_001,
    breaks: 'never after STOP',
  },
  {
    name: 'turning off answers before what is on its way has left',
    file: 'shared/usecases/turn-workflow.ts',
    text: "    if (inFlight !== 'finish') await clock.sleep(SETTLES_MS);\n",
    replacement: '',
    breaks: 'never after STOP',
  },
  {
    name: 'STOP and START are followed up though something newer was said',
    file: RECEIVE,
    text: '    const holds = consent.evidence === message.id;',
    replacement: "    const holds = consent.source !== 'suppression';",
    breaks: 'never after STOP',
  },
  {
    name: 'a run takes what a person has taken over for',
    file: RECEIVE,
    text: '    if (isTakenOver(contact, inbox.id, receivedAt))',
    replacement: "    if (event.messageBody === '' && isTakenOver(contact, inbox.id, receivedAt))",
    breaks: 'never after STOP',
  },
  {
    name: 'the mailbox opens when the text is accepted',
    file: SEND_STEP,
    text: '    ...(segment.wait !== undefined && {',
    replacement: '    ...(segment.wait !== undefined && work.run.value.test && {',
    breaks: 'never lost',
  },
  {
    name: 'what was said before the text answers it',
    file: 'shared/domain/run.ts',
    text: '  run.mailbox.openedAt <= receivedAt;',
    replacement: "  receivedAt !== '';",
    breaks: 'never lost',
  },
  {
    name: 'time ends a wait that an answer has ended',
    file: RUN_STEP,
    text: "    if (mailbox.status === 'replied' && mailbox.verdict && waited?.next !== undefined) {",
    replacement:
      "    if (mailbox.status === 'replied' && mailbox.verdict === undefined && waited?.next !== undefined) {",
    breaks: 'never lost',
  },
  {
    name: 'that a message was seen is not remembered',
    file: RECEIVE,
    text: '      put(seenMessages, fresh({ hash, messageId: message.id, at: receivedAt })),\n',
    replacement: '',
    breaks: 'never lost',
  },
  {
    name: 'a receipt that comes too early is done with',
    file: 'lambdas/kit/carrier.ts',
    text: "    if (recorded === 'too-early') throw new NotYet();\n",
    replacement: "    if (recorded === 'too-early' && receipt.providerId === '') throw new NotYet();\n",
    breaks: 'never lost',
  },
  {
    name: 'a change that failed is done with',
    file: 'lambdas/kit/changes.ts',
    text: '        return { batchItemFailures: [{ itemIdentifier: place }] };\n',
    replacement: '',
    breaks: 'never stuck',
  },
  {
    name: 'a state is tried again twice',
    file: 'statemachines/compile.ts',
    text: '  MaxAttempts: 700,',
    replacement: '  MaxAttempts: 2,',
    breaks: 'never stuck',
  },
  {
    name: 'an execution is stopped whose text is on its way',
    file: FOLLOW,
    text: " && before?.status === 'RUNNING' && !isSending) {",
    replacement: " && (isSending || before?.status === 'RUNNING')) {",
    breaks: 'never stuck',
  },
  {
    name: 'a throttled text keeps its claim',
    file: SEND_STEP,
    text: `    const taken = await unclaim(work, claimed);
    return taken === 'back' ?`,
    replacement: `    const taken = 'back' as 'back' | 'skipped';
    return taken === 'back' ?`,
    breaks: 'never lost',
  },
  {
    name: 'a text does not wait for its slot',
    file: 'shared/usecases/admit-text.ts',
    text: '  if (ahead >= 1) await clock.sleep(Math.ceil(ahead));\n',
    replacement: '',
    breaks: 'when it may',
  },
  {
    from: 2_001,
    name: 'those who claim at once do not count one another',
    file: 'shared/usecases/still-admitted.ts',
    text: "    if (dailyCap && beside !== undefined && beside >= dailyCap.texts) return 'crowded';\n",
    replacement: '',
    breaks: 'when it may',
  },
  {
    name: 'a text does not wait for the opening',
    file: 'shared/domain/admission.ts',
    text: "  if (opens > now) return { verdict: 'defer', until: opens, reason: 'SENDING_WINDOW' };\n",
    replacement: '',
    breaks: 'when it may',
  },
  {
    name: 'a reply does not end a run that it should end',
    file: 'shared/usecases/replied.ts',
    text: "  if (version.exit.onReply) return ended(next, at, 'REPLIED');\n",
    replacement: '',
    breaks: 'never after STOP',
  },
  {
    name: 'what was sent once more is sent once more again',
    file: FOLLOW,
    text: 'text.resends !== undefined || ',
    replacement: '',
    breaks: 'never twice',
  },
];
