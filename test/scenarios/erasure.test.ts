import { describe, expect, it } from 'vitest';
import { ContactId, InboxId, messageIdOf } from '../../shared/domain/id.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Write } from '../../shared/ports.ts';
import { messages } from '../../shared/store/message-store.ts';
import { fresh, put } from '../../shared/store/stored.ts';
import { openApi } from '../http/api.ts';
import { business, done, INBOX, publish, send, wait } from '../support/business.ts';
import { type Recorded, recorded } from '../support/recorded.ts';
import { HOUR, MINUTE } from '../support/world.ts';

/** In all that is told of the person stands one of these; a number as it is written and as it is kept. */
const PERSONAL = /zyxwv|555-?0177/i;
const PHONE = '(202) 555-0177';
const E164 = '+12025550177';
const PROFILE = {
  firstName: 'Zyxwv-first',
  lastName: 'Zyxwv-last',
  email: 'zyxwv@example.com',
  company: 'Zyxwv & Co',
  address: { city: 'Zyxwv-ville', postalCode: 'ZYXWV1' },
  fields: { note: 'zyxwv-note' },
};
const key = (name: string) => ({ 'idempotency-key': name });

/** All that this machine keeps, but for the phones, which are the person's own. */
function kept({ database }: Recorded): Record<string, unknown[]> {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const names = tables.map(({ name }) => String(name)).filter((name) => !/^(?:phone_messages|sqlite_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, database.prepare(`SELECT * FROM ${name}`).all()]));
}
const personal = (dump: Record<string, unknown[]>): string[] =>
  Object.entries(dump).flatMap(([table, rows]) =>
    rows.map((row) => `${table} ${JSON.stringify(row)}`).filter((row) => PERSONAL.test(row)),
  );

/** Everything there is about one person, told in every way; and every line that was logged meanwhile. */
async function aPerson(own: Recorded) {
  const { world } = own;
  const logged: string[] = [];
  const note = (code: string, facts?: object) => void logged.push(`${code} ${JSON.stringify(facts ?? {})}`);
  Object.assign(world.world.ports.log, { info: note, error: note });
  const studio = await business(world);
  await done(world.api('POST', '/v1/custom-fields', { key: 'note', label: 'Note', type: 'text' }));
  await done(world.api('POST', '/v1/custom-fields', { key: 'said', label: 'Said', type: 'text' }));
  const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
  const learns = { id: 'learn', type: 'set-field', field: 'said', value: { from: 'reply' } };
  const asking = await publish(world, studio, {
    trigger,
    allowReentry: true,
    steps: [send('hi', 'Hi {{contact.firstName | "there"}}'), wait('answer'), learns, wait('then'), send('bye', 'Bye')],
  });
  const parking = await publish(world, studio, { trigger, steps: [wait('long', { days: 9 }), send('late', 'Late')] });
  const given = {
    ...PROFILE,
    phone: PHONE,
    tags: ['lead'],
    consent: { status: 'optedIn', source: 'other:zyxwv', evidence: 'https://example.com/zyxwv' },
  };
  const contact = await done(world.api('POST', '/v1/contacts', given, key('make')));
  await world.pass(HOUR);
  await world.says(E164, 'Zyxwv here', { to: INBOX });
  const text = { contactId: contact.id, inboxId: studio.inboxId, text: 'Dear Zyxwv' };
  await done(world.api('POST', '/v1/messages', text, key('text')));
  const events = [
    { type: 'opt-in', eventId: 'zyxwv-1', source: 'other:zyxwv', evidence: 'zyxwv', profile: PROFILE },
    { type: 'crm-sync', eventId: 'zyxwv-2', source: 'crm:zyxwv', profile: PROFILE },
    { type: 'inbound-call', eventId: 'zyxwv-3', source: 'other:zyxwv' },
    { type: 'conversion', eventId: 'zyxwv-4', conversion: { name: 'zyxwv-order' } },
  ];
  for (const event of events) {
    await done(world.api('POST', '/v1/contact-events', { ...event, phone: PHONE }, key(event.eventId.slice(6))));
    const onBus = { ...event, eventId: `${event.eventId}-bus`, phone: E164 };
    world.world.receive(onBus, 'ContactEventReceived');
    await world.pass(MINUTE);
  }
  await done(world.api('POST', `/v1/workflows/${parking}/turn-off`, { inFlight: 'pause' }));
  await world.pass(MINUTE);
  const path = `/v1/contacts/${contact.id}`;
  return { world, logged, given, text, events, contact, path, asking };
}

describe('when a contact is erased', () => {
  it('nothing that was told of the person is left: in no table, no line of a log and no event', async () => {
    const own = recorded();
    const { world, logged, path, contact, asking } = await aPerson(own);
    const types = (await done(world.api('GET', `${path}/timeline?limit=100`))).items.map(
      ({ type }: { type: string }) => type,
    );
    expect(new Set(types)).toEqual(new Set(['run', 'event', 'message']));
    const before = kept(own);
    const held = before['items']?.filter((row) => PERSONAL.test(JSON.stringify(row))).map((row) => JSON.stringify(row));
    for (const kind of ['contact', 'phone', 'message', 'contact-event', 'request'])
      expect(held?.some((row) => row.includes(`\\"type\\":\\"${kind}\\"`)) ? kind : `no ${kind}`).toBe(kind);

    expect((await world.api('DELETE', path)).status).toBe(204);
    expect(personal(kept(own))).toEqual([]);
    await world.pass(10 * 24 * HOUR);
    expect(personal(kept(own))).toEqual([]);
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.filter((line) => PERSONAL.test(line) || /_FAILED|RETRY|STUCK/.test(line))).toEqual([]);
    expect(world.world.events.latest().filter((event) => PERSONAL.test(JSON.stringify(event)))).toEqual([]);

    // What stays says which way somebody went, and that it was erased.
    const stays = kept(own)['items']?.filter((row) => JSON.stringify(row).includes(`C#${contact.id}`)) ?? [];
    expect(new Set(stays.map((row) => JSON.parse((row as { body: string }).body).type))).toEqual(
      new Set(['run', 'erasure']),
    );
    const { items } = await done(world.api('GET', `/v1/workflows/${asking}/enrollments`));
    expect(items).toMatchObject([{ contactId: contact.id, status: 'ENDED', reason: 'CONTACT_DELETED' }]);
    expect(await world.texts(E164)).toEqual(['Hi Zyxwv-first', 'Dear Zyxwv']);
  });

  it('of an opt-out only a hash is left', async () => {
    const own = recorded();
    const { world, path, contact } = await aPerson(own);
    await world.says(E164, 'STOP', { to: INBOX });
    await done(world.api('DELETE', path));
    expect(personal(kept(own))).toEqual([]);
    const again = await done(world.api('PUT', `/v1/contacts/by-phone/${E164}`, {}));
    expect(again).toMatchObject({ consent: { status: 'optedOut', source: 'suppression' } });
    expect(again.id).not.toBe(contact.id);
  });

  it.for(Object.keys(recorded().again) as (keyof Recorded['again'])[])(
    '%s bring nothing back when they are told again',
    async (kind) => {
      const own = recorded();
      const { world, path } = await aPerson(own);
      await done(world.api('DELETE', path));
      await world.pass(MINUTE);
      const once = own.dump();
      for (let time = 2; time <= 3; time += 1) {
        await own.again[kind]();
        await world.pass(MINUTE);
        expect(own.dump()).toEqual(once);
      }
      expect(personal(kept(own))).toEqual([]);
      expect((await done(world.api('GET', '/v1/contacts'))).items).toEqual([]);
    },
  );

  it('a request that made or told it, repeated under its key, has no second effect and answers nothing of it', async () => {
    const own = recorded();
    const { world, path, given, text, events } = await aPerson(own);
    await done(world.api('DELETE', path));
    const texts = await world.texts(E164);
    for (const [to, body, name] of [
      ['/v1/contacts', given, 'make'],
      ['/v1/messages', text, 'text'],
    ] as const) {
      const again = await world.api('POST', to, body, key(name));
      expect([again.status, again.body.code]).toEqual([410, 'IDEMPOTENCY_ANSWER_ERASED']);
      expect((await world.api('POST', to, { ...body, x: 1 }, key(name))).status).toBe(400);
    }
    for (const event of events) {
      const told = { ...event, phone: PHONE };
      const again = await world.api('POST', '/v1/contact-events', told, key(event.eventId.slice(6)));
      expect([again.headers['idempotency-replayed'], again.status < 300]).toEqual(['true', true]);
      expect((await done(world.api('POST', '/v1/contact-events', told))).outcome).toBe('ALREADY_RECORDED');
    }
    await world.pass(MINUTE);
    expect(await world.texts(E164)).toEqual(texts);
    expect((await done(world.api('GET', '/v1/contacts'))).items).toEqual([]);
    expect(personal(kept(own))).toEqual([]);
  });
});

describe('when a conversation was handed back and its contact is erased', () => {
  it('the request, repeated under its key, tells nothing of the person', async () => {
    const own = recorded();
    const { world, path } = await aPerson(own);
    const handBack = () => world.api('POST', `${path}/resume`, {}, key('back'));
    await done(handBack());
    await done(world.api('DELETE', path));
    expect((await handBack()).body.code).toBe('IDEMPOTENCY_ANSWER_ERASED');
    expect(personal(kept(own))).toEqual([]);
  });
});

describe('while a request about it is in flight, a contact that is erased', () => {
  /** Comes between, once, before the first write that has an item of this type. */
  function between(
    table: { write: (writes: readonly Write[]) => Promise<unknown> },
    type: string,
    act: () => Promise<unknown>,
  ) {
    const { write } = table;
    Object.assign(table, {
      write: async (writes: readonly Write[]) => {
        if (!writes.some((one) => 'put' in one && one.put.type === type)) return write(writes);
        Object.assign(table, { write });
        await act();
        return write(writes);
      },
    });
  }
  const GIVEN = { ...PROFILE, fields: {}, phone: PHONE };

  it('leaves no answer to be given again', async () => {
    const api = openApi();
    between(api.table, 'answer-about', async () => {
      const { items } = await api.done('GET', '/v1/contacts');
      await api.done('DELETE', `/v1/contacts/${items[0].id}`);
    });
    expect((await api.call('POST', '/v1/contacts', GIVEN, key('make'))).status).toBe(201);
    expect(JSON.stringify(api.dump())).not.toMatch(PERSONAL);
    expect((await api.call('POST', '/v1/contacts', GIVEN, key('make'))).body.code).toBe('IDEMPOTENCY_ANSWER_ERASED');
    expect((await api.done('GET', '/v1/contacts')).items).toEqual([]);
  });

  it('is not made again by the repetition of a request that crashed', async () => {
    const api = openApi();
    between(api.table, 'answer-about', async () => {
      throw new Error('the function died');
    });
    const { id } = (await api.call('POST', '/v1/contacts', GIVEN, key('make'))).body;
    await api.done('DELETE', `/v1/contacts/${id}`);
    await api.clock.advance(MINUTE);
    const again = await api.call('POST', '/v1/contacts', GIVEN, key('make'));
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT']);
    expect(JSON.stringify(api.dump())).not.toMatch(PERSONAL);
  });

  it('gets no text, and none is recorded', async () => {
    const api = openApi();
    const inbox = await api.done('POST', '/v1/inboxes', { name: 'Desk', phone: INBOX });
    const { id } = await api.done('POST', '/v1/contacts', GIVEN);
    between(api.table, 'message', () => api.done('DELETE', `/v1/contacts/${id}`));
    const text = { contactId: id, inboxId: inbox.id, text: 'Dear Zyxwv' };
    expect((await api.call('POST', '/v1/messages', text, key('text'))).status).toBe(503);
    expect((await api.call('POST', '/v1/messages', text, key('text'))).status).toBe(404);
    expect(api.texts).toEqual([]);
    expect(JSON.stringify(api.dump())).not.toMatch(PERSONAL);
  });
});

describe('a contact with thousands of messages', () => {
  /** As they would have come to be over years. */
  async function talkative(api: ReturnType<typeof openApi>, many: number) {
    const { id } = await api.done('POST', '/v1/contacts', { ...PROFILE, fields: {}, phone: PHONE }, key('make'));
    const contactId = ContactId.parse(id);
    const written = Array.from({ length: many }, (_, n) => {
      const at = api.clock.now() - n * MINUTE;
      return put(
        messages,
        fresh({
          id: messageIdOf(contactId, 'inbound', at, `p-${n}`),
          contactId,
          inboxId: InboxId.parse(`inb_${'0'.repeat(26)}`),
          text: `zyxwv ${n}`,
          at: instant(at),
          direction: 'inbound' as const,
          meaning: 'message' as const,
        }),
      );
    });
    for (let from = 0; from < many; from += 100) await api.table.write(written.slice(from, from + 100));
    return `/v1/contacts/${id}`;
  }

  it('is erased whole', async () => {
    const api = openApi();
    const path = await talkative(api, 2_550);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect(JSON.stringify(api.dump())).not.toMatch(PERSONAL);
  });

  /** Dies at the write of this number: before it, or when it was done. Answers whether it came to it. */
  function dieAt(
    table: { write: (writes: readonly Write[]) => Promise<unknown> },
    number: number,
    when: 'before' | 'after',
  ) {
    const { write } = table;
    let asked = 0;
    Object.assign(table, {
      write: async (writes: readonly Write[]) => {
        asked += 1;
        if (asked === number && when === 'before') throw new Error('the function died');
        const written = await write(writes);
        if (asked === number) throw new Error('the function died');
        return written;
      },
    });
    return () => {
      Object.assign(table, { write });
      return asked >= number;
    };
  }

  it.each(['before', 'after'] as const)(
    'is erased by the next call, wherever the first died: %s a write',
    async (when) => {
      let number = 0;
      for (let died = true; died; ) {
        number += 1;
        const api = openApi();
        const path = await talkative(api, 250);
        const back = dieAt(api.table, number, when);
        const first = await api.call('DELETE', path);
        died = back();
        expect(first.status).toBe(died ? 500 : 204);
        expect((await api.call('DELETE', path)).status).toBe(204);
        expect(JSON.stringify(api.dump())).not.toMatch(PERSONAL);
      }
      expect(number).toBeGreaterThan(4);
    },
  );

  it('is erased by the change feed, where nobody calls again', async () => {
    let number = 1;
    for (let died = true; died; number += 1) {
      const own = recorded();
      const { world, path } = await aPerson(own);
      const back = dieAt(world.world.ports.table, number, 'after');
      await world.api('DELETE', path);
      died = back();
      const isGone = (await world.api('GET', path)).status === 404;
      await world.pass(10 * MINUTE);
      if (isGone) expect(personal(kept(own))).toEqual([]);
    }
    expect(number).toBeGreaterThan(4);
  });
});
