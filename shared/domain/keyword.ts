// PLACEHOLDER by the lead, to be overwritten by the recognition helper's own file.
import * as z from 'zod';
export const KeywordCondition = z.strictObject({
  anyOf: z.array(z.string().min(1).max(100)).max(50).default([]),
  noneOf: z.array(z.string().min(1).max(100)).max(50).default([]),
  mode: z.enum(['word', 'exact', 'starts-with', 'substring']).default('word'),
});
export type KeywordCondition = z.infer<typeof KeywordCondition>;
export function matchesKeywords({ anyOf, noneOf }: KeywordCondition, text: string): boolean {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  const hit = (k: string) => ` ${words.join(' ')} `.includes(` ${k.toLowerCase()} `);
  return !noneOf.some(hit) && (anyOf.length === 0 || anyOf.some(hit));
}
