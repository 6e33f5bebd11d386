import { awsPorts } from '../shared/aws/ports.ts';
import { routes } from '../shared/http/routes.ts';
import { http } from './kit/http.ts';
import { readEnvironment } from './kit/env.ts';

export const handler = http(awsPorts(readEnvironment()), routes);
