import { seededUlid } from '../domain/id.ts';
import { epoch, instant } from '../domain/instant.ts';
import type { JobOf } from '../domain/job.ts';
import { counted, type Pass, type PassOutcome, type PassPage, type PassShard } from '../domain/pass.ts';
import type { Settings } from '../domain/settings.ts';
import type { Ports } from '../ports.ts';
import { expiryOf, getPass, getPassShard, passPages, passShards } from '../store/pass-store.ts';
import { commit, edit, fresh, put, type Stored } from '../store/stored.ts';
import { getWorkflow } from '../store/workflow-store.ts';
import type { Next } from './do-job.ts';
import { enroll } from './enroll.ts';
import { paceStarts, STARTS_PER_PAGE } from './pace-starts.ts';
import { type AudiencePage, audienceReader } from './read-audience.ts';
import { versionCache } from './version-cache.ts';

type PassJob = JobOf<'pass'>;
const PAGE = { preview: 1000, enroll: STARTS_PER_PAGE } as const;
/** A call ends after as much, well before its function would be stopped. */
const LONGEST_MS = 15_000;

/**
 * Reads on in one shard of a pass, page by page: what a page has come to is written once, with how far the pass has come,
 * so that a call told twice, or cut off, changes nothing. Answers the job that goes on.
 */
export const runPass = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const { table, clock } = ports;
  const versionOf = versionCache(table);
  const enrollNow = enroll(ports);
  const pace = paceStarts(ports);

  const isCancelled = async ({ id }: Pass): Promise<boolean> =>
    (await getPass(table, id))?.value.cancelledAt !== undefined;

  return async (job: PassJob): Promise<Next<PassJob> | undefined> => {
    const { mayStart, ...next } = job;
    const [pass, begun] = await Promise.all([getPass(table, job.passId), getPassShard(table, job.passId, job.shard)]);
    if (!pass || begun?.value.status !== 'RUNNING' || pass.value.cancelledAt !== undefined) return undefined;
    // Told again after it was done: whoever did it, and some pages more, may have died before it said how to go on.
    if (begun.value.page > job.page) return { job: { ...next, page: begun.value.page }, delaySeconds: 0 };
    if (begun.value.page !== job.page) return undefined;
    const { at, kind } = pass.value;
    const audience = await audienceReader(ports, { ...pass.value, now: epoch(at) });
    const started = clock.now();
    let progress = begun;
    let isPaced = mayStart;
    for (;;) {
      if (kind === 'enroll' && !(await isStillOn(pass.value))) {
        await commit(table, put(passShards, edit(progress, { ...progress.value, status: 'STOPPED' })));
        return undefined;
      }
      const { shard, cursor } = progress.value;
      const page = await audience.page(shard, cursor, PAGE[kind]);
      if (kind === 'enroll' && !isPaced) {
        const foreseen = await audience.outcomes(page.matching);
        const delaySeconds = await pace(foreseen.filter((outcome) => outcome === 'WILL_ENROL').length);
        if (delaySeconds > 0) return { job: { ...next, page: progress.value.page, mayStart: true }, delaySeconds };
      }
      isPaced = undefined;
      const outcomes =
        kind === 'enroll'
          ? await enrolledOf(pass.value, page, audience.settings)
          : await audience.outcomes(page.matching);
      const written = await recorded(pass.value, progress, page, outcomes);
      // Somebody else goes on from here.
      if (!written) return undefined;
      progress = written;
      if (progress.value.status !== 'RUNNING') return undefined;
      if (clock.now() - started >= LONGEST_MS) break;
      if (await isCancelled(pass.value)) return undefined;
    }
    return { job: { ...next, page: progress.value.page }, delaySeconds: 0 };
  };

  async function recorded(
    pass: Pass,
    progress: Stored<PassShard>,
    { read, matching, next }: AudiencePage,
    outcomes: readonly PassOutcome[],
  ): Promise<Stored<PassShard> | undefined> {
    const { passId, shard, page, cursor: _, ...rest } = progress.value;
    const value: PassShard = {
      ...rest,
      ...{ passId, shard, page: page + 1 },
      ...(next !== undefined && { cursor: next }),
      read: rest.read + read,
      outcomes: counted(rest.outcomes, outcomes),
      status: next === undefined ? 'DONE' : 'RUNNING',
      updatedAt: instant(clock.now()),
    };
    const found = outcomes.flatMap((outcome, position): PassPage['found'] => {
      const contact = matching[position];
      return contact ? [[contact.value.id, outcome]] : [];
    });
    const pages =
      pass.kind === 'preview' && found.length > 0
        ? [put(passPages, fresh({ passId, shard, page, found, expiresAt: expiryOf(pass) }))]
        : [];
    return (await commit(table, put(passShards, edit(progress, value)), ...pages))
      ? { rev: progress.rev + 1, value }
      : undefined;
  }

  /** Enters those who may. Each finds its own run where this page is done again. */
  async function enrolledOf(
    { id, workflowId, at, by = 'publish' }: Pass,
    { matching }: AudiencePage,
    settings: Settings,
  ): Promise<readonly PassOutcome[]> {
    const workflow = await getWorkflow(table, workflowId);
    if (!workflow || matching.length === 0) return [];
    const version = await versionOf(workflowId, workflow.value.version);
    const outcomes: PassOutcome[] = [];
    for (const contact of matching) {
      const ulid = seededUlid(epoch(at), `${id} ${contact.value.id}`);
      const entered = await enrollNow({ contact, version, settings, by, test: false, since: at, ulid });
      outcomes.push('runId' in entered ? 'ENROLLED' : entered.refused);
    }
    return outcomes;
  }

  /** As it was when the back-fill was asked for: nothing that is on is edited. */
  async function isStillOn({ workflowId, at }: Pass): Promise<boolean> {
    const workflow = await getWorkflow(table, workflowId);
    return workflow?.value.status === 'ON' && workflow.value.updatedAt === at;
  }
};
