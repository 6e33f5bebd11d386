import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../local/database.ts';
import { NOBODY } from '../http/api.ts';
import { business, done, newPhone, publish, publishTemplate, send } from '../support/business.ts';
import { HOUR, localWorld, MINUTE } from '../support/world.ts';

const OPT_IN = { type: 'opt-in', eventId: 'chat-1', source: 'web_chat' };

async function studioOnTheBus() {
  const database = openDatabase(':memory:');
  const world = localWorld({ database });
  const studio = await business(world);
  const tell = async (event: object) => {
    world.world.receive(event, 'ContactEventReceived');
    await world.pass(MINUTE);
  };
  const contacts = async () => (await done(world.api('GET', '/v1/contacts'))).items;
  const setAside = () =>
    database
      .prepare("SELECT dead FROM queue WHERE name = 'contact-events'")
      .all()
      .map(({ dead }) => dead);
  return { world, studio, tell, contacts, setAside };
}

describe('what happened elsewhere sets workflows off', () => {
  it('an opt-in from a web chat is greeted, once', async () => {
    const { world, studio } = await studioOnTheBus();
    await publishTemplate(world, studio, 'autoresponder');
    const phone = newPhone();
    const event = { ...OPT_IN, phone };
    expect((await world.api('POST', '/v1/contact-events', event)).status).toBe(201);
    await world.pass(MINUTE);
    expect(await world.texts(phone)).toEqual([expect.stringContaining('Sample Studio')]);
    expect((await world.api('POST', '/v1/contact-events', event)).status).toBe(200);
    await world.pass(MINUTE);
    expect(await world.texts(phone)).toHaveLength(1);
    expect(world.faults).toEqual([]);
  });

  it('a call is activity that a trigger can ask for, and tags that it adds are tags', async () => {
    const { world, studio } = await studioOnTheBus();
    const called = { type: 'activity', activity: 'lastCall', op: 'is-known' };
    const all = [called, { type: 'tag', op: 'has', tag: 'missed' }];
    await publish(world, studio, { steps: [send('sorry', 'Sorry we missed you')], trigger: { filter: { all } } });
    const phone = newPhone();
    const call = { type: 'inbound-call', phone, call: { answered: false } };
    await done(world.api('POST', '/v1/contact-events', { ...call, eventId: 'one' }));
    expect(await world.texts(phone)).toEqual([]);
    await done(world.api('POST', '/v1/contact-events', { ...call, eventId: 'two', tags: ['missed'] }));
    expect(await world.texts(phone)).toEqual(['Sorry we missed you']);
  });
});

describe('over the bus', () => {
  it('an event does what it does over HTTP, at the time that the bus gives it', async () => {
    const { world, tell, contacts } = await studioOnTheBus();
    const phone = newPhone();
    const at = new Date(world.now()).toISOString();
    await tell({ ...OPT_IN, phone, tags: ['lead'] });
    await world.pass(HOUR);
    await tell({ ...OPT_IN, phone, tags: ['other'] });
    expect(await contacts()).toMatchObject([
      { phone, tags: ['lead'], optIn: { source: 'web_chat', at }, consent: { status: 'optedIn', at } },
    ]);
    const again = await world.api('POST', '/v1/contact-events', { ...OPT_IN, phone });
    expect(again.body).toMatchObject({ outcome: 'ALREADY_RECORDED', created: true });
    expect(world.faults).toEqual([]);
  });

  it('one about nobody is dropped', async () => {
    const { world, tell, setAside } = await studioOnTheBus();
    await tell({ ...OPT_IN, contactId: NOBODY });
    await world.pass(HOUR);
    expect(setAside()).toEqual([]);
    expect(world.faults).toEqual([]);
  });

  it.each([
    ['that is not well formed', { ...OPT_IN, phone: '(202) 555-0171' }],
    ['with a field that nobody has declared', { ...OPT_IN, phone: '+12025550171', profile: { fields: { plan: 'x' } } }],
    ['about a number that cannot exist', { ...OPT_IN, phone: '+12025' + '550' }],
  ])('one %s is tried again, set aside, and its fault logged without what it says', async (_, event) => {
    const { world, tell, contacts, setAside } = await studioOnTheBus();
    await tell(event);
    await world.pass(24 * HOUR);
    expect(setAside()).toEqual([1]);
    expect(await contacts()).toEqual([]);
    expect(world.faults.join()).toMatch(/CONTACT_EVENT_FAILED.*(?:ZodError|\$ZodError|Refused)/);
    expect(world.faults.join()).not.toMatch(/202.{0,3}555/);
  });

  it('one that could not be taken is, once what it lacked is there', async () => {
    const { world, tell, contacts } = await studioOnTheBus();
    await tell({ ...OPT_IN, phone: newPhone(), profile: { fields: { plan: 'x' } } });
    await done(world.api('POST', '/v1/custom-fields', { key: 'plan', label: 'Plan', type: 'text' }));
    await world.pass(HOUR);
    expect(await contacts()).toMatchObject([{ fields: { plan: 'x' } }]);
  });
});
