import { parts } from './parts.ts';
import type { Route } from './route.ts';

/** All routes of the API, for who describes them. */
export const routes: readonly Route[] = (await Promise.all(parts.map(({ load }) => load()))).flat();
