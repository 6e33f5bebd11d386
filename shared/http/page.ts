import * as z from 'zod/mini';

const MOST = 100;
const USUAL = 50;

/** The `?limit=&cursor=` of every list. */
export const PageQuery = z.strictObject({
  limit: z
    ._default(
      z.pipe(
        z.pipe(z.string().check(z.regex(/^\d{1,4}$/, 'is not a whole number')), z.transform(Number)),
        z.int().check(z.gte(1), z.lte(MOST)),
      ),
      USUAL,
    )
    .check(
      z.meta({ type: 'integer', minimum: 1, maximum: MOST, default: USUAL, description: 'At most so many items.' }),
    ),
  cursor: z
    .optional(z.string().check(z.minLength(1), z.maxLength(2000)))
    .check(z.meta({ description: 'The `next` of the page before.' })),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A list by time, oldest or newest first. */
export const orderedPageQuery = (usual: 'asc' | 'desc') =>
  z.extend(PageQuery, {
    order: z
      ._default(z.enum(['asc', 'desc']), usual)
      .check(z.meta({ description: '`asc`: oldest first; `desc`: newest first.' })),
  });

/** `{ items, next? }`; without `next` this was the last page. */
export const pageOf = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.optional(z.string()).check(z.meta({ description: 'The cursor of the next page, if there is one.' })),
  });
