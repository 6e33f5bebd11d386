import { expect, test } from 'vitest';
import { DueJob, kindOf, ReconcileJob, TransferJob, WorkflowJob } from '../../shared/domain/job.ts';
import { at, NOW } from '../support/filters.ts';

const SCHEMAS = {
  'workflow-job': WorkflowJob,
  'due-job': DueJob,
  'reconcile-job': ReconcileJob,
  transfer: TransferJob,
};
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
  [{ type: 'import-contacts', importId: `imp_${'0'.repeat(26)}` }],
  [{ type: 'export', exportId: `exp_${'0'.repeat(26)}` }],
])('what waits in a queue is read as it was put there, by the function of its kind alone: %j', (input) => {
  const [job, ...others] = Object.values(SCHEMAS).flatMap((schema) => schema.safeParse(input).data ?? []);
  expect(job).toEqual(input);
  expect(others).toEqual([]);
  const schema = SCHEMAS[kindOf(job ?? { type: 'sweep' })];
  expect(schema.safeParse(input).data).toEqual(input);
  expect(schema.safeParse({ ...input, more: 1 }).success).toBe(false);
});
