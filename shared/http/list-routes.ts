import * as z from 'zod/mini';
import { ListId } from '../domain/id.ts';
import { SavedList, SavedListInput } from '../domain/list.ts';
import { ok } from '../domain/problem.ts';
import { createList, deleteList, editList, listLists, readList } from '../usecases/keep-lists.ts';
import { PageQuery, pageOf } from './page.ts';
import { document, mapped, nothing, type Route, route, valuesOf } from './route.ts';

const tags = ['Lists'];
const ListView = z.object(SavedList.shape).check(z.meta({ id: 'List' }));
const ById = z.strictObject({ listId: ListId });

export const listRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/lists',
    scope: 'contacts:write',
    summary: 'Save a filter as a list',
    description: 'A list can be a claim of triggers, branches and other lists, without circles.',
    tags,
    input: { body: SavedListInput },
    status: 201,
    answer: ListView,
    etag: true,
    refusals: ['CONFLICT'],
    run: (ports) => {
      const create = createList(ports);
      return async ({ body, seed, at }) =>
        mapped(await create(body, { seed, at }), (list) => ({
          ...document(list),
          location: `/v1/lists/${list.value.id}`,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/lists',
    scope: 'contacts:read',
    summary: 'List the lists, oldest first',
    tags,
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(ListView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = listLists(ports);
      return async ({ query }) => ok({ body: valuesOf(await list(query)) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/lists/{listId}',
    scope: 'contacts:read',
    summary: 'Read a list',
    tags,
    input: { path: ById },
    status: 200,
    answer: ListView,
    etag: true,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readList(ports);
      return async ({ path }) => mapped(await read(path.listId), document);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/lists/{listId}',
    scope: 'contacts:write',
    summary: 'Replace a list that no workflow at work uses',
    tags,
    input: { path: ById, body: SavedListInput },
    status: 200,
    answer: ListView,
    etag: true,
    refusals: ['NOT_FOUND', 'IN_USE', 'REVISION_MISMATCH'],
    run: (ports) => {
      const edit = editList(ports);
      return async ({ path, body, revision }) => mapped(await edit(path.listId, body, revision), document);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/lists/{listId}',
    scope: 'contacts:write',
    summary: 'Delete a list that nothing uses',
    tags,
    input: { path: ById },
    status: 204,
    etag: true,
    refusals: ['NOT_FOUND', 'IN_USE', 'REVISION_MISMATCH'],
    run: (ports) => {
      const remove = deleteList(ports);
      return async ({ path, revision }) => mapped(await remove(path.listId, revision), () => nothing);
    },
  }),
];
