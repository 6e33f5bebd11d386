import type { Contact } from '../shared/domain/contact.ts';
import { compileFilter, Filter } from '../shared/domain/filter.ts';
import { WorkflowId } from '../shared/domain/id.ts';
import { instant } from '../shared/domain/instant.ts';
import { type ReadyTrigger, timedOf, triggersByKey } from '../shared/domain/triggers-by-key.ts';
import { nextLook } from '../shared/usecases/watch-contact.ts';
import { inTurns, seeded, spreadOf, timesOf } from './measure.ts';
import { NOW, people, workspace } from './people.ts';
import { type Bench, digits, type Figure, tableOf } from './report.ts';

const SIZES = [100, 1_000, 10_000, 100_000] as const;
const ROUNDS = 25;
const WARM_UP = 5;
const CONTACTS = 500;
/** How many triggers are decided in a round of evaluate-all, whatever their number. */
const DECIDED = 100_000;

const CITIES = ['Austin', 'Oakland', 'Rochester', 'Tampa', 'Dayton', 'Spokane', 'Reno'];

/** What a business with many workflows has them for; each asks for something of its own, as a campaign's tag is. */
function filterOf(number: number): Filter {
  const random = seeded(number + 1);
  const city = CITIES[Math.floor(random() * CITIES.length)] ?? '';
  const kinds: readonly object[] = [
    { all: [tagged(`campaign-${number}`), { not: tagged('customer') }] },
    {
      all: [
        tagged(`campaign-${number}`),
        { type: 'location', field: 'city', op: 'is', value: city },
        { type: 'custom-field', field: 'visits', op: 'at-least', value: 3 },
      ],
    },
    { any: [tagged(`campaign-${number}`), { all: [tagged('vip'), tagged(`segment-${number}`)] }] },
    {
      all: [
        { type: 'field', field: 'company', op: 'in', values: [`Company ${number}`, `Company ${number}, Inc.`] },
        { type: 'activity', activity: 'lastMessageReceived', op: 'not-within-days', days: 30 },
      ],
    },
    {
      all: [
        { type: 'custom-field', field: 'plan', op: 'is', value: `Plan ${number}` },
        { type: 'opt-in-source', op: 'is', value: 'web_form' },
      ],
    },
  ];
  return Filter.parse(kinds[number % kinds.length]);
}
const tagged = (tag: string) => ({ type: 'tag', op: 'has', tag });

/** Contacts of whom each meets a handful of the triggers. */
const contactsFor = (size: number): readonly Contact[] =>
  people(0, CONTACTS).map((contact, n) => {
    const random = seeded(n + 1);
    const some = () => Math.floor(random() * size);
    const tags = [...contact.tags, `campaign-${some()}`, `campaign-${some()}`, `segment-${some()}`];
    return { ...contact, tags, company: `Company ${some()}`, fields: { ...contact.fields, plan: `Plan ${some()}` } };
  });

function scene(size: number) {
  const triggers = Array.from({ length: size }, (_, n) => ({
    workflowId: WorkflowId.parse(`wf_${String(n).padStart(26, '0')}`),
    filter: filterOf(n),
    since: instant(NOW - 86_400_000),
  }));
  const begun = performance.now();
  const index = triggersByKey();
  for (const trigger of triggers) index.set(trigger, workspace);
  const built = performance.now() - begun;
  const all: readonly ReadyTrigger[] = triggers.map((each) => ({ ...each, ...compileFilter(each.filter, workspace) }));
  return { index, built, all, contacts: contactsFor(size) };
}

const holding = (triggers: readonly ReadyTrigger[], contact: Contact): string[] =>
  triggers.flatMap(({ test, workflowId }) => (test(contact, NOW) ? workflowId : []));

type Scene = ReturnType<typeof scene>;

/** As many contacts as evaluate-all gets to in a fair time. */
const fewOf = ({ contacts, all }: Scene) => contacts.slice(0, Math.max(1, Math.round(DECIDED / all.length)));

/** How many triggers are true of a contact; throws unless both find the same. */
function found({ index, all, contacts }: Scene): number {
  for (const contact of contacts.slice(0, 5)) {
    const mine = holding(index.candidates(contact, workspace), contact).toSorted();
    if (String(mine) !== String(holding(all, contact).toSorted())) throw new Error(`not the same for ${contact.id}`);
  }
  const numbers = contacts.map((contact) => holding(index.candidates(contact, workspace), contact).length);
  return numbers.reduce((sum, number) => sum + number, 0) / contacts.length;
}

const matched = ({ index, contacts }: Scene) => {
  for (const contact of contacts) {
    const candidates = index.candidates(contact, workspace);
    holding(candidates, contact);
    nextLook(contact, timedOf(candidates), NOW);
  }
};
const evaluated = (scene: Scene) => {
  for (const contact of fewOf(scene)) {
    holding(scene.all, contact);
    nextLook(contact, timedOf(scene.all), NOW);
  }
};

export const triggers: Bench = async () => {
  const scenes = SIZES.map(scene);
  const contestants = scenes.flatMap((each) => [
    [`ours ${each.all.length}`, () => matched(each)] as const,
    [`all ${each.all.length}`, () => evaluated(each)] as const,
  ]);
  await inTurns(Object.fromEntries(contestants), WARM_UP);
  const times: Readonly<Record<string, readonly number[]>> = await inTurns(Object.fromEntries(contestants), ROUNDS);
  const rows = scenes.map((each) => {
    const per = (name: string, contacts: number) =>
      (times[`${name} ${each.all.length}`] ?? []).map((ms) => (ms * 1000) / contacts);
    return {
      size: each.all.length,
      built: each.built,
      found: found(each),
      ours: per('ours', each.contacts.length),
      all: per('all', fewOf(each).length),
    };
  });
  const table = tableOf(
    rows.map(({ size, built, ours, all, found }) => {
      const { median, low, high } = spreadOf(ours);
      return {
        'workflows on': digits(size),
        'true of a contact': found.toFixed(1),
        'ours, µs a change': digits(median),
        'half of the rounds': `${digits(low)} – ${digits(high)}`,
        'evaluate-all, µs': digits(spreadOf(all).median),
        'evaluate-all ÷ ours': digits(timesOf(all, ours)),
        'index, made once': `${digits(built)} ms`,
      };
    }),
  );
  const [least, , , most] = rows;
  const figures: Figure[] =
    least && most
      ? [
          { what: 'a change, at 100 000 workflows', value: spreadOf(most.ours).median, unit: 'µs', atMost: 60 },
          { what: 'evaluate-all ÷ ours, at 100 000', value: timesOf(most.all, most.ours), unit: '×', atLeast: 200 },
          { what: 'ours at 100 000 ÷ ours at 100', value: timesOf(most.ours, least.ours), unit: '×' },
        ]
      : [];
  return {
    title: 'One change against all workflows that are on',
    text: `\`npm run bench -- triggers\`: a contact has changed; which triggers are true of it, and when will time turn one true? Ours looks up the contact's
keys ([decision 13](decisions/0013-triggers-by-key-and-by-time.md)) and decides what it finds there; evaluate-all decides every trigger, by the same
compiled filters. Each workflow asks for something of its own (a campaign's tag, a company, a plan), and a fifth go by time too. Both must name the same workflows.
The reading of the table before it and the writing after it are not in it.

${table}`,
    figures,
  };
};
