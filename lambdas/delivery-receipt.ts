import { receiptOf } from '../shared/aws/notification.ts';
import { tableOf } from '../shared/aws/ports.ts';
import { jsonLog, systemClock } from '../shared/aws/system.ts';
import { deliveryReceipts } from './kit/carrier.ts';
import { readEnvironment } from './kit/env.ts';

const deployment = readEnvironment();

export const handler = deliveryReceipts({ table: tableOf(deployment), clock: systemClock, log: jsonLog }, receiptOf);
