import fc from 'fast-check';
import type { Condition, Step } from '../../shared/domain/workflow.ts';

/** Stands in whatever a user writes: an expression if it ever got into a definition, and easy to find. */
export const LEAK = '{% $states.leak %}';

/** A step before it has an id and a place that decides what it may read. */
type Sketch =
  | { readonly kind: 'send' | 'tag' | 'untag' | 'note' }
  | { readonly kind: 'wait'; readonly orReply: boolean; readonly minutes: number }
  | {
      readonly kind: 'if';
      readonly reads: 'keywords' | 'score' | 'filter' | 'both';
      readonly then: readonly Sketch[];
      readonly else: readonly Sketch[];
      readonly noReply: readonly Sketch[] | null;
    };

const { list } = fc.letrec<{ list: readonly Sketch[]; step: Sketch }>((tie) => ({
  list: fc.array(tie('step'), { maxLength: 5, depthIdentifier: 'branch' }),
  step: fc.oneof(
    { depthIdentifier: 'branch', maxDepth: 5, depthSize: 'medium' },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('send', 'tag', 'untag', 'note') }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('wait'),
        orReply: fc.integer({ min: 0, max: 7 }).map((n) => n < 7),
        minutes: fc.integer({ min: 1, max: 525_600 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('if'),
        reads: fc.constantFrom('keywords', 'keywords', 'score', 'filter', 'both'),
        then: tie('list'),
        else: tie('list'),
        noReply: fc.option(tie('list')),
      }),
    },
  ),
}));

const MOST = 60;
const FIRST_ASK: Sketch = { kind: 'wait', orReply: true, minutes: 1 };
/** Ids that are awkward somewhere: as numbers, in expressions, or long. */
const AWKWARD = ['0', '10', 'a-b', 'and', 'true', 'input', 'decide', 'run', 'x'.repeat(40), 'A_-9'];

const ASKS: { readonly [Reads in 'keywords' | 'score' | 'filter' | 'both']: Condition } = {
  keywords: { keywords: { anyOf: [`yes ${LEAK}`], noneOf: [`no ${LEAK}`], mode: 'word' } },
  score: { score: { is: 'promoter' } },
  filter: { filter: { all: [{ type: 'tag', op: 'has', tag: LEAK }] } },
  both: {
    keywords: { anyOf: [LEAK], noneOf: [], mode: 'word' },
    filter: { type: 'custom-field', field: 'leak', op: 'is', value: LEAK },
  },
};

/** Turns a sketch into steps that pass every check: at most 60, and only what was heard is read. */
function build(sketches: readonly Sketch[]): Step[] {
  let count = 0;
  const id = () => AWKWARD[count - 1] ?? `s${count}`;

  const sequence = (list: readonly Sketch[], before: boolean): { steps: Step[]; heard: boolean } => {
    const steps: Step[] = [];
    let heard = before;
    for (const sketch of list) {
      if (count >= MOST) break;
      count += 1;
      const next = step(sketch, heard);
      steps.push(next.step);
      heard = next.heard;
    }
    return { steps, heard };
  };

  const step = (sketch: Sketch, heard: boolean): { step: Step; heard: boolean } => {
    const own = { id: id() };
    switch (sketch.kind) {
      case 'send':
        return { step: { ...own, type: 'send-message', text: LEAK, purpose: 'marketing' }, heard };
      case 'tag':
        return { step: { ...own, type: 'add-tag', tag: LEAK }, heard };
      case 'untag':
        return { step: { ...own, type: 'remove-tag', tag: LEAK }, heard };
      case 'note':
        return {
          step: { ...own, type: 'set-field', field: 'leak', value: heard ? { from: 'reply' } : { literal: LEAK } },
          heard,
        };
      case 'wait': {
        const { orReply, minutes } = sketch;
        return { step: { ...own, type: 'wait', duration: { minutes }, orReply, broadcast: false }, heard: orReply };
      }
      case 'if': {
        const reads = heard ? sketch.reads : 'filter';
        const [yes, no] = [sequence(sketch.then, heard), sequence(sketch.else, heard)];
        const silent = sketch.noReply && reads !== 'filter' ? sequence(sketch.noReply, heard) : undefined;
        const branches = {
          then: { name: LEAK, steps: yes.steps },
          else: { name: LEAK, steps: no.steps },
          ...(silent && { noReply: { name: LEAK, steps: silent.steps } }),
        };
        return {
          step: { ...own, type: 'if-else', condition: ASKS[reads], ...branches },
          heard: yes.heard && no.heard && (silent?.heard ?? true),
        };
      }
      default:
        return sketch satisfies never;
    }
  };
  return sequence(sketches, false).steps;
}

/** Workflows of 1 to 60 steps: branches within and after branches, empty ones too, waits with and without a reply. */
export const validSteps: fc.Arbitrary<Step[]> = fc
  .tuple(fc.boolean(), fc.array(list, { minLength: 1, maxLength: 6 }))
  .map(([asks, lists]) => build([...(asks ? [FIRST_ASK] : []), ...lists.flat()]))
  .filter((steps) => steps.length > 0);
