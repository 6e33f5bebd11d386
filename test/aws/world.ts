import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ScenarioWorld } from '../support/world.ts';
import { ROOT } from './aws-call.ts';
import { type OwnedNumber, REGISTERED, type SentText, type Trouble } from './carrier.ts';
import { type Caller, callApi } from './http.ts';

/** What a suite needs to know of a deployment; plain data, since it is handed to other processes. */
export interface Deployed {
  readonly emulator: string;
  readonly carrier: string;
  readonly apiUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
}

export interface DeployedWorld extends ScenarioWorld {
  /** As somebody else, or as nobody. */
  callAs(caller: Caller, method: string, path: string, body?: unknown): Promise<Answer>;
  sent(phone: string): Promise<SentText[]>;
  trouble(trouble: Trouble): Promise<void>;
  optedOut(): Promise<string[]>;
  receipt(messageId: string, eventType: string): Promise<void>;
  numbers(): Promise<Readonly<Record<string, OwnedNumber>>>;
  /** Writes once, and the carrier tells it so many times. */
  saysOnceToldOften(phone: string, text: string, times: number): Promise<void>;
}

/** The product as it is deployed: time passes as it does, and what follows from a call follows a little later. */
export function deployedWorld({ emulator, apiUrl, carrier }: Deployed): DeployedWorld {
  const control = async (path: string, input?: object) => {
    const answer = await fetch(`${carrier}/control/${path}`, { method: 'POST', body: JSON.stringify(input ?? null) });
    if (!answer.ok) throw new Error(`the carrier: ${await answer.text()}`);
    return answer.json();
  };
  const sent = async (phone: string) => ((await control('texts')) as SentText[]).filter(({ to }) => to === phone);

  return {
    api: (method, path, body, headers) => callApi(emulator, apiUrl, { credentials: ROOT }, method, path, body, headers),
    callAs: (caller, method, path, body) => callApi(emulator, apiUrl, caller, method, path, body),
    texts: async (phone) => (await sent(phone)).map(({ body }) => body),
    says: async (phone, text, { to = REGISTERED.number } = {}) =>
      void (await control('inbound', { from: phone, to, body: text })),
    pass: (milliseconds) => sleep(milliseconds),
    now: () => Date.now(),
    sent,
    trouble: async (trouble) => void (await control('trouble', trouble)),
    optedOut: async () => Object.values((await control('opted-out')) as Record<string, string[]>).flat(),
    receipt: async (messageId, eventType) => void (await control('receipt', { messageId, eventType })),
    numbers: async () => (await control('numbers')) as Record<string, OwnedNumber>,
    saysOnceToldOften: async (phone, text, times) =>
      void (await control('inbound', { from: phone, to: REGISTERED.number, body: text, times })),
  };
}
