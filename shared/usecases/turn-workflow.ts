import type { WorkflowId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import type { TurnJob } from '../domain/job.ts';
import { criteriaOf } from '../domain/pass.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { commit, contend, edit, put, type Stored } from '../store/stored.ts';
import { getVersion, getWorkflow, workflows } from '../store/workflow-store.ts';
import { beingPublished } from './edit-workflow.ts';
import { previewFault } from './preview-workflow.ts';
import { type Options, type Published, turnedOnBefore } from './publish-workflow.ts';
import { countAudience, wholeAudience } from './read-audience.ts';
import { parkedFault, readTurning, triggerRemoved, turnedOn, turnWrites } from './turning.ts';

/** Longer than a step may take between its last look at the workflow and handing over its text. */
const SETTLES_MS = 5_000;

/**
 * Turns a workflow off. `pause`: runs are held where they next would act, replies are still recorded; `finish`: they go
 * on to their end; `exit`: they end. Once this has answered, no text of a paused or exited workflow leaves.
 */
export const turnOff =
  (ports: Pick<Ports, 'table' | 'clock'>) =>
  async (id: WorkflowId, inFlight: 'finish' | 'pause' | 'exit'): Promise<Outcome<Stored<Workflow>>> => {
    const { table, clock } = ports;
    const turned = await contend(`turning off ${id}`, async (): Promise<Outcome<Stored<Workflow>> | undefined> => {
      const [workflow, turning] = await Promise.all([getWorkflow(table, id), readTurning(ports, id)]);
      if (!workflow) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
      if (workflow.value.status === 'PUBLISHING') return beingPublished();
      if (workflow.value.status === 'DRAFT') return refuse('WORKFLOW_NOT_ON', 'The workflow was never published.');
      const at = instant(clock.now());
      const off: Workflow = { ...workflow.value, status: 'OFF', inFlight, updatedAt: at };
      const written = await commit(
        table,
        put(workflows, edit(workflow, off)),
        ...triggerRemoved(id, turning),
        ...turnWrites({ rev: workflow.rev, workflowId: id }, at, JOBS[inFlight](id)),
      );
      return written ? ok({ rev: workflow.rev + 1, value: off }) : undefined;
    });
    if ('problem' in turned) return turned;
    if (inFlight !== 'finish') await clock.sleep(SETTLES_MS);
    return turned;
  };

const JOBS: { readonly [InFlight in 'finish' | 'pause' | 'exit']: (workflowId: WorkflowId) => TurnJob[] } = {
  finish: (workflowId) => [{ type: 'resume-parked', workflowId }],
  pause: () => [],
  exit: (workflowId) => [{ type: 'end-runs', workflowId }],
};

/** Turns the version on that was published last. */
export const turnOn =
  (ports: Pick<Ports, 'table' | 'clock'>) =>
  (id: WorkflowId, options: Omit<Options, 'reentry'>): Promise<Outcome<Published>> =>
    contend(`turning on ${id}`, async (): Promise<Outcome<Published> | undefined> => {
      const { table, clock } = ports;
      const [workflow, turning] = await Promise.all([getWorkflow(table, id), readTurning(ports, id)]);
      if (!workflow) return refuse('NOT_FOUND', `There is no workflow ${id}.`);
      if (workflow.value.status === 'PUBLISHING') return beingPublished();
      if (workflow.value.status === 'DRAFT')
        return refuse('WORKFLOW_NEVER_PUBLISHED', 'The workflow was never published: publish it.');
      const done = await turnedOnBefore(table, workflow, options.request);
      if (done) return ok(done);
      if (workflow.value.status === 'ON') return refuse('WORKFLOW_ON', 'The workflow is on already.');
      const version = await getVersion(table, id, workflow.value.version);
      if (!version) throw new Error(`${id} has lost its version ${workflow.value.version}`);
      const undecided = await parkedFault(table, id, options.parked);
      if (undecided) return undecided;
      const asked = criteriaOf(id, version.value, version.value.reentry);
      const counted = await countAudience(ports, asked);
      const unforeseen = options.preview && (await previewFault(ports, options.preview, asked, counted));
      if (unforeseen) return unforeseen;
      const at = instant(clock.now());
      const { on, writes } = await turnedOn(table, workflow, version.value, turning, at, 'turn-on', options);
      const written = await commit(table, put(workflows, edit(workflow, on)), ...writes);
      if (!written) return undefined;
      return ok({
        workflow: { rev: workflow.rev + 1, value: on },
        version: version.value,
        ...wholeAudience(counted),
      });
    });
