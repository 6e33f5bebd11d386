import { LONGEST_DELAY_SECONDS } from '../domain/job.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';

/**
 * Executions that jobs may start a second, all jobs together. AWS takes 150 a second in its smaller Regions, and whoever
 * enrols by a trigger meanwhile must get through.
 */
const STARTS_PER_SECOND = 100;
/** A page of starts begins within its second and may reach into the next: so many, at most, come to 149 in one. */
export const STARTS_PER_PAGE = 50;

/** Sets room for so many starts apart, behind what others have; answers after how many seconds it comes. */
export const paceStarts =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (starts: number): Promise<number> => {
    if (starts === 0) return 0;
    const now = clock.now();
    const from = await table.take(keys.startPace, now, (starts * 1000) / STARTS_PER_SECOND);
    return Math.min(Math.floor(from / 1000) - Math.floor(now / 1000), LONGEST_DELAY_SECONDS);
  };
