import type { Answer, ScenarioWorld } from './world.ts';

export const INBOX = '+12025550100';

export interface Business {
  readonly inboxId: string;
}

/** The answer's body, if the request went well; a test that is refused shows why. */
export async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** Texts leave at any hour, and as many as there are: stories are about something else, unless they say so. */
export const ANY_TIME = { sendingWindow: { from: '00:00', to: '24:00' }, stateHours: {}, dailyCap: null };

/** Settings and an inbox, as a business sets them up first. */
export async function business(world: ScenarioWorld): Promise<Business> {
  const settings = await done(world.api('GET', '/v1/settings'));
  const links = {
    businessName: 'Sample Studio',
    bookingLink: 'https://example.com/book',
    reviewLink: 'https://example.com/review',
  };
  await done(world.api('PUT', '/v1/settings', { ...settings, ...links, ...ANY_TIME }));
  const inbox = await done(
    world.api('POST', '/v1/inboxes', { name: 'Front desk', phone: INBOX, partsPerSecond: 1_000_000 }),
  );
  return { inboxId: inbox.id };
}

let phones = 0;
/** A new number, one that belongs to nobody. */
export const newPhone = (): string => `+1202555${String(101 + (phones++ % 99)).padStart(4, '0')}`;

export async function newContact(world: ScenarioWorld, profile: object = {}): Promise<{ id: string; phone: string }> {
  return done(world.api('POST', '/v1/contacts', { phone: newPhone(), ...profile }));
}

/** A published workflow of these steps, enrolling by hand only unless a trigger is given. */
export async function publish(
  world: ScenarioWorld,
  { inboxId }: Business,
  {
    steps,
    trigger = { manualOnly: true },
    exit = {},
    name = `Workflow ${phones++}`,
    ...options
  }: { steps: object[]; trigger?: object; exit?: object; name?: string; [option: string]: unknown },
): Promise<string> {
  const { id } = await done(world.api('POST', '/v1/workflows', { name, template: 'blank' }));
  await done(world.api('PUT', `/v1/workflows/${id}`, { name, trigger, exit, inboxId, steps }));
  await done(world.api('POST', `/v1/workflows/${id}/publish`, options));
  return id;
}

/** A published workflow of a template, as it is but for its inbox; a trigger of one's own takes the place of its own. */
export async function publishTemplate(
  world: ScenarioWorld,
  { inboxId }: Business,
  template: string,
  { trigger, ...options }: { trigger?: object; [option: string]: unknown } = {},
): Promise<string> {
  const name = `${template} ${phones++}`;
  const { id, steps, trigger: own } = await done(world.api('POST', '/v1/workflows', { name, template }));
  await done(world.api('PUT', `/v1/workflows/${id}`, { name, trigger: trigger ?? own, inboxId, steps }));
  await done(world.api('POST', `/v1/workflows/${id}/publish`, options));
  return id;
}

export async function enroll(
  world: ScenarioWorld,
  workflow: string,
  contact: { id: string },
  options: object = {},
): Promise<string> {
  const { outcomes } = await done(
    world.api('POST', `/v1/workflows/${workflow}/enrollments`, {
      contactIds: [contact.id],
      applyFilters: false,
      ...options,
    }),
  );
  return outcomes[0].runId ?? outcomes[0].reason;
}

/** The codes of a run's timeline, in order. */
export async function timeline(world: ScenarioWorld, run: string): Promise<string[]> {
  const { timeline } = await done(world.api('GET', `/v1/runs/${run}`));
  return timeline.map(({ code }: { code: string }) => code);
}

export const runOf = (world: ScenarioWorld, run: string) => done(world.api('GET', `/v1/runs/${run}`));
export const tagsOf = async (world: ScenarioWorld, contact: { id: string }): Promise<string[]> =>
  (await done(world.api('GET', `/v1/contacts/${contact.id}`))).tags;

export const send = (id: string, text: string, more: object = {}) => ({ id, type: 'send-message', text, ...more });
export const wait = (id: string, duration: object = { days: 1 }, more: object = {}) => ({
  id,
  type: 'wait',
  duration,
  ...more,
});
export const addTag = (id: string, tag: string) => ({ id, type: 'add-tag', tag });
export const removeTag = (id: string, tag: string) => ({ id, type: 'remove-tag', tag });
export const ifElse = (id: string, condition: object, then: object[], otherwise: object[], noReply?: object[]) => ({
  id,
  type: 'if-else',
  condition,
  then: { name: 'Yes', steps: then },
  else: { name: 'No', steps: otherwise },
  ...(noReply && { noReply: { name: 'Silence', steps: noReply } }),
});
