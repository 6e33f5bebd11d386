import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Job } from '../shared/domain/job.ts';
import { Alarms } from './constructs/alarms.ts';
import { ChangeFeed } from './constructs/change-feed.ts';
import {
  backlogs,
  deadLetters,
  faults,
  feedLag,
  runs,
  standstills,
  texts,
  throttles,
  waitingTexts,
} from './constructs/concerns.ts';
import { DeliveryReceipts } from './constructs/delivery-receipts.ts';
import { HttpApi } from './constructs/http-api.ts';
import { InboundSms } from './constructs/inbound-sms.ts';
import { Origination } from './constructs/origination.ts';
import { Overview } from './constructs/overview.ts';
import {
  blockNumbers,
  findFiles,
  linkFiles,
  publishEvents,
  queryIndex,
  queueJobs,
  sendTexts,
  transferFiles,
  unblockNumbers,
  useTable,
} from './constructs/permissions.ts';
import { type FunctionSetting, ServiceFunction } from './constructs/service-function.ts';
import { takeFromBus } from './constructs/take-from-bus.ts';
import { Watch } from './constructs/watch.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { WorkflowMachines } from './constructs/workflow-machines.ts';
import type { DataStack } from './data-stack.ts';
import { functions } from './functions.ts';
import type { Names } from './names.ts';
import type { Settings } from './settings.ts';

interface ServiceStackProps extends StackProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly data: DataStack;
}

/** Everything that can be made anew from the code: functions and what they are called by. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { settings, names, data, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const { table, optOutList, files, filesArn } = data;
    const retention = RETENTION[settings.logDays];

    const bus = new EventBus(this, 'Bus', {
      eventBusName: names.bus,
      description: 'Inbound texts, and what happens in sms-workflows',
    });
    // A queue for each kind of job (shared/domain/job.ts).
    const workflowJobs = new WorkQueue(this, 'WorkflowJobs', functions.workflowJob.timeout);
    const dueJobs = new WorkQueue(this, 'DueJobs', functions.dueJob.timeout);
    dueJobs.every('Sweep', Duration.minutes(1), SWEEP, 'Looks for contacts of whom time has turned a trigger true');
    const reconcileJobs = new WorkQueue(this, 'ReconcileJobs', functions.reconcileJob.timeout);
    reconcileJobs.every('Runs', Duration.hours(1), RECONCILE.runs, 'Looks for runs that have come to a standstill');
    reconcileJobs.every('Executions', Duration.days(1), RECONCILE.executions, 'Looks for executions that no run wants');
    const transfers = new WorkQueue(this, 'Transfers', functions.transfer.timeout);
    const receipts = new DeliveryReceipts(this, 'Receipts');
    const stepFunctionArn = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${names.stepFunction}`;
    const machines = new WorkflowMachines(this, 'Machines', {
      roleName: names.executionRole(Aws.REGION),
      machinePrefix: names.machinePrefix,
      stepFunctionArn,
    });

    const setting: FunctionSetting = {
      tracing: settings.tracing,
      retention,
      environment: {
        TABLE_NAME: table.tableName,
        WORKFLOW_QUEUE_URL: workflowJobs.queue.queueUrl,
        DUE_QUEUE_URL: dueJobs.queue.queueUrl,
        RECONCILE_QUEUE_URL: reconcileJobs.queue.queueUrl,
        TRANSFER_QUEUE_URL: transfers.queue.queueUrl,
        BUCKET_NAME: files.bucketName,
        EVENT_BUS_NAME: bus.eventBusName,
        STATES_ARN_PREFIX: machines.arnPrefix,
        MACHINE_NAME_PREFIX: names.machinePrefix,
        EXECUTION_ROLE_ARN: machines.executionRole.roleArn,
        STEP_FUNCTION_ARN: stepFunctionArn,
        CONFIGURATION_SET: receipts.configurationSet.ref,
        OPT_OUT_LIST: optOutList.ref,
      },
    };
    const send = sendTexts(receipts.configurationSet);

    const api = new ServiceFunction(this, 'Api', { ...setting, size: functions.api, description: 'The HTTP API' });
    api.may(useTable(table), queryIndex(table), send, blockNumbers(optOutList), ...machines.publish);
    api.may(findFiles(filesArn), ...linkFiles(filesArn));
    const http = new HttpApi(this, 'Http', { handler: api, settings, retention });

    const runStep = new ServiceFunction(this, 'RunStep', {
      ...setting,
      size: functions.runStep,
      // Stands in every published definition.
      functionName: names.stepFunction,
      description: 'A step of a run: called by every published workflow',
    });
    runStep.may(useTable(table), send);

    const inbound = new InboundSms(this, 'Inbound', { setting, bus });
    inbound.handler.may(useTable(table), send, blockNumbers(optOutList), unblockNumbers(optOutList));

    const contactEvent = new ServiceFunction(this, 'ContactEvent', {
      ...setting,
      size: functions.contactEvent,
      description: 'Records what happened with people elsewhere',
    });
    contactEvent.may(useTable(table));
    const contactEventLetters = takeFromBus(contactEvent, {
      bus,
      detailType: 'ContactEventReceived',
      description: 'What happened with people elsewhere, whoever has put it on the bus',
      handler: contactEvent,
    });

    const deliveryReceipt = new ServiceFunction(this, 'DeliveryReceipt', {
      ...setting,
      size: functions.deliveryReceipt,
      description: 'Records what became of texts',
    });
    deliveryReceipt.may(useTable(table));
    receipts.work.workedBy({ worker: deliveryReceipt, batch: 10, concurrency: 10 });

    const tableChanges = new ServiceFunction(this, 'TableChanges', {
      ...setting,
      size: functions.tableChanges,
      description: 'Does what follows from each change of the table',
    });
    tableChanges.may(useTable(table), queueJobs(workflowJobs.queue, dueJobs.queue, transfers.queue));
    tableChanges.may(publishEvents(bus), ...machines.run);
    const feed = new ChangeFeed(this, 'Feed', { table, follower: tableChanges });

    const workflowJob = new ServiceFunction(this, 'WorkflowJob', {
      ...setting,
      size: functions.workflowJob,
      description: "Works on a workflow's contacts and runs, a page per call",
      // Each page queues the next one.
      mayCallItself: true,
    });
    // Publications that a quota made wait are finished here.
    workflowJob.may(useTable(table), queryIndex(table), queueJobs(workflowJobs.queue), ...machines.publish);
    // Few: publishing to everybody must leave room for answers.
    workflowJobs.workedBy({ worker: workflowJob, batch: 1, concurrency: 10 });

    const dueJob = new ServiceFunction(this, 'DueJob', {
      ...setting,
      size: functions.dueJob,
      description: 'Does what time brings, a page of contacts per call',
      // A sweep queues its shards, and each page the next one.
      mayCallItself: true,
    });
    // Texts of which nobody can tell whether they left may be sent once more.
    dueJob.may(useTable(table), queryIndex(table), queueJobs(dueJobs.queue), send);
    dueJobs.workedBy({ worker: dueJob, batch: 1, concurrency: 8 });

    const reconcileJob = new ServiceFunction(this, 'ReconcileJob', {
      ...setting,
      size: functions.reconcileJob,
      description: 'Mends runs that stand still, a page of a workflow per call',
      // What looks at all workflows queues a job for each.
      mayCallItself: true,
    });
    reconcileJob.may(useTable(table), queryIndex(table), queueJobs(reconcileJobs.queue), ...machines.mend);
    // Nobody waits for it.
    reconcileJobs.workedBy({ worker: reconcileJob, batch: 1, concurrency: 2 });

    const transfer = new ServiceFunction(this, 'Transfer', {
      ...setting,
      size: functions.transfer,
      description: 'Imports contacts and exports contacts and messages, some seconds per call',
      // Each call queues the next one.
      mayCallItself: true,
    });
    transfer.may(useTable(table), queryIndex(table), queueJobs(transfers.queue), blockNumbers(optOutList));
    transfer.may(findFiles(filesArn), ...transferFiles(filesArn));
    // Few, for the same reason; more files than that wait.
    transfers.workedBy({ worker: transfer, batch: 1, concurrency: 4 });

    new Origination(this, 'Origination', { settings, topic: inbound.topic, optOutList, retention });

    const watch = new Watch(this, 'Watch', {
      bus,
      machinesBeginWith: `${machines.arnPrefix}:stateMachine:${names.machinePrefix}`,
      logGroupName: names.watchLog,
      namespace: names.metrics,
      retention,
    });
    const all = {
      Api: api,
      RunStep: runStep,
      InboundBridge: inbound.bridge,
      InboundMessage: inbound.handler,
      ContactEvent: contactEvent,
      DeliveryReceipt: deliveryReceipt,
      TableChanges: tableChanges,
      WorkflowJob: workflowJob,
      DueJob: dueJob,
      ReconcileJob: reconcileJob,
      Transfer: transfer,
    };
    const queues = {
      WorkflowJobs: workflowJobs.queue,
      DueJobs: dueJobs.queue,
      ReconcileJobs: reconcileJobs.queue,
      Transfers: transfers.queue,
      Inbound: inbound.work.queue,
      Receipts: receipts.work.queue,
    };
    const found = standstills(reconcileJob, names.metrics);
    const alarms = new Alarms(this, 'Alarms', {
      email: settings.alarmEmail,
      concerns: [
        ...faults(all, names.metrics),
        throttles,
        ...deadLetters({
          WorkflowJobs: workflowJobs.deadLetters,
          DueJobs: dueJobs.deadLetters,
          ReconcileJobs: reconcileJobs.deadLetters,
          Transfers: transfers.deadLetters,
          Inbound: inbound.work.deadLetters,
          InboundMessage: inbound.deadLetters,
          ContactEvent: contactEventLetters,
          Receipts: receipts.work.deadLetters,
          Feed: feed.deadLetters,
        }),
        ...backlogs(queues),
        feedLag(tableChanges),
        ...runs(watch),
        ...found,
        waitingTexts(runStep, names.metrics),
        ...texts({ watch, inbound: inbound.handler, namespace: names.metrics, spendAlarm: settings.spendAlarm }),
      ],
    });
    new Overview(this, 'Overview', {
      name: names.dashboard,
      alarms,
      functions: all,
      queues,
      watch,
      found,
      stage: http.stage,
    });

    // What an operator needs to know. A number that is not set up here is told of the topic and the list by hand.
    new CfnOutput(this, 'ApiUrl', { value: http.api.apiEndpoint });
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
    new CfnOutput(this, 'InboundTopicArn', { value: inbound.topic.topicArn });
    new CfnOutput(this, 'OptOutListName', { value: optOutList.ref });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn });
    new CfnOutput(this, 'MachineNamePrefix', { value: names.machinePrefix });
  }
}

const SWEEP: Job = { type: 'sweep' };
const RECONCILE = {
  runs: { type: 'reconcile', of: 'runs' },
  executions: { type: 'reconcile', of: 'executions' },
} as const satisfies Readonly<Record<string, Job>>;

const RETENTION = {
  7: RetentionDays.ONE_WEEK,
  14: RetentionDays.TWO_WEEKS,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  365: RetentionDays.ONE_YEAR,
} as const;
