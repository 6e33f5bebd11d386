import { machinesOf, queueOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock } from '../shared/aws/system.ts';
import { readEnvironment, readIdentity } from './kit/env.ts';
import { reconcileJobs } from './kit/jobs.ts';

const deployment = readEnvironment();

export const handler = reconcileJobs({
  table: tableOf(deployment),
  machines: machinesOf(deployment),
  queue: queueOf(deployment, readIdentity),
  clock: systemClock,
  log: jsonLog,
});
