import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { recognise } from '../../shared/domain/consent.ts';
import { matchesKeywords } from '../../shared/domain/keyword.ts';
import { readScore, scoreGroup } from '../../shared/domain/score.ts';

const Text = z.string().check(z.minLength(1), z.maxLength(1600));
const Why = z.string().check(z.minLength(1));
const Line = z.strictObject({
  text: Text,
  expect: z.enum(['opt-out', 'help', 'start', 'message']),
  explicit: z.boolean(),
  why: Why,
});
const Answer = z.strictObject({
  text: Text,
  expect: z.union([z.int().check(z.minimum(0), z.maximum(10)), z.literal('unclear')]),
  why: Why,
});
const Keywords = z.strictObject({
  anyOf: z.array(z.string()),
  noneOf: z.array(z.string()),
  mode: z.enum(['word', 'exact', 'starts-with', 'substring']),
  text: Text,
  expect: z.boolean(),
  why: Why,
});

const corpus = <Shape extends z.ZodMiniType>(name: string, shape: Shape): z.infer<Shape>[] =>
  readFileSync(new URL(`../corpora/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => shape.parse(JSON.parse(line)));

const lines = corpus('opt-out', Line);
const answers = corpus('scores', Answer);
const keywords = corpus('keywords', Keywords);

const MEANS = { 'opt-out': 'opt-out', help: 'help', start: 'opt-in', message: 'message' } as const;
const misses = (of: readonly z.infer<typeof Line>[]) =>
  of
    .map((line) => ({ ...line, read: recognise(line.text).meaning }))
    .filter(({ expect: wanted, read }) => read !== MEANS[wanted])
    .map(({ text, read, why }) => `${JSON.stringify(text)} is read as ${read} (${why})`);
const scoreOf = (text: string) => {
  const read = readScore(text);
  return read.kind === 'score' ? read.score : 'unclear';
};

describe('corpora written apart from the code', () => {
  it('are as large as they say, and no case stands twice', () => {
    expect([lines, answers, keywords].map(({ length }) => length)).toEqual([1679, 685, 616]);
    const cases = [
      ...lines.map(({ text }) => text),
      ...answers.map(({ text }) => ['score', text]),
      ...keywords.map(({ why, expect: wanted, ...condition }) => condition),
    ].map((one) => JSON.stringify(one));
    expect(cases.filter((one, at) => cases.indexOf(one) !== at)).toEqual([]);
  });

  it('every opt-out that is named is one', () => {
    expect(misses(lines.filter((line) => line.expect === 'opt-out' && line.explicit))).toEqual([]);
  });

  it('no message, HELP or START is an opt-out', () => {
    const others = lines.filter((line) => line.expect !== 'opt-out');
    expect(others.filter(({ text }) => recognise(text).meaning === 'opt-out')).toEqual([]);
  });

  it('opt-outs by their sense are read as often as they have been, all 236 of them', () => {
    expect(misses(lines.filter((line) => line.expect === 'opt-out' && !line.explicit))).toEqual([]);
  });

  it.each(['help', 'start', 'message'] as const)('what is %s is nothing else', (wanted) => {
    expect(misses(lines.filter((line) => line.expect === wanted))).toEqual([]);
  });

  it('no promoter is taken for a detractor or a passive, nor the other way round', () => {
    const swapped = answers.flatMap(({ text, expect: wanted }) => {
      const read = scoreOf(text);
      if (wanted === 'unclear' || read === 'unclear' || scoreGroup(wanted) === scoreGroup(read)) return [];
      return [`${JSON.stringify(text)}: ${scoreGroup(wanted)} is read as ${scoreGroup(read)}`];
    });
    expect(swapped).toEqual([]);
  });

  it('scores are what they are, and what is unclear has none', () => {
    const wrong = answers.filter(({ text, expect: wanted }) => scoreOf(text) !== wanted);
    expect(wrong.map((line) => ({ ...line, read: scoreOf(line.text) }))).toEqual([]);
  });

  it('keywords are found where they are and nowhere else', () => {
    expect(
      keywords.filter(({ text, expect: wanted, why, ...condition }) => matchesKeywords(condition, text) !== wanted),
    ).toEqual([]);
  });
});
