import { Aws } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnConfigurationSet, CfnOptOutList } from 'aws-cdk-lib/aws-smsvoice';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { tableSchema } from '../../shared/aws/table-schema.ts';
import type { Permission } from './permission.ts';

// What functions may do to what we have made, as the ports in shared/aws do it and no wider. A transaction needs the
// rights of its parts.

export const writeLog = ({ logGroupArn }: LogGroup): Permission => ({
  name: 'WriteOwnLog',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [logGroupArn],
});

export const useTable = ({ tableArn }: Table): Permission => ({
  name: 'UseTable',
  actions: [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  resources: [tableArn],
});

export const queryIndex = ({ tableArn }: Table): Permission => ({
  name: 'QueryIndex',
  actions: ['dynamodb:Query'],
  resources: [`${tableArn}/index/${tableSchema.index.name}`],
});

export const queueJobs = ({ queueArn }: Queue): Permission => ({
  name: 'QueueJobs',
  actions: ['sqs:SendMessage'],
  resources: [queueArn],
});

export const publishEvents = ({ eventBusArn }: EventBus): Permission => ({
  name: 'PublishEvents',
  actions: ['events:PutEvents'],
  resources: [eventBusArn],
});

export const smsVoice = (resource: string): string =>
  `arn:${Aws.PARTITION}:sms-voice:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

export const sendTexts = ({ attrArn }: CfnConfigurationSet): Permission => ({
  name: 'SendTexts',
  actions: ['sms-voice:SendTextMessage', 'sms-voice:SendMediaMessage'],
  resources: [attrArn, smsVoice('phone-number/*'), smsVoice('pool/*'), smsVoice('sender-id/*')],
  wildcardBecause: 'Inboxes are added at run time, each with a number, a pool or a sender id of this account.',
});

export const blockNumbers = ({ attrArn }: CfnOptOutList): Permission => ({
  name: 'BlockNumbers',
  actions: ['sms-voice:PutOptedOutNumber'],
  resources: [attrArn],
});

export const unblockNumbers = ({ attrArn }: CfnOptOutList): Permission => ({
  name: 'UnblockNumbers',
  actions: ['sms-voice:DeleteOptedOutNumber'],
  resources: [attrArn],
});
