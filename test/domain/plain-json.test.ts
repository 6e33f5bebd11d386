import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkPlainJson, isPlainName, isSameJson } from '../../shared/domain/plain-json.ts';

describe('plain JSON', () => {
  it('is whatever JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(
          !/__proto__|constructor|toString|valueOf|[pP]ropert|isPrototypeOf|LocaleString/.test(JSON.stringify(value)),
        );
        expect(() => checkPlainJson(value)).not.toThrow();
      }),
    );
    expect(() => checkPlainJson({ a: undefined, b: [{ c: null }] })).not.toThrow();
    expect(() => checkPlainJson(Object.assign(Object.create(null), { a: 1 }))).not.toThrow();
  });

  test.each([
    ['no undefined in a list', [undefined]],
    ['no number that is none', { a: [Number.NaN] }],
    ['nothing endless', Number.POSITIVE_INFINITY],
    ['no date', { a: new Date(0) }],
    ['no function', { a: () => 1 }],
    ['no symbol', Symbol('a')],
    ['no map', new Map()],
    ['nothing at all', undefined],
  ])('holds %s', (_, value) => {
    expect(() => checkPlainJson(value)).toThrow(new TypeError('data is plain JSON'));
  });

  test.each([[{ constructor: 1 }], [{ a: { toString: 1 } }], [JSON.parse('{"__proto__": 1}')]])(
    'bears no name that every object has: %j',
    (value) => {
      expect(() => checkPlainJson(value)).toThrow(/^"\w+" is a reserved name$/);
    },
  );

  test.each([
    ['name', true],
    ['constructor', false],
    ['__proto__', false],
    ['hasOwnProperty', false],
    ['', true],
  ])('has a field called %j: %s', (name, isPlain) => {
    expect(isPlainName(name)).toBe(isPlain);
  });
});

describe('the same JSON', () => {
  it('is itself, in whatever order its fields are', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([name, inner]) => [name, reversed(inner)]),
            )
          : value;
    fc.assert(fc.property(fc.jsonValue(), (value) => isSameJson(value, reversed(value))));
  });

  test.each([
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: undefined }, {}, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [{ a: 1, b: 1 }, { a: 1 }, false],
    [{ a: null }, { b: null }, false],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[1, 2], [1], false],
    [[], {}, false],
    [{}, [], false],
    [[[1]], [[1]], true],
    [null, {}, false],
    [{}, null, false],
    [null, null, true],
    ['1', 1, false],
    [0, null, false],
    ['a', { 0: 'a' }, false],
    [{ 0: 'a' }, 'a', false],
  ])('%j and %j: %s', (one, other, same) => {
    expect(isSameJson(one, other)).toBe(same);
  });
});
