import type { Contact } from '../../shared/domain/contact.ts';
import type { Inbox } from '../../shared/domain/inbox.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import { allSteps, type Step, type Version, type Workflow } from '../../shared/domain/workflow.ts';
import type { Item } from '../../shared/ports.ts';
import type { Commit, Record as Everything, Submission } from './record.ts';

/** Two clocks may be this far apart. */
export const SKEW_MS = 2_000;

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

export interface RunText extends Submission {
  readonly claim: NonNullable<Run['claim']>;
  readonly run: Run;
  readonly claimed: Commit;
}

export const valueOf = <T>(item: Item | undefined): T | undefined => item?.data as T | undefined;

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

export const nameOf = ({ claim, run }: RunText): string => `the text of ${claim.step} of ${run.id}`;
