import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { checkPlainJson } from '../domain/plain-json.ts';
import type { Change, Item, Key } from '../ports.ts';

const StoredItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.string(),
  rev: z.int().check(z.positive()),
  data: z.record(z.string(), z.unknown()),
  gpk: z.optional(z.string()),
  gsk: z.optional(z.string()),
  expiresAt: z.optional(z.number()),
});

export const keyAttributes = ({ pk, sk }: Key) => ({ pk, sk });

/** One name for a key, to tell keys apart by. */
export const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

export function itemAttributes({ pk, sk, type, rev, data, index, expiresAt }: Item) {
  // The SDK would turn a set or a bigint into something else, and drop a function.
  checkPlainJson(data);
  return { pk, sk, type, rev, data, gpk: index?.pk, gsk: index?.sk, expiresAt };
}

export function itemOf(attributes: unknown): Item {
  const { pk, sk, type, rev, data, gpk, gsk, expiresAt } = StoredItem.parse(attributes);
  return {
    ...{ pk, sk, type, rev, data },
    ...(gpk !== undefined && gsk !== undefined && { index: { pk: gpk, sk: gsk } }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

const Image = z.pipe(
  z.custom<Record<string, AttributeValue>>((image) => typeof image === 'object' && image !== null),
  z.transform((image) => itemOf(unmarshall(image, { wrapNumbers: Number }))),
);
const StreamRecord = z.object({
  eventID: z.string(),
  dynamodb: z.object({
    /** Epoch seconds. */
    ApproximateCreationDateTime: z.number(),
    OldImage: z.optional(Image),
    NewImage: z.optional(Image),
  }),
});

const Placed = z.object({ dynamodb: z.object({ SequenceNumber: z.string().check(z.minLength(1)) }) });

/** What Lambda goes by where a record of a batch has failed: any other name, and the whole batch has. */
export const placeOf = (record: unknown): string => Placed.parse(record).dynamodb.SequenceNumber;

/** The change that a record of the table's stream tells of, in the shape in which Lambda hands it over. */
export function changeOf(record: unknown): Change {
  const { eventID, dynamodb } = StreamRecord.parse(record);
  return {
    id: eventID,
    at: Math.round(dynamodb.ApproximateCreationDateTime * 1000),
    ...(dynamodb.OldImage && { before: dynamodb.OldImage }),
    ...(dynamodb.NewImage && { after: dynamodb.NewImage }),
  };
}
