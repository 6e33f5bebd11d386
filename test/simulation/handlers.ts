import { deliveryReceipts, inboundBridge } from '../../lambdas/kit/carrier.ts';
import { changes } from '../../lambdas/kit/changes.ts';
import { contactEvent } from '../../lambdas/kit/contact-event.ts';
import { inboundMessage } from '../../lambdas/kit/event.ts';
import type { Handler } from '../../lambdas/kit/handler.ts';
import { http } from '../../lambdas/kit/http.ts';
import { dueJobs, reconcileJobs, workflowJobs } from '../../lambdas/kit/jobs.ts';
import { task } from '../../lambdas/kit/task.ts';
import { MessageReceived } from '../../shared/domain/message-received.ts';
import { Receipt } from '../../shared/domain/receipt.ts';
import type { Part } from '../../shared/http/parts.ts';
import type { Change, Ports } from '../../shared/ports.ts';
import type { FunctionName } from './functions.ts';

/** The product's own handler of each function, by what `lambdas/` binds to AWS. */
export const HANDLERS: { readonly [Name in FunctionName]: (ports: Ports, parts: readonly Part[]) => Handler<unknown> } =
  {
    api: http,
    runStep: task,
    inboundBridge: (ports) => inboundBridge(ports, (body) => MessageReceived.parse(body)),
    inboundMessage,
    contactEvent,
    deliveryReceipt: (ports) => deliveryReceipts(ports, (body) => Receipt.parse(body)),
    tableChanges: (ports) =>
      changes(
        ports,
        (record) => record as Change,
        (record) => (record as Change).id,
      ),
    workflowJob: workflowJobs,
    dueJob: dueJobs,
    reconcileJob: reconcileJobs,
  };
