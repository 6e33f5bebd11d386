import { ContactId } from '../../shared/domain/id.ts';
import type { Sms, Write } from '../../shared/ports.ts';
import { runsOfContact } from '../../shared/store/run-store.ts';
import { business, done, INBOX, ifElse, send, wait } from './business.ts';
import { localWorld } from './world.ts';

export type World = ReturnType<typeof localWorld>;
export type Carrier = (onward: () => ReturnType<Sms['send']>) => ReturnType<Sms['send']>;

export const yesNo = ifElse(
  'said-yes',
  { keywords: { anyOf: ['yes'] } },
  [send('thanks', 'We will call.')],
  [send('no-thanks', 'Alright.')],
);
export const ASK = [send('ask', 'Shall we call you?'), wait('answer'), yesNo];
export const TWO_DAYS = [send('first', 'One'), wait('a-day'), send('second', 'Two')];
export const tagged = { filter: { type: 'tag', op: 'has', tag: 'lead' } };

/** A studio whose carrier does as told with the first text. */
export async function studio(first: Carrier = (onward) => onward(), times = 1) {
  let asked = 0;
  const world = localWorld({
    carrier: (phones) => ({
      ...phones,
      send: (text) => {
        asked += 1;
        return asked <= times ? first(() => phones.send(text)) : phones.send(text);
      },
    }),
  });
  return { world, studio: await business(world) };
}

export const turn = (world: World, workflow: string, how: 'on' | 'off', body: object) =>
  done(world.api('POST', `/v1/workflows/${workflow}/turn-${how}`, body));
export const putOf = (writes: readonly Write[], type: string) =>
  writes.flatMap((write) => ('put' in write && write.put.type === type ? [write.put] : []));
export const messagesOf = async (world: World, contact: { id: string }) =>
  (await done(world.api('GET', `/v1/contacts/${contact.id}/messages?order=asc`))).items;
export const runsOf = async ({ world: { ports } }: World, contact: { id: string }) =>
  (await runsOfContact(ports.table, ContactId.parse(contact.id))).map(({ value }) => value);

/** Comes between, once: before the first write that is meant, or after it. */
export function interfere(
  world: World,
  when: 'before' | 'after',
  isMeant: (writes: readonly Write[]) => boolean,
  act: () => Promise<unknown>,
): void {
  const { table } = world.world.ports;
  const { write } = table;
  Object.assign(table, {
    write: async (writes: readonly Write[]) => {
      if (!isMeant(writes)) return write(writes);
      Object.assign(table, { write });
      if (when === 'before') await act();
      const written = await write(writes);
      if (when === 'after') await act();
      return written;
    },
  });
}

/** Hears the text at once, while whoever is at work stands still. */
export async function hear(world: World, phone: string, text: string): Promise<void> {
  world.world.receive(world.world.phones.write(phone, text, INBOX));
  await world.world.driven[2]?.work();
}

export const died = async (): Promise<never> => {
  throw new Error('the function died');
};
