import { expect, test } from 'vitest';
import { Duration, secondsOf } from '../../shared/domain/duration.ts';

test.each([
  [{ minutes: 1 }, 60],
  [{ days: 1 }, 86_400],
  [{ hours: 36 }, 129_600],
  [{ days: 1, hours: 2, minutes: 3 }, 93_780],
  [{ days: 365 }, 31_536_000],
  [{ hours: 8760 }, 31_536_000],
  [{ minutes: 525_600 }, 31_536_000],
])('%j lasts %d seconds', (given, seconds) => {
  expect(secondsOf(Duration.parse(given))).toBe(seconds);
});

const OUTSIDE = 'is not between 1 minute and 365 days';
test.each([
  [{}, OUTSIDE],
  [{ days: 0, minutes: 0 }, OUTSIDE],
  [{ days: 365, minutes: 1 }, OUTSIDE],
  [{ days: 366 }, undefined],
  [{ hours: 8761 }, undefined],
  [{ minutes: 525_601 }, undefined],
  [{ hours: -1, days: 1 }, undefined],
  [{ days: -1, hours: 25 }, undefined],
  [{ minutes: -1, hours: 1 }, undefined],
  [{ minutes: 1.5 }, undefined],
  [{ seconds: 90 }, undefined],
])('%j is no duration', (given, why) => {
  const { success, error } = Duration.safeParse(given);
  expect(success).toBe(false);
  if (why !== undefined) expect(error?.issues.map(({ message }) => message)).toEqual([why]);
});
