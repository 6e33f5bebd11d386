import { describe, expect, test } from 'vitest';
import { Draft, StepId, Version, Workflow, WorkflowName } from '../../shared/domain/workflow.ts';
import { at, NOW } from '../support/filters.ts';

const issues = (steps: object[]) =>
  Draft.safeParse({ steps }).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
const branch = { name: 'Branch', steps: [] };

describe('a step', () => {
  test.each([
    [{ id: 'a b', type: 'wait' }, ['steps.0.id is not 1–40 letters, digits, - and _']],
    [{ id: 'constructor', type: 'wait' }, ['steps.0.id is a reserved name']],
    [
      { id: 'a', type: 'send-message', text: 'Hi', mediaUrl: 'https://example.com/a.png' },
      ['steps.0.mediaUrl is not an s3:// address'],
    ],
    [
      { id: 'a', type: 'if-else', condition: {}, then: branch, else: branch },
      ['steps.0.condition needs keywords, score or filter'],
    ],
    [{ id: 'a', type: 'if-else', condition: { filter: { all: [] } }, then: branch, else: branch }, []],
    [{ id: 'a', type: 'if-else', condition: { score: { is: 'unclear' } }, then: branch, else: branch }, []],
    [{ id: 'a', type: 'send-message', text: 'Hi', mediaUrl: 's3://bucket/a.png' }, []],
  ])('%j is told: %j', (step, told) => {
    expect(issues([step])).toEqual(told);
  });

  test.each([
    ['a', true],
    ['A-1_b', true],
    ['x'.repeat(40), true],
    ['x'.repeat(41), false],
    ['', false],
    ['-a', false],
    ['_a', false],
    ['a.b', false],
    ['toString', false],
  ])('may be called %j: %s', (id, may) => {
    expect(StepId.safeParse(id).success).toBe(may);
  });
});

test('a draft begins empty', () => {
  expect(Draft.parse({})).toEqual({
    trigger: { manualOnly: false, filter: { all: [] } },
    exit: { onReply: false },
    steps: [],
  });
});

test('a step has what is usual where it does not say otherwise', () => {
  expect(
    Draft.parse({
      steps: [
        { id: 'a', type: 'send-message', text: ' Hi ' },
        { id: 'w', type: 'wait' },
      ],
    }).steps,
  ).toEqual([
    { id: 'a', type: 'send-message', text: 'Hi', purpose: 'marketing' },
    { id: 'w', type: 'wait', duration: { days: 1 }, orReply: true, broadcast: false },
  ]);
});

describe('a workflow', () => {
  const workflow = {
    id: `wf_${'0'.repeat(26)}`,
    name: 'Welcome',
    template: 'blank',
    status: 'ON',
    version: 1,
    createdAt: at(NOW),
    updatedAt: at(NOW),
  };
  const reentry = { allowReentry: true, minInterval: { days: 1 }, maxEntries: 3 };

  test.each([
    [{ status: 'DRAFT', version: 0 }],
    [{ status: 'OFF', inFlight: 'finish', backfill: `pass_${'0'.repeat(26)}` }],
    [{ status: 'OFF', inFlight: 'pause' }],
    [{ status: 'OFF', inFlight: 'exit' }],
    [{ status: 'PUBLISHING', publishing: { reentry, enrollExisting: true, parked: 'resume' } }],
    [{ status: 'PUBLISHING', publishing: { reentry, enrollExisting: false, parked: 'exit' } }],
  ])('is read as it was written: %j', (more) => {
    expect(Workflow.parse({ ...workflow, ...more })).toEqual({ ...workflow, ...more });
  });

  test.each([
    [{ version: -1 }],
    [{ status: 'GONE' }],
    [{ inFlight: 'stop' }],
    [{ template: 'raffle' }],
    [{ publishing: {} }],
    [{ publishing: { reentry: { ...reentry, maxEntries: 0 }, enrollExisting: true } }],
    [{ publishing: { reentry: { ...reentry, maxEntries: 1001 }, enrollExisting: true } }],
    [{ more: 1 }],
  ])('is none with %j', (wrong) => {
    expect(Workflow.safeParse({ ...workflow, ...wrong }).success).toBe(false);
  });

  test.each([
    ['Welcome', []],
    ['x'.repeat(120), []],
    ['x\ny', ['has a control character']],
  ])('may be called %j: %j', (name, told) => {
    expect(WorkflowName.safeParse(name).error?.issues.map(({ message }) => message) ?? []).toEqual(told);
  });

  test('is frozen as a version', () => {
    const version = {
      ...Draft.parse({ steps: [{ id: 'w', type: 'wait' }] }),
      ...{ workflowId: workflow.id, version: 1, name: 'Welcome', inboxId: `inb_${'0'.repeat(26)}`, reentry },
      ...{ plan: { start: 'w', segments: {}, forks: {} }, machine: 'machine', publishedAt: at(NOW) },
    };
    expect(Version.parse(version)).toEqual(version);
    for (const key of ['workflowId', 'version', 'name', 'inboxId', 'reentry', 'plan', 'machine', 'publishedAt'])
      expect([key, Version.safeParse({ ...version, [key]: undefined }).success]).toEqual([key, false]);
  });
});
