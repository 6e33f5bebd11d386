import * as z from 'zod/mini';
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
});
export type RememberedRequest = z.infer<typeof RememberedRequest>;

export const requests: Kind<RememberedRequest> = {
  type: 'request',
  parse: (data) => RememberedRequest.parse(data),
  key: ({ key }) => keys.request(key),
  expiresAt: ({ at }) => Math.ceil((epoch(at) + REMEMBERED_MS) / 1000),
};

export const getRequest = (table: Table, key: string) => get(table, requests, keys.request(key));
