import * as z from 'zod/mini';

/** An instant as ISO 8601 in UTC with milliseconds: text that sorts by time. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

export const instant = (epochMilliseconds: number): Instant => new Date(epochMilliseconds).toISOString();
export const epoch = (at: Instant): number => Date.parse(at);
