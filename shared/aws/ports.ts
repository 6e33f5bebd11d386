import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Bus, Files, Machines, Queue, Sms, Table } from '../ports.ts';
import { eventBridge } from './bus.ts';
import { bucketFiles } from './files.ts';
import { stepFunctions } from './machines.ts';
import { jobQueues } from './queue.ts';
import type { Identity } from './signed-request.ts';
import { endUserMessaging, SMS_CLIENT } from './sms.ts';
import { dynamoTable } from './table.ts';

export interface Deployment {
  readonly TABLE_NAME: string;
  readonly WORKFLOW_QUEUE_URL: string;
  readonly DUE_QUEUE_URL: string;
  readonly RECONCILE_QUEUE_URL: string;
  readonly TRANSFER_QUEUE_URL: string;
  readonly BUCKET_NAME: string;
  readonly EVENT_BUS_NAME: string;
  readonly STATES_ARN_PREFIX: string;
  readonly MACHINE_NAME_PREFIX: string;
  readonly EXECUTION_ROLE_ARN: string;
  readonly STEP_FUNCTION_ARN: string;
  readonly CONFIGURATION_SET: string;
  readonly OPT_OUT_LIST: string;
}

// Everything outside the product, as it is in a deployed account: a maker for each port, so that a function carries the
// clients of those it names, and of no other.

export const tableOf = ({ TABLE_NAME }: Deployment): Table => dynamoTable(new DynamoDBClient({}), TABLE_NAME);

export const machinesOf = (deployment: Deployment): Machines =>
  stepFunctions(new SFNClient({}), {
    arnPrefix: deployment.STATES_ARN_PREFIX,
    namePrefix: deployment.MACHINE_NAME_PREFIX,
    executionRole: deployment.EXECUTION_ROLE_ARN,
    stepFunction: deployment.STEP_FUNCTION_ARN,
  });

export const smsOf = ({ CONFIGURATION_SET, OPT_OUT_LIST }: Deployment): Sms =>
  endUserMessaging(new PinpointSMSVoiceV2Client(SMS_CLIENT), {
    configurationSet: CONFIGURATION_SET,
    optOutList: OPT_OUT_LIST,
  });

export const queueOf = (deployment: Deployment, identity: () => Identity): Queue =>
  jobQueues(
    {
      'workflow-job': deployment.WORKFLOW_QUEUE_URL,
      'due-job': deployment.DUE_QUEUE_URL,
      'reconcile-job': deployment.RECONCILE_QUEUE_URL,
      transfer: deployment.TRANSFER_QUEUE_URL,
    },
    identity,
  );

export const filesOf = ({ BUCKET_NAME }: Deployment, identity: () => Identity): Files =>
  bucketFiles(BUCKET_NAME, identity);

export const busOf = ({ EVENT_BUS_NAME }: Deployment): Bus => eventBridge(new EventBridgeClient({}), EVENT_BUS_NAME);
