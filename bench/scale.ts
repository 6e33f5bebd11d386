// npm run scale: which of AWS's quotas binds first, at how many contacts and enrolments a second. Arithmetic only; writes
// docs/scale.md, and a test tells when that is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableOf } from './report.ts';

/** Of an average Nurture run, as `npm run bench -- price` counts it. */
export const RUN = {
  transitions: 2.4,
  writes: 19.6,
  reads: 58,
  stepCalls: 2.15,
  /** Changes that the feed follows, each a call at worst. */
  feedCalls: 12.4,
  busCalls: 2.3,
  events: 6.6,
  parts: 2.1,
  /** Answers to a wait. */
  completions: 0.2,
  contactWrites: 2.7,
} as const;

/** How long it is open: almost all of it is its wait. */
const OPEN_DAYS = 1;
const DAY = 86_400;
/** Assumed, as in the price of a run. */
const SECONDS = { step: 0.15, feed: 0.03, bus: 0.04 };

interface Quota {
  readonly what: string;
  /** What so many enrolments a second take, once they have gone on for a day. */
  readonly takes: (perSecond: number) => number;
  readonly quota: number;
  /** In the smaller Regions, where that is another. */
  readonly small?: number;
  /** Whether asking raises it. */
  readonly raised: boolean;
}

/** Defaults of an account in a large Region. Sources stand in the page. */
const QUOTAS: readonly Quota[] = [
  { what: 'open executions', takes: (n) => n * OPEN_DAYS * DAY, quota: 1_000_000, raised: true },
  { what: 'StartExecution a second', takes: (n) => n, quota: 300, small: 150, raised: true },
  { what: 'state transitions a second', takes: (n) => n * RUN.transitions, quota: 5000, small: 800, raised: true },
  { what: 'SendTaskSuccess a second', takes: (n) => n * RUN.completions, quota: 500, raised: true },
  {
    what: 'function calls at once',
    takes: (n) => n * (RUN.stepCalls * SECONDS.step + RUN.feedCalls * SECONDS.feed + RUN.busCalls * SECONDS.bus),
    quota: 1000,
    raised: true,
  },
  { what: 'write units of the table a second', takes: (n) => n * RUN.writes, quota: 40_000, raised: true },
  { what: 'read units of the table a second', takes: (n) => n * RUN.reads, quota: 40_000, raised: true },
  { what: 'index writes of one workflow a second', takes: (n) => n, quota: 1000, raised: false },
  { what: 'reads of the ruleset a second', takes: (n) => n * RUN.contactWrites, quota: 3000, raised: false },
  { what: 'events on the bus a second', takes: (n) => n * RUN.events, quota: 10_000, raised: true },
  { what: 'parts a second, of a 10DLC number as it comes', takes: (n) => n * RUN.parts, quota: 1, raised: true },
  { what: 'of a 10DLC number, best vetted', takes: (n) => n * RUN.parts, quota: 75, raised: false },
  { what: 'of a short code', takes: (n) => n * RUN.parts, quota: 100, raised: true },
];
const RATES = [1, 100, 1000];

const NUMBERS = [
  { name: '10DLC as it comes', perSecond: 1 },
  { name: '10DLC, best vetted', perSecond: 75 },
  { name: 'short code', perSecond: 100 },
  { name: '10 short codes', perSecond: 1000 },
];
const CONTACTS = [1e6, 1e7, 1e8];
/** Of a back-fill, over all shards: `ENROLMENTS_PER_SECOND` in `shared/usecases/run-pass.ts`. */
const BACKFILL = 100;
const STARTS = 300;

const grouped = (n: number): string =>
  (n >= 100 ? String(Math.round(n)) : n.toPrecision(2).replace(/\.0$/, '')).replace(/\B(?=(\d{3})+$)/g, ' ');

function lasting(seconds: number): string {
  if (seconds < 60) return `${grouped(seconds)} s`;
  if (seconds < 2 * 3600) return `${grouped(seconds / 60)} min`;
  return seconds < 2 * DAY ? `${grouped(seconds / 3600)} h` : `${grouped(seconds / DAY)} days`;
}

const table = ([head = [], ...body]: readonly (readonly string[])[]): string =>
  tableOf(body.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? '']))));

/** Each quota beside what is taken of it; what goes beyond is bold. */
export const rates = (): string =>
  table([
    [
      '',
      ...RATES.map((n) => `${grouped(n)} a second`),
      'quota',
      'enrolments a second at the quota',
      'asking raises it',
    ],
    ...QUOTAS.map(({ what, takes, quota, small, raised }) => [
      what,
      ...RATES.map((n) => (takes(n) > quota ? `**${grouped(takes(n))}**` : grouped(takes(n)))),
      small === undefined ? grouped(quota) : `${grouped(quota)}, in small Regions ${grouped(small)}`,
      grouped(quota / takes(1)),
      raised ? 'yes' : 'no',
    ]),
  ]);

/** How long it takes to enrol so many, and to text them. */
export const audiences = (): string =>
  table([
    ['', ...CONTACTS.map((n) => `${grouped(n / 1e6)} M contacts`)],
    ['back-fill, 100 a second', ...CONTACTS.map((n) => lasting(n / BACKFILL))],
    ['at the quota of starts, 300 a second', ...CONTACTS.map((n) => lasting(n / STARTS))],
    [
      'executions open at once, back-fill, each for a day',
      ...CONTACTS.map((n) => grouped(Math.min(n, BACKFILL * OPEN_DAYS * DAY))),
    ],
    ['parts of texts', ...CONTACTS.map((n) => grouped(n * RUN.parts))],
    ...NUMBERS.map(({ name, perSecond }) => [
      `texted by: ${name}, ${grouped(perSecond)} a second`,
      ...CONTACTS.map((n) => lasting((n * RUN.parts) / perSecond)),
    ]),
    ['reading all for a preview: read units', ...CONTACTS.map((n) => grouped(n * 1.03))],
    ['write units of the runs', ...CONTACTS.map((n) => grouped(n * RUN.writes))],
  ]);

export const page = (): string => `# Scale

Written by \`npm run scale\` from \`bench/scale.ts\`; edits here are lost. This is **arithmetic** on counted runs ([the price of a run](price.md), an average Nurture run that
is open for a day) and on AWS's default quotas. Nothing of it has been run on an account.

## Enrolments a second

What a rate takes once it has gone on for a day. Bold is more than the quota of a large Region lets through.

${rates()}

**A number's own rate binds first, always.** A 10DLC number as it comes sends one part a second, which is an enrolment every two seconds. Texts queue for their slots in order, and
a run that waits for its slot is open meanwhile, so behind a slow number open executions grow by what is enrolled and not yet texted. A text that could not leave within 24 hours after it was
due is left out ([decision 15](decisions/0015-when-a-text-may-leave.md)). So what is enrolled in a day should not exceed what the number can send in a day:
41 000 runs at 1 part a second, 3.1 million at 75, 4.1 million at 100.

**Of AWS's own, open executions bind first**: a run that waits holds one, and a million of them are reached at 11.6 enrolments a second where each waits a day, at
1.7 where each waits a week. The quota is raised on request, to millions. Paused runs hold none. Next are starts, 300 a second (150 in small Regions).

**A thousand a second into one workflow** is where the table's own shape ends: all runs of a workflow are one partition of the index, which takes 1 000 writes a second, and no asking raises
that. The ruleset, one item, is read once for each change of a contact. Spread over workflows the first goes away, the second does not.

**Making machines** (100 at once, then one a second) is per publication, not per contact or run: it does not grow with either.

## All contacts at once

${audiences()}

The back-fill paces itself at 100 a second, so that triggers get through beside it; it goes on where it stopped. At 10 M and more its executions pass the million that may be open: raise
that quota first, to what the row says. Reading all contacts costs money and time in proportion, and no quota: pages of 16 shards are read one after the other in each.

## How to go beyond

1. **Numbers.** Several inboxes, each with its number and its pace; short codes for what is large. Several workflows can share the work.
2. **Quotas to ask for**, before the first large campaign: open executions (enrolments a day × days of waiting, and a margin), \`StartExecution\`, transitions, Lambda concurrency, and the
   number's throughput. \`OpenRuns\` warns at 800 000.
3. **Accounts or Regions.** A deployment is one workspace and shares nothing with another: all quotas above are per account and Region. Split contacts by their owner (a brand, a
   country), deploy once for each. Nothing in this product routes between deployments: one contact's opt-out in one of them is not known in another, so whoever may text a number has to be one deployment.
4. **What the design does by itself**: what is refused by a quota is tried again, in order, for a day; nobody is texted twice for it ([guarantees](guarantees.md)). It gets late, it does
   not get lost, as long as a day is enough.

## Sources

Quotas are defaults of November 2026; new accounts may start lower. Step Functions: "Step Functions service quotas" in its developer guide (open executions, \`StartExecution\`,
\`SendTaskSuccess\`, transitions 5 000 a second in us-east-1, us-west-2 and eu-west-1, 800 elsewhere). Lambda: 1 000 at once, "Lambda quotas". DynamoDB: 40 000 units a second and table on demand, 1 000 write and
3 000 read units a second and partition, "Quotas in Amazon DynamoDB". EventBridge: \`PutEvents\` 10 000 a second in us-east-1, "Amazon EventBridge quotas". 10DLC: 1 part a second as it
comes, up to 75 by vetting, "10DLC campaign types and quotas" on the AWS messaging blog; short codes 100, "Message parts per second limits" in the AWS End User Messaging SMS guide.
`;

if (import.meta.main) {
  console.log(`${rates()}\n\n${audiences()}`);
  writeFileSync(join(import.meta.dirname, '../docs/scale.md'), page());
}
