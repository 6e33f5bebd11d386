import { awsPorts } from '../shared/aws/ports.ts';
import { routes } from '../shared/http/routes.ts';
import { readEnvironment } from './kit/env.ts';
import { http } from './kit/http.ts';

export const handler = http(awsPorts(readEnvironment()), routes);
