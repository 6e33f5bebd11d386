import * as z from 'zod/mini';
import { Tag } from '../domain/contact.ts';
import { CustomField, type FieldType } from '../domain/custom-field.ts';
import type { InboxId, ListId } from '../domain/id.ts';
import { Inbox } from '../domain/inbox.ts';
import { Instant } from '../domain/instant.ts';
import { SavedList } from '../domain/list.ts';
import { Settings } from '../domain/settings.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { fresh, get, type Kind, list, once, type Stored } from './stored.ts';

export const settings: Kind<Settings> = {
  type: 'settings',
  parse: once((data) => Settings.parse(data)),
  key: () => keys.workspace('SETTINGS'),
};

export const inboxes: Kind<Inbox> = {
  type: 'inbox',
  parse: once((data) => Inbox.parse(data)),
  key: ({ id }) => keys.workspace('INBOX', id),
};

const KnownTag = z.strictObject({ tag: Tag, createdAt: Instant });
export type KnownTag = z.infer<typeof KnownTag>;
export const tags: Kind<KnownTag> = {
  type: 'tag',
  parse: (data) => KnownTag.parse(data),
  key: ({ tag }) => keys.workspace('TAG', tag),
};

export const customFields: Kind<CustomField> = {
  type: 'custom-field',
  parse: (data) => CustomField.parse(data),
  key: ({ key }) => keys.workspace('FIELD', key),
};

export const lists: Kind<SavedList> = {
  type: 'list',
  parse: (data) => SavedList.parse(data),
  key: ({ id }) => keys.workspace('LIST', id),
};

/** Keeps hashes of this workspace from being looked up in tables made elsewhere. Written once. */
const Salt = z.strictObject({ salt: z.string().check(z.minLength(20)) });
export const salts: Kind<z.infer<typeof Salt>> = {
  type: 'salt',
  parse: (data) => Salt.parse(data),
  key: () => keys.workspace('SALT'),
};
export const getSalt = (table: Table) => get(table, salts, keys.workspace('SALT'));

/** The settings, or what holds before anyone has written any. */
export const getSettings = async (table: Table): Promise<Stored<Settings>> =>
  (await get(table, settings, keys.workspace('SETTINGS'))) ?? fresh(Settings.parse({}));

export const getInbox = (table: Table, id: InboxId) => get(table, inboxes, keys.workspace('INBOX', id));
export const getCustomField = (table: Table, key: string) => get(table, customFields, keys.workspace('FIELD', key));

export const getList = (table: Table, id: ListId) => get(table, lists, keys.workspace('LIST', id));

const all = async <T extends Readonly<Record<string, unknown>>>(
  table: Table,
  kind: Kind<T>,
  prefix: Parameters<typeof keys.workspace>[0],
) => {
  const { pk, sk } = keys.workspace(prefix);
  return (await list(table, kind, { pk, prefix: sk })).items;
};

export const allLists = (table: Table) => all(table, lists, 'LIST');
export const allInboxes = (table: Table) => all(table, inboxes, 'INBOX');
export const allCustomFields = (table: Table) => all(table, customFields, 'FIELD');

export const fieldTypes = async (table: Table): Promise<ReadonlyMap<string, FieldType>> =>
  new Map((await allCustomFields(table)).map(({ value }) => [value.key, value.type]));
