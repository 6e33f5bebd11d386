import { inboundOf } from '../shared/aws/notification.ts';
import { busOf } from '../shared/aws/ports.ts';
import { jsonLog } from '../shared/aws/system.ts';
import { inboundBridge } from './kit/carrier.ts';
import { readEnvironment } from './kit/env.ts';

const deployment = readEnvironment();

export const handler = inboundBridge({ bus: busOf(deployment), log: jsonLog }, inboundOf);
