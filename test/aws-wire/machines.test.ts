import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { stepFunctions } from '../../shared/aws/machines.ts';
import type { Definition } from '../../statemachines/asl.ts';
import { fault, type Reply, type Sent, wire } from './wire.ts';

const PREFIX = 'arn:aws:states:eu-central-1:123456789012';
const VERSION = `${PREFIX}:stateMachine:our-wf_1:3`;
const definition: Definition = { QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };

function machines(answers: Readonly<Record<string, Reply>>) {
  const action = ({ target }: Sent) => target.replace('AWSStepFunctions.', '');
  const { config, sent } = wire((request) => answers[action(request)] ?? fault('AccessDeniedException'));
  const port = stepFunctions(new SFNClient(config), {
    arnPrefix: PREFIX,
    namePrefix: 'our-',
    executionRole: 'arn:aws:iam::123456789012:role/machines',
    stepFunction: 'arn:aws:lambda:eu-central-1:123456789012:function:step',
  });
  return { port, sent, asked: () => sent.map((request) => [action(request), request.body]) };
}
const ok = (body: object = {}): Reply => ({ status: 200, body });

describe('a published workflow', () => {
  it('is a new machine, published with its first version', async () => {
    const { port, sent, asked } = machines({
      CreateStateMachine: ok({
        stateMachineArn: 'x',
        stateMachineVersionArn: `${PREFIX}:stateMachine:our-wf_1:1`,
        creationDate: 0,
      }),
    });
    expect(await port.put({ name: 'wf_1', definition })).toBe(`${PREFIX}:stateMachine:our-wf_1:1`);
    expect(asked()).toEqual([
      [
        'CreateStateMachine',
        {
          name: 'our-wf_1',
          definition: JSON.stringify(definition),
          roleArn: 'arn:aws:iam::123456789012:role/machines',
          type: 'STANDARD',
          publish: true,
        },
      ],
    ]);
    expect(sent[0]?.host).toBe('states.eu-central-1.amazonaws.com');
  });

  it('is a further version of the machine that there is', async () => {
    const { port, asked } = machines({
      CreateStateMachine: fault('StateMachineAlreadyExists'),
      UpdateStateMachine: ok({ updateDate: 0, stateMachineVersionArn: VERSION }),
    });
    expect(await port.put({ name: 'wf_1', definition })).toBe(VERSION);
    expect(asked()[1]).toEqual([
      'UpdateStateMachine',
      {
        stateMachineArn: `${PREFIX}:stateMachine:our-wf_1`,
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::123456789012:role/machines',
        publish: true,
      },
    ]);
  });

  it('can be read by the address of its version', async () => {
    const { port, asked } = machines({
      DescribeStateMachine: ok({ definition: JSON.stringify(definition), creationDate: 0 }),
    });
    expect(await port.definition(VERSION)).toEqual(definition);
    expect(asked()).toEqual([['DescribeStateMachine', { stateMachineArn: VERSION }]]);
  });

  it.for([ok(), fault('StateMachineDoesNotExist')])('goes with %j', async (answer) => {
    const { port, asked } = machines({ DeleteStateMachine: answer });
    await port.remove('wf_1');
    expect(asked()).toEqual([['DeleteStateMachine', { stateMachineArn: `${PREFIX}:stateMachine:our-wf_1` }]]);
  });
});

describe('an execution', () => {
  it.for([
    [ok({ executionArn: 'x', startDate: 0 }), 'started'],
    [fault('ExecutionAlreadyExists'), 'already-started'],
  ] as const)('starts by the address of the version: %j is %s', async ([answer, outcome]) => {
    const { port, asked } = machines({ StartExecution: answer });
    expect(await port.start({ machine: VERSION, name: 'run_1.1', input: { run: 'run_1' } })).toBe(outcome);
    expect(asked()).toEqual([
      ['StartExecution', { stateMachineArn: VERSION, name: 'run_1.1', input: '{"run":"run_1"}' }],
    ]);
  });

  it('is stopped by its own address', async () => {
    const { port, asked } = machines({ StopExecution: fault('ExecutionDoesNotExist') });
    await port.stop({ machine: VERSION, name: 'run_1.1' });
    expect(asked()).toEqual([['StopExecution', { executionArn: `${PREFIX}:execution:our-wf_1:run_1.1` }]]);
  });

  it.for([
    [ok({ status: 'RUNNING', startDate: 0, executionArn: 'x', stateMachineArn: 'y' }), 'running'],
    [ok({ status: 'FAILED', startDate: 0, executionArn: 'x', stateMachineArn: 'y' }), 'over'],
    [ok({ status: 'PENDING_REDRIVE', startDate: 0, executionArn: 'x', stateMachineArn: 'y' }), 'over'],
    [fault('ExecutionDoesNotExist'), 'unknown'],
  ] as const)('is asked for by its own address: %j is %s', async ([answer, status]) => {
    const { port, asked } = machines({ DescribeExecution: answer });
    expect(await port.status({ machine: VERSION, name: 'run_1.1' })).toBe(status);
    expect(asked()).toEqual([['DescribeExecution', { executionArn: `${PREFIX}:execution:our-wf_1:run_1.1` }]]);
  });

  it('that runs is listed, whatever the version of its machine, page by page', async () => {
    const executions = [
      { executionArn: 'x', stateMachineArn: 'y', name: 'run_1.1', status: 'RUNNING', startDate: 1772550000 },
    ];
    const { port, asked } = machines({ ListExecutions: ok({ executions, nextToken: 'more' }) });
    expect(await port.listRunning(VERSION, undefined)).toEqual({
      executions: [{ name: 'run_1.1', startedAt: 1_772_550_000_000 }],
      next: 'more',
    });
    await port.listRunning(VERSION, 'more');
    const stateMachineArn = `${PREFIX}:stateMachine:our-wf_1`;
    expect(asked()).toEqual([
      ['ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' }],
      ['ListExecutions', { stateMachineArn, statusFilter: 'RUNNING', nextToken: 'more' }],
    ]);
  });

  it('that we may not start is a fault', async () => {
    await expect(machines({}).port.start({ machine: VERSION, name: 'run_1.1', input: {} })).rejects.toThrow();
  });
});

describe('a task that waits', () => {
  it.for([
    [ok(), 'completed'],
    [fault('TaskTimedOut'), 'gone'],
    [fault('TaskDoesNotExist'), 'gone'],
  ] as const)('is completed by its token: %j is %s', async ([answer, outcome]) => {
    const { port, asked } = machines({ SendTaskSuccess: answer });
    expect(await port.complete('token', { yes: true })).toBe(outcome);
    expect(asked()).toEqual([['SendTaskSuccess', { taskToken: 'token', output: '{"yes":true}' }]]);
  });

  it('with a token that is none is a fault', async () => {
    await expect(machines({ SendTaskSuccess: fault('InvalidToken') }).port.complete('?', {})).rejects.toThrow();
  });
});
