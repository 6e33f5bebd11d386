import { filesOf, queueOf, smsOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock, ulids } from '../shared/aws/system.ts';
import { readEnvironment, readIdentity } from './kit/env.ts';
import { transfers } from './kit/jobs.ts';

const deployment = readEnvironment();

export const handler = transfers({
  table: tableOf(deployment),
  sms: smsOf(deployment),
  queue: queueOf(deployment, readIdentity),
  files: filesOf(deployment, readIdentity),
  clock: systemClock,
  ids: ulids(),
  log: jsonLog,
});
