import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  UpdateStateMachineCommand,
  ValidationException,
} from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import type { Definition } from '../../statemachines/asl.ts';
import type { Machines } from '../ports.ts';

export interface MachinesConfiguration {
  /** `arn:aws:states:<region>:<account>`, before `:stateMachine:…`. */
  readonly arnPrefix: string;
  /** Machine names begin with it: the publisher may touch no others. */
  readonly namePrefix: string;
  /** The one role that all compiled machines run under. */
  readonly executionRole: string;
  /** The address of the step function. */
  readonly stepFunction: string;
}

/** Over the quota, or the machine is just being changed or deleted: passes by itself. */
const BUSY: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'TooManyRequestsException',
  'ConflictException',
  'StateMachineDeleting',
]);

const Described = z.custom<Definition>((value) => typeof value === 'object' && value !== null && 'States' in value);

/**
 * Step Functions. A workflow has one machine; each publication is a version of it, and executions start by the
 * version's ARN, since updates of the machine itself take seconds to be seen everywhere.
 */
export function stepFunctions(
  client: SFNClient,
  { arnPrefix, namePrefix, executionRole, stepFunction }: MachinesConfiguration,
): Machines {
  const arnOf = (name: string) => `${arnPrefix}:stateMachine:${namePrefix}${name}`;
  const nameOf = (machine: string) => {
    const [, machineName] = /:stateMachine:([^:]+):\d+$/.exec(machine) ?? [];
    if (machineName === undefined) throw new Error(`not the ARN of a machine's version: ${machine}`);
    return machineName;
  };
  const machineArn = (machine: string) => `${arnPrefix}:stateMachine:${nameOf(machine)}`;
  const executionArn = (machine: string, name: string) => `${arnPrefix}:execution:${nameOf(machine)}:${name}`;

  return {
    stepFunction,

    async put({ name, definition }) {
      const text = JSON.stringify(definition);
      try {
        return await publish(name, text);
      } catch (error) {
        if (error instanceof Error && BUSY.has(error.name)) return undefined;
        throw error;
      }
    },

    async definition(machine) {
      const { definition } = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machine }));
      return Described.parse(JSON.parse(definition ?? 'null'));
    },

    async start({ machine, name, input }) {
      const started = await unless(ExecutionAlreadyExists, () =>
        client.send(new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) })),
      );
      return started ? 'started' : 'already-started';
    },

    async complete(token, output) {
      const gone = async () =>
        (await unless(TaskDoesNotExist, () =>
          client.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) })),
        )) ?? 'gone';
      const answer = await unless(TaskTimedOut, gone);
      return answer === undefined || answer === 'gone' ? 'gone' : 'completed';
    },

    async stop({ machine, name }) {
      const stopped = () => client.send(new StopExecutionCommand({ executionArn: executionArn(machine, name) }));
      // Whatever there is nothing left to stop of has ended by itself.
      await unless(ValidationException, () => unless(ExecutionDoesNotExist, stopped));
    },

    async status({ machine, name }) {
      const asked = () => client.send(new DescribeExecutionCommand({ executionArn: executionArn(machine, name) }));
      const described = await unless(ExecutionDoesNotExist, asked);
      if (!described) return 'unknown';
      // An execution that is to be redriven has not ended for good, yet nothing goes on in it by itself.
      return described.status === 'RUNNING' ? 'running' : 'over';
    },

    async listRunning(machine, cursor) {
      const { executions = [], nextToken } = await client.send(
        new ListExecutionsCommand({
          stateMachineArn: machineArn(machine),
          statusFilter: 'RUNNING',
          ...(cursor !== undefined && { nextToken: cursor }),
        }),
      );
      const found = executions.flatMap(({ name, startDate }) =>
        name !== undefined && startDate ? [{ name, startedAt: startDate.getTime() }] : [],
      );
      return { executions: found, ...(nextToken !== undefined && { next: nextToken }) };
    },

    async remove(name) {
      await unless(StateMachineDoesNotExist, () =>
        client.send(new DeleteStateMachineCommand({ stateMachineArn: arnOf(name) })),
      );
    },
  };

  async function publish(name: string, text: string): Promise<string> {
    const created = await unless(StateMachineAlreadyExists, () =>
      client.send(
        new CreateStateMachineCommand({
          name: `${namePrefix}${name}`,
          definition: text,
          roleArn: executionRole,
          type: 'STANDARD',
          publish: true,
        }),
      ),
    );
    const published =
      created ??
      (await client.send(
        new UpdateStateMachineCommand({
          stateMachineArn: arnOf(name),
          definition: text,
          roleArn: executionRole,
          publish: true,
        }),
      ));
    const { stateMachineVersionArn } = published;
    if (stateMachineVersionArn === undefined) throw new Error(`Step Functions published no version of ${name}`);
    return stateMachineVersionArn;
  }
}

/** What the call answers; undefined where it fails in the one expected way. */
async function unless<T>(
  expected: abstract new (...given: never[]) => Error,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof expected) return undefined;
    throw error;
  }
}
