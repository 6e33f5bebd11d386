import type { Contact } from '../domain/contact.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import { checkFilter } from '../domain/filter-check.ts';
import { PassId, type WorkflowId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import {
  audienceOf,
  type Criteria,
  criteriaOf,
  hasDrifted,
  type Pass,
  type PassOutcome,
  type PassPage,
  progressOf,
} from '../domain/pass.ts';
import { type Outcome, ok, type ProblemCode, refuse } from '../domain/problem.ts';
import type { Reentry, Trigger } from '../domain/workflow.ts';
import type { Ports, Table } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { contactTotals, getPass, passBegun, passes, passPages, shardsOfPass } from '../store/pass-store.ts';
import { commit, contend, edit, get, list, put, read } from '../store/stored.ts';
import { getDraft, getVersion, getWorkflow } from '../store/workflow-store.ts';
import { type Effect, ulidOf } from './effect-id.ts';
import type { AudienceCount } from './read-audience.ts';
import type { PageAsked } from './read-contacts.ts';
import { type Passing, readPass } from './read-pass.ts';
import { readWorkspace } from './workspace.ts';

export interface PreviewAsked {
  /** The draft, with these rules of re-entry; or the version that was published last, with its own. */
  readonly of: 'draft' | 'version';
  readonly reentry: Reentry;
}

/** Begins to find out who would enrol if existing contacts were enrolled now. */
export const previewWorkflow =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (id: WorkflowId, asked: PreviewAsked, effect: Effect): Promise<Outcome<Passing>> => {
    const workflow = await getWorkflow(table, id);
    if (!workflow) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
    const version = asked.of === 'version' ? await getVersion(table, id, workflow.value.version) : undefined;
    if (asked.of === 'version' && !version)
      return refuse('WORKFLOW_NEVER_PUBLISHED', 'The workflow was never published: preview its draft.');
    const content = version?.value ?? (await getDraft(table, id))?.value;
    if (!content) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
    const { trigger } = content;
    const { filters } = await readWorkspace({ table, clock });
    const faults = triggerFaults(trigger, () => checkFilter(trigger.filter, filters));
    if (faults.length > 0) return refuse('WORKFLOW_INVALID', 'The trigger cannot be previewed.', faults);
    const pass: Pass = {
      ...criteriaOf(id, content, version?.value.reentry ?? asked.reentry),
      id: PassId.parse(`pass_${ulidOf(effect)}`),
      kind: 'preview',
      at: instant(clock.now()),
    };
    // Lost: the same request was made before.
    await commit(table, ...passBegun(pass, await contactTotals(table)));
    return readPass({ table, clock })(pass.id, 'preview');
  };

const triggerFaults = ({ manualOnly }: Trigger, filterFaults: () => ReturnType<typeof checkFilter>) =>
  manualOnly
    ? [{ code: 'MANUAL_ONLY', path: ['trigger', 'manualOnly'], detail: 'enrols nobody by itself' }]
    : filterFaults().map((fault) => ({ ...fault, path: ['trigger', 'filter', ...fault.path] }));

/** One contact of a preview, as it was then and as the contact is called now; without `contact` it was deleted since. */
export interface Previewed {
  readonly contactId: Contact['id'];
  readonly outcome: PassOutcome;
  readonly contact: Contact | undefined;
}

const PLACE = 'PREVIEW';

/** Who meets the trigger, with what would become of each: in the order they were read, while they are being read. */
export const listPreviewed =
  ({ table }: Pick<Ports, 'table'>) =>
  async (
    id: PassId,
    { limit, cursor, outcome }: PageAsked & { readonly outcome: PassOutcome | undefined },
  ): Promise<Outcome<{ readonly items: readonly Previewed[]; readonly next?: string }>> => {
    const [, , sk, offset = '0'] = positionOf({ pk: PLACE, prefix: id, cursor }, 4) ?? [];
    const pass = await getPass(table, id);
    if (pass?.value.kind !== 'preview') return refuse('NOT_FOUND', `There is no preview ${id}.`);
    const found: PassPage['found'] = [];
    let next: string | undefined;
    for await (const { key, page, first } of pagesFrom(table, id, sk, Number(offset))) {
      for (const [position, entry] of page.found.entries()) {
        if (position < first || (outcome !== undefined && entry[1] !== outcome)) continue;
        if (found.length === limit) {
          next = cursorOf([PLACE, id, key, String(position)]);
          break;
        }
        found.push(entry);
      }
      if (next !== undefined) break;
    }
    const known = await table.getMany(found.map(([contactId]) => keys.contact(contactId)));
    const items = found.map(([contactId, came], at): Previewed => {
      const item = known[at];
      return { contactId, outcome: came, contact: item && read(contacts, item).value };
    });
    return ok({ items, ...(next !== undefined && { next }) });
  };

/** The pages of a preview from a place in one of them on. */
async function* pagesFrom(table: Table, id: PassId, sk: string | undefined, offset: number) {
  const { pk } = keys.pass(id);
  const begun = sk === undefined ? undefined : await get(table, passPages, { pk, sk });
  if (begun && sk !== undefined) yield { key: sk, page: begun.value, first: offset };
  let cursor = sk === undefined ? undefined : cursorOf([pk, sk]);
  do {
    const { items, next } = await list(table, passPages, { pk, prefix: keys.passPagePrefix, limit: 10, cursor });
    for (const { value } of items) yield { key: passPages.key(value).sk, page: value, first: 0 };
    cursor = next;
  } while (cursor !== undefined);
}

/** Ends a pass where it is. What it has done so far stays. */
export const cancelPass =
  (ports: Pick<Ports, 'table' | 'clock'>) =>
  (id: PassId, kind: Pass['kind']): Promise<Outcome<Passing>> =>
    contend(`cancelling ${id}`, async (): Promise<Outcome<Passing> | undefined> => {
      const { table, clock } = ports;
      const known = await readPass(ports)(id, kind);
      if ('problem' in known || known.ok.progress.status !== 'RUNNING') return known;
      const pass = await getPass(table, id);
      if (!pass) return known;
      const cancelled: Pass = { ...pass.value, cancelledAt: instant(clock.now()) };
      return (await commit(table, put(passes, edit(pass, cancelled)))) ? readPass(ports)(id, kind) : undefined;
    });

export interface PreviewBound {
  readonly id: PassId;
  /** Whatever has happened since. */
  readonly force: boolean;
}

/**
 * Why a workflow is not turned on as previewed: the preview is of something else, or no longer what would happen. What
 * is counted now is compared with what the preview found in the same shards.
 */
export async function previewFault(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  { id, force }: PreviewBound,
  { workflowId, filter, goal, reentry }: Criteria,
  counted: AudienceCount,
) {
  const refused = (code: ProblemCode, detail: string, hint: string) =>
    refuse(code, detail, [{ code, path: ['previewId'], detail, hint }]);
  const pass = await getPass(table, id);
  if (pass?.value.kind !== 'preview' || pass.value.workflowId !== workflowId)
    return refused('PREVIEW_STALE', 'The workflow has no such preview.', 'make one: POST …/preview');
  const shards = (await shardsOfPass(table, id)).map(({ value }) => value);
  const { status } = progressOf(pass.value, shards, clock.now());
  if (status !== 'DONE') return refused('PREVIEW_NOT_DONE', `The preview is ${status}.`, 'poll it until it is DONE');
  const isOf = JSON.stringify([pass.value.filter, pass.value.goal, pass.value.reentry]);
  if (isOf !== JSON.stringify([filter, goal, reentry]))
    return refused(
      'PREVIEW_STALE',
      'The preview is of another trigger or goal, or of other rules of re-entry.',
      'make a new one',
    );

  const then = audienceOf(shards.slice(0, counted.shards.length).map(({ outcomes }) => outcomes)).willEnrol;
  const now = audienceOf(counted.shards).willEnrol;
  if (force || !hasDrifted(then, now)) return undefined;
  const among = counted.complete ? '' : ' among the contacts that were counted again';
  return refused(
    'PREVIEW_DRIFTED',
    `The preview found ${then} contact(s) who would enrol${among}; now there are ${now}.`,
    'make a new one, or say "force": true',
  );
}
