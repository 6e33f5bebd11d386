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
    'dynamodb:UpdateItem',
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

export const queueJobs = (...queues: readonly Queue[]): Permission => ({
  name: 'QueueJobs',
  actions: ['sqs:SendMessage'],
  resources: queues.map(({ queueArn }) => queueArn),
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

const anyOf = (bucketArn: string, folder: 'imports' | 'exports') => ({
  resources: [`${bucketArn}/${folder}/*`],
  wildcardBecause: 'Files are made at run time, each named by its import or export.',
});

/** Without it a file that is not there would be answered as one that may not be read. */
export const findFiles = (bucketArn: string): Permission => ({
  name: 'FindFiles',
  actions: ['s3:ListBucket'],
  resources: [bucketArn],
});

/** Links bear the rights of whoever made them: to put a file that is to be imported, and to get an export. */
export const linkFiles = (bucketArn: string): readonly Permission[] => [
  { name: 'PutAndMeasureImports', actions: ['s3:PutObject', 's3:GetObject'], ...anyOf(bucketArn, 'imports') },
  { name: 'GetExports', actions: ['s3:GetObject'], ...anyOf(bucketArn, 'exports') },
];

/** Parts that are put together are put by the same right as whole files. */
export const transferFiles = (bucketArn: string): readonly Permission[] => [
  { name: 'ReadImports', actions: ['s3:GetObject', 's3:DeleteObject'], ...anyOf(bucketArn, 'imports') },
  {
    name: 'WriteExports',
    actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
    ...anyOf(bucketArn, 'exports'),
  },
];
