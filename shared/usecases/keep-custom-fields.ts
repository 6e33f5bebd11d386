import type { CustomField } from '../domain/custom-field.ts';
import { instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { keys } from '../store/keys.ts';
import { getRuleset, rulesets } from '../store/ruleset-store.ts';
import {
  commit,
  contend,
  edit,
  fresh,
  type Listed,
  list,
  put,
  remove,
  type Stored,
  unchanged,
} from '../store/stored.ts';
import { allCustomFields, customFields, getCustomField } from '../store/workspace-store.ts';
import type { PageAsked } from './read-contacts.ts';
import { usesField, workflowsUsing } from './workflows-using.ts';

/** A contact with all of them filled, 1000 characters each, still fits into one item. */
const MOST_FIELDS = 100;

type Reading = Pick<Ports, 'table'>;
const notFound = (key: string) => refuse('NOT_FOUND', `There is no custom field "${key}".`);

export const declareCustomField =
  ({ table, clock }: Pick<Ports, 'table' | 'clock'>) =>
  async (given: Pick<CustomField, 'key' | 'label' | 'type'>): Promise<Outcome<Stored<CustomField>>> => {
    const known = await allCustomFields(table);
    const exists = () =>
      refuse('ALREADY_EXISTS', `There is a custom field "${given.key}" already.`, [
        { code: 'ALREADY_EXISTS', path: ['key'], detail: 'is declared' },
      ]);
    if (known.some(({ value }) => value.key === given.key)) return exists();
    if (known.length >= MOST_FIELDS)
      return refuse('CONFLICT', `There are ${MOST_FIELDS} custom fields, which is the most there may be.`);
    const value: CustomField = { ...given, createdAt: instant(clock.now()) };
    return (await commit(table, put(customFields, fresh(value)))) ? ok({ rev: 1, value }) : exists();
  };

export const readCustomField =
  ({ table }: Reading) =>
  async (key: string): Promise<Outcome<Stored<CustomField>>> => {
    const field = await getCustomField(table, key);
    return field ? ok(field) : notFound(key);
  };

/** In the order of their keys. */
export const listCustomFields =
  ({ table }: Reading) =>
  (page: PageAsked): Promise<Listed<CustomField>> => {
    const { pk, sk } = keys.workspace('FIELD');
    return list(table, customFields, { pk, prefix: sk, ...page });
  };

/** A field's type stays what it was declared as: contacts and workflows rest on it. */
export const relabelCustomField =
  ({ table }: Reading) =>
  (key: string, label: string, revision: number | undefined): Promise<Outcome<Stored<CustomField>>> =>
    contend('relabelling a custom field', async (): Promise<Outcome<Stored<CustomField>> | undefined> => {
      const field = await getCustomField(table, key);
      if (!field) return notFound(key);
      if (revision !== undefined && revision !== field.rev)
        return refuse('REVISION_MISMATCH', 'The custom field has changed since you read it.');
      const value = { ...field.value, label };
      return (await commit(table, put(customFields, edit(field, value))))
        ? ok({ rev: field.rev + 1, value })
        : undefined;
    });

/** Takes a declaration back that no workflow at work uses. Contacts keep what they have; nobody can write or ask it any more. */
export const deleteCustomField =
  ({ table }: Reading) =>
  (key: string, revision: number | undefined): Promise<Outcome<null>> =>
    contend('deleting a custom field', async (): Promise<Outcome<null> | undefined> => {
      // Read first: whoever turns on a workflow that uses the field writes it meanwhile.
      const ruleset = await getRuleset(table);
      const field = await getCustomField(table, key);
      if (!field) return notFound(key);
      if (revision !== undefined && revision !== field.rev)
        return refuse('REVISION_MISMATCH', 'The custom field has changed since you read it.');
      const using = await workflowsUsing(table, usesField(key));
      if (using.length > 0)
        return refuse(
          'IN_USE',
          `Workflows use this field: ${using.map(({ name }) => `"${name}"`).join(', ')}. Turn them off first.`,
        );
      return (await commit(table, remove(customFields, field), unchanged(rulesets, ruleset))) ? ok(null) : undefined;
    });
