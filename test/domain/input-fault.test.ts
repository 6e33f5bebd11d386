import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { faultsOf } from '../../shared/domain/input-fault.ts';

const faults = (schema: z.ZodMiniType, input: unknown, base?: string[]) =>
  faultsOf(schema.safeParse(input).error?.issues ?? [], base ? { [base[0] ?? '']: input } : input, base);
const Inner = z.strictObject({ a: z.optional(z.string()) });

describe('a fault', () => {
  test.each([
    ['what is missing', z.object({ a: z.string() }), {}, 'REQUIRED', 'a', 'is missing', 'expected: string'],
    [
      'what is of another type',
      z.object({ a: z.string() }),
      { a: 1 },
      'INVALID_TYPE',
      'a',
      'Invalid input: expected string, received number',
    ],
    [
      'null, which is not missing',
      z.object({ a: z.string() }),
      { a: null },
      'INVALID_TYPE',
      'a',
      'Invalid input: expected string, received null',
    ],
    ['a field that nobody knows', z.strictObject({}), { b: 1 }, 'UNKNOWN_FIELD', 'b', 'is not a known field'],
    ['a choice that is missing', z.object({ a: z.enum(['x', 'y']) }), {}, 'REQUIRED', 'a', 'is missing', 'one of x, y'],
    [
      'another choice',
      z.object({ a: z.enum(['x', 'y']) }),
      { a: 'z' },
      'INVALID_VALUE',
      'a',
      'is none of the values allowed',
      'one of x, y',
    ],
    ['too much', z.int().check(z.lte(5)), 6, 'TOO_BIG', '', 'Too big: expected number to be <=5', 'at most 5'],
    [
      'too little',
      z.array(z.string()).check(z.minLength(2)),
      ['a'],
      'TOO_SMALL',
      '',
      'Too small: expected array to have >=2 items',
      'at least 2',
    ],
    ['another form', z.string().check(z.regex(/^a$/, 'is not a')), 'b', 'INVALID_FORMAT', '', 'is not a'],
    [
      'what a rule of ours says',
      z.string().check(z.refine(() => false, 'is wrong')),
      'b',
      'INVALID_VALUE',
      '',
      'is wrong',
    ],
    [
      'what a rule of ours says, by its code',
      z.string().check(z.refine(() => false, { error: 'is wrong', params: { code: 'WRONG' } })),
      'b',
      'WRONG',
      '',
      'is wrong',
    ],
    [
      'a key that is none',
      z.record(z.string().check(z.regex(/^a$/, 'is not a')), z.int()),
      { b: 1 },
      'INVALID_VALUE',
      'b',
      'is not a',
    ],
    [
      'what is no multiple',
      z.number().check(z.multipleOf(2)),
      3,
      'INVALID_VALUE',
      '',
      'Invalid number: must be a multiple of 2',
    ],
  ])('tells of %s', (_, schema, input, code, path, detail, hint?: string) => {
    const fault = { code, path: path === '' ? [] : [path], detail, ...(hint !== undefined && { hint }) };
    expect(faults(schema, input)).toStrictEqual([fault]);
  });

  test('is told for each field that nobody knows', () => {
    expect(faults(z.object({ in: z.array(Inner) }), { in: [{ b: 1, c: 2 }] })).toEqual([
      { code: 'UNKNOWN_FIELD', path: ['in', 0, 'b'], detail: 'is not a known field' },
      { code: 'UNKNOWN_FIELD', path: ['in', 0, 'c'], detail: 'is not a known field' },
    ]);
  });

  test('is told by where it stands in the whole', () => {
    const all = faults(z.object({ a: z.string(), b: z.int() }), { b: 'x' }, ['body']);
    expect(all.map(({ code, path }) => [code, path])).toEqual([
      ['REQUIRED', ['body', 'a']],
      ['INVALID_TYPE', ['body', 'b']],
    ]);
  });
});

describe('of several readings', () => {
  const Either = z.union([
    z.string(),
    z.strictObject({ a: z.string(), b: z.string() }),
    z.strictObject({ c: z.int() }),
  ]);

  test.each([
    ['the closest tells what is wrong', { a: 'x' }, [['REQUIRED', ['b']]]],
    ['the closest tells what is wrong, whichever it is', { c: 'x' }, [['INVALID_TYPE', ['c']]]],
  ])('%s', (_, input, told) => {
    expect(faults(Either, input).map(({ code, path }) => [code, path])).toEqual(told);
  });

  test('all tell what they want where none has begun', () => {
    expect(faults(Either, 5)).toEqual([
      {
        code: 'INVALID_VALUE',
        path: [],
        detail: 'Invalid input: expected string, received number; or Invalid input: expected object, received number',
      },
    ]);
    expect(faults(z.object({ e: z.union([z.string(), z.enum(['x'])]) }), {})).toEqual([
      { code: 'REQUIRED', path: ['e'], detail: 'is missing (expected: string); or is missing (one of x)' },
    ]);
  });

  test('none is there where the kind is none', () => {
    const Kinds = z.discriminatedUnion('type', [
      z.object({ type: z.literal('a') }),
      z.object({ type: z.literal('b') }),
    ]);
    expect(faults(Kinds, { type: 'c' })).toMatchObject([{ code: 'INVALID_VALUE', path: ['type'] }]);
  });
});
