// npm run bench -- inbound: from an inbound text on the bus to the next text in the carrier's hands, on one
// machine and on disk, with so many runs that wait. Each number of runs in a process of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, cpuUsage, execPath } from 'node:process';
import * as z from 'zod/mini';
import { realClock, storedOffset } from '../local/clock.ts';
import { type Database, openDatabase } from '../local/database.ts';
import { drive } from '../local/drive.ts';
import { openWorld } from '../local/world.ts';
import { Profile } from '../shared/domain/contact.ts';
import { ContactId, InboxId, seededUlid, WorkflowId } from '../shared/domain/id.ts';
import { InboxInput } from '../shared/domain/inbox.ts';
import { Phone } from '../shared/domain/phone.ts';
import type { Outcome } from '../shared/domain/problem.ts';
import { Settings } from '../shared/domain/settings.ts';
import { Step } from '../shared/domain/workflow.ts';
import { runsOfContact } from '../shared/store/run-store.ts';
import { createContact } from '../shared/usecases/create-contact.ts';
import { editSettings } from '../shared/usecases/edit-settings.ts';
import { createWorkflow, editWorkflow } from '../shared/usecases/edit-workflow.ts';
import { createInbox } from '../shared/usecases/keep-inboxes.ts';
import { publishWorkflow } from '../shared/usecases/publish-workflow.ts';
import { type Bench, tableOf } from './report.ts';

const USUAL = [1000, 100_000];
const ANSWERS = 400;
/** The first ones warm the process up. */
const WARM_UP = 50;
const INBOX = '+12025550100';
const FIRST = '+12025550199';

const Measured = z.object({
  runs: z.int(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  longest: z.number(),
  cpu: z.number(),
  cpu99: z.number(),
  syncs: z.number(),
});
type Measured = z.infer<typeof Measured>;

const STEPS = [
  { id: 'ask', type: 'send-message', text: 'Shall we call you?' },
  { id: 'answer', type: 'wait', duration: { days: 30 } },
  {
    ...{ id: 'yes', type: 'if-else', condition: { keywords: { anyOf: ['yes'] } } },
    then: { name: 'Yes', steps: [{ id: 'call', type: 'send-message', text: 'We will call.' }] },
    else: { name: 'No', steps: [] },
  },
].map((step) => Step.parse(step));

const value = <T>(outcome: Outcome<T>): T => {
  if ('problem' in outcome) throw new Error(outcome.problem.detail);
  return outcome.ok;
};

const phoneOf = (n: number) => `+1${202 + Math.floor(n / 8_000_000)}${2_000_000 + (n % 8_000_000)}`;

async function measure(runs: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-inbound-'));
  const database = openDatabase(join(folder, 'state.db'));
  const clock = realClock(storedOffset(database));
  const handed = new Map<string, () => void>();
  const world = openWorld({
    ...{ database, clock },
    folder: () => folder,
    log: { info: () => {}, error: console.error },
    wake: () => driver.wake(),
    carrier: (phones) => ({
      ...phones,
      send: async (text) => {
        const sent = await phones.send(text);
        handed.get(text.to)?.();
        return sent;
      },
    }),
  });
  const driver = drive(clock, world.driven, console.error);
  const { ports } = world;
  const effect = { seed: 'bench', at: clock.now() };
  const anyTime = { sendingWindow: { from: '00:00', to: '24:00' }, stateHours: {} };
  value(await editSettings(ports)(Settings.parse(anyTime), undefined));
  const own = InboxInput.parse({ name: 'Front desk', phone: INBOX, partsPerSecond: 1_000_000 });
  const inbox = value(await createInbox(ports)(own, effect));
  const made = value(await createWorkflow(ports)({ name: 'Measured', template: 'blank' }));
  const id = WorkflowId.parse(made.workflow.value.id);
  const trigger = { manualOnly: false, filter: { type: 'tag', op: 'has', tag: 'lead' } } as const;
  const draft = { trigger, exit: { onReply: false }, inboxId: InboxId.parse(inbox.value.id), steps: STEPS };
  value(await editWorkflow(ports)({ id, name: 'Measured', draft, revision: undefined }));
  const reentry = { allowReentry: false };
  value(await publishWorkflow(ports)(id, { reentry, enrollExisting: false, parked: undefined }));
  const contact = await createContact(ports)({
    phone: Phone.parse(FIRST),
    source: 'web_form',
    profile: Profile.parse({ firstName: 'Guest', tags: ['lead'] }),
  });
  await driver.idle(10_000);
  const [run] = await runsOfContact(ports.table, ContactId.parse(contact?.value.id));
  if (run?.value.mailbox?.status !== 'open') throw new Error('the first one does not wait');
  copies(database, runs, { phone: FIRST, ulids: [run.value.contactId.slice(3), run.value.id.slice(30)] });

  const took: number[] = [];
  const spent: number[] = [];
  for (let answer = 0; answer < ANSWERS + WARM_UP; answer += 1) {
    const phone = phoneOf(Math.floor((answer * runs) / (ANSWERS + WARM_UP)));
    const event = world.phones.write(phone, 'yes please', INBOX);
    const arrived = new Promise<void>((resolve) => handed.set(phone, resolve));
    const begun = performance.now();
    const before = cpuUsage();
    world.receive(event);
    await arrived;
    took.push(performance.now() - begun);
    const { user, system } = cpuUsage(before);
    spent.push((user + system) / 1000);
    await driver.idle(10_000);
  }
  driver.stop();
  world.machines.close();
  database.close();
  const syncs = syncOf(folder);
  rmSync(folder, { recursive: true });
  const within = (all: readonly number[], share: number) => {
    const sorted = all.slice(WARM_UP).toSorted((one, other) => one - other);
    return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  };
  const [p50, p95, p99, longest] = [0.5, 0.95, 0.99, 1].map((share) => within(took, share));
  const [cpu, cpu99] = [0.5, 0.99].map((share) => within(spent, share));
  return Measured.parse({ runs, p50, p95, p99, longest, cpu, cpu99, syncs });
}

/** What one small commit to this disk takes, in milliseconds: the median of many. */
function syncOf(folder: string): number {
  const database = openDatabase(join(folder, 'sync.db'));
  database.exec('CREATE TABLE one (n INTEGER) STRICT');
  const insert = database.prepare('INSERT INTO one VALUES (1)');
  const took = Array.from({ length: 200 }, () => {
    const begun = performance.now();
    insert.run();
    return performance.now() - begun;
  });
  database.close();
  return took.toSorted((one, other) => one - other)[100] ?? Number.NaN;
}

/** Rows of everything that the first one has, under other ids and numbers: to play a hundred thousand takes an hour. */
function copies(
  database: Database,
  runs: number,
  { phone, ulids }: { phone: string; ulids: readonly [string, string] },
): void {
  const [contact, run] = ulids;
  const other = (column: string) =>
    `replace(replace(replace(${column}, '${contact}', :contact), '${run}', :run), '${phone}', :phone)`;
  const isOwn = (column: string) => `(instr(${column}, '${contact}') > 0 OR instr(${column}, '${phone}') > 0)`;
  const tables = [
    ['items', 'body', ['pk', 'sk', 'gpk', 'gsk', 'body'], ['rev', 'expires_at']],
    ['phone_messages', 'phone', ['id', 'phone', 'with', 'text', 'at'], ['direction']],
    [
      'sfn_executions',
      'name',
      ['name', 'position', 'input', 'token'],
      columnsOf(database, 'sfn_executions', ['id', 'name', 'position', 'input', 'token']),
    ],
  ] as const;
  const inserts = tables.map(([table, own, changed, kept]) => {
    const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`);
    const names = [...quoted(changed), ...quoted(kept)].join(', ');
    const values = [
      ...changed.map((name) => (name === 'id' ? `"id" || :run` : other(`"${name}"`))),
      ...quoted(kept),
    ].join(', ');
    database.exec(`CREATE TEMP TABLE first_${table} AS SELECT * FROM ${table} WHERE ${isOwn(own)}`);
    return database.prepare(`INSERT INTO ${table} (${names}) SELECT ${values} FROM temp.first_${table}`);
  });
  database.exec('BEGIN');
  for (let n = 0; n < runs; n += 1) {
    const names = {
      contact: seededUlid(Date.now(), `contact ${n}`),
      run: seededUlid(Date.now(), `run ${n}`),
      phone: phoneOf(n),
    };
    for (const insert of inserts) insert.run(names);
  }
  database.exec('COMMIT');
}

const Column = z.object({ name: z.string() });
const columnsOf = (database: Database, table: string, but: readonly string[]): string[] =>
  database
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map((row) => Column.parse(row).name)
    .filter((name) => !but.includes(name));

export const inbound: Bench = async () => {
  const all = USUAL.map((runs): Measured => {
    const script = ['--disable-warning=ExperimentalWarning', import.meta.filename, '--only', String(runs)];
    const told = execFileSync(execPath, script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    return Measured.parse(JSON.parse(told.trim().split('\n').at(-1) ?? ''));
  });
  const [few, many] = all;
  if (!few || !many) throw new Error('nothing was measured');
  const ms = (n: number) => `${n.toFixed(1)} ms`;
  const rows = all.map(({ runs, p50, p95, p99, longest, cpu, cpu99, syncs }) => ({
    ...{ 'runs that wait': grouped(runs), p50: ms(p50), p95: ms(p95), p99: ms(p99), longest: ms(longest) },
    ...{ 'processor, p50': ms(cpu), 'processor, p99': ms(cpu99), 'one commit': `${syncs.toFixed(2)} ms` },
  }));
  return {
    title: 'An answer',
    text: `\`npm run bench -- inbound\`: a text comes in on the bus; the run that waits for it is found, the state machine goes on, and the next text is in the carrier's hands. On disk, each commit made
safe, some ten of them on the way; ${ANSWERS} answers, one after the other. The runs that wait are copies of one that was played: their contacts, messages and executions are all there. The
processor's time is that of the whole process meanwhile; the time of the wall is with what else the machine and its disk did, of which the median time of one commit tells.

${tableOf(rows)}`,
    figures: [
      { what: 'p99, 1 000 runs that wait', value: few.p99, unit: 'ms', atMost: 25 },
      { what: 'p99, 100 000 runs that wait', value: many.p99, unit: 'ms', atMost: 25 },
      { what: "processor's time, 100 000 ÷ 1 000 runs that wait", value: many.cpu / few.cpu, unit: '×', atMost: 1.25 },
    ],
  };
};

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

if (import.meta.main) console.log(JSON.stringify(await measure(Number(argv[argv.indexOf('--only') + 1]))));
