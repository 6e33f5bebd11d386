import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { callQuery } from './aws-call.ts';

/**
 * AWS End User Messaging SMS v2, as far as the product uses it, for functions that run in an emulator: the wire protocol of the
 * API (AWS JSON 1.0), and what AWS publishes to the SNS topics that its resources name. No emulator has this service.
 * Sources: the service's model in the SDK; its user guide, "two-way SMS payload" and "event format".
 *
 * Tests run in other processes, so what they may do with it is HTTP too, under `/control`.
 */

/** What happens to the next text to a number instead of its being accepted. */
export type Trouble = { readonly to: string } & (
  | /** Refused with this error. */ {
      readonly error: string;
      readonly status?: number;
      readonly fields?: Readonly<Record<string, string>>;
    }
  | /** Accepted, but the answer gets lost. */ { readonly answer: 'lost' }
);

export interface SentText {
  readonly messageId: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly configurationSet: string;
  readonly context: Readonly<Record<string, string>>;
}

const Send = z.object({
  DestinationPhoneNumber: z.string().check(z.regex(/^\+\d{4,15}$/)),
  OriginationIdentity: z.string().check(z.minLength(1)),
  MessageBody: z.string().check(z.minLength(1), z.maxLength(1600)),
  MediaUrls: z.optional(z.array(z.string().check(z.startsWith('s3://'))).check(z.length(1))),
  ConfigurationSetName: z.string().check(z.minLength(1)),
  Context: z._default(z.record(z.string().check(z.maxLength(100)), z.string().check(z.maxLength(800))), {}),
});
const OptedOutNumber = z.object({
  OptOutListName: z.string().check(z.minLength(1)),
  OptedOutNumber: z.string().check(z.regex(/^\+\d{4,15}$/)),
});
const Resource = z.object({
  type: z.string(),
  logicalId: z.string(),
  properties: z._default(z.record(z.string(), z.unknown()), {}),
});
const EventDestinations = z.array(
  z.object({
    MatchingEventTypes: z.array(z.string()),
    SnsDestination: z.optional(z.object({ TopicArn: z.string() })),
    Enabled: z._default(z.union([z.boolean(), z.string()]), true),
  }),
);
const UpdateNumber = z.object({
  PhoneNumberId: z.string(),
  TwoWayEnabled: z.boolean(),
  TwoWayChannelArn: z.optional(z.string()),
  SelfManagedOptOutsEnabled: z.boolean(),
  OptOutListName: z.optional(z.string()),
});
/** As CloudFormation has them. */
const TwoWay = z.object({ ChannelArn: z.string() });
const Inbound = z.object({
  from: z.string(),
  to: z.string(),
  body: z.string(),
  answers: z.optional(z.string()),
  times: z._default(z.number(), 1),
});
const Receipt = z.object({ messageId: z.string(), eventType: z.string() });

class Refusal extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  constructor(name: string, fields: Readonly<Record<string, string>> = {}, status = 400) {
    super(name);
    this.name = name;
    this.fields = fields;
    this.status = status;
  }
}

/** A number of the account, and how it is set up. */
export interface OwnedNumber {
  readonly number: string;
  readonly topic?: string | undefined;
  /** Without it AWS answers STOP and HELP by itself, and nobody else hears of them. */
  readonly selfManaged: boolean;
  readonly optOutList?: string | undefined;
}

/** Registered beforehand, as a real number is: what a deployment is told as `phoneNumberId`. */
export const REGISTERED = { id: 'phone-registered', number: '+12025550100' };
/** What a deployment gets that asks for a simulator number. */
export const SIMULATOR = '+13105550100';

export interface Carrier {
  readonly url: string;
  /** Where the topics are, once there is an emulator. */
  publishTo(endpoint: string): void;
  stop(): Promise<void>;
}

export async function startCarrier(): Promise<Carrier> {
  const texts: SentText[] = [];
  const troubles = new Map<string, Trouble>();
  const optedOut = new Map<string, Set<string>>();
  const resources = new Map<string, z.infer<typeof Resource> & { readonly id: string }>();
  const numbers = new Map<string, OwnedNumber>([[REGISTERED.id, { number: REGISTERED.number, selfManaged: false }]]);
  let endpoint = '';

  const publish = (TopicArn: string, payload: object) =>
    callQuery(endpoint, 'sns', {
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn,
      Message: JSON.stringify(payload),
    });

  /** As a configuration set's event destinations ask for it. */
  async function report(text: SentText, eventType: string): Promise<void> {
    const destinations = EventDestinations.parse(
      resources.get(text.configurationSet)?.properties['EventDestinations'] ?? [],
    );
    const status = eventType.replace(/^(TEXT|MEDIA)_/, '');
    const kind = eventType.startsWith('MEDIA') ? 'MEDIA' : 'TEXT';
    const event = {
      eventType,
      eventVersion: '1.0',
      eventTimestamp: Date.now(),
      isFinal: !['QUEUED', 'PENDING', 'SENT'].includes(status),
      originationPhoneNumber: text.from,
      destinationPhoneNumber: text.to,
      isInternationalSend: false,
      isoCountryCode: 'US',
      messageId: text.messageId,
      messageRequestTimestamp: Date.now(),
      messageEncoding: 'GSM',
      messageType: 'TRANSACTIONAL',
      messageStatus: status,
      messageStatusDescription: 'Message has been accepted by phone carrier',
      context: text.context,
      totalMessageParts: 1,
      totalMessagePrice: 0.00581,
      totalCarrierFee: 0.003,
    };
    for (const { MatchingEventTypes, SnsDestination, Enabled } of destinations) {
      const wanted = MatchingEventTypes.some((type) => type === eventType || type === 'ALL' || type === `${kind}_ALL`);
      if (wanted && SnsDestination && String(Enabled) === 'true') await publish(SnsDestination.TopicArn, event);
    }
  }

  function submit(input: unknown, answered: () => void): { MessageId: string } {
    const parsed = Send.safeParse(input);
    if (!parsed.success) throw new Refusal('ValidationException', { Reason: 'INVALID_PARAMETER' });
    const {
      DestinationPhoneNumber: to,
      OriginationIdentity: from,
      MessageBody: body,
      MediaUrls: mediaUrls = [],
      ConfigurationSetName: configurationSet,
      Context: context,
    } = parsed.data;
    if (resources.get(configurationSet)?.type !== 'AWS::SMSVOICE::ConfigurationSet')
      throw new Refusal('ResourceNotFoundException', {
        ResourceType: 'configuration-set',
        ResourceId: configurationSet,
      });
    if ([...optedOut.values()].some((numbers) => numbers.has(to)))
      throw new Refusal('ConflictException', { Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' });
    if (![...numbers].some(([id, { number }]) => id === from || number === from))
      throw new Refusal('ResourceNotFoundException', { ResourceType: 'phone-number', ResourceId: from });
    const trouble = troubles.get(to);
    troubles.delete(to);
    if (trouble && 'error' in trouble) throw new Refusal(trouble.error, trouble.fields, trouble.status);
    const text = { messageId: randomUUID(), to, from, body, mediaUrls, configurationSet, context };
    texts.push(text);
    const kind = mediaUrls.length > 0 ? 'MEDIA' : 'TEXT';
    void sleep(300)
      .then(() => report(text, `${kind}_DELIVERED`))
      .catch(() => {});
    if (trouble) answered();
    return { MessageId: text.messageId };
  }

  const listOf = (name: string): Set<string> => {
    const list = optedOut.get(name);
    if (!list) throw new Refusal('ResourceNotFoundException', { ResourceType: 'opt-out-list', ResourceId: name });
    return list;
  };

  function operation(name: string, input: unknown, lose: () => void): object {
    switch (name) {
      case 'SendTextMessage':
      case 'SendMediaMessage':
        return submit(input, lose);
      case 'PutOptedOutNumber': {
        const asked = OptedOutNumber.parse(input);
        listOf(asked.OptOutListName).add(asked.OptedOutNumber);
        return { ...asked, OptedOutTimestamp: Date.now() / 1000, EndUserOptedOut: false };
      }
      case 'DeleteOptedOutNumber': {
        const asked = OptedOutNumber.parse(input);
        if (!listOf(asked.OptOutListName).delete(asked.OptedOutNumber))
          throw new Refusal('ResourceNotFoundException', { ResourceType: 'opted-out-number' });
        return { ...asked, EndUserOptedOut: false };
      }
      case 'UpdatePhoneNumber': {
        const asked = UpdateNumber.parse(input);
        const known = numbers.get(asked.PhoneNumberId);
        if (!known)
          throw new Refusal('ResourceNotFoundException', {
            ResourceType: 'phone-number',
            ResourceId: asked.PhoneNumberId,
          });
        const {
          TwoWayEnabled,
          TwoWayChannelArn: topic,
          SelfManagedOptOutsEnabled: selfManaged,
          OptOutListName: optOutList,
        } = asked;
        if (optOutList !== undefined) listOf(optOutList);
        numbers.set(asked.PhoneNumberId, {
          number: known.number,
          topic: TwoWayEnabled ? topic : undefined,
          selfManaged,
          optOutList,
        });
        return asked;
      }
      default:
        throw new Refusal('UnknownOperationException');
    }
  }

  /** What CloudFormation would make; `Ref` is the id. */
  function make(input: unknown): object {
    const asked = Resource.parse(input);
    const kind = asked.type.replace('AWS::SMSVOICE::', '');
    const named = asked.properties[`${kind}Name`];
    const id = typeof named === 'string' ? named : `${kind.toLowerCase()}-${randomUUID().slice(0, 8)}`;
    resources.set(id, { ...asked, id });
    if (kind === 'OptOutList') optedOut.set(id, new Set());
    const arn = `arn:aws:sms-voice:us-east-1:000000000000:${kind.replace(/(?<=.)[A-Z]/g, (c) => `-${c}`).toLowerCase()}/${id}`;
    if (kind !== 'PhoneNumber') return { id, attributes: { Arn: arn } };
    const { TwoWay: twoWay, SelfManagedOptOutsEnabled, OptOutListName } = asked.properties;
    numbers.set(id, {
      number: SIMULATOR,
      topic: TwoWay.parse(twoWay).ChannelArn,
      selfManaged: String(SelfManagedOptOutsEnabled) === 'true',
      optOutList: String(OptOutListName),
    });
    return { id, attributes: { Arn: arn, PhoneNumber: SIMULATOR, PhoneNumberId: id } };
  }

  async function control(path: string, input: unknown): Promise<unknown> {
    switch (path) {
      case '/control/texts':
        return texts;
      case '/control/trouble': {
        const trouble = input as Trouble;
        troubles.set(trouble.to, trouble);
        return {};
      }
      case '/control/opted-out':
        return Object.fromEntries(Array.from(optedOut, ([list, numbers]) => [list, [...numbers]]));
      case '/control/resources':
        return [...resources.values()];
      case '/control/numbers':
        return Object.fromEntries(numbers);
      case '/control/inbound': {
        const { from, to, body, answers, times } = Inbound.parse(input);
        const number = [...numbers.values()].find((owned) => owned.number === to);
        if (number?.topic === undefined) throw new Error(`${to} is not set up for texts to it`);
        const keyword = /^(stop|help)$/i.test(body.trim());
        if (keyword && !number.selfManaged) return { answeredByAws: true };
        const inboundMessageId = randomUUID();
        const messageKeyword = keyword ? body.trim().toUpperCase() : 'KEYWORD';
        const payload = {
          originationNumber: from,
          destinationNumber: to,
          messageKeyword,
          messageBody: body,
          inboundMessageId,
        };
        for (let time = 0; time < times; time += 1)
          await publish(number.topic, {
            ...payload,
            ...(answers !== undefined && { previousPublishedMessageId: answers }),
          });
        return { inboundMessageId };
      }
      case '/control/receipt': {
        const { messageId, eventType } = Receipt.parse(input);
        const text = texts.find((candidate) => candidate.messageId === messageId);
        if (!text) throw new Error(`there is no text ${messageId}`);
        await report(text, eventType);
        return {};
      }
      default:
        throw new Error(`no such control: ${path}`);
    }
  }

  const server = createServer((request, response) => {
    const reply = (status: number, body: unknown, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
    const target = request.headers['x-amz-target'];
    handle().catch((error: unknown) => {
      if (error instanceof Refusal)
        reply(error.status, { __type: error.name, Message: error.name, ...error.fields }, 'application/x-amz-json-1.0');
      else reply(500, { __type: 'InternalServerException', Message: String(error) });
    });

    async function handle() {
      const input: unknown = JSON.parse((await textOf(request)) || 'null');
      const path = request.url ?? '/';
      if (path === '/resources') {
        if (request.method === 'DELETE') return reply(200, {});
        return reply(200, make(input));
      }
      if (path.startsWith('/control/')) return reply(200, (await control(path, input)) ?? {});
      const [, name] = /^PinpointSMSVoiceV2\.(\w+)$/.exec(String(target)) ?? [];
      if (name === undefined) throw new Refusal('UnknownOperationException');
      if (!request.headers.authorization?.includes('/sms-voice/aws4_request'))
        throw new Refusal('AccessDeniedException');
      let lost = false;
      const answer = operation(name, input, () => {
        lost = true;
      });
      if (lost) return response.destroy();
      return reply(200, answer, 'application/x-amz-json-1.0');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    publishTo: (url) => {
      endpoint = url;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
