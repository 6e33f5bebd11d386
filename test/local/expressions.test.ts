import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileTemplate } from '../../local/expressions.ts';

const name = fc.constantFrom('a', 'b', 'x y', 'constructor', 'length');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, 7, '', 'text'),
    fc.dictionary(name, tie('value'), { noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
}));

/** What it gives, or that it gives nothing. */
const given = async (expression: string, input: unknown) => {
  const scope = { states: { input }, now: 0 };
  return await compileTemplate(expression, 'Output')(scope).catch(() => 'nothing');
};

test('a path of names gives what the evaluator gives, which brackets send it to', async () => {
  await fc.assert(
    fc.asyncProperty(value, fc.array(name, { maxLength: 3 }), async (input, names) => {
      const path = ['$states.input', ...names.map((each) => `\`${each}\``)].join('.');
      expect(await given(`{% ${path} %}`, input)).toEqual(await given(`{% (${path}) %}`, input));
    }),
    { numRuns: 2000 },
  );
});
