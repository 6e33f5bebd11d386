import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidCursor } from '../../shared/domain/cursor.ts';
import type { Change, Item, Key, Page, Query, Table } from '../../shared/ports.ts';

export interface Opened {
  readonly table: Table;
  /** All changes since the table was opened. */
  changes(): Promise<readonly Change[]>;
  close(): Promise<void> | void;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const key = (pk: string, sk = 'S'): Key => ({ pk, sk });
const draft = (at: Key, data: Record<string, unknown> = {}, rest: Pick<Partial<Item>, 'index' | 'expiresAt'> = {}) => ({
  ...at,
  type: 'thing',
  data,
  ...rest,
});
const insert = (
  at: Key,
  data: Record<string, unknown> = {},
  rest: Pick<Partial<Item>, 'index' | 'expiresAt'> = {},
) => ({
  put: draft(at, data, rest),
  rev: 0,
});
const kilobytes = (n: number) => 'x'.repeat(n * 1024);

/** What every engine of the Table port does: `open` gives a new, empty table. */
export function tableContract(name: string, open: () => Promise<Opened>): void {
  describe(`the table on ${name}`, () => {
    let opened: Opened;
    let table: Table;
    beforeEach(async () => {
      opened = await open();
      table = opened.table;
    });
    afterEach(() => opened.close());

    const fill = async (items: readonly ReturnType<typeof insert>[]) => {
      for (let start = 0; start < items.length; start += 50) await table.write(items.slice(start, start + 50));
    };
    const sortKeys = ({ items }: Page) => items.map(({ sk }) => sk);
    const walk = async (read: (query: Query) => Promise<Page>, query: Query) => {
      const pages: Page[] = [];
      for (let cursor: string | undefined; pages.length < 1000; ) {
        const page = await read({ ...query, ...(cursor !== undefined && { cursor }) });
        pages.push(page);
        cursor = page.next;
        if (cursor === undefined) return pages;
      }
      throw new Error('the pages do not end');
    };

    describe('reads', () => {
      it('gives back what was put, at revision 1', async () => {
        const item = draft(key('A'), { name: 'Guest' }, { index: key('I', 'J'), expiresAt: 4_000_000_000 });
        expect(await table.write([{ put: item, rev: 0 }])).toEqual({ committed: true });
        expect(await table.get(key('A'))).toStrictEqual({ ...item, rev: 1 });
      });

      it('knows nothing of a key that was never put', async () => {
        expect(await table.get(key('A'))).toBeUndefined();
      });

      it('gives many in the order asked for, with gaps and repetitions', async () => {
        const all = Array.from({ length: 230 }, (_, n) => key(`P${n % 7}`, `S${n}`));
        await fill(all.map((at, n) => insert(at, { n })));
        const asked = [...all.toReversed(), key('P0', 'absent'), key('P0', 'S0')];
        const found = await table.getMany(asked);
        expect(found.map((item) => item?.data['n'])).toEqual(
          [...all.keys()].toReversed().concat([undefined, 0] as never),
        );
        expect(await table.getMany([])).toEqual([]);
      });

      it('gives many that are large together', async () => {
        const all = Array.from({ length: 60 }, (_, n) => key(`P${n}`));
        for (const at of all) await table.write([insert(at, { text: kilobytes(380) })]);
        expect((await table.getMany(all)).filter((item) => item === undefined)).toEqual([]);
      });
    });

    describe('one write', () => {
      it('raises the revision and replaces the whole item', async () => {
        await table.write([insert(key('A'), { a: 1, b: 2 }, { index: key('I'), expiresAt: 4_000_000_000 })]);
        expect(await table.write([{ put: draft(key('A'), { a: 3 }), rev: 1 }])).toEqual({ committed: true });
        expect(await table.get(key('A'))).toStrictEqual({ ...draft(key('A'), { a: 3 }), rev: 2 });
      });

      it.each([
        ['a put of what is there already', { put: draft(key('A')), rev: 0 }],
        ['a put of an older revision', { put: draft(key('A')), rev: 1 }],
        ['a put of a newer revision', { put: draft(key('A')), rev: 3 }],
        ['a put of what is not there', { put: draft(key('B')), rev: 1 }],
        ['a deletion of an older revision', { delete: key('A'), rev: 1 }],
        ['a deletion of what is not there', { delete: key('B'), rev: 1 }],
        ['a deletion of what should not be there', { delete: key('A'), rev: 0 }],
        ['a check of an older revision', { check: key('A'), rev: 1 }],
        ['a check of what is not there', { check: key('B'), rev: 2 }],
        ['a check of what should not be there', { check: key('A'), rev: 0 }],
      ])('%s loses and changes nothing', async (_, write) => {
        await table.write([insert(key('A'), { n: 1 })]);
        await table.write([{ put: draft(key('A'), { n: 2 }), rev: 1 }]);
        expect(await table.write([write])).toEqual({ committed: false, failed: [0] });
        expect(await table.getMany([key('A'), key('B')])).toStrictEqual([
          { ...draft(key('A'), { n: 2 }), rev: 2 },
          undefined,
        ]);
      });

      it('deletes, and a later put starts at revision 1 again', async () => {
        await table.write([insert(key('A'))]);
        expect(await table.write([{ delete: key('A'), rev: 1 }])).toEqual({ committed: true });
        expect(await table.get(key('A'))).toBeUndefined();
        await table.write([insert(key('A'), { again: true })]);
        expect(await table.get(key('A'))).toMatchObject({ rev: 1, data: { again: true } });
      });

      it('commits a check that holds, and a deletion of what is not there at revision 0', async () => {
        await table.write([insert(key('A'))]);
        expect(await table.write([{ check: key('A'), rev: 1 }])).toEqual({ committed: true });
        expect(await table.write([{ check: key('B'), rev: 0 }])).toEqual({ committed: true });
        expect(await table.write([{ delete: key('B'), rev: 0 }])).toEqual({ committed: true });
      });
    });

    describe('several writes', () => {
      it('go in together', async () => {
        await table.write([insert(key('gone')), insert(key('kept'))]);
        const written = await table.write([
          insert(key('new')),
          { delete: key('gone'), rev: 1 },
          { check: key('kept'), rev: 1 },
          { check: key('absent'), rev: 0 },
        ]);
        expect(written).toEqual({ committed: true });
        const found = await table.getMany([key('new'), key('gone'), key('kept')]);
        expect(found.map((item) => item?.rev)).toEqual([1, undefined, 1]);
      });

      it('stay out together, and say which of them had lost', async () => {
        await table.write([insert(key('A')), insert(key('B')), insert(key('C'))]);
        const written = await table.write([
          insert(key('new')),
          insert(key('A')),
          { delete: key('B'), rev: 7 },
          { put: draft(key('C'), { changed: true }), rev: 1 },
          { check: key('absent'), rev: 1 },
        ]);
        expect(written).toEqual({ committed: false, failed: [1, 2, 4] });
        const found = await table.getMany([key('new'), key('A'), key('B'), key('C')]);
        expect(found.map((item) => [item?.rev, item?.data])).toEqual([
          [undefined, undefined],
          [1, {}],
          [1, {}],
          [1, {}],
        ]);
      });

      it('are a hundred at most and one at least', async () => {
        const hundred = Array.from({ length: 100 }, (_, n) => insert(key('A', `S${n}`)));
        expect(await table.write(hundred)).toEqual({ committed: true });
        expect((await table.query({ pk: 'A' })).items).toHaveLength(100);
        await expect(table.write(Array.from({ length: 101 }, (_, n) => insert(key('B', `S${n}`))))).rejects.toThrow();
        await expect(table.write([])).rejects.toThrow();
      });

      it('are each for another key', async () => {
        await expect(table.write([insert(key('A')), { check: key('A'), rev: 0 }])).rejects.toThrow();
        await expect(table.write([insert(key('A')), insert(key('A'))])).rejects.toThrow();
        expect(await table.get(key('A'))).toBeUndefined();
      });

      it('have 4 MB at most', async () => {
        const large = Array.from({ length: 12 }, (_, n) => insert(key('A', `S${n}`), { text: kilobytes(380) }));
        await expect(table.write(large)).rejects.toThrow();
        expect((await table.query({ pk: 'A' })).items).toEqual([]);
      });
    });

    describe('under contention', () => {
      const increment = async (...keys: readonly Key[]): Promise<void> => {
        for (;;) {
          const found = await table.getMany(keys);
          const puts = keys.map((at, n) => {
            const count = found[n]?.data['count'] ?? 0;
            return { put: draft(at, { count: Number(count) + 1 }), rev: found[n]?.rev ?? 0 };
          });
          if ((await table.write(puts)).committed) return;
          await sleep(Math.random() * 5);
        }
      };

      it('loses no increment of one item', async () => {
        await Promise.all(Array.from({ length: 25 }, () => increment(key('A'))));
        expect(await table.get(key('A'))).toMatchObject({ rev: 25, data: { count: 25 } });
      });

      it('loses no increment of several items together', async () => {
        await Promise.all([
          ...Array.from({ length: 8 }, () => increment(key('A'), key('B'))),
          ...Array.from({ length: 8 }, () => increment(key('B'), key('A'))),
          ...Array.from({ length: 8 }, () => increment(key('A'))),
        ]);
        const found = await table.getMany([key('A'), key('B')]);
        expect(found.map((item) => [item?.rev, item?.data])).toEqual([
          [24, { count: 24 }],
          [16, { count: 16 }],
        ]);
      });

      it('lets exactly one of many put what was not there', async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => table.write([insert(key('A'), { same: 1 })])),
        );
        expect(answers.filter(({ committed }) => committed)).toHaveLength(1);
      });
    });

    describe('values', () => {
      it.each<[string, Record<string, unknown>]>([
        ['nothing', {}],
        ['text', { empty: '', text: 'Zoë 😀 \u0000 \uFFFF \u{10FFFF} "\\/\n', 'a.b#c:d': 1 }],
        ['whole numbers', { of: [0, 1, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] }],
        ['large numbers', { of: [2 ** 53, -(2 ** 60), 1e21, 123456789012345680000, 9.99e125, -9.99e125] }],
        ['fractions', { of: [0.1, -0.1, 1 / 3, 0.1 + 0.2, 1e-7, Math.PI, 1e-130, -1.25e-100] }],
        ['yes, no, and null', { yes: true, no: false, none: null }],
        [
          'nested lists and records',
          { list: [[], {}, [null, [1, 'two', { three: [3] }]]], record: { a: { b: { c: {} } } } },
        ],
      ])('travel unharmed: %s', async (_, data) => {
        await table.write([insert(key('A'), data)]);
        expect((await table.get(key('A')))?.data).toStrictEqual(data);
        expect((await table.query({ pk: 'A' })).items.map((item) => item.data)).toStrictEqual([data]);
      });

      it('travel unharmed, whatever JSON they are', async () => {
        const number = fc.oneof(
          fc.integer(),
          fc
            .double({ noNaN: true, noDefaultInfinity: true, min: -9e125, max: 9e125 })
            .map((n) => (Math.abs(n) < 1e-130 ? 0 : n)),
        );
        const leaf = fc.oneof(fc.string({ unit: 'binary' }), number, fc.boolean(), fc.constant(null));
        const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '' && !(text in {}));
        const { json } = fc.letrec((tie) => ({
          json: fc.oneof(
            { depthSize: 'small' },
            leaf,
            fc.array(tie('json')),
            fc.dictionary(name, tie('json'), { noNullPrototype: true }),
          ),
        }));
        let rev = 0;
        await fc.assert(
          fc.asyncProperty(json, async (value) => {
            expect(await table.write([{ put: draft(key('A'), { value }), rev }])).toEqual({ committed: true });
            rev += 1;
            expect((await table.get(key('A')))?.data).toStrictEqual({ value });
          }),
          { numRuns: 100 },
        );
      });

      it('leave out what is undefined', async () => {
        await table.write([insert(key('A'), { absent: undefined, inner: { absent: undefined, present: 1 } })]);
        expect((await table.get(key('A')))?.data).toStrictEqual({ inner: { present: 1 } });
      });

      it.each<[string, unknown]>([
        ['an empty name', { '': 1 }],
        ['a name that every object has', { constructor: 1 }],
        ['the same, deep inside', [{ inner: { constructor: { name: 'String' } } }]],
        ['the name of the prototype', JSON.parse('{ "__proto__": 1 }')],
        ['NaN', Number.NaN],
        ['infinity', Number.POSITIVE_INFINITY],
        ['a number beyond DynamoDB', 1e126],
        ['a number too small for DynamoDB', 1e-131],
        ['a list with a gap', [undefined]],
        ['a date', new Date(0)],
        ['a set', new Set(['a'])],
        ['a map', new Map([['a', 1]])],
        ['bytes', new Uint8Array(1)],
        ['a bigint', 1n],
        ['a function', () => 1],
        ['a function in a list', [() => 1]],
        ['33 levels', Array.from({ length: 32 }).reduce((inner) => [inner], 1)],
      ])('are refused if they are not JSON that both engines can hold: %s', async (_, value) => {
        await expect(table.write([insert(key('A'), { value })])).rejects.toThrow();
        expect(await table.get(key('A'))).toBeUndefined();
      });

      it('may be 31 levels deep', async () => {
        const value = Array.from({ length: 30 }).reduce((inner) => [inner], 1);
        await table.write([insert(key('A'), { value })]);
        expect((await table.get(key('A')))?.data).toEqual({ value });
      });

      it.each<[string, number, Record<string, unknown>]>([
        ['text', 409_543, {}],
        ['text in several bytes', 408_938, { text: '😀é'.repeat(100) }],
        [
          'numbers',
          409_488,
          { a: 1, b: 12, c: 123, d: -4, e: 0.5, f: 100, g: 1000, h: 123456.789, i: 1e21, j: 0, k: -123, l: 1e-7 },
        ],
        [
          'more numbers',
          409_485,
          { n: [12345.678, 0.05, 0.005, 1 / 3, -1 / 3, 123456789012345680000, 1.5e-100, 9.99e125] },
        ],
        [
          'lists and records',
          409_475,
          { list: [1, [2], { three: 3 }, null, true], record: { a: { b: '' } }, empty: [{}, []] },
        ],
      ])('have at most 400 KB, counted alike: %s', async (_, most, data) => {
        const at = key('A', 'S123456');
        const filled = (size: number) => insert(at, { ...data, filler: 'x'.repeat(size) });
        await expect(table.write([filled(most + 1)])).rejects.toThrow();
        expect(await table.write([filled(most)])).toEqual({ committed: true });
      });

      it('are refused beyond 400 KB, alone and in a transaction', async () => {
        const large = insert(key('A'), { text: kilobytes(401) });
        await expect(table.write([large])).rejects.toThrow();
        await expect(table.write([large, insert(key('B'))])).rejects.toThrow();
        expect(await table.getMany([key('A'), key('B')])).toEqual([undefined, undefined]);
      });
    });

    describe('keys', () => {
      const odd = [
        'a',
        'A',
        'aa',
        'a!',
        'a\u0000',
        'a\u0000b',
        '\u0001',
        'z',
        'é',
        'e\u0301',
        '\u07ff',
        '\ud7ff',
        '\ue000',
      ].concat([
        '\uffff',
        '\uffffa',
        '😀',
        '😀😀',
        '\u{10ffff}',
        '\u{10ffff}b',
        '%',
        '_',
        '\\',
        '%a',
        'a%',
        'a_',
        'a\\b',
        "'",
        '"',
      ]);

      it('are sorted by their UTF-8 bytes', async () => {
        await fill(odd.map((sk) => insert(key('P', sk), {}, { index: key('I', sk) })));
        expect(sortKeys(await table.query({ pk: 'P' }))).toEqual(odd.toSorted(byBytes));
        expect(sortKeys(await table.queryIndex({ pk: 'I' }))).toEqual(odd.toSorted(byBytes));
      });

      it.each(odd)('are found by a prefix, whatever is in it: %j', async (prefix) => {
        await fill(odd.map((sk) => insert(key('P', sk), {}, { index: key('I', sk) })));
        const expected = odd.filter((sk) => sk.startsWith(prefix)).toSorted(byBytes);
        expect(sortKeys(await table.query({ pk: 'P', prefix }))).toEqual(expected);
        expect(sortKeys(await table.query({ pk: 'P', prefix, order: 'descending' }))).toEqual(expected.toReversed());
        expect(sortKeys(await table.queryIndex({ pk: 'I', prefix }))).toEqual(expected);
        expect(sortKeys(await table.queryIndex({ pk: 'I', prefix, order: 'descending' }))).toEqual(
          expected.toReversed(),
        );
        const pages = await walk(table.query, { pk: 'P', prefix, limit: 1 });
        expect(pages.flatMap(sortKeys)).toEqual(expected);
      });

      it('are told apart by both halves', async () => {
        await fill([insert(key('A', 'BC')), insert(key('AB', 'C')), insert(key('a', 'BC'))]);
        expect(sortKeys(await table.query({ pk: 'A' }))).toEqual(['BC']);
        expect(await table.get(key('A', 'bc'))).toBeUndefined();
      });

      it.each([
        ['an empty partition key', key('', 'S')],
        ['an empty sort key', key('P', '')],
        ['a partition key beyond 2048 bytes', key('x'.repeat(2049))],
        ['a sort key beyond 1024 bytes', key('P', 'é'.repeat(513))],
      ])('are refused: %s', async (_, at) => {
        await expect(table.write([insert(at)])).rejects.toThrow();
        await expect(table.get(at)).rejects.toThrow();
        await expect(table.write([insert(key('P'), {}, { index: at })])).rejects.toThrow();
      });

      it('may have 2048 and 1024 bytes', async () => {
        const at = key('x'.repeat(2048), 'é'.repeat(512));
        await table.write([insert(at, {}, { index: at })]);
        expect(await table.get(at)).toMatchObject(at);
        expect((await table.queryIndex({ pk: at.pk })).items).toMatchObject([at]);
      });
    });

    describe('queries', () => {
      const seed = () =>
        fill(Array.from({ length: 10 }, (_, n) => insert(key('P', `S${n}`))).concat(insert(key('Q', 'S0'))));

      it('give a partition in the order of the sort key', async () => {
        await seed();
        const { items, ...rest } = await table.query({ pk: 'P' });
        expect(items.map(({ pk, sk }) => pk + sk)).toEqual(Array.from({ length: 10 }, (_, n) => `PS${n}`));
        expect(rest).toEqual({});
        expect(await table.query({ pk: 'absent' })).toEqual({ items: [] });
        expect(await table.query({ pk: 'P', prefix: 'absent' })).toEqual({ items: [] });
      });

      it('give pages, and a next one only if something is on it', async () => {
        await seed();
        const pages = await walk(table.query, { pk: 'P', limit: 5 });
        expect(pages.map(sortKeys)).toEqual([
          ['S0', 'S1', 'S2', 'S3', 'S4'],
          ['S5', 'S6', 'S7', 'S8', 'S9'],
        ]);
        const backwards = await walk(table.query, { pk: 'P', limit: 4, order: 'descending' });
        expect(backwards.map(sortKeys)).toEqual([
          ['S9', 'S8', 'S7', 'S6'],
          ['S5', 'S4', 'S3', 'S2'],
          ['S1', 'S0'],
        ]);
      });

      it('go on where the page ended, though items have come and gone', async () => {
        await seed();
        const first = await table.query({ pk: 'P', limit: 3 });
        await table.write([{ delete: key('P', 'S2'), rev: 1 }, insert(key('P', 'S10')), insert(key('P', 'S21'))]);
        const query = { pk: 'P', limit: 2, ...(first.next !== undefined && { cursor: first.next }) };
        expect(sortKeys(await table.query(query))).toEqual(['S21', 'S3']);
      });

      it('without a limit give all, however large', async () => {
        const all = Array.from({ length: 40 }, (_, n) => insert(key('P', `S${n + 10}`), { text: kilobytes(100) }));
        for (const one of all) await table.write([one]);
        expect(sortKeys(await table.query({ pk: 'P' }))).toEqual(all.map(({ put }) => put.sk));
        expect((await table.query({ pk: 'P', limit: 35 })).items).toHaveLength(35);
      });

      it('end where they are told to, that key included, in pages too', async () => {
        await seed();
        expect(sortKeys(await table.query({ pk: 'P', upTo: 'S3' }))).toEqual(['S0', 'S1', 'S2', 'S3']);
        expect(sortKeys(await table.query({ pk: 'P', upTo: 'S3~' }))).toEqual(['S0', 'S1', 'S2', 'S3']);
        expect(sortKeys(await table.query({ pk: 'P', upTo: 'R' }))).toEqual([]);
        const pages = await walk(table.query, { pk: 'P', upTo: 'S4', limit: 2 });
        expect(pages.map(sortKeys)).toEqual([['S0', 'S1'], ['S2', 'S3'], ['S4']]);
        expect(sortKeys(await table.query({ pk: 'P', upTo: 'S2', order: 'descending' }))).toEqual(['S2', 'S1', 'S0']);
      });

      it('have a prefix or an end, not both', async () => {
        await expect(table.query({ pk: 'P', prefix: 'S', upTo: 'S4' })).rejects.toThrow(RangeError);
        await expect(table.queryIndex({ pk: 'P', prefix: 'S', upTo: 'S4' })).rejects.toThrow(RangeError);
      });

      it('see what was written before', async () => {
        for (let n = 10; n < 40; n += 1) {
          await table.write([insert(key('P', `S${n}`))]);
          expect((await table.query({ pk: 'P', order: 'descending', limit: 1 })).items).toMatchObject([
            { sk: `S${n}` },
          ]);
        }
      });

      it.each([0, -1, 1.5, Number.NaN])('refuse a limit of %d', async (limit) => {
        await expect(table.query({ pk: 'P', limit })).rejects.toThrow();
        await expect(table.queryIndex({ pk: 'P', limit })).rejects.toThrow();
      });

      it('refuse a cursor that is no cursor', async () => {
        const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
        for (const cursor of [
          '',
          'x',
          '%%%',
          'bnVsbA',
          forged({}),
          forged(['P']),
          forged([1, 2]),
          forged(['P', 'S', '']),
          forged(['P', '']),
          forged(['P', 'S', '', '']),
          `${forged(['P', 'S'])}=`,
        ]) {
          await expect(table.query({ pk: 'P', cursor })).rejects.toThrow(InvalidCursor);
          await expect(table.queryIndex({ pk: 'P', cursor })).rejects.toThrow(InvalidCursor);
        }
      });

      it('refuse a cursor of another query', async () => {
        await fill(Array.from({ length: 4 }, (_, n) => insert(key('P', `S${n}`), {}, { index: key('P', `S${n}`) })));
        const { next: ofBase = '' } = await table.query({ pk: 'P', limit: 2 });
        const { next: ofIndex = '' } = await table.queryIndex({ pk: 'P', limit: 2 });
        expect([ofBase, ofIndex]).not.toContain('');
        await expect(table.query({ pk: 'Q', cursor: ofBase })).rejects.toThrow(InvalidCursor);
        await expect(table.query({ pk: 'P', prefix: 'T', cursor: ofBase })).rejects.toThrow(InvalidCursor);
        await expect(table.query({ pk: 'P', cursor: ofIndex })).rejects.toThrow(InvalidCursor);
        await expect(table.queryIndex({ pk: 'P', cursor: ofBase })).rejects.toThrow(InvalidCursor);
      });
    });

    describe('the index', () => {
      it('gives whole items, from any partition, in the order of its sort key', async () => {
        await fill([
          insert(key('A'), { n: 1 }, { index: key('I', '2') }),
          insert(key('B'), { n: 2 }, { index: key('I', '1'), expiresAt: 4_000_000_000 }),
          insert(key('C'), { n: 3 }, { index: key('J', '1') }),
          insert(key('D'), { n: 4 }),
        ]);
        expect(await table.queryIndex({ pk: 'I' })).toStrictEqual({
          items: [
            { ...draft(key('B'), { n: 2 }, { index: key('I', '1'), expiresAt: 4_000_000_000 }), rev: 1 },
            { ...draft(key('A'), { n: 1 }, { index: key('I', '2') }), rev: 1 },
          ],
        });
      });

      it('gives pages both ways, equal sort keys included', async () => {
        await fill(Array.from({ length: 9 }, (_, n) => insert(key(`P${n}`), {}, { index: key('I', `X${n % 3}`) })));
        const everything = Array.from({ length: 9 }, (_, n) => `P${n}`);
        for (const order of ['ascending', 'descending'] as const) {
          const pages = await walk(table.queryIndex, { pk: 'I', order, limit: 2 });
          const items = pages.flatMap((page) => page.items);
          expect(pages.map((page) => page.items.length)).toEqual([2, 2, 2, 2, 1]);
          expect(items.map(({ pk }) => pk).toSorted()).toEqual(everything);
          const sorted = ['X0', 'X0', 'X0', 'X1', 'X1', 'X1', 'X2', 'X2', 'X2'];
          expect(items.map(({ index }) => index?.sk)).toEqual(order === 'ascending' ? sorted : sorted.toReversed());
        }
      });

      it('ends where it is told to, and counts what it has', async () => {
        await fill(Array.from({ length: 9 }, (_, n) => insert(key(`P${n}`), {}, { index: key('I', `X${n}`) })));
        const { items } = await table.queryIndex({ pk: 'I', upTo: 'X4' });
        expect(items.map(({ pk }) => pk)).toEqual(['P0', 'P1', 'P2', 'P3', 'P4']);
        const pages = await walk(table.queryIndex, { pk: 'I', upTo: 'X4', limit: 2 });
        expect(pages.map((page) => page.items.length)).toEqual([2, 2, 1]);
        expect([await table.countIndex('I'), await table.countIndex('J')]).toEqual([9, 0]);
      });

      it('gives more than a hundred', async () => {
        await fill(
          Array.from({ length: 250 }, (_, n) => insert(key(`P${n}`), { n }, { index: key('I', String(1000 + n)) })),
        );
        const { items } = await table.queryIndex({ pk: 'I' });
        expect(items.map(({ data }) => data['n'])).toEqual(Array.from({ length: 250 }, (_, n) => n));
      });

      it('follows an item that moves, and forgets one that leaves or is deleted', async () => {
        await fill(['A', 'B', 'C', 'D'].map((pk, n) => insert(key(pk), {}, { index: key('I', `X${n}`) })));
        await table.write([{ put: draft(key('A'), {}, { index: key('I', 'X9') }), rev: 1 }]);
        await table.write([{ put: draft(key('B'), {}, { index: key('J', 'X1') }), rev: 1 }]);
        await table.write([{ put: draft(key('C')), rev: 1 }]);
        await expect
          .poll(async () => (await table.queryIndex({ pk: 'I' })).items.map(({ pk }) => pk))
          .toEqual(['D', 'A']);
        await expect.poll(async () => (await table.queryIndex({ pk: 'J' })).items.map(({ pk }) => pk)).toEqual(['B']);
        await table.write([{ delete: key('D'), rev: 1 }]);
        await expect.poll(async () => (await table.queryIndex({ pk: 'I' })).items.map(({ pk }) => pk)).toEqual(['A']);
      });
    });

    describe('a line of numbers', () => {
      const line = key('LINE', 'L');

      it('begins at the floor, goes on where it stands, and jumps to a floor that lies further', async () => {
        expect(await table.take(line, 100, 10)).toBe(100);
        expect(await table.take(line, 90, 5)).toBe(110);
        expect(await table.take(line, 110, 0.5)).toBe(115);
        expect(await table.take(line, 115.25, 1)).toBe(115.5);
        expect(await table.take(line, 1000, 10)).toBe(1000);
        expect(await table.take(line, 0, 1)).toBe(1010);
        expect(await table.take(key('LINE', 'other'), 7, 1)).toBe(7);
      });

      it('gives nobody what it has given to another, however many take at once', async () => {
        const taken = await Promise.all(Array.from({ length: 60 }, (_, n) => table.take(line, 500 + (n % 3) * 20, 2)));
        const sorted = taken.toSorted((one, other) => one - other);
        for (const [n, from] of sorted.entries())
          if (n > 0) expect(from - (sorted[n - 1] ?? 0)).toBeGreaterThanOrEqual(2);
      });
    });

    describe('the change feed', () => {
      const told = async (count: number) => {
        const changes = await opened.changes();
        expect(changes).toHaveLength(count);
        return changes;
      };
      const images = (changes: readonly Change[]) => changes.map(({ before, after }) => [before, after]);

      it('tells what each write has changed, in order', async () => {
        const first = draft(key('A'), { n: 1 }, { index: key('I', 'J'), expiresAt: 4_000_000_000 });
        const second = draft(key('A'), { n: 2, text: 'Zoë', inner: [null, 0.1] });
        const start = Date.now();
        await table.write([{ put: first, rev: 0 }]);
        await table.write([{ put: second, rev: 1 }]);
        await table.write([{ delete: key('A'), rev: 2 }]);
        const changes = await told(3);
        expect(images(changes)).toStrictEqual([
          [undefined, { ...first, rev: 1 }],
          [
            { ...first, rev: 1 },
            { ...second, rev: 2 },
          ],
          [{ ...second, rev: 2 }, undefined],
        ]);
        for (const { at } of changes) expect(Math.abs(at - start)).toBeLessThan(60_000);
      });

      it('tells every part of a transaction', async () => {
        await table.write([insert(key('A', '1')), insert(key('A', '2'))]);
        await table.write([
          { put: draft(key('A', '1'), { n: 2 }), rev: 1 },
          { delete: key('A', '2'), rev: 1 },
          insert(key('B')),
        ]);
        const changes = await told(5);
        const ofKey = (at: Key) =>
          images(
            changes.filter(({ before, after }) =>
              [before, after].some((item) => item?.pk === at.pk && item.sk === at.sk),
            ),
          );
        const one = { ...draft(key('A', '1')), rev: 1 };
        const two = { ...draft(key('A', '2')), rev: 1 };
        expect(ofKey(key('A', '1'))).toEqual([
          [undefined, one],
          [one, { ...draft(key('A', '1'), { n: 2 }), rev: 2 }],
        ]);
        expect(ofKey(key('A', '2'))).toEqual([
          [undefined, two],
          [two, undefined],
        ]);
        expect(ofKey(key('B'))).toEqual([[undefined, { ...draft(key('B')), rev: 1 }]]);
      });

      it('tells nothing of writes that lost, were refused, or changed nothing', async () => {
        await table.write([insert(key('A'))]);
        await table.write([insert(key('A'))]);
        await table.write([insert(key('B')), { check: key('A'), rev: 9 }]);
        await table.write([insert(key('B'), { text: kilobytes(401) })]).catch(() => undefined);
        await table.write([{ check: key('A'), rev: 1 }]);
        await table.write([{ delete: key('B'), rev: 0 }]);
        await table.write([
          { check: key('A'), rev: 1 },
          { delete: key('B'), rev: 0 },
        ]);
        await table.write([insert(key('last'))]);
        expect((await told(2)).map(({ after }) => after?.pk)).toEqual(['A', 'last']);
      });

      it('tells the same under the same id, and something else under another', async () => {
        await fill(Array.from({ length: 30 }, (_, n) => insert(key('A', `S${n + 10}`))));
        const changes = await told(30);
        expect(new Set(changes.map(({ id }) => id)).size).toBe(30);
        expect(await told(30)).toEqual(changes);
      });
    });
  });
}
