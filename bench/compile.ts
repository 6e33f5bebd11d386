import { InboxId } from '../shared/domain/id.ts';
import { Settings } from '../shared/domain/settings.ts';
import { templates } from '../shared/domain/templates/templates.ts';
import { allSteps, Draft, MOST_STEPS } from '../shared/domain/workflow.ts';
import { type CheckWorkspace, check } from '../statemachines/check.ts';
import { compile } from '../statemachines/compile.ts';
import { inTurns, spreadOf } from './measure.ts';
import { type Bench, digits, tableOf } from './report.ts';

const ROUNDS = 200;
const WARM_UP = 100;
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:run-step';

const inboxId = InboxId.parse('inb_01ARZ3NDEKTSV4RRFFQ69G5FAV');
const { blank: _, ...five } = templates;
/** By hand only, since one of them leaves it to people whom it is for; their filters are checked all the same. */
const drafts: readonly Draft[] = Object.values(five).map(({ draft }) => ({
  ...draft,
  inboxId,
  trigger: { ...draft.trigger, manualOnly: true },
}));
const workspace: CheckWorkspace = {
  settings: Settings.parse({
    businessName: 'Sunrise Dental',
    reviewLink: 'https://example.com/review',
    bookingLink: 'https://example.com/book',
  }),
  fieldTypes: new Map(
    Object.values(five).flatMap(({ customFields }) => customFields.map(({ key, type }) => [key, type])),
  ),
  list: () => undefined,
  inboxes: new Set([inboxId]),
};

/** Ten steps: a question, the wait for its answer, and what follows on either, with a condition within a branch. */
function conversation(n: number): object[] {
  const id = (name: string) => `${name}-${n}`;
  const send = (name: string) => ({
    id: id(name),
    type: 'send-message',
    text: `{{workspace.businessName}}: Hi {{contact.firstName | "there"}}, this is question ${n}. May we call you? Reply STOP to opt out.`,
  });
  const tag = (name: string) => ({ id: id(name), type: 'add-tag', tag: id(name) });
  const vip = { type: 'tag', op: 'has', tag: 'vip' };
  return [
    send('ask'),
    { id: id('wait'), type: 'wait', duration: { days: 1 } },
    {
      id: id('answer'),
      type: 'if-else',
      condition: { keywords: { anyOf: ['yes', 'sure', 'please do'], noneOf: ['not'] } },
      then: { name: 'Yes', steps: [tag('interested'), send('thank')] },
      else: {
        name: 'Else',
        steps: [
          tag('quiet'),
          {
            id: id('known'),
            type: 'if-else',
            condition: { filter: vip },
            then: { name: 'Known', steps: [send('personal')] },
            else: { name: 'Else', steps: [{ id: id('drop'), type: 'remove-tag', tag: 'lead' }] },
          },
        ],
      },
    },
    tag('asked'),
  ];
}
const large = Draft.parse({
  trigger: { filter: { type: 'tag', op: 'has', tag: 'lead' } },
  inboxId,
  steps: Array.from({ length: MOST_STEPS / 10 }, (_step, n) => conversation(n)).flat(),
});

function made(draft: Draft): number {
  const faults = check(draft, workspace);
  if (faults.length > 0) throw new Error(JSON.stringify(faults[0]));
  return Object.keys(compile(draft.steps, FUNCTION).definition.States).length;
}

export const compileAndCheck: Bench = async () => {
  const steps = [...allSteps(large.steps)].length;
  if (steps !== MOST_STEPS) throw new Error(`the large workflow has ${steps} steps`);
  const begun = performance.now();
  for (const draft of drafts) made(draft);
  const first = performance.now() - begun;
  const contestants = {
    five: () => {
      for (const draft of drafts) made(draft);
    },
    large: () => made(large),
  };
  await inTurns(contestants, WARM_UP);
  const times = await inTurns(contestants, ROUNDS);
  const row = (name: string, taken: readonly number[]) => {
    const { median, low, high } = spreadOf(taken);
    return { '': name, ms: digits(median), 'half of the rounds': `${digits(low)} – ${digits(high)}` };
  };
  return {
    title: 'Compiling a workflow',
    text: `\`npm run bench -- compile\`: check and compile, as publishing does, without the table and without Step Functions: the five templates one after the other,
and a workflow of as many steps as there may be, ${steps} (${made(large)} states). The very first time, with nothing warm, the five take ${digits(first)} ms.

${tableOf([row('the five templates together', times.five), row(`a workflow of ${steps} steps`, times.large)])}`,
    figures: [
      { what: 'five templates', value: spreadOf(times.five).median, unit: 'ms', atMost: 1 },
      { what: `${steps} steps`, value: spreadOf(times.large).median, unit: 'ms', atMost: 20 },
    ],
  };
};
