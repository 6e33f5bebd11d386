import * as z from 'zod/mini';
import { ContactId, InboxId, MessageId, RunId } from '../domain/id.ts';
import { LONGEST_TEXT, SendMessage } from '../domain/workflow.ts';
import { exitRun, readRun } from '../usecases/exit-run.ts';
import { readMessage, sendText } from '../usecases/send-text.ts';
import { MessageView } from './contact-view.ts';
import { mapped, type Route, route } from './route.ts';
import { RunView, runView } from './run-view.ts';

const NewMessage = z.strictObject({
  contactId: ContactId,
  inboxId: InboxId.check(z.meta({ description: 'The inbox to send from.' })),
  text: z.string().check(
    // Zod's max counts code points; AWS counts UTF-16 units.
    z.refine((text) => text.length <= LONGEST_TEXT, {
      error: `has more than ${LONGEST_TEXT} UTF-16 units`,
      params: { code: 'TOO_BIG' },
    }),
    z.regex(/\S/, 'is blank'),
    z.meta({ description: `1–${LONGEST_TEXT} UTF-16 units, sent as they are: merge fields are not filled in.` }),
  ),
  takeover: z._default(z.boolean(), false).check(
    z.meta({
      description:
        'A person takes the conversation over: the runs of the contact in this inbox pause, and its replies there go to no run and trigger nothing, for `takeoverHours` of the settings or until `POST /v1/contacts/{contactId}/resume`.',
    }),
  ),
  mediaUrl: SendMessage.shape.mediaUrl.check(z.meta({ description: 'One S3 object, sent as MMS.' })),
});

const ByRun = z.strictObject({ runId: RunId });

export const messageRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/messages',
    scope: 'messages:write',
    summary: 'Send one text',
    description:
      'Answers how far it got: `ACCEPTED` by the carrier, `FAILED` with the reason, or `UNCONFIRMED` where nobody can tell, which is never sent again. Repeated under its `Idempotency-Key` it is not sent twice.',
    tags: ['Messages'],
    input: { body: NewMessage },
    status: 201,
    answer: MessageView,
    refusals: ['NOT_FOUND', 'NOT_SENDABLE'],
    run: (ports) => {
      const send = sendText(ports);
      return async ({ body, seed, at }) =>
        mapped(await send(body, { seed, at }), (message) => ({
          body: message,
          location: `/v1/messages/${message.id}`,
          about: message.contactId,
        }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/messages/{messageId}',
    scope: 'messages:read',
    summary: 'Read a message and its status',
    tags: ['Messages'],
    input: { path: z.strictObject({ messageId: MessageId }) },
    status: 200,
    answer: MessageView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readMessage(ports);
      return async ({ path }) => mapped(await read(path.messageId), (body) => ({ body }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/runs/{runId}',
    scope: 'workflows:read',
    summary: "Read a contact's way through a workflow",
    tags: ['Runs'],
    input: { path: ByRun },
    status: 200,
    answer: RunView,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const read = readRun(ports);
      return async ({ path }) => mapped(await read(path.runId), (run) => ({ body: runView(run) }));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/runs/{runId}/exit',
    scope: 'workflows:write',
    summary: 'Take a contact out of a workflow',
    description: 'Nothing more is sent by this run. The contact may be enrolled again as the workflow allows.',
    tags: ['Runs'],
    input: { path: ByRun },
    status: 200,
    answer: RunView,
    refusals: ['NOT_FOUND', 'RUN_ENDED'],
    run: (ports) => {
      const exit = exitRun(ports);
      return async ({ path }) => mapped(await exit(path.runId), (run) => ({ body: runView(run) }));
    },
  }),
];
