import { ok } from '../domain/problem.ts';
import { Settings } from '../domain/settings.ts';
import { editSettings, readSettings } from '../usecases/edit-settings.ts';
import { document, mapped, type Route, route } from './route.ts';

const SettingsView = Settings.meta({ id: 'Settings' });

const settingsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/settings',
    scope: 'workspace:read',
    summary: 'Read the settings of the workspace',
    tags: ['Settings'],
    input: {},
    status: 200,
    answer: SettingsView,
    etag: true,
    run: (ports) => {
      const read = readSettings(ports);
      return async () => ok(document(await read()));
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/settings',
    scope: 'workspace:write',
    summary: 'Replace the settings of the workspace',
    description: 'What is left out goes back to its default.',
    tags: ['Settings'],
    input: { body: Settings },
    status: 200,
    answer: SettingsView,
    etag: true,
    refusals: ['REVISION_MISMATCH'],
    run: (ports) => {
      const edit = editSettings(ports);
      return async ({ body, revision }) => mapped(await edit(body, revision), document);
    },
  }),
];

export const workspaceRoutes: readonly Route[] = [...settingsRoutes];
