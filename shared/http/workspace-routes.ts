import * as z from 'zod/mini';
import { FieldKey, Tag } from '../domain/contact.ts';
import { CustomField, CustomFieldInput } from '../domain/custom-field.ts';
import { Instant } from '../domain/instant.ts';
import { ok } from '../domain/problem.ts';
import { Settings } from '../domain/settings.ts';
import { editSettings, readSettings } from '../usecases/edit-settings.ts';
import {
  declareCustomField,
  deleteCustomField,
  listCustomFields,
  readCustomField,
  relabelCustomField,
} from '../usecases/keep-custom-fields.ts';
import { createTag, listTags } from '../usecases/keep-tags.ts';
import { inboxRoutes } from './inbox-routes.ts';
import { PageQuery, pageOf } from './page.ts';
import { document, mapped, nothing, type Route, route, valuesOf } from './route.ts';

const SettingsView = Settings.check(z.meta({ id: 'Settings' }));

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

const TagView = z.object({ tag: Tag, createdAt: Instant }).check(z.meta({ id: 'Tag' }));

const tagRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/tags',
    scope: 'workspace:write',
    summary: 'Create a tag',
    description: 'Tags are also created by their first use. Upper and lower case are one.',
    tags: ['Tags'],
    input: { body: z.strictObject({ tag: Tag }) },
    status: 201,
    answer: TagView,
    refusals: ['ALREADY_EXISTS'],
    run: (ports) => {
      const create = createTag(ports);
      return async ({ body }) => mapped(await create(body.tag), (value) => ({ body: value }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tags',
    scope: 'workspace:read',
    summary: 'List the tags in alphabetical order',
    tags: ['Tags'],
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(TagView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = listTags(ports);
      return async ({ query }) => ok({ body: valuesOf(await list(query)) });
    },
  }),
];

const FieldView = z.object(CustomField.shape).check(z.meta({ id: 'CustomField' }));
const ByKey = z.strictObject({ key: FieldKey });

const customFieldRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/custom-fields',
    scope: 'workspace:write',
    summary: 'Declare a custom field',
    tags: ['Custom fields'],
    input: { body: CustomFieldInput },
    status: 201,
    answer: FieldView,
    etag: true,
    refusals: ['ALREADY_EXISTS', 'CONFLICT'],
    run: (ports) => {
      const declare = declareCustomField(ports);
      return async ({ body }) =>
        mapped(await declare(body), (field) => ({
          ...document(field),
          location: `/v1/custom-fields/${field.value.key}`,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/custom-fields',
    scope: 'workspace:read',
    summary: 'List the custom fields by key',
    tags: ['Custom fields'],
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(FieldView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = listCustomFields(ports);
      return async ({ query }) => ok({ body: valuesOf(await list(query)) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/custom-fields/{key}',
    scope: 'workspace:read',
    summary: 'Read a custom field',
    tags: ['Custom fields'],
    input: { path: ByKey },
    status: 200,
    answer: FieldView,
    etag: true,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readCustomField(ports);
      return async ({ path }) => mapped(await read(path.key), document);
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/custom-fields/{key}',
    scope: 'workspace:write',
    summary: 'Relabel a custom field',
    description: 'Its type stays.',
    tags: ['Custom fields'],
    input: { path: ByKey, body: z.pick(CustomFieldInput, { label: true }) },
    status: 200,
    answer: FieldView,
    etag: true,
    refusals: ['NOT_FOUND', 'REVISION_MISMATCH'],
    run: (ports) => {
      const relabel = relabelCustomField(ports);
      return async ({ path, body, revision }) => mapped(await relabel(path.key, body.label, revision), document);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/custom-fields/{key}',
    scope: 'workspace:write',
    summary: 'Delete a custom field that no workflow at work uses',
    description: 'Contacts keep their values, but nothing can read or write them until the field is declared again.',
    tags: ['Custom fields'],
    input: { path: ByKey },
    status: 204,
    etag: true,
    refusals: ['NOT_FOUND', 'IN_USE', 'REVISION_MISMATCH'],
    run: (ports) => {
      const remove = deleteCustomField(ports);
      return async ({ path, revision }) => mapped(await remove(path.key, revision), () => nothing);
    },
  }),
];

export const workspaceRoutes: readonly Route[] = [
  ...settingsRoutes,
  ...tagRoutes,
  ...customFieldRoutes,
  ...inboxRoutes,
];
