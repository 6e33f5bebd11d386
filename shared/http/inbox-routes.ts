import * as z from 'zod/mini';
import { InboxId } from '../domain/id.ts';
import { Inbox, InboxInput } from '../domain/inbox.ts';
import { ok } from '../domain/problem.ts';
import { createInbox, deleteInbox, editInbox, listInboxes, readInbox } from '../usecases/keep-inboxes.ts';
import { PageQuery, pageOf } from './page.ts';
import { document, mapped, nothing, type Route, route, valuesOf } from './route.ts';

const tags = ['Inboxes'];
const InboxView = z.object(Inbox.shape).check(z.meta({ id: 'Inbox' }));
const InboxBody = z.extend(InboxInput, {
  phone: z
    .string()
    .check(z.trim(), z.minLength(1), z.maxLength(250), z.meta({ description: 'What people see and answer to.' })),
});
const ById = z.strictObject({ inboxId: InboxId });

export const inboxRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/inboxes',
    scope: 'workspace:write',
    summary: 'Add a number of the business',
    description: 'Texts leave from it, and answers come to it.',
    tags,
    input: { body: InboxBody },
    status: 201,
    answer: InboxView,
    etag: true,
    refusals: ['NUMBER_TAKEN'],
    run: (ports) => {
      const create = createInbox(ports);
      return async ({ body, seed, at }) =>
        mapped(await create(body, { seed, at }), (inbox) => ({
          ...document(inbox),
          location: `/v1/inboxes/${inbox.value.id}`,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/inboxes',
    scope: 'workspace:read',
    summary: 'List the inboxes, oldest first',
    tags,
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(InboxView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = listInboxes(ports);
      return async ({ query }) => ok({ body: valuesOf(await list(query)) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/inboxes/{inboxId}',
    scope: 'workspace:read',
    summary: 'Read an inbox',
    tags,
    input: { path: ById },
    status: 200,
    answer: InboxView,
    etag: true,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readInbox(ports);
      return async ({ path }) => mapped(await read(path.inboxId), document);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/inboxes/{inboxId}',
    scope: 'workspace:write',
    summary: 'Replace an inbox',
    tags,
    input: { path: ById, body: InboxBody },
    status: 200,
    answer: InboxView,
    etag: true,
    refusals: ['NOT_FOUND', 'NUMBER_TAKEN', 'REVISION_MISMATCH'],
    run: (ports) => {
      const edit = editInbox(ports);
      return async ({ path, body, revision }) => mapped(await edit(path.inboxId, body, revision), document);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/inboxes/{inboxId}',
    scope: 'workspace:write',
    summary: 'Delete an inbox that no workflow at work sends from',
    tags,
    input: { path: ById },
    status: 204,
    etag: true,
    refusals: ['NOT_FOUND', 'IN_USE', 'REVISION_MISMATCH'],
    run: (ports) => {
      const remove = deleteInbox(ports);
      return async ({ path, revision }) => mapped(await remove(path.inboxId, revision), () => nothing);
    },
  }),
];
