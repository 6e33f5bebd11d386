import * as z from 'zod/mini';

/** What a text is for: only marketing counts against a day's cap. */
export const Purpose = z.enum(['marketing', 'conversational', 'transactional']);
export type Purpose = z.infer<typeof Purpose>;
