import type { Job, JobOf } from '../domain/job.ts';
import type { Ports } from '../ports.ts';

/** The job that goes on where one has ended. */
export interface Next<One extends Job> {
  readonly job: One;
  readonly delaySeconds: number;
}

/** What is to be done for each type of job: one leads to others of the same kind alone, whose queue its function may use. */
type Work<Types extends Job['type']> = {
  readonly [T in Types]: (job: JobOf<T>) => Promise<Next<JobOf<Types>> | undefined>;
};

/** Does one page of a job and queues the next. A page done twice changes nothing more. */
export const doJob =
  <Types extends Job['type']>({ queue }: Pick<Ports, 'queue'>, work: Work<Types>) =>
  async <Type extends Types>(job: JobOf<Type> & { readonly type: Type }): Promise<void> => {
    const next = await work[job.type](job);
    if (next) await queue.send(next.job, next.delaySeconds);
  };

export const atOnce = <One extends Job>(job: One | undefined): Next<One> | undefined => job && { job, delaySeconds: 0 };

export const following = <One extends Job>(job: One, cursor: string | undefined): Next<One> | undefined =>
  atOnce(cursor === undefined ? undefined : { ...job, cursor });
