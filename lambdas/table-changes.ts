import { busOf, machinesOf, queueOf, tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock, ulids } from '../shared/aws/system.ts';
import { changeOf, placeOf } from '../shared/aws/table-item.ts';
import { changes } from './kit/changes.ts';
import { readEnvironment, readIdentity } from './kit/env.ts';

const deployment = readEnvironment();

export const handler = changes(
  {
    table: tableOf(deployment),
    machines: machinesOf(deployment),
    queue: queueOf(deployment, readIdentity),
    bus: busOf(deployment),
    clock: systemClock,
    ids: ulids(),
    log: jsonLog,
  },
  changeOf,
  placeOf,
);
