import * as z from 'zod/mini';
import { ContactId, PassId, WorkflowId } from '../domain/id.ts';
import { PassOutcome } from '../domain/pass.ts';
import { Reentry } from '../domain/workflow.ts';
import { explainContact } from '../usecases/explain-contact.ts';
import { cancelPass, listPreviewed, previewWorkflow } from '../usecases/preview-workflow.ts';
import { readBackfill, readPass } from '../usecases/read-pass.ts';
import { BackfillView, ExplainedView, PreviewedView, PreviewView, passingView } from './audience-view.ts';
import { PageQuery, pageOf } from './page.ts';
import { mapped, route } from './route.ts';

const tags = ['Audience'];
const ById = z.strictObject({ workflowId: WorkflowId });
const ByPreview = z.strictObject({ previewId: PassId });
const Of = z.enum(['draft', 'version']);

export const audienceRoutes = [
  route({
    method: 'POST',
    path: '/v1/workflows/{workflowId}/preview',
    scope: 'workflows:write',
    summary: 'Find out who would enrol',
    description:
      'Reads all contacts once: poll `Location` until `status` is DONE. Publishing and turning on with this `previewId` then make sure that it still is so. Re-entry is as publishing would be asked for; of a published version, as it was.',
    tags,
    input: {
      path: ById,
      body: z.prefault(z.strictObject({ of: z._default(Of, 'draft'), ...Reentry.shape }), {}),
    },
    status: 202,
    answer: PreviewView,
    refusals: ['NOT_FOUND', 'WORKFLOW_INVALID', 'WORKFLOW_NEVER_PUBLISHED'],
    run: (ports) => {
      const preview = previewWorkflow(ports);
      return async ({ path, body: { of, ...reentry }, seed, at }) =>
        mapped(await preview(path.workflowId, { of, reentry }, { seed, at }), (passing) => ({
          body: passingView(passing),
          location: `/v1/previews/${passing.pass.id}`,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/previews/{previewId}',
    scope: 'contacts:read',
    summary: 'Read a preview: how far it has come, and what it has counted',
    tags,
    input: { path: ByPreview },
    status: 200,
    answer: PreviewView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const readOne = readPass(ports);
      return async ({ path }) =>
        mapped(await readOne(path.previewId, 'preview'), (passing) => ({ body: passingView(passing) }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/previews/{previewId}/contacts',
    scope: 'contacts:read',
    summary: 'List who meets the trigger, with what would become of each',
    tags,
    input: { path: ByPreview, query: z.extend(PageQuery, { outcome: z.optional(PassOutcome) }) },
    status: 200,
    answer: pageOf(PreviewedView),
    refusals: ['NOT_FOUND', 'INVALID_CURSOR'],
    run: (ports) => {
      const listPage = listPreviewed(ports);
      return async ({ path, query: { outcome, ...page } }) =>
        mapped(await listPage(path.previewId, { ...page, outcome }), (body) => ({ body }));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/previews/{previewId}/cancel',
    scope: 'workflows:write',
    summary: 'Stop a preview',
    tags,
    input: { path: ByPreview },
    status: 200,
    answer: PreviewView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const cancel = cancelPass(ports);
      return async ({ path }) =>
        mapped(await cancel(path.previewId, 'preview'), (passing) => ({ body: passingView(passing) }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/backfill',
    scope: 'workflows:read',
    summary: 'Read how far enrolling existing contacts has come',
    description: 'The one that was asked for when the workflow was turned on last.',
    tags,
    input: { path: ById },
    status: 200,
    answer: BackfillView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const readOne = readBackfill(ports);
      return async ({ path }) => mapped(await readOne(path.workflowId), (passing) => ({ body: passingView(passing) }));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/workflows/{workflowId}/backfill/cancel',
    scope: 'workflows:write',
    summary: 'Stop enrolling existing contacts',
    description: 'Who has entered stays in.',
    tags,
    input: { path: ById },
    status: 200,
    answer: BackfillView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const readOne = readBackfill(ports);
      const cancel = cancelPass(ports);
      return async ({ path }) => {
        const known = await readOne(path.workflowId);
        const outcome = 'problem' in known ? known : await cancel(known.ok.pass.id, 'enroll');
        return mapped(outcome, (passing) => ({ body: passingView(passing) }));
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/explain',
    scope: 'workflows:read',
    summary: 'Explain why a contact is, or is not, in a workflow',
    description:
      'Each claim of the trigger with its value and truth, then consent, the run there is, and re-entry. By itself it goes by the published version of a workflow that is on, and by the draft of another.',
    tags,
    input: { path: ById, query: z.strictObject({ contactId: ContactId, of: z.optional(Of) }) },
    status: 200,
    answer: ExplainedView,
    refusals: ['NOT_FOUND', 'WORKFLOW_NEVER_PUBLISHED'],
    run: (ports) => {
      const explain = explainContact(ports);
      return async ({ path, query }) =>
        mapped(await explain(path.workflowId, query.contactId, query.of), (body) => ({ body }));
    },
  }),
];
