import type { TransferJob } from '../domain/job.ts';
import type { Ports } from '../ports.ts';
import { exportRecords } from './export-records.ts';
import { importContacts } from './import-contacts.ts';

/** Works on an import or export for some seconds, and queues the rest. Told of one that has ended, it clears away. */
export const runTransfer = (ports: Omit<Ports, 'machines' | 'bus' | 'log'>) => {
  const bringIn = importContacts(ports);
  const bringOut = exportRecords(ports);

  return async (job: TransferJob): Promise<void> => {
    const left = await (job.type === 'import-contacts' ? bringIn(job.importId) : bringOut(job.exportId));
    if (left === 'more') await ports.queue.send(job);
  };
};
