import type { ReconcileJob } from '../domain/job.ts';
import type { Ports } from '../ports.ts';
import { atOnce, doJob } from './do-job.ts';
import { reconcile, reconcileExecutions, reconcileRuns } from './reconcile.ts';

/** Looks after runs and executions that should have moved on, a page of a workflow's per call. */
export const runReconcileJob = (ports: Pick<Ports, 'table' | 'machines' | 'queue' | 'clock' | 'log'>) => {
  const all = reconcile(ports);
  const runsPage = reconcileRuns(ports);
  const executionsPage = reconcileExecutions(ports);
  return doJob<ReconcileJob['type']>(ports, {
    reconcile: async ({ of }) => {
      await all(of);
      return undefined;
    },
    'reconcile-runs': async (job) => atOnce(await runsPage(job)),
    'reconcile-executions': async (job) => atOnce(await executionsPage(job)),
  });
};
