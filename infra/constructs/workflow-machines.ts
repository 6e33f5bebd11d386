import { Aws } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { allow, type Permission } from './permission.ts';

interface WorkflowMachinesProps {
  readonly roleName: string;
  readonly machinePrefix: string;
  /** Named, not referred to: the step function is told of this role, so one of them has to come first. */
  readonly stepFunctionArn: string;
}

/** Machines are made when workflows are published, not here. This is what they run under, and who may do what to them. */
export class WorkflowMachines extends Construct {
  readonly executionRole: Role;
  readonly arnPrefix = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  private readonly prefix: string;

  constructor(scope: Construct, id: string, { roleName, machinePrefix, stepFunctionArn }: WorkflowMachinesProps) {
    super(scope, id);
    this.prefix = machinePrefix;
    this.executionRole = new Role(this, 'ExecutionRole', {
      roleName,
      description: 'What every published workflow runs under: it may call the step function, and nothing else',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': this.machines },
        },
      }),
    });
    allow(this.executionRole, { name: 'RunSteps', actions: ['lambda:InvokeFunction'], resources: [stepFunctionArn] });
  }

  private get machines(): string {
    return `${this.arnPrefix}:stateMachine:${this.prefix}*`;
  }

  /** Publishing: one machine per workflow, under our prefix, and under no role but ours. */
  get publish(): readonly Permission[] {
    return [
      {
        name: 'PublishWorkflows',
        actions: [
          'states:CreateStateMachine',
          'states:UpdateStateMachine',
          'states:PublishStateMachineVersion',
          'states:DescribeStateMachine',
          'states:DeleteStateMachine',
        ],
        resources: [this.machines],
        wildcardBecause: 'Machines are made at run time; all of their names begin so, and nothing else does.',
      },
      {
        name: 'GiveMachinesTheirRole',
        actions: ['iam:PassRole'],
        resources: [this.executionRole.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'states.amazonaws.com' } },
      },
    ];
  }

  /** Looking after runs: whether their executions go on, and whom they outlive. */
  get mend(): readonly Permission[] {
    return [
      {
        name: 'LookAfterRuns',
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [`${this.arnPrefix}:execution:${this.prefix}*`],
        wildcardBecause: 'Executions come and go at run time; they are of machines whose names all begin so.',
      },
      {
        name: 'ListRuns',
        actions: ['states:ListExecutions'],
        resources: [this.machines],
        wildcardBecause: 'Machines are made at run time; all of their names begin so, and nothing else does.',
      },
    ];
  }

  /** Following changes: starting runs, telling them of answers, ending them. */
  get run(): readonly Permission[] {
    return [
      {
        name: 'StartRuns',
        actions: ['states:StartExecution'],
        resources: [this.machines],
        wildcardBecause: 'Machines are made at run time; all of their names begin so, and nothing else does.',
      },
      {
        name: 'StopRuns',
        actions: ['states:StopExecution'],
        resources: [`${this.arnPrefix}:execution:${this.prefix}*`],
        wildcardBecause: 'Executions come and go at run time; they are of machines whose names all begin so.',
      },
      {
        name: 'AnswerWaits',
        actions: ['states:SendTaskSuccess'],
        resources: ['*'],
        wildcardBecause: 'SendTaskSuccess takes no resource: the task token is the right to answer.',
      },
    ];
  }
}
