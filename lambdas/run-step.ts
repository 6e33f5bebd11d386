import { awsPorts } from '../shared/aws/ports.ts';
import { task } from './kit/task.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = task(awsPorts(readEnvironment()));
