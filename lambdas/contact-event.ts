import { tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock, ulids } from '../shared/aws/system.ts';
import { contactEvent } from './kit/contact-event.ts';
import { readEnvironment } from './kit/env.ts';

const deployment = readEnvironment();

export const handler = contactEvent({
  table: tableOf(deployment),
  clock: systemClock,
  ids: ulids(),
  log: jsonLog,
});
