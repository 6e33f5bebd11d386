// npm run bench -- price: what a run of each template costs on AWS, counted on runs of the real product on this machine,
// with AWS's list prices. Writes docs/price.md too. `node bench/price.ts --log` prints every write instead.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { virtualClock } from '../local/clock.ts';
import { openDatabase } from '../local/database.ts';
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
import { type Bench, tableOf } from './report.ts';

/** A Tuesday morning on the American east coast: texts leave. */
const START = Date.parse('2026-03-03T15:00:00.000Z');
const DAY_AND_A_MINUTE = 24 * 60 * 60_000 + 60_000;
const INBOX = '+12025550100';

type TemplateName = keyof typeof templates;

interface Story {
  readonly name: string;
  /** What the contact answers in turn; null: nothing for a day. */
  readonly answers: readonly (string | null)[];
  /** How many of a hundred go this way. */
  readonly share: number;
}

/** Whoever says yes goes the longest way there is: how many book at once is not known. */
const STORIES: Readonly<Record<Exclude<TemplateName, 'blank'>, readonly Story[]>> = {
  nurture: [
    { name: 'silence', answers: [null], share: 80 },
    { name: 'yes, then silence', answers: ['yes', null], share: 15 },
    { name: 'another reply', answers: ['what does it cost?'], share: 5 },
  ],
  autoresponder: [
    { name: 'silence', answers: [null, null], share: 80 },
    { name: 'wants to book', answers: ['book'], share: 15 },
    { name: 'another reply', answers: ['hello'], share: 5 },
  ],
  reviews: [
    { name: 'silence', answers: [null, null], share: 80 },
    { name: 'has reviewed', answers: ['done'], share: 15 },
    { name: 'complains', answers: ['it was terrible'], share: 5 },
  ],
  nps: [
    { name: 'silence', answers: [null, null], share: 80 },
    { name: 'promoter', answers: ['10'], share: 10 },
    { name: 'passive, then silence', answers: ['8', null], share: 5 },
    { name: 'detractor, who tells why', answers: ['2', 'too slow'], share: 5 },
  ],
  'send-message': [{ name: 'sent', answers: [], share: 100 }],
};

/** In US dollars. us-east-1, list prices without free tiers or discounts, as read in November 2026. */
const PRICES = {
  /** aws.amazon.com/step-functions/pricing: 0.025 a 1 000. */
  transition: 25e-6,
  /** AWS Price List, AmazonDynamoDB, published 2026-09-11: on-demand, standard table class. */
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  /** aws.amazon.com/lambda/pricing: 0.20 a million; ARM, 0.0000133334 a GB-second. */
  call: 0.2e-6,
  gigabyteSecond: 13.3334e-6,
  /** aws.amazon.com/eventbridge/pricing: custom events, 1.00 a million. */
  event: 1e-6,
  /** SNS 0.50 a million, then SQS 0.40 a million: sent, received, deleted. */
  receipt: 0.5e-6 + 3 * 0.4e-6,
};

/** What a call takes is not known from here: assumed, in GB (`infra/functions.ts`) and seconds. */
const CALLS = {
  step: 0.5 * 0.15,
  'table-changes': 0.5 * 0.03,
  'inbound-message': 1 * 0.06,
  receipts: 0.25 * 0.03,
};
type Call = keyof typeof CALLS;
const isCall = (name: string): name is Call => Object.hasOwn(CALLS, name);

/** All that one run has caused, from its enrolment to its end. */
export interface Counted {
  /** States executed, as AWS counts: retries too. */
  readonly transitions: number;
  readonly writes: number;
  readonly reads: number;
  readonly calls: Readonly<Record<Call, number>>;
  readonly events: number;
  readonly texts: number;
  readonly parts: number;
  /** Were each step of the workflow a state of its own, with a Choice where it branches, and an end. */
  readonly statesIfOneAStep: number;
  /** And were each a function call: the steps but for branches. */
  readonly callsIfOneAStep: number;
}

const value = <T>(outcome: Outcome<T>): T => {
  if ('problem' in outcome) throw new Error(outcome.problem.detail);
  return outcome.ok;
};
const known = <T>(what: T | undefined): T => {
  if (what === undefined) throw new Error('it was not run');
  return what;
};

/** Plays one story with one contact; `told` hears of every write. */
export async function played(
  template: TemplateName,
  { answers }: Pick<Story, 'answers'>,
  told: (line: string) => void = () => {},
): Promise<Counted> {
  const database = openDatabase(':memory:');
  const clock = virtualClock(START);
  const calls: Record<Call, number> = { step: 0, 'table-changes': 0, 'inbound-message': 0, receipts: 0 };
  const world = openWorld({
    ...{ database, clock },
    folder: () => '',
    log: { info: () => {}, error: (code, facts) => console.error(code, facts) },
    called: (name) => {
      const own = name.slice(name.lastIndexOf(':') + 1);
      // The local feed hands over many changes at once: see below.
      if (isCall(own) && own !== 'table-changes') calls[own] += 1;
    },
  });
  for (const driven of world.driven) clock.drive(driven);
  const { ports, phones } = world;
  const person = (phone: string, tags: readonly string[]) =>
    createContact(ports)({
      phone: Phone.parse(phone),
      source: 'web_form',
      profile: Profile.parse({
        ...{ firstName: 'Guest', lastName: 'Sample', email: 'guest@example.com', tags: [...tags] },
        address: { city: 'Albany', state: 'NY' },
      }),
    });
  const says = async (phone: string, text: string) => {
    world.receive(phones.write(phone, text, INBOX));
    await clock.advance(1000);
  };
  await workspace(ports, template);
  // What a process reads or makes once is no part of a run: one goes before the one that is counted.
  await person('+12025550110', ['lead']);
  await clock.advance(1000);
  await says('+12025550110', 'hello');
  await clock.advance(5 * DAY_AND_A_MINUTE);

  const metered = meter(ports.table, (writes, units) => {
    // Each change by itself, as where nothing else happens: the most that it can be.
    calls['table-changes'] += writes.filter((write) => 'put' in write && FOLLOWED.has(write.put.type)).length;
    told(`${units} ${writes.map((write) => ('put' in write ? write.put.type : 'checked')).join(' + ') || 'pace'}`);
  });
  let events = 0;
  const { publish } = ports.bus;
  ports.bus.publish = async (those) => {
    events += those.filter(({ type }) => type !== 'ContactCreated').length;
    await publish(those);
  };
  const phone = '+12025550111';
  const contact = await person(phone, ['lead']);
  // From here on: what the contact costs by itself is not the run's.
  metered.reset();
  for (const name of Object.keys(calls)) if (isCall(name)) calls[name] = 0;
  events = 0;
  await clock.advance(1000);
  for (const answer of answers) await (answer === null ? clock.advance(DAY_AND_A_MINUTE) : says(phone, answer));
  await clock.advance(60_000);

  const { writes, reads } = metered.units;
  const [run] = await runsOfContact(ports.table, known(contact).value.id);
  if (run?.value.status !== 'ENDED') throw new Error(`the run of ${template} has not ended`);
  const { log } = run.value;
  const many = (codes: ReadonlySet<string>) => log.filter(({ code }) => codes.has(code)).length;
  const texts = phones.messages(phone).filter(({ direction }) => direction === 'received');
  const counted: Counted = {
    transitions: known(world.machines.describe(executionName(run.value))).transitions,
    ...{ writes, reads, calls, events },
    texts: texts.length,
    parts: texts.reduce((sum, { text }) => sum + partsOf(text).parts, 0),
    statesIfOneAStep: many(STEPS) + many(BRANCHES) + 1,
    callsIfOneAStep: many(STEPS),
  };
  world.machines.close();
  database.close();
  return counted;
}

async function workspace(ports: ReturnType<typeof openWorld>['ports'], template: TemplateName): Promise<void> {
  const effect = { seed: 'bench', at: ports.clock.now() };
  const links = { bookingLink: 'https://example.com/book', reviewLink: 'https://example.com/review' };
  value(await editSettings(ports)(Settings.parse({ businessName: 'Sample Studio', ...links }), undefined));
  const own = InboxInput.parse({ name: 'Front desk', phone: INBOX, partsPerSecond: 10 });
  const inbox = value(await createInbox(ports)(own, effect));
  const { workflow, draft } = value(await createWorkflow(ports)({ name: 'Measured', template }, effect));
  const id = WorkflowId.parse(workflow.value.id);
  // One way in for all of them: a tag that the contact is made with.
  const trigger = { manualOnly: false, filter: { type: 'tag', op: 'has', tag: 'lead' } } as const;
  const { workflowId: _, ...steps } = draft;
  const edited = { ...steps, trigger, inboxId: InboxId.parse(inbox.value.id) };
  value(await editWorkflow(ports)({ id, name: 'Measured', draft: edited, revision: undefined }));
  const options = { reentry: { allowReentry: false }, enrollExisting: false, parked: undefined };
  value(await publishWorkflow(ports)(id, options));
}

const FOLLOWED: ReadonlySet<string> = new Set(['contact', 'run', 'message']);
const BRANCHES: ReadonlySet<LogEntry['code']> = new Set(['BRANCH']);
const STEPS: ReadonlySet<LogEntry['code']> = new Set([
  ...(['TAG_ADDED', 'TAG_NOT_ADDED', 'TAG_REMOVED', 'FIELD_SET', 'FIELD_NOT_SET', 'SENT', 'WAITING'] as const),
]);

/** Of a million runs, in dollars. */
const MILLION = 1e6;
const costOf = ({ transitions, writes, reads, calls, events, texts }: Counted) => {
  const lambda = Object.entries(CALLS).reduce(
    (sum, [name, gigabyteSeconds]) =>
      sum + (isCall(name) ? calls[name] : 0) * (PRICES.call + gigabyteSeconds * PRICES.gigabyteSecond),
    0,
  );
  const table = writes * PRICES.writeUnit + reads * PRICES.readUnit;
  return {
    transitions: MILLION * transitions * PRICES.transition,
    table: MILLION * table,
    lambda: MILLION * lambda,
    told: MILLION * (events * PRICES.event + texts * PRICES.receipt),
  };
};

function average(of: readonly (readonly [Counted, number])[]): Counted {
  const mean = (pick: (counted: Counted) => number) =>
    of.reduce((sum, [counted, share]) => sum + (pick(counted) * share) / 100, 0);
  return {
    transitions: mean(({ transitions }) => transitions),
    writes: mean(({ writes }) => writes),
    reads: mean(({ reads }) => reads),
    calls: {
      step: mean(({ calls }) => calls.step),
      'table-changes': mean(({ calls }) => calls['table-changes']),
      'inbound-message': mean(({ calls }) => calls['inbound-message']),
      receipts: mean(({ calls }) => calls.receipts),
    },
    events: mean(({ events }) => events),
    texts: mean(({ texts }) => texts),
    parts: mean(({ parts }) => parts),
    statesIfOneAStep: mean(({ statesIfOneAStep }) => statesIfOneAStep),
    callsIfOneAStep: mean(({ callsIfOneAStep }) => callsIfOneAStep),
  };
}

const short = (n: number): string => (Number.isInteger(n) ? String(n) : n.toFixed(n < 10 ? 2 : 1));
const dollars = (n: number): string => `$${n.toFixed(n < 10 ? 1 : 0)}`;

function rowOf(name: string, share: string, counted: Counted): readonly string[] {
  const { transitions, writes, reads, calls, events, parts, statesIfOneAStep, callsIfOneAStep } = counted;
  const cost = costOf(counted);
  const run = cost.transitions + cost.table + cost.lambda;
  const oneAStep = MILLION * statesIfOneAStep * PRICES.transition;
  return [
    ...[name, share, short(transitions), short(writes), short(reads)],
    `${short(calls.step)} + ${short(calls['inbound-message'] + calls.receipts)} + ${short(calls['table-changes'])}`,
    `${dollars(cost.transitions)} + ${dollars(cost.table)} + ${dollars(cost.lambda)} = **${dollars(run)}**`,
    `${short(events)}, ${dollars(cost.told)}`,
    short(parts),
    `${short(statesIfOneAStep)}, ${short(callsIfOneAStep)}, ${dollars(oneAStep)}`,
  ];
}

const HEAD = [
  ...['', 'share', 'transitions', 'write units', 'read units', 'calls: step + bus and queue + feed'],
  ...['of a million: transitions + table + Lambda', 'events, with receipts', 'parts of texts'],
  'one state a step: states, calls, of a million',
];

/** The figures of every template, as a table, and of one what it is held to. */
export async function price(): Promise<{ readonly text: string; readonly nurture: Counted }> {
  const rows: (readonly string[])[] = [];
  let nurture: Counted | undefined;
  for (const [name, stories] of Object.entries(STORIES)) {
    if (name === 'blank' || !isTemplate(name)) continue;
    const counted: [Counted, number][] = [];
    for (const story of stories) {
      const one = await played(name, story);
      counted.push([one, story.share]);
      rows.push(rowOf(`${name}: ${story.name}`, `${story.share} %`, one));
    }
    const mean = average(counted);
    if (name === 'nurture') nurture = mean;
    if (stories.length > 1) rows.push(rowOf(`**${name}**`, '', mean));
  }
  const text = tableOf(rows.map((row) => Object.fromEntries(HEAD.map((name, at) => [name, row[at] ?? '']))));
  return { text, nurture: known(nurture) };
}

const isTemplate = (name: string): name is keyof typeof STORIES => Object.hasOwn(STORIES, name);

const pageOf = (table: string): string => `# The price of a run

Written by \`npm run bench -- price\`; edits here are lost. The five templates were played by the product on one machine, with the default
settings and the real handlers, and everything that they asked of AWS's services was **counted**. Nothing of it has run on an account.

${table}

## How it is counted

- **A run** is counted from the contact's change that enrols it to its end, with its receipts and with the answers that it takes: the record of the
  inbound text, the mark that it was seen, the contact's stamps. The contact has a name, an address and a tag; a step's texts are those of the template.
- **Shares.** 15 % answer with a keyword, 5 % otherwise, 80 % say nothing. Who says yes to Nurture is taken to be silent afterwards, which is the longest way.
- **Transitions** as AWS's page counts them: each time a state is executed, retries included. Should the start of an execution count too, it is 1 more.
- **Write units**: the larger of the item before and after, by the size rules of DynamoDB, in steps of 1 KB; twice that in a transaction, where a check
  costs as much as a write; 1 where an entry of the index comes or goes (it holds keys alone). A task token is taken to have 720 characters: 664 and 684 were
  found in the public, of executions with shorter names. **Read units** of 4 KB, strongly consistent.
- **Calls.** Those of the change feed are counted as if each change came alone, which is the most it can be; under load up to 100 come at once. How long a
  call takes on AWS is an assumption: 150 ms of the step function, 30 to 60 ms of the others, at the memory in \`infra/functions.ts\`. Reads of the stream by
  Lambda are free.
- **Prices** of us-east-1, list, no free tier, read in November 2026: Step Functions $25 a million transitions (its pricing page); DynamoDB on demand
  $0.625 a million write units, $0.125 read units (AWS Price List of 2026-09-11); Lambda $0.20 a million calls, $0.0000133334 a GB-second on ARM; EventBridge
  $1 a million events; SNS and SQS $1.70 a million receipts, one a text. Logs, traces and further receipts are in [operations](operations.md#cost).
- **One state a step** is what the same way through the same steps would take were each step a state of its own and each branch a Choice, with a state
  that ends it; and each step but branches a call. Segments of steps share a state instead ([decision 2](decisions/0002-segments-share-a-state.md)).

## Beside the texts

A text costs more than its run: a part of a text to a number in the United States is about $0.006 from AWS, and the carriers take about $0.003 more
(aws.amazon.com/end-user-messaging/pricing; both vary by carrier and change often, and were not read anew for this page). For a million silent Nurture runs that is
some $18 000 of texts beside what the table says.
`;

export const priceOfARun: Bench = async () => {
  const { text, nurture } = await price();
  writeFileSync(join(import.meta.dirname, '../docs/price.md'), pageOf(text));
  const cost = costOf(nurture);
  return {
    title: 'The price of a run',
    text: '`npm run bench -- price`: counted, not timed. The table of all templates, with the prices used and the texts’ own, is [a page of its own](price.md); this is Nurture, on average.',
    figures: [
      { what: 'transitions', value: nurture.transitions, unit: '', atMost: 3.3 },
      { what: 'write units', value: nurture.writes, unit: '', atMost: 20 },
      { what: 'a million runs', value: cost.transitions + cost.table + cost.lambda, unit: '$', atMost: 100 },
    ],
  };
};

if (import.meta.main && argv.includes('--log')) {
  for (const [name, stories] of Object.entries(STORIES)) {
    for (const story of stories) {
      if (!isTemplate(name)) continue;
      console.log(`${name}: ${story.name}`);
      await played(name, story, (line) => console.log(`  ${line}`));
    }
  }
}
