import { parentPort } from 'node:worker_threads';
import { simulate } from './simulate.ts';

/** Plays the seeds that it is given, a share at a time, and answers what they came to. */
export interface Share {
  readonly from: number;
  readonly to: number;
}

parentPort?.on('message', ({ from, to }: Share) => {
  const seeds = Array.from({ length: to - from }, (_, at) => from + at);
  void simulate(seeds).then((total) => parentPort?.postMessage(total));
});
