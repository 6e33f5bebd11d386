import { receiptOf } from '../shared/aws/notification.ts';
import { awsPorts } from '../shared/aws/ports.ts';
import { deliveryReceipts } from './kit/carrier.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = deliveryReceipts(awsPorts(readEnvironment()), receiptOf);
