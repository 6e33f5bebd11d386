import type { TransferJob } from '../domain/job.ts';
import type { Ports } from '../ports.ts';
import { atOnce, doJob } from './do-job.ts';
import { exportRecords } from './export-records.ts';
import { importContacts } from './import-contacts.ts';

/** Works on an import or export for some seconds, and queues the rest. Told of one that has ended, it clears away. */
export const runTransfer = (ports: Omit<Ports, 'machines' | 'bus' | 'log'>) => {
  const bringIn = importContacts(ports);
  const bringOut = exportRecords(ports);
  return doJob<TransferJob['type']>(ports, {
    'import-contacts': async (job) => ((await bringIn(job.importId)) === 'more' ? atOnce(job) : undefined),
    export: async (job) => ((await bringOut(job.exportId)) === 'more' ? atOnce(job) : undefined),
  });
};
