import { expect, test } from 'vitest';
import { ImportId } from '../../shared/domain/id.ts';
import { isTransfer, Job, TransferJob } from '../../shared/domain/job.ts';
import { at, NOW } from '../support/filters.ts';

const workflowId = `wf_${'0'.repeat(26)}`;
test.each([
  [{ type: 'pass', passId: `pass_${'0'.repeat(26)}`, shard: 3, page: 0, mayStart: true }],
  [{ type: 'reconcile', of: 'runs' }],
  [{ type: 'reconcile', of: 'executions' }],
  [{ type: 'reconcile-runs', workflowId, leading: true }],
  [{ type: 'reconcile-executions', workflowId, cursor: 'c' }],
  [{ type: 'finish-publishing', workflowId }],
  [{ type: 'resume-parked', workflowId, cursor: 'c' }],
  [{ type: 'end-parked', workflowId, since: at(NOW) }],
  [{ type: 'end-runs', workflowId }],
  [{ type: 'tally', workflowId }],
  [{ type: 'settle-text', messageId: `msg_${'0'.repeat(52)}` }],
  [{ type: 'sweep' }],
  [{ type: 'sweep-shard', shard: 3, until: at(NOW), cursor: 'c' }],
  [{ type: 'watch-shard', shard: 3 }],
])('what waits in a queue is read as it was put there: %j', (job) => {
  expect(Job.parse(job)).toEqual(job);
  expect(Job.safeParse({ ...job, more: 1 }).success).toBe(false);
});

test('work on a file is told from other work', () => {
  const importId = ImportId.parse(`imp_${'0'.repeat(26)}`);
  const exportId = importId.replace('imp', 'exp');
  const jobs = [
    Job.parse({ type: 'sweep' }),
    TransferJob.parse({ type: 'import-contacts', importId }),
    TransferJob.parse({ type: 'export', exportId }),
  ];
  expect(jobs.filter(isTransfer).map(({ type }) => type)).toEqual(['import-contacts', 'export']);
});
