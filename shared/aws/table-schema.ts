/**
 * The one table: what the infrastructure creates and what `dynamoTable` relies on. All key attributes are strings.
 * The index is sparse (only items that carry `gpk` and `gsk`) and holds keys alone: whole items in it would double
 * the price of every write, to spare the lists that people page through a second read.
 */
export const tableSchema = {
  partitionKey: 'pk',
  sortKey: 'sk',
  index: { name: 'byOwner', partitionKey: 'gpk', sortKey: 'gsk', projection: 'KEYS_ONLY' },
  /** Both images: a change is matched by what it was before and after. */
  stream: 'NEW_AND_OLD_IMAGES',
  expiry: 'expiresAt',
} as const;
