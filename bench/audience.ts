// npm run bench -- audience: contacts from a CSV into the table, what follows from them, who would enrol, enrolling them,
// and out again; each number of contacts in a process of its own, whose memory is told.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, resourceUsage } from 'node:process';
import * as z from 'zod/mini';
import { realClock, storedOffset } from '../local/clock.ts';
import { openDatabase } from '../local/database.ts';
import { openWorld } from '../local/world.ts';
import { InboxId, WorkflowId } from '../shared/domain/id.ts';
import { InboxInput } from '../shared/domain/inbox.ts';
import type { Outcome } from '../shared/domain/problem.ts';
import { createWorkflow, editWorkflow } from '../shared/usecases/edit-workflow.ts';
import { exportRecords } from '../shared/usecases/export-records.ts';
import { createInbox } from '../shared/usecases/keep-inboxes.ts';
import { previewWorkflow } from '../shared/usecases/preview-workflow.ts';
import { publishWorkflow } from '../shared/usecases/publish-workflow.ts';
import { readBackfill, readPass } from '../shared/usecases/read-pass.ts';
import { readImport } from '../shared/usecases/read-transfers.ts';
import { beginImport, startExport, startImport } from '../shared/usecases/start-transfer.ts';
import { type Bench, tableOf, versionOf } from './report.ts';

const SIZES = [10_000, 100_000, 1_000_000];
/** What takes long and grows as contacts do is left out of the largest: all benches are to end within ten minutes. */
const MOST_EXPORTED = 100_000;
/** One contact in so many meets the trigger. */
const ONE_IN = 200;
/** Of the heap: what is measured has to get by with it. */
const HEAP_MB = 256;

const Measured = z.object({
  contacts: z.int(),
  imported: z.number(),
  previewed: z.number(),
  backfilled: z.number(),
  enrolled: z.int(),
  exported: z.nullable(z.number()),
  megabytes: z.int(),
});
type Measured = z.infer<typeof Measured>;

const value = <T>(outcome: Outcome<T>): T => {
  if ('problem' in outcome) throw new Error(outcome.problem.detail);
  return outcome.ok;
};

async function* csv(contacts: number) {
  yield Buffer.from('phone,first name,last name,email,company,city,state,tags\r\n');
  for (let from = 0; from < contacts; from += 1000) {
    const rows = Array.from({ length: Math.min(1000, contacts - from) }, (_, k) => {
      const n = from + k;
      const phone = `+1${202 + Math.floor(n / 8_000_000)}${2_000_000 + (n % 8_000_000)}`;
      const tags = n % ONE_IN === 0 ? 'lead;from-list' : 'from-list';
      return `${phone},Guest,Number ${n},guest${n}@example.com,"Sample, Inc.",Oakland,CA,${tags}\r\n`;
    });
    yield Buffer.from(rows.join(''));
  }
}

async function measure(contacts: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-audience-'));
  const database = openDatabase(join(folder, 'state.db'));
  const clock = realClock(storedOffset(database));
  const world = openWorld({ database, clock, folder: () => folder, log: { info: () => {}, error: console.error } });
  const { ports } = world;
  const effect = (seed: string) => ({ seed, at: clock.now() });
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return (performance.now() - begun) / 1000;
  };
  /** Works off all that is ready, and moves the clock on to what is due later, until it is as it shall be. */
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    while (!(await isDone())) {
      let worked = false;
      for (const driven of world.driven) worked = (await driven.work()) || worked;
      const due = Math.min(...world.driven.map((driven) => driven.nextDue() ?? Number.POSITIVE_INFINITY));
      if (!worked && Number.isFinite(due)) await clock.advance(Math.max(0, due - clock.now()));
    }
  };

  const begun = value(
    await startImport(ports)(
      { format: 'csv', mapping: {}, optIn: { source: 'import' }, consent: 'unknown', tags: [] },
      effect('import'),
    ),
  );
  const { url } = await ports.files.uploadLink(`imports/${begun.id}.csv`, 'text/csv');
  await world.files.answer({ method: 'PUT', url, body: csv(contacts) });
  await beginImport(ports)(begun.id);
  const imported = await seconds(async () => {
    for (let worked = true; worked; ) {
      worked = false;
      for (const driven of world.driven) worked = (await driven.work()) || worked;
    }
  });
  const { status } = value(await readImport(ports)(begun.id));
  if (status !== 'DONE') throw new Error(`the import is ${status}`);

  const inbox = value(
    await createInbox(ports)(InboxInput.parse({ name: 'Front desk', phone: '+12025550100' }), effect('inbox')),
  );
  const made = value(await createWorkflow(ports)({ name: 'Leads', template: 'blank' }, effect('workflow')));
  const id = WorkflowId.parse(made.workflow.value.id);
  const trigger = { manualOnly: false, filter: { type: 'tag', op: 'has', tag: 'lead' } } as const;
  const wait = { id: 'wait', type: 'wait', duration: { days: 30 }, orReply: false, broadcast: false } as const;
  const draft = { trigger, exit: { onReply: false }, inboxId: InboxId.parse(inbox.value.id), steps: [wait] };
  value(await editWorkflow(ports)({ id, name: 'Leads', draft, revision: undefined }));
  const reentry = { allowReentry: false };

  const preview = value(await previewWorkflow(ports)(id, { of: 'draft', reentry }, effect('preview')));
  const isPreviewed = async () => value(await readPass(ports)(preview.pass.id, 'preview')).progress.status === 'DONE';
  const previewed = await seconds(() => until(isPreviewed));
  const options = { reentry, enrollExisting: true, parked: undefined, preview: { id: preview.pass.id, force: false } };
  value(await publishWorkflow(ports)(id, options));
  const backfill = async () => value(await readBackfill(ports)(id)).progress;
  const backfilled = await seconds(() => until(async () => (await backfill()).status === 'DONE'));
  const { audience } = await backfill();

  const asked = value(await startExport(ports)({ kind: 'contacts', format: 'csv' }, effect('export')));
  const exporting = async () => {
    while ((await exportRecords(ports)(asked.id)) === 'more');
  };
  const exported = contacts > MOST_EXPORTED ? null : await seconds(exporting);
  database.close();
  rmSync(folder, { recursive: true });
  const megabytes = Math.round(resourceUsage().maxRSS / 1024);
  const enrolled = audience.willEnrol;
  return { contacts, imported, previewed, backfilled, enrolled, exported, megabytes };
}

export const audience: Bench = async () => {
  const all = SIZES.map((contacts): Measured => {
    const options = ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${HEAP_MB}`];
    const script = [...options, import.meta.filename, '--only', String(contacts)];
    const output = execFileSync(execPath, script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    return Measured.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
  });
  const [least, most] = [all.at(0), all.at(-1)];
  if (!least || !most) throw new Error('nothing was measured');
  const growth = (took: (of: Measured) => number) => took(most) / most.contacts / (took(least) / least.contacts);
  return {
    title: 'The audience',
    text: textOf(told(all)),
    figures: [
      { what: `preview of ${numeral(most.contacts)}`, value: most.previewed, unit: 's', atMost: 8 },
      { what: 'memory, at most', value: Math.max(...all.map(({ megabytes }) => megabytes)), unit: 'MB', atMost: 512 },
      {
        what: 'import, each of most ÷ each of least',
        value: growth(({ imported }) => imported),
        unit: '×',
        atMost: 1.3,
      },
      {
        what: 'preview, each of most ÷ each of least',
        value: growth(({ previewed }) => previewed),
        unit: '×',
        atMost: 1.3,
      },
    ],
  };
};

if (argv[1] === import.meta.filename)
  console.log(JSON.stringify(await measure(Number(argv[argv.indexOf('--only') + 1]))));

const numeral = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ');

/** Seconds, and in brackets microseconds a contact: they stay as they are where time grows as contacts do. */
function told(all: readonly Measured[]): string {
  const per = (took: number, contacts: number) => `${took.toFixed(1)} s (${((took / contacts) * 1e6).toFixed(0)} µs)`;
  return tableOf(
    all.map(({ contacts, imported, previewed, backfilled, enrolled, exported, megabytes }) => ({
      contacts: numeral(contacts),
      import: per(imported, contacts),
      preview: per(previewed, contacts),
      'back-fill': `${backfilled.toFixed(1)} s (${((backfilled / enrolled) * 1e6).toFixed(0)} µs each of ${enrolled})`,
      export: exported === null ? '–' : per(exported, contacts),
      'peak memory': `${megabytes} MB`,
    })),
  );
}

const textOf = (
  table: string,
): string => `\`npm run bench -- audience\`: a CSV is read into the table on disk, each commit made safe before it is answered, and what follows from
each contact (triggers, events) is worked off beside it, as one machine does; a preview looks for those who have a tag, one in ${ONE_IN}; publishing checks that it still holds and enrols
them, each with its execution started; all contacts are written into one file, up to ${numeral(MOST_EXPORTED)} of them. Each row is a process of its own with a heap of
${HEAP_MB} MB. A back-fill waits between its pages, so as not to start more executions than AWS takes; these waits are left out by moving the clock.

${table}

zod ${versionOf('zod')}, SQLite as it comes with Node.`;
