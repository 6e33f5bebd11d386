import { filesOf, machinesOf, smsOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock, ulids } from '../shared/aws/system.ts';
import { parts } from '../shared/http/parts.ts';
import { readEnvironment, readIdentity } from './kit/env.ts';
import { http } from './kit/http.ts';

const deployment = readEnvironment();

export const handler = http(
  {
    table: tableOf(deployment),
    machines: machinesOf(deployment),
    sms: smsOf(deployment),
    files: filesOf(deployment, readIdentity),
    clock: systemClock,
    ids: ulids(),
    log: jsonLog,
  },
  parts,
);
