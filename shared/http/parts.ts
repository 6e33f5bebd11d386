import type { Route } from './route.ts';

/** Routes that are made together, when the first request comes that may be for one of them. */
export interface Part {
  /** What their paths begin with, behind `/v1/`. */
  readonly words: readonly string[];
  readonly load: () => Promise<readonly Route[]>;
}

/** The whole API. Making all of it would take longer than answering most requests. */
export const parts: readonly Part[] = [
  { words: ['templates', 'workflows'], load: async () => (await import('./workflow-routes.ts')).workflowRoutes },
  { words: ['previews', 'workflows'], load: async () => (await import('./audience-routes.ts')).audienceRoutes },
  { words: ['workflows'], load: async () => (await import('./statistics-routes.ts')).statisticsRoutes },
  { words: ['contacts'], load: async () => (await import('./contact-routes.ts')).contactRoutes },
  { words: ['contact-events'], load: async () => (await import('./contact-event-routes.ts')).contactEventRoutes },
  {
    words: ['contacts', 'exports', 'imports'],
    load: async () => (await import('./transfer-routes.ts')).transferRoutes,
  },
  { words: ['lists'], load: async () => (await import('./list-routes.ts')).listRoutes },
  { words: ['messages', 'runs'], load: async () => (await import('./message-routes.ts')).messageRoutes },
  {
    words: ['custom-fields', 'inboxes', 'settings', 'tags'],
    load: async () => (await import('./workspace-routes.ts')).workspaceRoutes,
  },
  { words: ['openapi.json'], load: async () => [(await import('./openapi-route.ts')).openApiRoute] },
];
