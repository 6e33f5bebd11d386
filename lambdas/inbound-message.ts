import { awsPorts } from '../shared/aws/ports.ts';
import { inboundMessage } from './kit/event.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = inboundMessage(awsPorts(readEnvironment()));
