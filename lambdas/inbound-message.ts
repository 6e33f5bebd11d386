import { smsOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock, ulids } from '../shared/aws/system.ts';
import { readEnvironment } from './kit/env.ts';
import { inboundMessage } from './kit/event.ts';

const deployment = readEnvironment();

export const handler = inboundMessage({
  table: tableOf(deployment),
  sms: smsOf(deployment),
  clock: systemClock,
  ids: ulids(),
  log: jsonLog,
});
