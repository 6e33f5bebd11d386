import * as z from 'zod/mini';
import { WorkflowId } from '../domain/id.ts';
import { readStatistics } from '../usecases/read-statistics.ts';
import { mapped, route } from './route.ts';
import { StatisticsView } from './statistics-view.ts';

export const statisticsRoutes = [
  route({
    method: 'GET',
    path: '/v1/workflows/{workflowId}/stats',
    scope: 'workflows:read',
    summary: 'Read what has come of a workflow: its runs, steps, branches and texts',
    description:
      'Counted from the runs themselves, without test runs. Figures of a run are final 72 hours after its end. Of a workflow with very many runs, figures may be a few minutes old: `asOf` says how old.',
    tags: ['Workflows'],
    input: {
      path: z.strictObject({ workflowId: WorkflowId }),
      query: z.strictObject({
        version: z
          .optional(
            z.pipe(z.string().check(z.regex(/^[1-9]\d{0,5}$/, 'is not the number of a version')), z.transform(Number)),
          )
          .check(z.meta({ type: 'integer', minimum: 1, description: 'Only the runs of this version.' })),
      }),
    },
    status: 200,
    answer: StatisticsView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const statistics = readStatistics(ports);
      return async ({ path, query }) => mapped(await statistics(path.workflowId, query.version), (body) => ({ body }));
    },
  }),
];
