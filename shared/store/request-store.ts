import * as z from 'zod/mini';
import { ContactId } from '../domain/id.ts';
import { epoch, Instant } from '../domain/instant.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind } from './stored.ts';

/** How long a request is known by its key. */
export const REMEMBERED_MS = 24 * 60 * 60 * 1000;

const RememberedRequest = z.strictObject({
  key: z.string(),
  /** Of the request's method, path and body. */
  fingerprint: z.string(),
  /** When it was first made. */
  at: Instant,
  /** Until then somebody is at work on it. */
  heldUntil: Instant,
  answer: z.optional(
    z.strictObject({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.exactOptional(z.string()) }),
  ),
  /** When the contact was erased that the answer told of. */
  erasedAt: z.optional(Instant),
});
export type RememberedRequest = z.infer<typeof RememberedRequest>;

export const requests: Kind<RememberedRequest> = {
  type: 'request',
  parse: (data) => RememberedRequest.parse(data),
  key: ({ key }) => keys.request(key),
  expiresAt: ({ at }) => Math.ceil((epoch(at) + REMEMBERED_MS) / 1000),
};

export const getRequest = (table: Table, key: string) => get(table, requests, keys.request(key));

/** That an answer tells of a contact, in the contact's partition: erasing the contact finds it by that. */
const AnswerAbout = z.strictObject({ contactId: ContactId, request: z.string(), at: Instant });
export const answersAbout: Kind<z.infer<typeof AnswerAbout>> = {
  type: 'answer-about',
  parse: (data) => AnswerAbout.parse(data),
  key: ({ contactId, at, request }) => keys.answer(contactId, at, request),
  expiresAt: ({ at }) => Math.ceil((epoch(at) + REMEMBERED_MS) / 1000),
};
