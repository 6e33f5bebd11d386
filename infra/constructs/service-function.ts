import { fileURLToPath } from 'node:url';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnFunction, LoggingFormat, RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../lambdas/kit/env.ts';
import type { FunctionSize } from '../functions.ts';
import { bundling } from './bundling.ts';
import { allow, type Permission } from './permission.ts';
import { writeLog } from './permissions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What all functions of a deployment share. */
export interface FunctionSetting {
  readonly environment: Environment;
  readonly tracing: boolean;
  readonly retention: RetentionDays;
}

export interface ServiceFunctionProps extends FunctionSetting {
  readonly size: FunctionSize;
  readonly description: string;
  /** Only where the address must never change. */
  readonly functionName?: string;
  readonly mayCallItself?: boolean;
}

/** A function with a role and a log of its own. It may write that log, and what `may` adds; nothing else. */
export class ServiceFunction extends Construct {
  readonly handler: NodejsFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { size, description, functionName, environment, tracing, retention, mayCallItself = false } = props;
    this.logGroup = new LogGroup(this, 'Log', { retention, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.may(writeLog(this.logGroup));

    this.handler = new NodejsFunction(this, 'Handler', {
      description,
      ...(functionName !== undefined && { functionName }),
      entry: `${root}lambdas/${size.entry}.ts`,
      projectRoot: root,
      depsLockFilePath: `${root}package-lock.json`,
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: size.memory,
      timeout: size.timeout,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { ...environment },
      awsSdkConnectionReuse: false,
      // Lambda ends what looks like a loop after some sixteen rounds.
      recursiveLoop: mayCallItself ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      bundling: { ...bundling, externalModules: [...bundling.externalModules] },
    });
    if (tracing) this.trace();
  }

  may(...permissions: readonly Permission[]): void {
    for (const permission of permissions) allow(this.role, permission);
  }

  /** By hand: CDK's own setting adds a permission that has no name. */
  private trace(): void {
    const { defaultChild } = this.handler.node;
    if (!CfnFunction.isCfnFunction(defaultChild)) throw new Error('a function is no function');
    defaultChild.tracingConfig = { mode: 'Active' };
    this.may(TRACE);
  }
}

const TRACE: Permission = {
  name: 'SendTraces',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
  wildcardBecause: 'X-Ray has no resources to name.',
};
