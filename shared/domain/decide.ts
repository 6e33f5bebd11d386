import type { Contact } from './contact.ts';
import { type FilterContext, matches } from './filter.ts';
import { matchesKeywords } from './keyword.ts';
import type { Verdict } from './plan.ts';
import { readScore, scoreGroup } from './score.ts';
import type { Condition, IfElse } from './workflow.ts';

/** The truth of each condition, given the message that ended the nearest wait, or its absence. */
export const decide = (
  steps: readonly IfElse[],
  answer: string | undefined,
  contact: Contact,
  context: FilterContext,
): Verdict => ({
  replied: answer !== undefined,
  is: Object.fromEntries(steps.map(({ id, condition }) => [id, holds(condition, answer, contact, context)])),
});

function holds(
  { keywords, score, filter }: Condition,
  answer: string | undefined,
  contact: Contact,
  context: FilterContext,
): boolean {
  if ((keywords || score) && answer === undefined) return false;
  return (
    (!keywords || matchesKeywords(keywords, answer ?? '')) &&
    (!score || groupOf(answer ?? '') === score.is) &&
    (!filter || matches(filter, contact, context))
  );
}

function groupOf(answer: string) {
  const read = readScore(answer);
  return read.kind === 'score' ? scoreGroup(read.score) : 'unclear';
}
