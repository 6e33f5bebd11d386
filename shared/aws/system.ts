import { stdout } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { monotonicFactory } from 'ulid';
import { isTransfer } from '../domain/job.ts';
import type { Clock, Ids, Log, Queue } from '../ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};

export function ulids(): Ids {
  const next = monotonicFactory();
  return { next: () => next() };
}

/** A queue for each kind of work: files must not hold up runs. */
export const jobQueue = (client: SQSClient, urls: { readonly jobs: string; readonly transfers: string }): Queue => ({
  async send(job, delaySeconds = 0) {
    const url = isTransfer(job) ? urls.transfers : urls.jobs;
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds }),
    );
  },
});

const line = (entry: object) => {
  stdout.write(`${JSON.stringify(entry)}\n`);
};

/** A line of JSON per entry, as CloudWatch reads it. */
export const jsonLog: Log = {
  info: (code, facts) => line({ level: 'INFO', code, ...facts }),
  error: (code, facts) => line({ level: 'ERROR', code, ...facts }),
};
