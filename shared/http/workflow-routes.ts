import * as z from 'zod/mini';
import { ContactId, PassId, RunId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import { type Fault, type Outcome, ok } from '../domain/problem.ts';
import { EndReason, EnrolledBy } from '../domain/run.ts';
import { templates } from '../domain/templates/templates.ts';
import { Draft, Reentry, TemplateName, WorkflowName } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import {
  createWorkflow,
  deleteWorkflow,
  editWorkflow,
  readWorkflow,
  type WorkflowDocument,
} from '../usecases/edit-workflow.ts';
import { enrollByHand } from '../usecases/enroll-by-hand.ts';
import { type Published, publishWorkflow } from '../usecases/publish-workflow.ts';
import {
  listEnrollments,
  listVersions,
  listWorkflows,
  readDefinition,
  readVersion,
} from '../usecases/read-workflows.ts';
import { reviewDraft } from '../usecases/review-draft.ts';
import { turnOff, turnOn } from '../usecases/turn-workflow.ts';
import { PageQuery, pageOf } from './page.ts';
import { mapped, nothing, route, valuesOf } from './route.ts';
import {
  EnrollmentOutcome,
  PublishedView,
  TemplateView,
  VersionView,
  WorkflowSummary,
  WorkflowView,
} from './workflow-view.ts';

const tags = ['Workflows'];
const ById = z.strictObject({ workflowId: WorkflowId });
const ByVersion = z.extend(ById, { version: z.pipe(z.coerce.number(), z.int().check(z.gte(1))) });
/** What whoever turns a workflow on may say, by publishing or otherwise. */
const Turning = {
  enrollExisting: z._default(z.boolean(), false),
  parked: z
    .optional(z.enum(['resume', 'exit']))
    .check(z.meta({ description: 'What becomes of runs that were paused; asked for if there are any.' })),
  previewId: z.optional(PassId).check(
    z.meta({
      description:
        'What was previewed must still be so: refused where the number who would enrol has moved by more than a tenth.',
    }),
  ),
  force: z._default(z.boolean(), false).check(z.meta({ description: 'However many they are by now.' })),
};
const previewOf = ({ previewId, force }: { readonly previewId?: PassId | undefined; readonly force: boolean }) =>
  previewId && { id: previewId, force };
const NOT_AS_PREVIEWED = ['PREVIEW_NOT_DONE', 'PREVIEW_STALE', 'PREVIEW_DRIFTED'] as const;

const faultView = ({ path, ...fault }: Fault) => ({ ...fault, path: path.join('.') });

const published = ({ workflow, version, audience }: Published, enrollingExisting: boolean) => ({
  body: {
    workflow: workflow.value,
    version: version.version,
    ...(audience && { audience }),
    enrollingExisting,
  },
});

const documentOf = (ports: Pick<Ports, 'table' | 'clock'>) => {
  const review = reviewDraft(ports);
  return async (outcome: Outcome<WorkflowDocument>) => {
    if ('problem' in outcome) return outcome;
    const { workflow, draft } = outcome.ok;
    const { workflowId: _, ...content } = draft;
    const { problems, advice, texts } = await review(content);
    return ok({
      body: { ...workflow.value, ...content, problems: problems.map(faultView), advice: advice.map(faultView), texts },
      revision: workflow.rev,
      location: `/v1/workflows/${workflow.value.id}`,
    });
  };
};

const EnrollmentSummary = z.object({
  id: RunId,
  contactId: ContactId,
  workflowId: WorkflowId,
  version: z.int(),
  status: z.enum(['RUNNING', 'PARKED', 'ENDED']),
  reason: z.optional(EndReason),
  enrolledAt: Instant,
  enrolledBy: EnrolledBy,
  endedAt: z.optional(Instant),
  test: z.boolean(),
});

export const workflowRoutes = [
  route({
    method: 'GET',
    path: '/v1/templates',
    scope: 'workflows:read',
    summary: 'List the templates that a workflow can start from',
    tags,
    input: {},
    status: 200,
    answer: pageOf(TemplateView),
    run: () => async () => {
      const items = TemplateName.options.map((name) => {
        const { title, description, draft } = templates[name];
        return { name, title, description, trigger: draft.trigger, exit: draft.exit, steps: draft.steps };
      });
      return ok({ body: { items } });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/workflows',
    scope: 'workflows:write',
    summary: 'Create a workflow from a template',
    description:
      'The workflow is a DRAFT that holds the steps of the template, ready to edit. Custom fields that its steps write are declared.',
    tags,
    input: { body: z.strictObject({ name: WorkflowName, template: TemplateName }) },
    status: 201,
    answer: WorkflowView,
    etag: true,
    refusals: ['NAME_TAKEN'],
    run: (ports) => {
      const create = createWorkflow(ports);
      const view = documentOf(ports);
      return async ({ body }) => view(await create(body));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows',
    scope: 'workflows:read',
    summary: 'List workflows, newest first',
    tags,
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(WorkflowSummary),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const listPage = listWorkflows(ports);
      return async ({ query }) => {
        return ok({ body: valuesOf(await listPage(query)) });
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}',
    scope: 'workflows:read',
    summary: 'Read a workflow and its draft',
    tags,
    input: { path: ById },
    status: 200,
    answer: WorkflowView,
    etag: true,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const readOne = readWorkflow(ports);
      const view = documentOf(ports);
      return async ({ path }) => view(await readOne(path.workflowId));
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/workflows/{workflowId}',
    scope: 'workflows:write',
    summary: 'Replace the draft of a workflow that is not on',
    description: 'A draft may have problems: the answer lists them, publishing refuses them.',
    tags,
    input: { path: ById, body: z.extend(Draft, { name: WorkflowName }) },
    status: 200,
    answer: WorkflowView,
    etag: true,
    refusals: ['NOT_FOUND', 'NAME_TAKEN', 'WORKFLOW_ON', 'REVISION_MISMATCH'],
    run: (ports) => {
      const edit = editWorkflow(ports);
      const view = documentOf(ports);
      return async ({ path, body: { name, ...draft }, revision }) =>
        view(await edit({ id: path.workflowId, name, draft, revision }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/workflows/{workflowId}',
    scope: 'workflows:write',
    summary: 'Delete a workflow that is off and has no open runs',
    description: 'Its versions and runs remain as history.',
    tags,
    input: { path: ById },
    status: 204,
    etag: true,
    refusals: ['NOT_FOUND', 'WORKFLOW_ON', 'WORKFLOW_HAS_RUNS', 'REVISION_MISMATCH'],
    run: (ports) => {
      const remove = deleteWorkflow(ports);
      return async ({ path, revision }) => mapped(await remove(path.workflowId, revision), () => nothing);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/workflows/{workflowId}/publish',
    scope: 'workflows:write',
    summary: 'Publish the draft as a new version and turn it on',
    description: 'Answers how many contacts meet the trigger. All problems of the draft are told at once.',
    tags,
    input: {
      path: ById,
      body: z.prefault(z.strictObject({ ...Reentry.shape, ...Turning }), {}),
    },
    status: 200,
    also: { 202: 'A quota of AWS makes it wait: poll `Location` until `status` is no longer PUBLISHING.' },
    answer: z.union([PublishedView, z.object({ workflow: WorkflowSummary })]),
    refusals: ['NOT_FOUND', 'WORKFLOW_ON', 'WORKFLOW_INVALID', 'PARKED_RUNS', ...NOT_AS_PREVIEWED],
    run: (ports) => {
      const publish = publishWorkflow(ports);
      return async ({ path, body: { enrollExisting, parked, previewId, force, ...reentry } }) => {
        const preview = previewOf({ previewId, force });
        return mapped(await publish(path.workflowId, { reentry, enrollExisting, parked, preview }), (done) =>
          'publishing' in done
            ? {
                body: { workflow: done.publishing.value },
                status: 202,
                location: `/v1/workflows/${path.workflowId}`,
              }
            : published(done, enrollExisting),
        );
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/workflows/{workflowId}/turn-off',
    scope: 'workflows:write',
    summary: 'Turn a workflow off',
    description:
      '`pause` holds runs where they next would act, and still records replies; `finish` lets them go on to their end; `exit` ends them. Once it has answered, no text of a paused or exited workflow leaves.',
    tags,
    input: {
      path: ById,
      body: z.prefault(z.strictObject({ inFlight: z._default(z.enum(['finish', 'pause', 'exit']), 'pause') }), {}),
    },
    status: 200,
    answer: WorkflowSummary,
    refusals: ['NOT_FOUND', 'WORKFLOW_NOT_ON'],
    run: (ports) => {
      const turn = turnOff(ports);
      return async ({ path, body }) =>
        mapped(await turn(path.workflowId, body.inFlight), ({ value }) => ({ body: value }));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/workflows/{workflowId}/turn-on',
    scope: 'workflows:write',
    summary: 'Turn on the version that was published last',
    tags,
    input: {
      path: ById,
      body: z.prefault(z.strictObject(Turning), {}),
    },
    status: 200,
    answer: PublishedView,
    refusals: ['NOT_FOUND', 'WORKFLOW_ON', 'WORKFLOW_NEVER_PUBLISHED', 'PARKED_RUNS', ...NOT_AS_PREVIEWED],
    run: (ports) => {
      const turn = turnOn(ports);
      return async ({ path, body }) => {
        const { enrollExisting, parked } = body;
        const turned = await turn(path.workflowId, { enrollExisting, parked, preview: previewOf(body) });
        return mapped(turned, (done) => published(done, enrollExisting));
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/versions',
    scope: 'workflows:read',
    summary: 'List the published versions of a workflow, newest first',
    tags,
    input: { path: ById, query: PageQuery },
    status: 200,
    answer: pageOf(VersionView),
    refusals: ['NOT_FOUND', 'INVALID_CURSOR'],
    run: (ports) => {
      const listPage = listVersions(ports);
      return async ({ path, query }) =>
        mapped(await listPage(path.workflowId, query), (page) => ({ body: valuesOf(page) }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/versions/{version}',
    scope: 'workflows:read',
    summary: 'Read a published version',
    tags,
    input: { path: ByVersion },
    status: 200,
    answer: VersionView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const readOne = readVersion(ports);
      return async ({ path }) => mapped(await readOne(path.workflowId, path.version), (body) => ({ body }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/versions/{version}/definition.asl.json',
    scope: 'workflows:read',
    summary: 'Read the state machine that a version was compiled to',
    tags,
    input: { path: ByVersion },
    status: 200,
    answer: z.looseObject({ QueryLanguage: z.literal('JSONata'), StartAt: z.string() }),
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const readOne = readDefinition(ports);
      return async ({ path }) =>
        mapped(await readOne(path.workflowId, path.version), (body) => ({ body: { ...body } }));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/workflows/{workflowId}/enrollments',
    scope: 'workflows:write',
    summary: 'Enrol contacts by hand',
    description:
      'An outcome per contact, never all or nothing. `applyFilters: false` skips the trigger only: consent and one active run at a time still hold. Runs of a `test` are left out of statistics and may re-enter.',
    tags,
    input: {
      path: ById,
      body: z.strictObject({
        contactIds: z.array(ContactId).check(z.minLength(1), z.maxLength(100)),
        applyFilters: z._default(z.boolean(), true),
        test: z._default(z.boolean(), false),
      }),
    },
    status: 200,
    answer: z.object({ outcomes: z.array(EnrollmentOutcome) }),
    refusals: ['NOT_FOUND', 'WORKFLOW_NOT_ON'],
    run: (ports) => {
      const enroll = enrollByHand(ports);
      return async ({ path, body, seed, at }) =>
        mapped(await enroll({ ...path, ...body }, { seed, at }), (outcomes) => ({ body: { outcomes } }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/enrollments',
    scope: 'workflows:read',
    summary: 'List the runs of a workflow, those that entered last first',
    tags,
    input: { path: ById, query: PageQuery },
    status: 200,
    answer: pageOf(EnrollmentSummary),
    refusals: ['NOT_FOUND', 'INVALID_CURSOR'],
    run: (ports) => {
      const listPage = listEnrollments(ports);
      return async ({ path, query }) =>
        mapped(await listPage(path.workflowId, query), (page) => ({ body: valuesOf(page) }));
    },
  }),
];
