import { Duration } from 'aws-cdk-lib';

export interface FunctionSize {
  /** `lambdas/<entry>.ts` */
  readonly entry: string;
  /** MB; Lambda gives processor time by it, a whole core at 1769. */
  readonly memory: number;
  readonly timeout: Duration;
}

/** Every deployed function, and what it may take. Where somebody waits for the answer, it gets more of a processor. */
export const functions = {
  /** API Gateway gives up after 29 s. */
  api: { entry: 'api', memory: 1024, timeout: Duration.seconds(29) },
  /** Below what its task states allow (60 s), and what a claim counts as abandoned after. */
  runStep: { entry: 'run-step', memory: 512, timeout: Duration.seconds(30) },
  inboundBridge: { entry: 'inbound-bridge', memory: 256, timeout: Duration.seconds(20) },
  inboundMessage: { entry: 'inbound-message', memory: 1024, timeout: Duration.seconds(30) },
  contactEvent: { entry: 'contact-event', memory: 512, timeout: Duration.seconds(30) },
  deliveryReceipt: { entry: 'delivery-receipt', memory: 256, timeout: Duration.seconds(30) },
  /** A batch of changes, each with a call or two. */
  tableChanges: { entry: 'table-changes', memory: 512, timeout: Duration.minutes(2) },
  /** A pass works for 15 s; other pages are of 50 starts or 100 runs. What fails is tried again after three times this. */
  workflowJob: { entry: 'workflow-job', memory: 512, timeout: Duration.minutes(2) },
  /** Sends texts, and so has to be over before a claim counts as abandoned. */
  dueJob: { entry: 'due-job', memory: 512, timeout: Duration.seconds(30) },
  reconcileJob: { entry: 'reconcile-job', memory: 512, timeout: Duration.minutes(2) },
  /** Works for 15 s, to the end of a page or part; parsing wants a processor, parts of files want memory. */
  transfer: { entry: 'transfer', memory: 1769, timeout: Duration.minutes(3) },
} as const satisfies Readonly<Record<string, FunctionSize>>;
