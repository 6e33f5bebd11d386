import { StoredContact } from '../shared/aws/stored-contact.ts';
import { changeOf } from '../shared/aws/table-item.ts';
import type { Contact } from '../shared/domain/contact.ts';
import { compileFilter } from '../shared/domain/filter.ts';
import { contacts } from '../shared/store/contact-store.ts';
import { read } from '../shared/store/stored.ts';
import {
  byHand,
  byHandStored,
  byJsonLogic,
  byJsonRules,
  byMingo,
  bySift,
  filter as question,
} from './filter-rivals.ts';
import { inTurns, spreadOf, type Timings, timesOf } from './measure.ts';
import { type Attribute, imageOf, NOW, people, workspace } from './people.ts';
import { type Bench, digits, type Figure, tableOf, versionOf } from './report.ts';

const PEOPLE = 1_000_000;
/** As a preview reads them. */
const PAGE = 1000;
/** Items take more memory and time to make than contacts. */
const STORED_PAGES = 200;
/** What takes long is asked about fewer. */
const FEW_PAGES = 30;
const WARM_UP = 10;
/** Of these pages, a part is asked about again and again while it lies in the processor's cache: as many questions as a page has. */
const KEPT_PAGES = 200;
const AGAIN = 10;

const { test } = compileFilter(question, workspace);
const change = (image: Record<string, Attribute>) =>
  changeOf({ eventID: '1', dynamodb: { ApproximateCreationDateTime: 1, NewImage: image } });
function parsed(image: Record<string, Attribute>): Contact {
  const { after } = change(image);
  if (!after) throw new Error('the image has gone');
  return read(contacts, after).value;
}

let page: readonly Contact[] = [];
let items: readonly Record<string, Attribute>[] = [];
let verdicts = new Map<string, Uint8Array>();

type Turns = Readonly<Record<string, () => unknown>>;

/** A turn for each: it decides all that there is of the page, and leaves who matches to be compared. */
const turnsOf = <Value>(
  values: () => readonly Value[],
  deciders: Readonly<Record<string, (value: Value) => boolean>>,
  times = 1,
): Turns =>
  Object.fromEntries(
    Object.entries(deciders).map(([name, decide]) => [
      name,
      () => {
        const verdict = new Uint8Array(PAGE);
        for (let time = 0; time < times; time += 1)
          for (const [at, value] of values().entries()) verdict[at] = decide(value) ? 1 : 0;
        verdicts.set(name, verdict);
      },
    ]),
  );

const deciders = {
  'by hand': byHand,
  ours: (contact: Contact) => test(contact, NOW),
  'json-logic-engine': byJsonLogic,
  mingo: byMingo,
  sift: bySift,
};
const onContacts = turnsOf(() => page, deciders);
const onKept = turnsOf(() => page.slice(0, PAGE / AGAIN), deciders, AGAIN);
const ofItem = (item: Record<string, Attribute>) => test(new StoredContact(item), NOW);
const onItems = turnsOf(() => items, { 'by hand': byHandStored, ours: ofItem });
const slowly: Turns = {
  ...turnsOf(() => page, { 'by hand': byHand }),
  ...turnsOf(() => items, { ours: ofItem, parsed: (item) => test(parsed(item), NOW) }),
  'json-rules-engine': async () => {
    const verdict = new Uint8Array(PAGE);
    for (const [at, contact] of page.entries()) verdict[at] = (await byJsonRules(contact)) ? 1 : 0;
    verdicts.set('json-rules-engine', verdict);
  },
};

/** How many match; throws unless all have said the same of the page. */
function agreed(): number {
  const [first, ...others] = verdicts.entries();
  for (const [name, verdict] of others) {
    if (first && Buffer.compare(first[1], verdict) !== 0) throw new Error(`${name} matches others than ${first[0]}`);
  }
  verdicts = new Map();
  return first?.[1].reduce((sum, one) => sum + one, 0) ?? 0;
}

/** All pages, one after the other, to all contestants in turns. */
async function measured(turns: Turns, pages: number, made: { readonly items: boolean }) {
  let matching = 0;
  const times: Timings<string> = await inTurns(turns, pages, (number) => {
    matching += agreed();
    page = people(number * PAGE, (number + 1) * PAGE);
    items = made.items ? page.map(imageOf) : [];
  });
  return { of: (name: string) => times[name] ?? [], matching: matching + agreed() };
}

export const filter: Bench = async () => {
  for (const turns of [onContacts, onItems]) await measured(turns, WARM_UP, { items: true });
  await measured(slowly, 2, { items: true });
  const plain = await measured(onContacts, PEOPLE / PAGE, { items: false });
  const kept = await measured(onKept, KEPT_PAGES, { items: false });
  const stored = await measured(onItems, STORED_PAGES, { items: true });
  const slow = await measured(slowly, FEW_PAGES, { items: true });

  const each = (taken: readonly number[]) => spreadOf(taken.map((ms) => (ms * 1e6) / PAGE));
  const row = (name: string, how: string, taken: readonly number[], hand: readonly number[]) => ({
    '': name,
    how,
    'ns a contact': digits(each(taken).median),
    'half of the pages': `${digits(each(taken).low)} – ${digits(each(taken).high)}`,
    '× by hand': digits(timesOf(taken, hand)),
  });
  const plainRow = (name: keyof typeof deciders, title: string, how: string) => ({
    ...row(title, how, plain.of(name), plain.of('by hand')),
    'in the cache, ns': digits(each(kept.of(name)).median),
    'in the cache, × by hand': digits(timesOf(kept.of(name), kept.of('by hand'))),
  });
  const versioned = (name: string) => `${name} ${versionOf(name)}`;
  const few = `of ${digits(FEW_PAGES * PAGE)} contacts`;
  const plainTable = tableOf([
    plainRow('by hand', 'by hand', 'a function for this one question'),
    plainRow('ours', 'ours', 'compiled filter'),
    plainRow('json-logic-engine', versioned('json-logic-engine'), 'built: source text, evaluated'),
    plainRow('mingo', versioned('mingo'), 'query'),
    plainRow('sift', versioned('sift'), 'query'),
    row(versioned('json-rules-engine'), few, slow.of('json-rules-engine'), slow.of('by hand')),
  ]);
  const storedTable = tableOf([
    row('by hand', 'over attribute values', stored.of('by hand'), stored.of('by hand')),
    row('ours', 'the same compiled filter', stored.of('ours'), stored.of('by hand')),
    row('ours, whole contacts', `unmarshalled and parsed first, ${few}`, slow.of('parsed'), slow.of('by hand')),
  ]);
  const ratio = (what: string, value: number, reach: Partial<Figure> = {}): Figure => ({
    ...{ what, value, unit: '×' },
    ...reach,
  });

  return {
    title: 'A filter over a million contacts',
    text: `\`npm run bench -- filter\`: one question of eight claims in five groups (tags, a company that does not say "test", a state and a number of visits, or
a plan and a message within 90 days, an email address) is put to ${digits(PEOPLE)} contacts, page by page of ${PAGE} as a preview reads them, and each page to all
contestants in turns. All must name the same ${digits(plain.matching)} contacts, page by page, or the bench fails. Texts are compared without regard to case.
Nothing of ours makes source text: a filter becomes closures ([decision 19](decisions/0019-what-a-claim-says-of-a-text-is-remembered.md)).

What is held against the reach of 10 × is the deciding: the last columns, of ${PAGE / AGAIN} contacts that are asked about ${AGAIN} times in a row. A contact that is
met for the first time has to come into the processor's cache, for whoever asks, and that alone takes longer than deciding: at first sight even the
function that was written for this one question is only ${digits(timesOf(plain.of('sift'), plain.of('by hand')))} times as fast as sift.

${plainTable}

On items as DynamoDB gives them, attribute values and all. Ours reads what a claim asks for, and no more; by hand likewise.

${storedTable}`,
    figures: [
      ratio('sift ÷ ours', timesOf(kept.of('sift'), kept.of('ours')), { atLeast: 10 }),
      ratio('at first sight, sift ÷ ours', timesOf(plain.of('sift'), plain.of('ours'))),
      ratio('at first sight, sift ÷ by hand', timesOf(plain.of('sift'), plain.of('by hand'))),
      ratio('ours ÷ by hand', timesOf(kept.of('ours'), kept.of('by hand')), { atMost: 2 }),
      ratio('at first sight, ours ÷ by hand', timesOf(plain.of('ours'), plain.of('by hand')), { atMost: 2 }),
      ratio('on stored items, ours ÷ by hand', timesOf(stored.of('ours'), stored.of('by hand')), { atMost: 2 }),
      ratio('mingo ÷ ours', timesOf(kept.of('mingo'), kept.of('ours')), { atLeast: 1 }),
      ratio('ours ÷ json-logic-engine', timesOf(kept.of('ours'), kept.of('json-logic-engine'))),
      ratio('on stored items, whole contacts parsed ÷ ours', timesOf(slow.of('parsed'), slow.of('ours')), {
        atLeast: 1,
      }),
    ],
  };
};
