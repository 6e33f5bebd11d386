import { smsOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock } from '../shared/aws/system.ts';
import { readEnvironment } from './kit/env.ts';
import { task } from './kit/task.ts';

const deployment = readEnvironment();

export const handler = task({
  table: tableOf(deployment),
  sms: smsOf(deployment),
  clock: systemClock,
  log: jsonLog,
});
