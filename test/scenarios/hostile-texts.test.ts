import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addTag,
  business,
  done,
  enroll,
  ifElse,
  newContact,
  newPhone,
  publish,
  send,
  wait,
} from '../support/business.ts';
import { hostile, MARK, plainHostile, wellFormedHostile } from '../support/hostile.ts';
import { openedToRefuse } from '../support/refusals.ts';
import { localWorld } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;

const RUNS = { numRuns: 30 };
const NAMES = send('names', '{{contact.firstName | "x"}} {{contact.fields.plan | "x"}} {{contact.company | "x"}}');

async function studio() {
  const world = localWorld();
  const business_ = await business(world);
  await done(world.api('POST', '/v1/custom-fields', { key: 'plan', type: 'text', label: 'Plan' }));
  return { world, studio: business_ };
}

/** What a version compiled to, with all that a reader of it would see. */
const definitionOf = async (world: World, workflow: string): Promise<string> =>
  JSON.stringify(await done(world.api('GET', `/v1/workflows/${workflow}/versions/1/definition.asl.json`)));

/** A number that belongs to nobody yet, in this world. */
async function stranger(world: World): Promise<string> {
  const phone = newPhone();
  const { items } = await done(world.api('GET', '/v1/contacts?limit=100'));
  const known = items.find((contact: { phone: string }) => contact.phone === phone);
  if (known) await done(world.api('DELETE', `/v1/contacts/${known.id}`));
  return phone;
}

describe('whatever it holds', () => {
  it('a step’s text reaches the phone as it was written, and is in no definition', async () => {
    await fc.assert(
      fc.asyncProperty(plainHostile, async (text) => {
        const { world, studio: at } = await studio();
        const workflow = await publish(world, at, { steps: [send('say', text)] });
        const contact = await newContact(world);
        await enroll(world, workflow, contact);
        expect(await world.texts(contact.phone)).toEqual([text]);
        expect((await done(world.api('GET', `/v1/workflows/${workflow}`))).steps[0].text).toBe(text);
        expect(await definitionOf(world, workflow)).not.toContain(MARK);
        expect(world.faults).toEqual([]);
      }),
      RUNS,
    );
  });

  it('what looks like a merge field and is none keeps a workflow from being published', async () => {
    const { world, create, refused, studio: at } = await openedToRefuse();
    for (const text of [
      '{{constructor}}',
      '{{contact.__proto__}}',
      '{{contact.fields.constructor}}',
      '{{{x}}}',
      '{{',
    ]) {
      const { id } = await create(`Of ${text}`);
      const draft = {
        name: `Of ${text}`,
        trigger: { manualOnly: true },
        inboxId: at.inboxId,
        steps: [send('say', text)],
      };
      const kept = await done(world.api('PUT', `/v1/workflows/${id}`, draft));
      expect(kept.steps[0].text).toBe(text);
      expect((await refused('POST', `/v1/workflows/${id}/publish`, {})).slice(0, 2)).toEqual([422, 'WORKFLOW_INVALID']);
    }
  });

  it('half a surrogate pair is refused, wherever it stands, and nothing is written', async () => {
    const { refused, studio: at } = await openedToRefuse();
    const half = `${MARK}\ud83d`;
    for (const [method, path, body] of [
      ['POST', '/v1/contacts', { phone: newPhone(), firstName: half }],
      ['POST', '/v1/contacts', { phone: newPhone(), tags: [half] }],
      ['POST', '/v1/tags', { tag: half }],
      ['POST', '/v1/workflows', { name: half, template: 'blank' }],
      ['POST', '/v1/contact-events', { type: 'opt-in', eventId: half, phone: newPhone(), source: 'web_chat' }],
      ['POST', '/v1/messages', { contactId: `ct_${'0'.repeat(26)}`, inboxId: at.inboxId, text: half }],
      ['POST', '/v1/contacts/import', { format: 'csv', content: `phone,firstName\n+12025550101,${half}\n` }],
    ] as const) {
      const [status, code, fault] = await refused(method, path, body);
      expect([status, code]).toEqual([400, 'INVALID_INPUT']);
      expect(fault).toMatch(/^INVALID_UNICODE /);
    }
  });

  it('a name, a company and a field come back and are merged as they are', async () => {
    const { world, studio: at } = await studio();
    const workflow = await publish(world, at, { steps: [NAMES] });
    await fc.assert(
      fc.asyncProperty(wellFormedHostile, wellFormedHostile, async (firstName, plan) => {
        const profile = { firstName, company: `${plan}!`, fields: { plan } };
        const contact = await done(world.api('POST', '/v1/contacts', { phone: await stranger(world), ...profile }));
        expect(await done(world.api('GET', `/v1/contacts/${contact.id}`))).toMatchObject(profile);
        await enroll(world, workflow, contact);
        expect((await world.texts(contact.phone)).at(-1)).toBe(`${firstName} ${plan} ${plan}!`);
      }),
      RUNS,
    );
    expect(world.faults).toEqual([]);
  });

  it('a tag is what was given, folded; or is refused', async () => {
    const { world } = await studio();
    await fc.assert(
      fc.asyncProperty(wellFormedHostile, async (tag) => {
        const contact = await done(world.api('POST', '/v1/contacts', { phone: await stranger(world) }));
        const { status, body } = await world.api('PUT', `/v1/contacts/${contact.id}/tags/${encodeURIComponent(tag)}`);
        const { tags } = await done(world.api('GET', `/v1/contacts/${contact.id}`));
        if (status === 200) expect(tags).toEqual([tag.normalize('NFC').toLowerCase()]);
        else {
          expect([status, tags]).toEqual([400, []]);
          expect(JSON.stringify(body)).not.toContain(MARK);
        }
      }),
      RUNS,
    );
    expect(world.faults).toEqual([]);
  });

  it('a keyword hears itself, a reply is kept as it came, and neither is in the definition', async () => {
    const { world, studio: at } = await studio();
    await fc.assert(
      fc.asyncProperty(plainHostile, async (said) => {
        const phone = await stranger(world);
        const contact = await done(world.api('POST', '/v1/contacts', { phone }));
        const keywords = { anyOf: [said], mode: 'exact' };
        const decide = ifElse('decide', { keywords }, [addTag('tag', 'heard')], [addTag('other', 'missed')]);
        const workflow = await publish(world, at, { steps: [send('ask', 'Well?'), wait('answer'), decide] });
        await enroll(world, workflow, contact);
        await world.says(phone, said);
        expect((await done(world.api('GET', `/v1/contacts/${contact.id}`))).tags).toEqual(['heard']);
        const { items } = await done(world.api('GET', `/v1/contacts/${contact.id}/messages`));
        expect(items.map(({ text }: { text: string }) => text)).toContain(said);
        expect(await definitionOf(world, workflow)).not.toContain(MARK);
      }),
      RUNS,
    );
    expect(world.faults).toEqual([]);
  });

  it('a text that comes in, broken Unicode and all, is kept as it came', async () => {
    const { world } = await studio();
    await fc.assert(
      fc.asyncProperty(hostile, async (said) => {
        const phone = await stranger(world);
        await world.says(phone, said, { to: '+12025550100' });
        const { items } = await done(world.api('GET', '/v1/contacts?limit=100'));
        const { id } = items.find((contact: { phone: string }) => contact.phone === phone);
        const { items: told } = await done(world.api('GET', `/v1/contacts/${id}/messages`));
        expect(told.map(({ text }: { text: string }) => text)).toEqual([said]);
      }),
      RUNS,
    );
    expect(world.faults).toEqual([]);
  });

  it('what happened elsewhere, and the rows of a file, are told as they are', async () => {
    const { world } = await studio();
    await fc.assert(
      fc.asyncProperty(wellFormedHostile, wellFormedHostile, async (firstName, plan) => {
        const profile = { firstName, fields: { plan } };
        const event = { type: 'crm-sync', eventId: 'e', source: 'crm:sample' };
        const phone = await stranger(world);
        const told = await world.api('POST', '/v1/contact-events', { ...event, phone, profile });
        expect(told.status).toBe(201);
        const row = { phone: await stranger(world), ...profile };
        const rows = await done(
          world.api('POST', '/v1/contacts/import', { format: 'ndjson', content: `${JSON.stringify(row)}\n` }),
        );
        await world.pass(0);
        expect((await done(world.api('GET', `/v1/imports/${rows.id}`))).status).toBe('DONE');
        const { items } = await done(world.api('GET', '/v1/contacts?limit=100'));
        for (const each of [phone, row.phone])
          expect(items.find((contact: { phone: string }) => contact.phone === each)).toMatchObject(profile);
      }),
      RUNS,
    );
    expect(world.faults).toEqual([]);
  });
});

it('a refusal does not repeat the values that it refuses', async () => {
  const { world, refused } = await openedToRefuse();
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      for (const body of [
        { phone: text, firstName: 7 },
        { phone: newPhone(), language: text.repeat(5), email: text, timeZone: text, optIn: { source: text } },
        { phone: newPhone(), birthday: text, address: { country: text, coordinates: { latitude: text } } },
      ]) {
        expect((await refused('POST', '/v1/contacts', body))[0]).toBe(400);
        expect(JSON.stringify((await world.api('POST', '/v1/contacts', body)).body)).not.toContain(MARK);
      }
    }),
    RUNS,
  );
});
