import { inboundOf } from '../shared/aws/notification.ts';
import { awsPorts } from '../shared/aws/ports.ts';
import { inboundBridge } from './kit/carrier.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = inboundBridge(awsPorts(readEnvironment()), inboundOf);
