import * as z from 'zod/mini';
import { Tag } from '../domain/contact.ts';
import { RecordedEvent } from '../domain/contact-event.ts';
import { ContactId, InboxId, RunId, WorkflowId } from '../domain/id.ts';
import { Instant } from '../domain/instant.ts';
import { ok } from '../domain/problem.ts';
import { addContact } from '../usecases/add-contact.ts';
import { deleteContact } from '../usecases/delete-contact.ts';
import { editContact } from '../usecases/edit-contact.ts';
import { listContacts, readContact, readConversation } from '../usecases/read-contacts.ts';
import { readTimeline } from '../usecases/read-timeline.ts';
import { tagContact } from '../usecases/tag-contact.ts';
import { handBack } from '../usecases/take-over.ts';
import { upsertContact } from '../usecases/upsert-contact.ts';
import { ContactPatch, ContactUpsert, ContactView, MessageView, NewContact } from './contact-view.ts';
import { orderedPageQuery, PageQuery, pageOf } from './page.ts';
import { document, mapped, nothing, type Route, route, valuesOf } from './route.ts';
import { LogEntryView } from './run-view.ts';

const tags = ['Contacts'];
const ById = z.strictObject({ contactId: ContactId });
const ByTag = z.extend(ById, { tag: Tag });

const HandedBack = z.strictObject({
  inboxId: z.optional(InboxId).check(z.meta({ description: 'The one conversation; all where it is left out.' })),
});

const OPT_OUT =
  'Opting out ends all runs of the contact, as STOP does. An opt-out is never taken back through the API: that is a `CONFLICT`.';

const TimelineView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), at: Instant, message: MessageView }),
  z.object({ type: z.literal('event'), at: Instant, event: RecordedEvent }),
  z.object({ type: z.literal('run'), at: Instant, runId: RunId, workflowId: WorkflowId, entry: LogEntryView }),
]);

export const contactRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/contacts',
    scope: 'contacts:write',
    summary: 'Create a contact',
    description:
      'Custom-field values are read as their declared types. Tags that are new are added to the list of tags.',
    tags,
    input: { body: NewContact },
    status: 201,
    answer: ContactView,
    etag: true,
    refusals: ['PHONE_TAKEN'],
    run: (ports) => {
      const add = addContact(ports);
      return async ({ body: { phone, optIn, consent, ...profile }, seed, at }) =>
        mapped(await add({ phone, optIn, consent, profile }, { seed, at }), (contact) => ({
          ...document(contact),
          location: `/v1/contacts/${contact.value.id}`,
          about: contact.value.id,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/contacts',
    scope: 'contacts:read',
    summary: 'List all contacts',
    description: 'In an order that stays as it is while contacts come and go; it is not the order of their creation.',
    tags,
    input: { query: PageQuery },
    status: 200,
    answer: pageOf(ContactView),
    refusals: ['INVALID_CURSOR'],
    run: (ports) => {
      const list = listContacts(ports);
      return async ({ query }) => ok({ body: valuesOf(await list(query)) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/contacts/{contactId}',
    scope: 'contacts:read',
    summary: 'Read a contact',
    tags,
    input: { path: ById },
    status: 200,
    answer: ContactView,
    etag: true,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readContact(ports);
      return async ({ path }) => mapped(await read(path.contactId), document);
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/contacts/{contactId}',
    scope: 'contacts:write',
    summary: 'Change some of a contact',
    description: `A JSON merge patch: null clears, what is left out stays. ${OPT_OUT}`,
    tags,
    input: { path: ById, body: ContactPatch },
    status: 200,
    answer: ContactView,
    etag: true,
    refusals: ['NOT_FOUND', 'PHONE_TAKEN', 'CONFLICT', 'REVISION_MISMATCH'],
    run: (ports) => {
      const edit = editContact(ports);
      return async ({ path, body: { phone, consent, ...profile }, revision }) =>
        mapped(await edit(path.contactId, { phone, consent, profile }, revision), document);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/contacts/{contactId}',
    scope: 'contacts:write',
    summary: 'Erase a contact',
    description:
      'Its runs end, its messages are deleted. What runs did stays in their history, without the person. Erasing twice is fine.',
    tags,
    input: { path: ById },
    status: 204,
    etag: true,
    refusals: ['REVISION_MISMATCH'],
    run: (ports) => {
      const erase = deleteContact(ports);
      return async ({ path, revision }) => mapped(await erase(path.contactId, revision), () => nothing);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/contacts/by-phone/{phone}',
    scope: 'contacts:write',
    summary: 'Create the contact of a phone number, or change some of it',
    description: `An existing contact is patched as by PATCH. ${OPT_OUT}`,
    tags,
    input: { path: z.strictObject({ phone: z.string().check(z.maxLength(250)) }), body: z.prefault(ContactUpsert, {}) },
    status: 200,
    also: { 201: 'The contact is new.' },
    answer: ContactView,
    etag: true,
    refusals: ['CONFLICT', 'REVISION_MISMATCH'],
    run: (ports) => {
      const upsert = upsertContact(ports);
      return async ({ path, body: { optIn, consent, ...profile }, seed, at, revision }) =>
        mapped(
          await upsert({ phone: path.phone, optIn, consent, profile }, { seed, at }, revision),
          ({ contact, created }) => ({
            ...document(contact),
            ...(created && { status: 201, location: `/v1/contacts/${contact.value.id}` }),
          }),
        );
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/contacts/{contactId}/tags/{tag}',
    scope: 'contacts:write',
    summary: 'Put a tag on a contact',
    description: 'A tag that is new is added to the list of tags.',
    tags,
    input: { path: ByTag },
    status: 200,
    answer: ContactView,
    refusals: ['NOT_FOUND', 'CONFLICT'],
    run: (ports) => {
      const tag = tagContact(ports);
      return async ({ path }) => mapped(await tag(path.contactId, path.tag, 'on'), document);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/contacts/{contactId}/tags/{tag}',
    scope: 'contacts:write',
    summary: 'Take a tag off a contact',
    tags,
    input: { path: ByTag },
    status: 200,
    answer: ContactView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const tag = tagContact(ports);
      return async ({ path }) => mapped(await tag(path.contactId, path.tag, 'off'), document);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/contacts/{contactId}/resume',
    scope: 'contacts:write',
    summary: 'Hand a conversation back to the workflows',
    description:
      'Ends what `POST /v1/messages` with `takeover` began: paused runs go on where they were. Doing so twice, or where nobody has taken over, is fine.',
    tags,
    input: { path: ById, body: z.prefault(HandedBack, {}) },
    status: 200,
    answer: ContactView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const give = handBack(ports);
      return async ({ path, body }) =>
        mapped(await give(path.contactId, body.inboxId), (contact) => ({
          ...document(contact),
          about: contact.value.id,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/contacts/{contactId}/messages',
    scope: 'contacts:read',
    summary: 'Read the conversation with a contact',
    tags,
    input: { path: ById, query: orderedPageQuery('asc') },
    status: 200,
    answer: pageOf(MessageView),
    refusals: ['NOT_FOUND', 'INVALID_CURSOR'],
    run: (ports) => {
      const read = readConversation(ports);
      return async ({ path, query }) => mapped(await read(path.contactId, query), (page) => ({ body: valuesOf(page) }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/contacts/{contactId}/timeline',
    scope: 'contacts:read',
    summary: 'Read all that happened with a contact',
    description: 'What was said, what happened elsewhere, and what its runs did, by time.',
    tags,
    input: { path: ById, query: orderedPageQuery('desc') },
    status: 200,
    answer: pageOf(TimelineView),
    refusals: ['NOT_FOUND', 'INVALID_CURSOR'],
    run: (ports) => {
      const read = readTimeline(ports);
      return async ({ path, query }) => mapped(await read(path.contactId, query), (body) => ({ body }));
    },
  }),
];
