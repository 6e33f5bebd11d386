import type { DueJob } from '../domain/job.ts';
import { timedOf } from '../domain/triggers-by-key.ts';
import type { Ports } from '../ports.ts';
import { contacts } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { listIndex } from '../store/stored.ts';
import { doJob, following } from './do-job.ts';
import { settleClaim } from './send-once.ts';
import { sweep, sweepShard } from './sweep.ts';
import { triggersReader } from './triggers.ts';
import { watchContact } from './watch-contact.ts';

const CONTACTS_PER_CALL = 250;

/** What is to be done by a certain time, and finding out what that is. */
export const runDueJob = (ports: Pick<Ports, 'table' | 'sms' | 'queue' | 'clock' | 'ids'>) => {
  const { table } = ports;
  const sweepAll = sweep(ports);
  const sweepOne = sweepShard(ports);
  const readTriggers = triggersReader(ports);
  const watch = watchContact(ports);
  const settle = settleClaim(ports);

  return doJob<DueJob['type']>(ports, {
    sweep: async () => {
      await sweepAll();
      return undefined;
    },
    'sweep-shard': async (job) => following(job, await sweepOne(job)),
    'watch-shard': async (job) => {
      const triggers = await readTriggers();
      if (!triggers.hasTimed()) return undefined;
      const range = { pk: keys.contactsIndex(job.shard), limit: CONTACTS_PER_CALL, cursor: job.cursor };
      const page = await listIndex(table, contacts, range);
      for (const { value } of page.items) await watch(value, timedOf(triggers.candidates(value)));
      return following(job, page.next);
    },
    'settle-text': async ({ messageId }) => {
      await settle(messageId);
      return undefined;
    },
  });
};
