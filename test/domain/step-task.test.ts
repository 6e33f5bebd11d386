import { expect, it, test } from 'vitest';
import { ContactId, runIdOf, WorkflowId } from '../../shared/domain/id.ts';
import { attemptOf, StepTask } from '../../shared/domain/step-task.ts';

const run = runIdOf(ContactId.parse(`ct_${'0'.repeat(26)}`), '0'.repeat(26));
const task = (more: object = {}) => ({
  execution: { run, workflow: WorkflowId.parse(`wf_${'0'.repeat(26)}`), execution: 1 },
  state: 'send',
  input: {},
  attempt: { redrive: 0, enteredAt: '2026-03-03T15:00:00.000Z', retry: 0 },
  ...more,
});
const attempt = (redrive: number, minute: number, retry: number, execution = 1) =>
  attemptOf(
    StepTask.parse({
      ...task({ attempt: { redrive, enteredAt: `2026-03-03T15:0${minute}:00.000Z`, retry } }),
      execution: { ...task().execution, execution },
    }),
  );

it('attempts sort by execution, redrive, the time that the state was entered, and retry', () => {
  const inOrder = [
    attempt(0, 0, 0),
    attempt(0, 0, 2),
    attempt(0, 0, 10),
    attempt(0, 1, 0),
    attempt(1, 0, 0),
    attempt(2, 0, 0),
    attempt(10, 0, 0),
    attempt(0, 0, 0, 2),
    attempt(0, 0, 0, 10),
  ];
  expect(inOrder.toSorted()).toEqual(inOrder);
  expect(new Set(inOrder).size).toBe(inOrder.length);
});

test.each([
  [{}],
  [{ input: { closing: 'w', until: '2026-03-03T15:00:00.000Z', slot: 5, is: { yes: true } }, token: 't', seconds: 60 }],
])('a task is read with what a state hands over: %j', (more) => {
  expect(StepTask.parse(task(more))).toEqual(task(more));
});

test.each([
  [{ execution: { ...task().execution, execution: 0 } }],
  [{ execution: { ...task().execution, phone: '+12025550111' } }],
  [{ input: { until: 'soon' } }],
  [{ attempt: {} }],
  [{ more: 1 }],
])('a task is none with %j', (more) => {
  expect(StepTask.safeParse(task(more)).success).toBe(false);
});
