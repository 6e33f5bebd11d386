import { audienceRoutes } from './audience-routes.ts';
import { contactEventRoutes } from './contact-event-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { listRoutes } from './list-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { openApiRoute } from './openapi-route.ts';
import type { Route } from './route.ts';
import { statisticsRoutes } from './statistics-routes.ts';
import { transferRoutes } from './transfer-routes.ts';
import { workflowRoutes } from './workflow-routes.ts';
import { workspaceRoutes } from './workspace-routes.ts';

/** The whole API. */
export const routes: readonly Route[] = [
  ...workflowRoutes,
  ...audienceRoutes,
  ...statisticsRoutes,
  ...contactRoutes,
  ...contactEventRoutes,
  ...transferRoutes,
  ...listRoutes,
  ...messageRoutes,
  ...workspaceRoutes,
  openApiRoute,
];
