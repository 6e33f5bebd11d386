import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { openDatabase } from '../../local/database.ts';
import { openTable } from '../../local/table.ts';
import { compileFilter } from '../../shared/domain/filter.ts';
import { ContactId } from '../../shared/domain/id.ts';
import { contacts, listMatching } from '../../shared/store/contact-store.ts';
import { keys, SHARDS } from '../../shared/store/keys.ts';
import { fresh, put } from '../../shared/store/stored.ts';
import { contact, contexts, filters, NOW, contacts as people } from '../support/filters.ts';

const newTable = () => openTable(openDatabase(':memory:'), virtualClock(NOW)).table;
const idOf = (n: number) => ContactId.parse(`ct_01ARZ3NDEKTSV4RRFFQ69G5F${String(n).padStart(2, '0')}`);

/** Of all shards. */
async function matching(table: ReturnType<typeof newTable>, test: Parameters<typeof listMatching>[2]) {
  const found: string[] = [];
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const page = await listMatching(table, { pk: keys.contactsIndex(shard) }, test);
    found.push(...page.matching.map(({ value }) => value.id));
  }
  return found.toSorted();
}

describe('the contacts for whom a filter holds', () => {
  it('are the same whether they are parsed before or after', async () => {
    const many = fc.array(people, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(many, filters, contexts, async (given, filter, within) => {
        const table = newTable();
        const own = given.map((one, n) => ({ ...one, id: idOf(n) }));
        if (own.length > 0) await table.write(own.map((one) => put(contacts, fresh(one))));
        const { test } = compileFilter(filter, within);
        const wanted = own.filter((one) => test(one, NOW)).map(({ id }) => id);
        expect(await matching(table, (one) => test(one, NOW))).toEqual(wanted.toSorted());
      }),
      { numRuns: 200 },
    );
  });

  it('may lie in the table without what a schema adds', async () => {
    const table = newTable();
    const write = put(contacts, fresh(contact({ firstName: 'Guest' })));
    if (!('put' in write)) throw new Error('it is no put');
    const { tags: _, fields: __, ...data } = write.put.data;
    await table.write([{ ...write, put: { ...write.put, data } }]);
    expect(await matching(table, ({ tags }) => tags.length === 0)).toHaveLength(1);
  });

  it('are refused where one that may match is no contact', async () => {
    const table = newTable();
    const write = put(contacts, fresh(contact({ firstName: 'Guest' })));
    if (!('put' in write)) throw new Error('it is no put');
    await table.write([{ ...write, put: { ...write.put, data: { ...write.put.data, phone: 5 } } }]);
    await expect(matching(table, () => true)).rejects.toThrow();
  });
});
