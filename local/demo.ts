import * as z from 'zod/mini';
import { openLocal } from './open-local.ts';

/*
 * One Nurture conversation with each of three people, played through the HTTP API of a server of its own. Everything
 * printed below the headings is what the API has answered.
 */

const local = await openLocal({ folder: undefined, port: 0, complain: (line) => console.error(line) });

async function call<T extends z.ZodMiniType>(
  schema: T,
  method: string,
  path: string,
  body?: unknown,
): Promise<z.output<T>> {
  const answer = await fetch(`${local.url}${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(said)}`);
  return schema.parse(said);
}

const Made = z.looseObject({ id: z.string() });
const Workflow = z.extend(Made, { steps: z.array(z.unknown()), trigger: z.unknown() });
const Published = z.looseObject({
  workflow: z.looseObject({ status: z.string(), name: z.string() }),
  version: z.int(),
});
const Phone = z.looseObject({
  items: z.array(z.looseObject({ id: z.string(), direction: z.enum(['received', 'sent']), text: z.string() })),
});
const Contact = z.extend(Made, {
  phone: z.string(),
  firstName: z.string(),
  tags: z.array(z.string()),
  consent: z.looseObject({ status: z.string() }),
});
const Runs = z.looseObject({
  items: z.array(z.looseObject({ contactId: z.string(), status: z.string(), reason: z.optional(z.string()) })),
});
type Contact = z.infer<typeof Contact>;

const heading = (text: string) => console.log(`\n\x1b[1m${text}\x1b[0m`);

await call(z.unknown(), 'PUT', '/v1/settings', {
  businessName: 'Sample Studio',
  bookingLink: 'https://example.com/book',
  reviewLink: 'https://example.com/review',
});
const inbox = await call(Made, 'POST', '/v1/inboxes', { name: 'Front desk', phone: '+12025550100' });
const draft = await call(Workflow, 'POST', '/v1/workflows', { name: 'Nurture', template: 'nurture' });
await call(Workflow, 'PUT', `/v1/workflows/${draft.id}`, {
  name: 'Nurture',
  inboxId: inbox.id,
  trigger: draft.trigger,
  steps: draft.steps,
});
const { workflow, version } = await call(Published, 'POST', `/v1/workflows/${draft.id}/publish`, {});
heading(
  `The workflow "${workflow.name}" is ${workflow.status}, version ${version}. It enrols whoever gets the tag "lead".`,
);

const shown = new Map<string, number>();
/** Prints what is new on a phone. */
async function look({ phone, firstName }: Contact): Promise<void> {
  const { items } = await call(Phone, 'GET', `/local/phones/${phone}/messages`);
  for (const { direction, text } of items.slice(shown.get(phone) ?? 0)) {
    console.log(direction === 'received' ? `  studio → ${firstName}:  ${text}` : `  ${firstName} → studio:  ${text}`);
  }
  shown.set(phone, items.length);
}

async function settled({ id }: Contact): Promise<void> {
  const { tags, consent } = await call(Contact, 'GET', `/v1/contacts/${id}`);
  const { items } = await call(Runs, 'GET', `/v1/workflows/${draft.id}/enrollments`);
  const run = items.find(({ contactId }) => contactId === id);
  console.log(
    `  · tags: ${tags.join(', ') || 'none'} · consent: ${consent.status} · run: ${run?.reason ?? run?.status}`,
  );
}

const lead = (phone: string, firstName: string) =>
  call(Contact, 'POST', '/v1/contacts', { phone, firstName, tags: ['lead'] });
const says = async (contact: Contact, text: string) => {
  await call(z.unknown(), 'POST', `/local/phones/${contact.phone}/messages`, { text });
  await look(contact);
};
const pass = async (time: object) => {
  const { now } = await call(z.object({ now: z.string() }), 'POST', '/local/clock', { advance: time });
  console.log(`  (the clock now shows ${now})`);
};

heading('Ready is interested');
const ready = await lead('+12025550111', 'Ready');
await look(ready);
await says(ready, 'YES!! 🙌');
await settled(ready);

heading('Quiet says nothing, and a day passes');
const quiet = await lead('+12025550112', 'Quiet');
await look(quiet);
await pass({ days: 1, minutes: 1 });
await look(quiet);
await settled(quiet);

heading('Leaving says STOP, and a week passes');
const leaving = await lead('+12025550113', 'Leaving');
await look(leaving);
await says(leaving, 'Stop please');
await pass({ days: 7 });
await look(leaving);
await settled(leaving);

heading('Meanwhile Ready did not book: one reminder came, then no more');
await look(ready);
await settled(ready);

await local.close();
