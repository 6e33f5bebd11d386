import { awsPorts } from '../shared/aws/ports.ts';
import { jobs } from './kit/batch.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = jobs(awsPorts(readEnvironment()));
