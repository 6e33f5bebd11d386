import * as z from 'zod/mini';

const TimeOfDay = z.string().check(z.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is not a time of day, as "09:00"'));
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Hours of a day, by the clock of whom is texted: from the first minute on, before the last. */
export const Window = z
  .strictObject({ from: TimeOfDay, to: TimeOfDay })
  .check(z.refine(({ from, to }) => minutesOf(from) < minutesOf(to), { path: ['to'], error: 'is not after from' }));
export type Window = z.infer<typeof Window>;

export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
/** Of some days other hours, or none; of those that are not named the usual ones. */
export const WeekHours = z.partialRecord(z.enum(WEEKDAYS), z.union([Window, z.literal('closed')]));
export type WeekHours = z.infer<typeof WeekHours>;

const every = (hours: Window | 'closed', days: readonly (typeof WEEKDAYS)[number][] = WEEKDAYS): WeekHours =>
  Object.fromEntries(days.map((day) => [day, hours]));
const MON_TO_FRI = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

/**
 * Where the law of a state leaves fewer hours to solicitation than 9 to 20 o'clock, by its code (ISO 3166-2:US). It is
 * what holds before anyone has said otherwise in the settings; not legal advice. Sources: the states' telephone
 * solicitation acts, such as Texas Business & Commerce Code § 301.051 and Rhode Island General Laws § 5-61-3.6.
 */
export const STATE_HOURS: Readonly<Record<string, WeekHours>> = {
  AL: every('closed', ['sunday']),
  KY: every({ from: '10:00', to: '21:00' }),
  LA: every('closed', ['sunday']),
  MS: every('closed', ['sunday']),
  RI: {
    ...every({ from: '09:00', to: '18:00' }, MON_TO_FRI),
    ...every({ from: '10:00', to: '17:00' }, ['saturday']),
    ...every('closed', ['sunday']),
  },
  SD: every('closed', ['sunday']),
  TX: every({ from: '12:00', to: '21:00' }, ['sunday']),
  UT: every('closed', ['sunday']),
};
