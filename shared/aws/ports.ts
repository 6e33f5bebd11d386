import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Ports } from '../ports.ts';
import { eventBridge } from './bus.ts';
import { stepFunctions } from './machines.ts';
import { endUserMessaging, SMS_CLIENT } from './sms.ts';
import { jobQueue, jsonLog, systemClock, ulids } from './system.ts';
import { dynamoTable } from './table.ts';

export interface Deployment {
  readonly TABLE_NAME: string;
  readonly QUEUE_URL: string;
  readonly EVENT_BUS_NAME: string;
  readonly STATES_ARN_PREFIX: string;
  readonly MACHINE_NAME_PREFIX: string;
  readonly EXECUTION_ROLE_ARN: string;
  readonly STEP_FUNCTION_ARN: string;
  readonly CONFIGURATION_SET: string;
  readonly OPT_OUT_LIST: string;
}

/** Everything outside the product, as it is in a deployed account. */
export const awsPorts = (deployment: Deployment): Ports => ({
  table: dynamoTable(new DynamoDBClient({}), deployment.TABLE_NAME),
  machines: stepFunctions(new SFNClient({}), {
    arnPrefix: deployment.STATES_ARN_PREFIX,
    namePrefix: deployment.MACHINE_NAME_PREFIX,
    executionRole: deployment.EXECUTION_ROLE_ARN,
    stepFunction: deployment.STEP_FUNCTION_ARN,
  }),
  sms: endUserMessaging(new PinpointSMSVoiceV2Client(SMS_CLIENT), {
    configurationSet: deployment.CONFIGURATION_SET,
    optOutList: deployment.OPT_OUT_LIST,
  }),
  queue: jobQueue(new SQSClient({}), deployment.QUEUE_URL),
  bus: eventBridge(new EventBridgeClient({}), deployment.EVENT_BUS_NAME),
  clock: systemClock,
  ids: ulids(),
  log: jsonLog,
});
