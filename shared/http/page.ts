import * as z from 'zod';

const MOST = 100;
const USUAL = 50;

/** The `?limit=&cursor=` of every list. */
export const PageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MOST))
    .default(USUAL)
    .meta({ type: 'integer', minimum: 1, maximum: MOST, default: USUAL, description: 'At most so many items.' }),
  cursor: z.string().min(1).max(2000).optional().meta({ description: 'The `next` of the page before.' }),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A list by time, oldest or newest first. */
export const orderedPageQuery = (usual: 'asc' | 'desc') =>
  PageQuery.extend({
    order: z.enum(['asc', 'desc']).default(usual).meta({ description: '`asc`: oldest first; `desc`: newest first.' }),
  });

/** `{ items, next? }`; without `next` this was the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().optional().meta({ description: 'The cursor of the next page, if there is one.' }),
  });
