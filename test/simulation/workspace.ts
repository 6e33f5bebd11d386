import { encodeTime } from 'ulid';
import { http } from '../../lambdas/kit/http.ts';
import type { Part } from '../../shared/http/parts.ts';
import { parts } from '../../shared/http/parts.ts';
import type { Item, Ports } from '../../shared/ports.ts';
import { ANY_TIME, addTag, ifElse, removeTag, send, wait } from '../support/business.ts';
import { type Executions, openExecutions, type Programs } from './executions.ts';
import { STEP_FUNCTION } from './functions.ts';
import { hashOf, letters, mixed } from './hash.ts';
import { asyncTable, memoryTable } from './memory-table.ts';

/** A Tuesday, ten o'clock in the morning on the American east coast. */
export const START = Date.parse('2026-03-03T15:00:00.000Z');
const HOUR = 3_600_000;

export const PHONES = ['+12025550111', '+12025550112', '+12025550113'] as const;
export const INBOXES = {
  front: { name: 'Front desk', phone: '+12025550100' },
  /** Its texts may come twice, rather than not at all. */
  back: { name: 'Back office', phone: '+12025550190', resendAfterMinutes: 20 },
} as const;
export type InboxName = keyof typeof INBOXES;

/** What is allowed when; each schedule plays in one of these. */
export const VARIANTS = {
  free: { settings: ANY_TIME, partsPerSecond: { front: 1_000_000, back: 1_000_000 } },
  paced: { settings: ANY_TIME, partsPerSecond: { front: 1, back: 1 } },
  hours: {
    settings: { ...ANY_TIME, sendingWindow: { from: '09:00', to: '20:00' }, dailyCap: { texts: 3, then: 'defer' } },
    partsPerSecond: { front: 1_000_000, back: 1 },
  },
  capped: {
    settings: { ...ANY_TIME, dailyCap: { texts: 2, then: 'skip' } },
    partsPerSecond: { front: 1_000_000, back: 1_000_000 },
  },
} as const;
export type Variant = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as readonly Variant[];

const tag = (name: string) => ({ type: 'tag', op: 'has', tag: name });
const says = (...anyOf: string[]) => ({ keywords: { anyOf } });

interface Flow {
  readonly inbox: InboxName;
  readonly trigger: object;
  readonly exit?: object;
  readonly options?: object;
  readonly steps: readonly object[];
}

/** The workflows of the business: one sets another off, two listen in one inbox, one listens beside whoever else does, one ends early. */
export const FLOWS = {
  offer: {
    inbox: 'front',
    trigger: { filter: tag('lead') },
    options: { allowReentry: true },
    steps: [
      addTag('offered', 'offered'),
      send('offer', 'Offer'),
      wait('decide', { hours: 2 }),
      ifElse(
        'wants',
        says('yes'),
        [addTag('make-hot', 'hot'), send('great', 'Great', { purpose: 'conversational' })],
        [send('pity', 'Pity'), removeTag('no-lead', 'lead')],
        [wait('pause', { minutes: 30 }, { orReply: false }), send('nudge', 'Nudge'), wait('last', { hours: 1 })],
      ),
      addTag('end-offer', 'offer-done'),
    ],
  },
  visit: {
    inbox: 'back',
    trigger: { filter: tag('hot') },
    options: { allowReentry: true, maxEntries: 3 },
    steps: [
      send('invite', 'Invite'),
      send('details', 'Details', { purpose: 'conversational' }),
      wait('when', { hours: 3 }),
      ifElse('comes', says('yes', 'ok'), [send('see-you', 'See you')], [removeTag('cool', 'hot')]),
      send('map', 'Map'),
    ],
  },
  hello: {
    inbox: 'front',
    trigger: { filter: { type: 'activity', activity: 'lastMessageReceived', op: 'is-known' } },
    steps: [send('welcome', 'Welcome'), wait('first', { hours: 1 }), addTag('met', 'met')],
  },
  survey: {
    inbox: 'front',
    trigger: { manualOnly: true },
    options: { allowReentry: true },
    steps: [
      send('ask', 'How was it?'),
      wait('answer', { hours: 4 }, { broadcast: true }),
      ifElse('good', says('yes', 'good'), [addTag('happy', 'happy')], [addTag('unhappy', 'unhappy')]),
      send('thanks', 'Thanks'),
    ],
  },
  series: {
    inbox: 'back',
    trigger: { manualOnly: true },
    exit: { goal: tag('hot'), onReply: true },
    options: { allowReentry: true },
    steps: [
      send('first', 'First'),
      wait('week', { hours: 1 }, { orReply: false }),
      send('second', 'Second'),
      wait('reply', { hours: 2 }),
      addTag('sent-all', 'sent-all'),
      send('third', 'Third'),
    ],
  },
} as const satisfies Record<string, Flow>;
export type FlowName = keyof typeof FLOWS;
export const FLOW_NAMES = Object.keys(FLOWS) as readonly FlowName[];

export interface Workspace {
  readonly items: readonly Item[];
  readonly programs: Programs;
  readonly flows: Readonly<Record<FlowName, string>>;
  readonly inboxes: Readonly<Record<InboxName, string>>;
}

/** The routes, loaded beforehand: a schedule waits for nothing but its ports. */
export const loadedParts = async (): Promise<readonly Part[]> => {
  await import('../../shared/usecases/answer-once.ts');
  return Promise.all(
    parts.map(async ({ words, load }) => {
      const routes = await load();
      return { words, load: async () => routes };
    }),
  );
};

const known = new Map<Variant, Promise<Workspace>>();
/** Made once through the API, as a business sets it up; a schedule begins with a copy. */
export function workspaceOf(variant: Variant): Promise<Workspace> {
  const made = known.get(variant) ?? make(variant);
  known.set(variant, made);
  return made;
}

async function make(variant: Variant): Promise<Workspace> {
  const now = START - 10 * HOUR;
  const table = memoryTable({ now: () => now, isStrict: true });
  const programs: Programs = new Map();
  const machines: Executions = openExecutions({
    ...{ seed: 0, programs, invoke: () => {}, trace: () => {} },
    scheduler: { now: () => now, at: () => {}, after: () => {}, run: async () => {}, happened: () => 0 },
  });
  let ids = 0;
  const ports = {
    table: asyncTable(table),
    machines: {
      stepFunction: STEP_FUNCTION,
      put: async (machine: Parameters<Executions['put']>[0]) => machines.put(machine),
    },
    clock: { now: () => now, sleep: async () => {} },
    ids: {
      next: () => {
        ids += 1;
        return encodeTime(now) + letters(mixed(hashOf('workspace', 1), ids), 16);
      },
    },
    log: { info: () => {}, error: (code: string, facts: object) => console.error(code, facts) },
    sms: { blockNumber: async () => {} },
  } as unknown as Ports;
  const answer = http(ports, await loadedParts());
  const api = async (method: string, path: string, body?: object) => {
    const result = await answer(httpEvent(method, path, body), { awsRequestId: 'r' } as never);
    const { statusCode, body: text } = result as { statusCode: number; body: string };
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return JSON.parse(text);
  };

  const { settings, partsPerSecond } = VARIANTS[variant];
  await api('PUT', '/v1/settings', {
    ...(await api('GET', '/v1/settings')),
    businessName: 'Sample Studio',
    ...settings,
  });
  const inboxes: Record<string, string> = {};
  for (const [name, inbox] of Object.entries(INBOXES))
    inboxes[name] = (
      await api('POST', '/v1/inboxes', { ...inbox, partsPerSecond: partsPerSecond[name as InboxName] })
    ).id;
  for (const phone of PHONES.slice(0, 2)) await api('POST', '/v1/contacts', { phone });
  const flows: Record<string, string> = {};
  for (const name of FLOW_NAMES) {
    const { inbox, trigger, steps, exit = {}, options = {} }: Flow = FLOWS[name];
    const { id } = await api('POST', '/v1/workflows', { name, template: 'blank' });
    await api('PUT', `/v1/workflows/${id}`, { name, trigger, exit, steps, inboxId: inboxes[inbox] });
    await api('POST', `/v1/workflows/${id}/publish`, options);
    flows[name] = id;
  }
  return {
    items: [...table.items()],
    programs,
    flows: flows as Workspace['flows'],
    inboxes: inboxes as Workspace['inboxes'],
  };
}

export function httpEvent(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'localhost', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    requestContext: { http: { method } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}
