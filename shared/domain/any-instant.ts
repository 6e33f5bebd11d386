import * as z from 'zod/mini';
import { Instant, instant } from './instant.ts';

/** ISO 8601 with any precision and offset, kept as UTC with milliseconds. */
export const AnyInstant = z
  .pipe(
    z.pipe(
      z.iso.datetime({ offset: true }),
      z.transform((text) => instant(Date.parse(text))),
    ),
    Instant,
  )
  .check(z.meta({ type: 'string', format: 'date-time' }));
