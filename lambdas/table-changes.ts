import { awsPorts } from '../shared/aws/ports.ts';
import { changeOf } from '../shared/aws/table-item.ts';
import { changes } from './kit/batch.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = changes(awsPorts(readEnvironment()), changeOf);
