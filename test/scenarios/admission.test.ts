import { describe, expect, it } from 'vitest';
import {
  ANY_TIME,
  addTag,
  business,
  done,
  enroll,
  INBOX,
  newContact,
  publish,
  runOf,
  send,
  wait,
} from '../support/business.ts';
import { DAY, HOUR, localWorld, MINUTE, START } from '../support/world.ts';

type World = ReturnType<typeof localWorld>;

/** A Tuesday, 15:00 in New York, unless another instant is given; contacts have numbers of Washington. */
async function studioWith(
  settings: object,
  {
    start = START + 5 * HOUR,
    inbox = {},
    ...others
  }: Parameters<typeof localWorld>[0] & { readonly inbox?: object } = {},
) {
  const world = localWorld({ start, ...others });
  const { inboxId } = await business(world);
  const known = await done(world.api('GET', '/v1/settings'));
  await done(world.api('PUT', '/v1/settings', { ...known, ...settings }));
  const given = { name: 'Front desk', phone: INBOX, partsPerSecond: 1_000_000, ...inbox };
  await done(world.api('PUT', `/v1/inboxes/${inboxId}`, given));
  return { world, studio: { inboxId } };
}
const at = (iso: string) => Date.parse(iso);
const log = async (world: World, run: string) =>
  (await runOf(world, run)).timeline.filter(({ code }: { code: string }) => code.startsWith('SE'));
/** When each text came to a phone. */
const texted = (world: World, phone: string) =>
  world.world.phones.messages(phone).flatMap((one) => (one.direction === 'received' ? [one.at] : []));

describe('the sending window', () => {
  const window = { sendingWindow: { from: '09:00', to: '20:00' } };

  it('lets a text out within it, and keeps one until it opens that comes too late', async () => {
    const { world, studio } = await studioWith(window, { start: at('2026-03-04T00:30:00.000Z') });
    const workflow = await publish(world, studio, {
      steps: [send('now', 'Now'), wait('w', { hours: 2 }), send('then', 'Then')],
    });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    expect(await world.texts(contact.phone)).toEqual(['Now']);
    await world.pass(11 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Now']);
    expect(await log(world, run)).toMatchObject([
      { code: 'SENT' },
      {
        code: 'SEND_DEFERRED',
        step: 'then',
        reason: 'SENDING_WINDOW',
        detail: expect.stringContaining('2026-03-04T14:0'),
      },
    ]);
    await world.pass(3 * HOUR);
    const [, then = ''] = texted(world, contact.phone);
    expect(at(then)).toBeGreaterThanOrEqual(at('2026-03-04T14:00:00.000Z'));
    expect(at(then)).toBeLessThan(at('2026-03-04T14:06:00.000Z'));
    expect(world.faults).toEqual([]);
  });

  it('goes by the clock of the contact, and by the hours of its state', async () => {
    const sunday = at('2026-03-01T15:30:00.000Z');
    const { world, studio } = await studioWith(
      { ...window, stateHours: { TX: { sunday: { from: '12:00', to: '21:00' } } } },
      { start: sunday },
    );
    const workflow = await publish(world, studio, { steps: [send('hi', 'Hi')] });
    const phoenix = await newContact(world, { timeZone: 'America/Phoenix' });
    const houston = await newContact(world, { timeZone: 'America/Chicago', address: { country: 'US', state: 'TX' } });
    const chicago = await newContact(world, { timeZone: 'America/Chicago' });
    for (const contact of [phoenix, houston, chicago]) await enroll(world, workflow, contact);
    await world.pass(8 * HOUR);
    const hours = [phoenix, houston, chicago].map(({ phone }) => texted(world, phone).map((one) => one.slice(11, 16)));
    expect(hours.map(([first = '']) => first >= '16:00' && first < '16:06')).toEqual([true, false, false]);
    expect(hours[1]?.[0]?.slice(0, 4)).toBe('18:0');
    expect(hours[2]).toEqual(['15:30']);
  });

  it('does not hold up an answer to who has just written', async () => {
    const { world, studio } = await studioWith(window, { start: at('2026-03-04T00:59:00.000Z') });
    const workflow = await publish(world, studio, { steps: [send('ask', 'Ask'), wait('w'), send('reply', 'Reply')] });
    const [quick, slow] = [await newContact(world), await newContact(world)];
    for (const contact of [quick, slow]) await enroll(world, workflow, contact);
    await world.pass(2 * HOUR);
    await world.says(quick.phone, 'yes');
    expect(await world.texts(quick.phone)).toEqual(['Ask', 'Reply']);
    const settings = await done(world.api('GET', '/v1/settings'));
    await done(world.api('PUT', '/v1/settings', { ...settings, replyMinutes: 0 }));
    await world.says(slow.phone, 'yes');
    expect(await world.texts(slow.phone)).toEqual(['Ask']);
    await world.pass(13 * HOUR);
    expect(await world.texts(slow.phone)).toEqual(['Ask', 'Reply']);
  });

  it('may be the inbox’s own', async () => {
    const { world, studio } = await studioWith(window, { inbox: { sendingWindow: { from: '16:00', to: '17:00' } } });
    const workflow = await publish(world, studio, { steps: [send('hi', 'Hi')] });
    const contact = await newContact(world);
    await enroll(world, workflow, contact);
    expect(await world.texts(contact.phone)).toEqual([]);
    await world.pass(HOUR + 6 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['Hi']);
  });

  it('leaves a text out, with the reason, where it never opens; the run goes on', async () => {
    const never = {
      VA: Object.fromEntries(
        ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((day) => [day, 'closed']),
      ),
    };
    const { world, studio } = await studioWith({ ...window, stateHours: never });
    const workflow = await publish(world, studio, { steps: [send('hi', 'Hi'), addTag('after', 'after')] });
    const contact = await newContact(world, { address: { country: 'US', state: 'VA' } });
    const run = await enroll(world, workflow, contact);
    expect(await log(world, run)).toMatchObject([{ code: 'SEND_SKIPPED', detail: 'NO_SENDING_WINDOW' }]);
    expect(await runOf(world, run)).toMatchObject({ status: 'ENDED', reason: 'COMPLETED' });
  });

  it('keeps the answer to a wait that ended at night, and what is said meanwhile', async () => {
    const { world, studio } = await studioWith(window, { start: at('2026-03-04T00:30:00.000Z') });
    const workflow = await publish(world, studio, {
      steps: [
        send('ask', 'Ask'),
        wait('w', { hours: 2 }),
        send('nudge', 'Nudge'),
        wait('w2'),
        send('thanks', 'Thanks'),
      ],
    });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await world.pass(3 * HOUR);
    await world.says(contact.phone, 'yes');
    expect((await runOf(world, run)).timeline.map(({ code }: { code: string }) => code)).toContain('LATE_REPLY');
    await world.pass(14 * HOUR);
    expect(await world.texts(contact.phone)).toEqual(['Ask', 'Nudge']);
  });
});

describe('the cap of a day', () => {
  const cap = (texts: number, then = 'defer') => ({ ...ANY_TIME, dailyCap: { texts, then } });
  const several = (purpose?: string) =>
    ['a', 'b', 'c'].map((name) => send(name, name.toUpperCase(), purpose ? { purpose } : {}));

  it('holds back what is too much, of all workflows together, until a day after the first', async () => {
    const { world, studio } = await studioWith(cap(3));
    const one = await publish(world, studio, { steps: several() });
    const other = await publish(world, studio, { steps: [send('d', 'D')] });
    const contact = await newContact(world);
    await enroll(world, one, contact);
    const run = await enroll(world, other, contact);
    await world.pass(DAY - MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['A', 'B', 'C']);
    expect(await log(world, run)).toMatchObject([{ code: 'SEND_DEFERRED', reason: 'DAILY_CAP' }]);
    await world.pass(10 * MINUTE);
    expect(await world.texts(contact.phone)).toEqual(['A', 'B', 'C', 'D']);
  });

  it('leaves it out, with the reason, if the settings say so', async () => {
    const { world, studio } = await studioWith(cap(2, 'skip'));
    const contact = await newContact(world);
    const run = await enroll(world, await publish(world, studio, { steps: several() }), contact);
    await world.pass(2 * DAY);
    expect(await world.texts(contact.phone)).toEqual(['A', 'B']);
    expect(await log(world, run)).toMatchObject([
      { code: 'SENT' },
      { code: 'SENT' },
      { code: 'SEND_SKIPPED', detail: 'DAILY_CAP' },
    ]);
  });

  it('counts marketing only, and by contact', async () => {
    const { world, studio } = await studioWith(cap(1));
    const workflow = await publish(world, studio, { steps: [...several('transactional'), send('m', 'M')] });
    const [one, other] = [await newContact(world), await newContact(world)];
    for (const contact of [one, other]) await enroll(world, workflow, contact);
    for (const { phone } of [one, other]) expect(await world.texts(phone)).toEqual(['A', 'B', 'C', 'M']);
  });

  it('is not exceeded by workflows that text at the same time', async () => {
    const { world, studio } = await studioWith(cap(2));
    const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
    for (const text of ['A', 'B', 'C', 'D', 'E']) await publish(world, studio, { steps: [send('s', text)], trigger });
    const contact = await newContact(world, { tags: ['lead'] });
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toHaveLength(2);
    await world.pass(DAY);
    expect(await world.texts(contact.phone)).toHaveLength(4);
    await world.pass(DAY + HOUR);
    expect((await world.texts(contact.phone)).toSorted()).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('counts a text under way of a run that has been ended, though the contact has entered again', async () => {
    const taken = Promise.withResolvers<void>();
    const { world, studio } = await studioWith(cap(1), {
      carrier: (phones) => ({ ...phones, send: (text) => taken.promise.then(() => phones.send(text)) }),
    });
    const workflow = await publish(world, studio, { steps: [send('a', 'A')], allowReentry: true });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/runs/${run}/exit`));
    await enroll(world, workflow, contact);
    taken.resolve();
    await world.pass(HOUR);
    expect(await world.texts(contact.phone)).toEqual(['A']);
    await world.pass(DAY);
    expect(await world.texts(contact.phone)).toEqual(['A', 'A']);
  });
});

describe('the pace of a number', () => {
  it('is never exceeded, however many texts are due at once, and each contact’s come in their order', async () => {
    const { world, studio } = await studioWith(ANY_TIME, { inbox: { partsPerSecond: 1 } });
    const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
    const workflow = await publish(world, studio, {
      steps: [send('a', 'A'), send('b', `B ${'x'.repeat(200)}`)],
      trigger,
    });
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, {}));
    const phones = Array.from({ length: 60 }, (_, n) => `+1415555${2000 + n}`);
    for (const phone of phones) await done(world.api('POST', '/v1/contacts', { phone, tags: ['lead'] }));
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { enrollExisting: true }));
    const begun = world.now();
    // Sixty of one part and sixty of two.
    await world.pass(170_000);
    const early = phones.flatMap((phone) => texted(world, phone));
    expect(early.length).toBeLessThan(120);
    await world.pass(60_000);
    const all = phones
      .flatMap((phone) => world.world.phones.messages(phone))
      .filter(({ direction }) => direction === 'received');
    expect(all).toHaveLength(120);
    const sent = all
      .map(({ at: instant, text }) => ({ at: at(instant), parts: text.length > 160 ? 2 : 1 }))
      .toSorted((a, b) => a.at - b.at);
    for (const [n, one] of sent.entries()) {
      const before = sent[n - 1];
      if (before) expect(one.at - before.at).toBeGreaterThanOrEqual(before.parts * 1000);
    }
    expect(world.now() - begun).toBeLessThan(240_000);
    for (const phone of phones) expect((await world.texts(phone)).map((text) => text.slice(0, 1))).toEqual(['A', 'B']);
    expect(world.faults).toEqual([]);
  });

  it('does not take for an answer what was said while a text slept for its slot', async () => {
    const { world, studio } = await studioWith(ANY_TIME, { inbox: { partsPerSecond: 0.5 } });
    const workflow = await publish(world, studio, {
      steps: [send('first', 'First'), send('ask', 'Ask'), wait('w'), send('thanks', 'Thanks')],
    });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    expect(await world.texts(contact.phone)).toEqual(['First']);
    await world.pass(1000);
    const early = world.world.phones.write(contact.phone, 'who is this');
    if (!early) throw new Error('It has got a text to answer.');
    await world.pass(10_000);
    expect(await world.texts(contact.phone)).toEqual(['First', 'Ask']);
    // Said before the text left, told after.
    world.world.receive(early);
    await world.pass(10_000);
    expect(await world.texts(contact.phone)).toEqual(['First', 'Ask']);
    await world.says(contact.phone, 'ah, yes');
    await world.pass(10_000);
    expect(await world.texts(contact.phone)).toEqual(['First', 'Ask', 'Thanks']);
    expect((await runOf(world, run)).timeline.filter(({ code }: { code: string }) => code === 'REPLIED')).toHaveLength(
      1,
    );
  });

  it('is each number’s own', async () => {
    const { world, studio } = await studioWith(ANY_TIME, { inbox: { partsPerSecond: 0.1 } });
    const quick = await done(
      world.api('POST', '/v1/inboxes', { name: 'Other', phone: '+12025550199', partsPerSecond: 100 }),
    );
    const slow = await publish(world, studio, { steps: [send('s', 'Slow')] });
    const fast = await publish(world, { inboxId: quick.id }, { steps: [send('f', 'Fast')] });
    const contacts = [await newContact(world), await newContact(world), await newContact(world)];
    for (const contact of contacts) for (const workflow of [slow, fast]) await enroll(world, workflow, contact);
    await world.pass(1000);
    const got = await Promise.all(contacts.map(({ phone }) => world.texts(phone)));
    expect(got.flat().filter((text) => text === 'Fast')).toHaveLength(3);
    expect(got.flat().filter((text) => text === 'Slow')).toHaveLength(1);
  });
});

describe('a text that is overdue', () => {
  const STEPS = [send('one', 'One'), wait('w'), send('two', 'Two'), wait('w2'), send('three', 'Three')];
  const heldFor = async (milliseconds: number) => {
    const { world, studio } = await studioWith(ANY_TIME);
    const workflow = await publish(world, studio, { steps: STEPS });
    const contact = await newContact(world);
    const run = await enroll(world, workflow, contact);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-off`, { inFlight: 'pause' }));
    await world.pass(DAY + milliseconds);
    await done(world.api('POST', `/v1/workflows/${workflow}/turn-on`, { parked: 'resume' }));
    return { world, contact, run };
  };

  it('by more than a day is left out, with the reason, and the run goes on', async () => {
    const { world, contact, run } = await heldFor(DAY + HOUR);
    expect(await world.texts(contact.phone)).toEqual(['One']);
    await world.pass(DAY + HOUR);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Three']);
    expect(await log(world, run)).toMatchObject([
      { code: 'SENT' },
      { code: 'SEND_SKIPPED', step: 'two', detail: 'OVERDUE' },
      { code: 'SENT' },
    ]);
  });

  it('by less leaves when it can', async () => {
    const { world, contact } = await heldFor(DAY - HOUR);
    expect(await world.texts(contact.phone)).toEqual(['One', 'Two']);
  });
});

describe('what is said of hours and caps', () => {
  it.each([
    [{ sendingWindow: { from: '20:00', to: '09:00' } }, 'sendingWindow.to'],
    [{ sendingWindow: { from: 'nine', to: '20:00' } }, 'sendingWindow.from'],
    [{ stateHours: { Texas: {} } }, 'stateHours.Texas'],
    [{ stateHours: { TX: { someday: 'closed' } } }, 'stateHours.TX.someday'],
    [{ dailyCap: { texts: 0 } }, 'dailyCap.texts'],
    [{ replyMinutes: -1 }, 'replyMinutes'],
  ])('is refused where it makes no sense: %j', async (given, path) => {
    const world = localWorld();
    await business(world);
    const known = await done(world.api('GET', '/v1/settings'));
    const { status, body } = await world.api('PUT', '/v1/settings', { ...known, ...given });
    expect([status, body.errors[0].path]).toEqual([400, path]);
    expect(await done(world.api('GET', '/v1/settings'))).toEqual(known);
  });
});
