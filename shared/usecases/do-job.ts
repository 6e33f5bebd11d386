import type { Job, JobOf } from '../domain/job.ts';
import type { Ports } from '../ports.ts';

/** The job that goes on where one has ended. */
export interface Next {
  readonly job: Job;
  readonly delaySeconds: number;
}

/** What is to be done for each type of job. */
type Work<Type extends Job['type']> = { readonly [T in Type]: (job: JobOf<T>) => Promise<Next | undefined> };

/** Does one page of a job and queues the next. A page done twice changes nothing more. */
export const doJob =
  <Types extends Job['type']>({ queue }: Pick<Ports, 'queue'>, work: Work<Types>) =>
  async <Type extends Types>(job: JobOf<Type> & { readonly type: Type }): Promise<void> => {
    const next = await work[job.type](job);
    if (next) await queue.send(next.job, next.delaySeconds);
  };

export const atOnce = (job: Job | undefined): Next | undefined => job && { job, delaySeconds: 0 };

type Paged = Extract<Job, { cursor?: string | undefined }>;
export const following = (job: Paged, cursor: string | undefined): Next | undefined =>
  atOnce(cursor === undefined ? undefined : { ...job, cursor });
