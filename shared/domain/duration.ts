import * as z from 'zod/mini';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** A day is always 86 400 s, whatever the clocks do. */
export const DAY = 24 * HOUR;
const LONGEST = 365 * DAY;

const Parts = z.strictObject({
  days: z.optional(z.int().check(z.gte(0), z.lte(365))),
  hours: z.optional(z.int().check(z.gte(0), z.lte(8760))),
  minutes: z.optional(z.int().check(z.gte(0), z.lte(525_600))),
});

export const secondsOf = ({ days = 0, hours = 0, minutes = 0 }: z.infer<typeof Parts>): number =>
  days * DAY + hours * HOUR + minutes * MINUTE;

/** A span of time in parts that add up: `{"days": 1}`, `{"hours": 36}`; 1 minute to 365 days. */
export const Duration = Parts.check(
  z.refine(
    (duration) => secondsOf(duration) >= MINUTE && secondsOf(duration) <= LONGEST,
    'is not between 1 minute and 365 days',
  ),
);
export type Duration = z.infer<typeof Duration>;
