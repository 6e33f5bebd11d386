import { awsPorts } from '../shared/aws/ports.ts';
import { readEnvironment } from './kit/env.ts';
import { inboundMessage } from './kit/event.ts';

export const handler = inboundMessage(awsPorts(readEnvironment()));
