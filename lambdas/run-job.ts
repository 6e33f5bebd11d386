import { machinesOf, queueOf, smsOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock, ulids } from '../shared/aws/system.ts';
import { jobs } from './kit/batch.ts';
import { readEnvironment } from './kit/env.ts';

const deployment = readEnvironment();

export const handler = jobs({
  table: tableOf(deployment),
  machines: machinesOf(deployment),
  sms: smsOf(deployment),
  queue: queueOf(deployment),
  clock: systemClock,
  ids: ulids(),
  log: jsonLog,
});
