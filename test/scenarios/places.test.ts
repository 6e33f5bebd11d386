import { expect, it } from 'vitest';
import { business, done, INBOX, newContact, publish, send } from '../support/business.ts';
import { localWorld } from '../support/world.ts';

const inTexas = { type: 'location', field: 'state', op: 'is', value: 'Texas' };
const TEXAS = { country: 'US', state: 'TX', timeZone: 'America/Chicago' };
const NEW_YORK = { country: 'US', state: 'NY', city: 'New York', timeZone: 'America/New_York' };

async function texans() {
  const world = localWorld();
  const studio = await business(world);
  const workflow = await publish(world, studio, { steps: [send('hi', 'Howdy')], trigger: { filter: inTexas } });
  return Object.assign(world, { workflow });
}

it('who gave no address is where the number is from, and is shown so', async () => {
  const world = await texans();
  const { id, phone } = await newContact(world, { phone: '+15125550101' });
  expect(await world.texts(phone)).toEqual(['Howdy']);
  expect(await done(world.api('GET', `/v1/contacts/${id}`))).toMatchObject({ address: {}, derived: TEXAS });
  const { trigger } = await done(world.api('GET', `/v1/workflows/${world.workflow}/explain?contactId=${id}`));
  expect(trigger).toEqual({
    truth: true,
    leaf: { ...inTexas, value: expect.any(String) },
    actual: 'TX',
    derived: true,
  });
});

it('an address wins over the number', async () => {
  const world = await texans();
  const moved = await newContact(world, { phone: '+15125550102', address: { state: 'Ohio' } });
  const abroad = await newContact(world, { phone: '+15125550103', address: { country: 'CA' } });
  const came = await newContact(world, { phone: '+12125550104', address: { state: 'TX' } });
  expect(await world.texts(moved.phone)).toEqual([]);
  expect(await world.texts(abroad.phone)).toEqual([]);
  expect(await world.texts(came.phone)).toEqual(['Howdy']);
  expect(await done(world.api('GET', `/v1/contacts/${came.id}`))).toMatchObject({
    address: { state: 'TX' },
    derived: NEW_YORK,
  });
});

it('a new number brings its own place along', async () => {
  const world = await texans();
  const { id } = await newContact(world, { phone: '+12125550105' });
  const patched = await done(world.api('PATCH', `/v1/contacts/${id}`, { phone: '+15125550105' }));
  expect(patched.derived).toEqual(TEXAS);
  expect(await world.texts('+15125550105')).toEqual(['Howdy']);
  const again = await done(world.api('PATCH', `/v1/contacts/${id}`, { phone: '+442079460958' }));
  expect(again.derived).toEqual({ country: 'GB', timeZone: 'Europe/London' });
});

it('so does the text of somebody unknown', async () => {
  const world = await texans();
  await world.says('+15125550106', 'Hello?', { to: INBOX });
  const { items } = await done(world.api('GET', '/v1/contacts'));
  expect(items).toMatchObject([{ phone: '+15125550106', derived: TEXAS }]);
  expect(await world.texts('+15125550106')).toEqual(['Howdy']);
});
