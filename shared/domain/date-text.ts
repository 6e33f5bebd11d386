import * as z from 'zod/mini';
import { lazy } from './lazy.ts';
import { wanted } from './wanted.ts';

const DayOrMoment = lazy(() => z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]));
/** A day (in the workspace's zone), or a moment with an offset or in the workspace's zone. */
export const DateText = z.string(wanted('an ISO 8601 date or date-time')).check(
  z.maxLength(40),
  z.refine((text) => DayOrMoment().safeParse(text).success, 'is not an ISO 8601 date or date-time'),
);
