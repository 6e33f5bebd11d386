import { awsPorts } from '../shared/aws/ports.ts';
import { readEnvironment } from './kit/env.ts';
import { task } from './kit/task.ts';

export const handler = task(awsPorts(readEnvironment()));
