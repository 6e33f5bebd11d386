import { setTimeout as sleep } from 'node:timers/promises';
import { INBOX } from '../support/business.ts';
import type { Answer, ScenarioWorld } from '../support/world.ts';

/** So many requests are made at once. */
const CLIENTS = 6;
/** One in so many makes a contact. */
const NEW_EVERY = 12;
/** Only clients give and take them. */
export const TAGS = ['red', 'green', 'blue'];

export interface Person {
  readonly id: string;
  readonly phone: string;
  /** What was asked for, answered by now, of the tags that only clients give and take. */
  readonly tags: Set<string>;
  readonly enrolledIn: Set<string>;
  hasSaidStop: boolean;
  /** One tag at a time, so that what was asked for last is known. */
  isTagged: boolean;
}

/** What was asked of the product and answered: what it is held to afterwards. */
export interface Ledger {
  readonly people: Person[];
  /** By hand. */
  readonly enrolled: { readonly run: string; readonly workflow: string; readonly contact: string }[];
  readonly said: { readonly contact: string; readonly text: string }[];
  readonly notes: { readonly contact: string; readonly text: string }[];
  readonly imports: { readonly id: string; readonly phones: readonly string[] }[];
  readonly published: { readonly id: string; readonly tag: string }[];
  requests: number;
  answered: number;
  repeated: number;
}

export interface Stage {
  /** The product as it runs now, or will when it is up again. */
  readonly up: () => Promise<ScenarioWorld>;
  /** When requests that a dead process held on to may be made again. */
  readonly released: Promise<void>;
  readonly inboxId: string;
  /** Workflows to be enrolled in by hand. */
  readonly workflows: readonly string[];
  readonly random: () => number;
}

export function openClients({ up, released, inboxId, workflows, random }: Stage) {
  const ledger: Ledger = {
    ...{ people: [], enrolled: [], said: [], notes: [], imports: [], published: [] },
    ...{ requests: 0, answered: 0, repeated: 0 },
  };
  const pending: Promise<void>[] = [];
  let count = 0;
  /** Requests without an answer yet. */
  let open = 0;
  const any = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];

  /** Makes a request, under one key, until it is answered; what a dead process held on to, in the end. */
  async function ask(
    method: string,
    path: string,
    body?: object,
    { refusals = [], isHeld = false }: { refusals?: readonly number[]; isHeld?: boolean } = {},
  ) {
    const headers = { 'idempotency-key': `kill-${count++}` };
    ledger.requests += 1;
    for (;;) {
      open += 1;
      const answer = await answered((await up()).api(method, path, body, method === 'POST' ? headers : {}));
      open -= 1;
      if (answer && answer.status < 500 && answer.body?.code !== 'IDEMPOTENCY_KEY_IN_USE') {
        if (answer.status >= 300 && !refusals.includes(answer.status))
          throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        ledger.answered += 1;
        return answer;
      }
      ledger.repeated += 1;
      if (answer || isHeld) await released;
    }
  }

  const says = (person: Person, text: string) => {
    ledger.said.push({ contact: person.id, text });
    const inboundMessageId = `kill-text-${count++}`;
    const receivedAt = new Date().toISOString();
    const addresses = { originationNumber: person.phone, destinationNumber: INBOX };
    const detail = { inboundMessageId, ...addresses, messageBody: text, receivedAt };
    // Its answer waits for all that follows, which is longer than the product lives.
    return ask('POST', '/local/events', { 'detail-type': 'MessageReceived', detail }, { isHeld: true });
  };

  const acts: Readonly<Record<string, (person: Person) => Promise<void>>> = {
    async enrol(person) {
      const workflow = any(workflows.filter((id) => !person.enrolledIn.has(id)));
      if (workflow === undefined) return;
      person.enrolledIn.add(workflow);
      const path = `/v1/workflows/${workflow}/enrollments`;
      const { body } = await ask('POST', path, { contactIds: [person.id], applyFilters: false });
      const [{ outcome, runId, reason }] = body.outcomes;
      if (outcome === 'ENROLLED') ledger.enrolled.push({ run: runId, workflow, contact: person.id });
      else if (!person.hasSaidStop) throw new Error(`${person.id} was refused: ${reason}`);
    },
    async reply(person) {
      await says(person, `${any(['yes', 'no', 'maybe'])}, that is my answer number ${count}`);
    },
    async stop(person) {
      if (person.hasSaidStop) return;
      person.hasSaidStop = true;
      await says(person, 'STOP');
    },
    async tag(person) {
      if (person.isTagged) return;
      person.isTagged = true;
      const tag = any(TAGS) ?? '';
      const has = person.tags.has(tag);
      await ask(has ? 'DELETE' : 'PUT', `/v1/contacts/${person.id}/tags/${tag}`);
      if (has) person.tags.delete(tag);
      else person.tags.add(tag);
      person.isTagged = false;
    },
    async note(person) {
      const text = `A note, number ${count}`;
      const { status } = await ask(
        'POST',
        '/v1/messages',
        { contactId: person.id, inboxId, text },
        { refusals: [409, 422] },
      );
      if (status === 201) ledger.notes.push({ contact: person.id, text });
      else if (!person.hasSaidStop) throw new Error(`a note to ${person.id} was refused with ${status}`);
    },
  };
  /** One of each in turn. */
  const turn = [
    'enrol',
    'reply',
    'tag',
    'enrol',
    'note',
    'reply',
    'enrol',
    'tag',
    'reply',
    'enrol',
    'reply',
    'tag',
    'stop',
  ];

  async function create(): Promise<void> {
    const phone = `+1213${2_000_000 + count}`;
    const { body } = await ask('POST', '/v1/contacts', { phone, tags: ['lead'] });
    ledger.people.push(personOf(body));
  }

  async function named(name: string): Promise<string> {
    const { body } = await ask('GET', '/v1/workflows?limit=100');
    return body.items.find((workflow: { name: string }) => workflow.name === name).id;
  }

  const begin = (work: Promise<void>): void => {
    pending.push(work);
    // Looked at in the end.
    work.catch(() => {});
  };

  return {
    ledger,
    create,
    /** Does one thing after the other while it may. */
    async go(isGoing: () => boolean): Promise<void> {
      for (let n = 0; isGoing(); n += 1) {
        const person = any(ledger.people);
        const act = acts[turn[n % turn.length] ?? ''];
        begin(!person || !act || n % NEW_EVERY === 0 ? create() : act(person));
        while (open >= CLIENTS) await sleep(1);
      }
    },
    import(rows: number): void {
      const phones = Array.from({ length: rows }, () => `+1310${2_000_000 + count++}`);
      const content = phones.map((phone) => `${JSON.stringify({ phone, tags: ['lead'] })}\n`).join('');
      begin(
        ask('POST', '/v1/contacts/import', { format: 'ndjson', content }).then(({ body: { id } }) => {
          ledger.imports.push({ id, phones });
        }),
      );
    },
    /** A workflow for whoever has the tag, with those who have it already. */
    publish(steps: readonly object[], tag: string): void {
      const name = `Published while it was killed ${count}`;
      const draft = { name, trigger: { filter: { all: [{ type: 'tag', op: 'has', tag }] } }, inboxId, steps };
      begin(
        ask('POST', '/v1/workflows', { name, template: 'blank' }, { refusals: [409] }).then(async ({ body }) => {
          // Done, but its answer died with the process: asked again, it finds its own work in the way.
          const id: string = body.id ?? (await named(name));
          await ask('PUT', `/v1/workflows/${id}`, draft);
          await ask('POST', `/v1/workflows/${id}/publish`, { enrollExisting: true }, { refusals: [409] });
          ledger.published.push({ id, tag });
        }),
      );
    },
    /** Throws where any request was answered as it may not be. */
    settled: async (): Promise<void> => {
      await Promise.all(pending);
    },
  };
}

/** Undefined where the product died before it had answered. */
const answered = (answer: Promise<Answer>): Promise<Answer | undefined> => answer.catch(() => undefined);

const personOf = ({ id, phone }: { id: string; phone: string }): Person => ({
  ...{ id, phone, tags: new Set<string>(), enrolledIn: new Set<string>() },
  ...{ hasSaidStop: false, isTagged: false },
});
