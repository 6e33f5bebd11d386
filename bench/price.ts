// npm run bench:price: what a run of each template costs on AWS, counted on real runs of the product on this machine.

import { virtualClock } from '../local/clock.ts';
import { openDatabase } from '../local/database.ts';
import { sizeOf } from '../local/table-limits.ts';
import { openWorld } from '../local/world.ts';
import { Profile } from '../shared/domain/contact.ts';
import { InboxId, WorkflowId } from '../shared/domain/id.ts';
import { InboxInput } from '../shared/domain/inbox.ts';
import { Phone } from '../shared/domain/phone.ts';
import type { Outcome } from '../shared/domain/problem.ts';
import { executionName, type LogEntry } from '../shared/domain/run.ts';
import { Settings } from '../shared/domain/settings.ts';
import { measure as partsOf } from '../shared/domain/sms-parts.ts';
import type { templates } from '../shared/domain/templates/templates.ts';
import { runsOfContact } from '../shared/store/run-store.ts';
import { createContact } from '../shared/usecases/create-contact.ts';
import { editSettings } from '../shared/usecases/edit-settings.ts';
import { createWorkflow, editWorkflow } from '../shared/usecases/edit-workflow.ts';
import { createInbox } from '../shared/usecases/keep-inboxes.ts';
import { publishWorkflow } from '../shared/usecases/publish-workflow.ts';
import { meter } from './metered-table.ts';

/** A Tuesday morning on the American east coast: texts leave. */
const START = Date.parse('2026-03-03T15:00:00.000Z');
const DAY_AND_A_MINUTE = 24 * 60 * 60_000 + 60_000;
const INBOX = '+12025550100';

type TemplateName = keyof typeof templates;
type Answer = string | null;
interface Story {
  readonly name: string;
  /** What the contact answers in turn; null: nothing for a day. */
  readonly answers: readonly Answer[];
  /** How many of a hundred go this way. */
  readonly share: number;
}

/** Whom a yes leads to the longest way there is: it is not known how many book at once. */
const STORIES = {
  nurture: [
    { name: 'silence', answers: [null], share: 80 },
    { name: 'yes, then silence', answers: ['yes', null], share: 15 },
    { name: 'another reply', answers: ['what does it cost?'], share: 5 },
  ],
  autoresponder: [
    { name: 'silence', answers: [null, null], share: 50 },
    { name: 'wants to book', answers: ['book'], share: 40 },
    { name: 'another reply', answers: ['hello'], share: 10 },
  ],
  reviews: [
    { name: 'silence', answers: [null, null], share: 80 },
    { name: 'has reviewed', answers: ['done'], share: 15 },
    { name: 'complains', answers: ['it was terrible'], share: 5 },
  ],
  nps: [
    { name: 'silence', answers: [null, null], share: 70 },
    { name: 'promoter', answers: ['10'], share: 15 },
    { name: 'passive, silent after', answers: ['8', null], share: 10 },
    { name: 'detractor, answers', answers: ['2', 'too slow'], share: 5 },
  ],
  'send-message': [{ name: 'sent', answers: [], share: 100 }],
} as const satisfies Partial<Record<TemplateName, readonly Story[]>>;

interface Counted {
  readonly transitions: number;
  readonly steps: number;
  readonly branches: number;
  readonly invocations: number;
  readonly changes: number;
  readonly events: number;
  readonly writes: number;
  readonly reads: number;
  readonly texts: number;
  readonly parts: number;
  readonly replies: number;
  readonly log: readonly string[];
}

const value = <T>(outcome: Outcome<T>): T => {
  if ('problem' in outcome) throw new Error(outcome.problem.detail);
  return outcome.ok;
};

async function played(template: TemplateName, { answers }: Story): Promise<Counted> {
  const database = openDatabase(':memory:');
  const clock = virtualClock(START);
  const calls = new Map<string, number>();
  const log: string[] = [];
  let changes = 0;
  const world = openWorld({
    ...{ database, clock },
    folder: () => '',
    log: { info: () => {}, error: (code, facts) => console.error(code, facts) },
    called: (name) => calls.set(name, (calls.get(name) ?? 0) + 1),
  });
  for (const driven of world.driven) clock.drive(driven);
  const { ports } = world;
  const effect = (seed: string) => ({ seed, at: clock.now() });
  const variables = {
    businessName: 'Sample Studio',
    bookingLink: 'https://example.com/book',
    reviewLink: 'https://example.com/review',
  };
  value(await editSettings(ports)(Settings.parse(variables), undefined));
  const inbox = value(
    await createInbox(ports)(
      InboxInput.parse({ name: 'Front desk', phone: INBOX, partsPerSecond: 10 }),
      effect('inbox'),
    ),
  );
  const made = value(await createWorkflow(ports)({ name: 'Measured', template }));
  const id = WorkflowId.parse(made.workflow.value.id);
  // One way in for all of them: a tag that the contact is made with.
  const trigger = { manualOnly: false, filter: { type: 'tag', op: 'has', tag: 'lead' } } as const;
  const draft = { trigger, inboxId: InboxId.parse(inbox.value.id), steps: made.draft.steps, exit: made.draft.exit };
  value(await editWorkflow(ports)({ id, name: 'Measured', draft, revision: undefined }));
  value(
    await publishWorkflow(ports)(id, { reentry: { allowReentry: false }, enrollExisting: false, parked: undefined }),
  );
  await clock.advance(60_000);

  const metered = meter(ports.table, (writes, units) => {
    changes += writes.filter((write) => 'put' in write && FOLLOWED.has(write.put.type)).length;
    log.push(
      `${units} ${writes.map((write) => ('put' in write ? `${write.put.type}(${sizeOf(write.put)})` : 'check' in write ? 'check' : 'delete')).join(' + ') || 'pace'}`,
    );
  });
  const publish = ports.bus.publish;
  let events = 0;
  Object.assign(ports.bus, {
    publish: async (told: Parameters<typeof publish>[0]) => {
      events += told.length;
      await publish(told);
    },
  });
  const phone = Phone.parse('+12025550111');
  const contact = await createContact(ports)({
    phone,
    source: 'web_form',
    profile: Profile.parse({
      firstName: 'Guest',
      lastName: 'Sample',
      email: 'guest@example.com',
      tags: ['lead'],
      address: { city: 'Albany', state: 'NY' },
    }),
  });
  // From here on: what the contact itself costs is not the run's.
  metered.reset();
  calls.clear();
  log.length = 0;
  changes = 0;
  events = 0;
  await clock.advance(1000);
  for (const answer of answers) {
    if (answer === null) await clock.advance(DAY_AND_A_MINUTE);
    else {
      const event = world.phones.write(phone, answer, INBOX);
      world.receive(event);
      await clock.advance(1000);
    }
  }
  await clock.advance(60_000);
  const counted = { ...metered.units };
  const [run] = await runsOfContact(ports.table, contact?.value.id ?? raise());
  if (run?.value.status !== 'ENDED') console.error(JSON.stringify(run?.value, null, 1), log.join('\n'));
  if (run?.value.status !== 'ENDED') throw new Error(`${template} has not ended: ${run?.value.status}`);
  const received = world.phones.messages(phone).filter(({ direction }) => direction === 'received');
  const steps = run.value.log.filter(({ code }) => STEPS.has(code)).length;
  const result: Counted = {
    transitions: world.machines.describe(executionName(run.value))?.transitions ?? raise(),
    steps,
    branches: run.value.log.filter(({ code }) => code === 'BRANCH').length,
    invocations: [...calls].reduce((sum, [name, n]) => sum + (name === 'table-changes' ? 0 : n), 0),
    ...{ changes, events },
    writes: counted.writes,
    reads: counted.reads,
    texts: received.length,
    parts: received.reduce((sum, { text }) => sum + partsOf(text).parts, 0),
    replies: answers.filter((answer) => answer !== null).length,
    log: [...log, ...[...calls].map(([name, n]) => `${name} ${n}`)],
  };
  world.machines.close();
  database.close();
  return result;
}

const FOLLOWED: ReadonlySet<string> = new Set(['contact', 'run', 'message']);
const STEPS: ReadonlySet<LogEntry['code']> = new Set([
  'TAG_ADDED',
  'TAG_NOT_ADDED',
  'TAG_REMOVED',
  'FIELD_SET',
  'FIELD_NOT_SET',
  'SENT',
  'WAITING',
  'BRANCH',
]);
const raise = (): never => {
  throw new Error('it was not run');
};

for (const [template, stories] of Object.entries(STORIES))
  for (const story of stories) {
    const { log, ...counted } = await played(template, story);
    console.log(template, story.name, JSON.stringify(counted));
    if (process.argv.includes('--log')) console.log(log.map((l) => `   ${l}`).join('\n'));
  }
