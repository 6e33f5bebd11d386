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
import { inTurns, spreadOf, timesOf } from './measure.ts';
import { type Attribute, imageOf, NOW, people, workspace } from './people.ts';
import { type Bench, digits, tableOf, versionOf } from './report.ts';

const PEOPLE = 1_000_000;
/** As a preview reads them. */
const PAGE = 500;
/** Items take more memory and time to make than contacts. */
const STORED_PAGES = 400;
/** What takes long is asked about fewer. */
const FEW_PAGES = 60;
const WARM_UP = 20;

const { test } = compileFilter(question, workspace);
const change = (image: Record<string, Attribute>) =>
  changeOf({ eventID: '1', dynamodb: { ApproximateCreationDateTime: 1, NewImage: image } });
function parsed(image: Record<string, Attribute>): Contact {
  const { after } = change(image);
  if (!after) throw new Error('the image has gone');
  return read(contacts, after).value;
}

/** Who matches, one digit for each. */
const decided = <Value>(values: readonly Value[], decide: (value: Value) => boolean): Uint8Array => {
  const verdicts = new Uint8Array(PAGE);
  for (const [at, value] of values.entries()) verdicts[at] = decide(value) ? 1 : 0;
  return verdicts;
};
async function decidedLater(values: readonly Contact[]): Promise<Uint8Array> {
  const verdicts = new Uint8Array(PAGE);
  for (const [at, value] of values.entries()) verdicts[at] = (await byJsonRules(value)) ? 1 : 0;
  return verdicts;
}

let page: readonly Contact[] = [];
let items: readonly Record<string, Attribute>[] = [];
let verdicts = new Map<string, Uint8Array>();
const told = (name: string, verdict: Uint8Array) => void verdicts.set(name, verdict);

const onContacts = {
  'by hand': () => told('by hand', decided(page, byHand)),
  ours: () =>
    told(
      'ours',
      decided(page, (contact) => test(contact, NOW)),
    ),
  'json-logic-engine': () => told('json-logic-engine', decided(page, byJsonLogic)),
  mingo: () => told('mingo', decided(page, byMingo)),
  sift: () => told('sift', decided(page, bySift)),
};
const onItems = {
  'by hand, stored': () => told('by hand, stored', decided(items, byHandStored)),
  'ours, stored': () =>
    told(
      'ours, stored',
      decided(items, (image) => test(new StoredContact(image), NOW)),
    ),
};
const slowly = {
  'by hand': onContacts['by hand'],
  'ours, stored': onItems['ours, stored'],
  'json-rules-engine': async () => told('json-rules-engine', await decidedLater(page)),
  'ours, whole contacts parsed': () =>
    told(
      'ours, whole contacts parsed',
      decided(items, (image) => test(parsed(image), NOW)),
    ),
};

let matching = 0;
/** Throws unless all have said the same of the page. */
function agree(): void {
  const [first, ...others] = verdicts.entries();
  if (!first) return;
  for (const [name, verdict] of others) {
    if (Buffer.compare(first[1], verdict) !== 0) throw new Error(`${name} matches others than ${first[0]}`);
  }
  matching += first[1].reduce((sum, one) => sum + one, 0);
  verdicts = new Map();
}

const turnTo = (number: number) => {
  agree();
  page = people(number * PAGE, (number + 1) * PAGE);
};
const turnToItems = (number: number) => {
  turnTo(number);
  items = page.map(imageOf);
};

export const filter: Bench = async () => {
  await inTurns(onContacts, WARM_UP, turnTo);
  await inTurns(onItems, WARM_UP, turnToItems);
  await inTurns(slowly, 2, turnToItems);
  verdicts = new Map();
  matching = 0;
  const pages = PEOPLE / PAGE;
  const times = await inTurns(onContacts, pages, turnTo);
  agree();
  const matched = matching;
  const ofStored = await inTurns(onItems, STORED_PAGES, turnToItems);
  agree();
  const slow = await inTurns(slowly, FEW_PAGES, turnToItems);
  agree();

  const row = (name: string, how: string, taken: readonly number[], hand: readonly number[]) => {
    const { median, low, high } = spreadOf(taken.map((ms) => (ms * 1e6) / PAGE));
    return {
      '': name,
      how,
      'ns a contact': digits(median),
      'half of the pages': `${digits(low)} – ${digits(high)}`,
      '× by hand': digits(timesOf(taken, hand)),
    };
  };
  const hand = times['by hand'];
  const v = (name: string) => `${name} ${versionOf(name)}`;
  const plain = [
    row('by hand', 'a function for this one question', hand, hand),
    row('ours', 'compiled filter', times.ours, hand),
    row(v('json-logic-engine'), 'built: its own source text, evaluated', times['json-logic-engine'], hand),
    row(v('mingo'), 'query', times.mingo, hand),
    row(v('sift'), 'query', times.sift, hand),
    row(v('json-rules-engine'), `of ${FEW_PAGES * PAGE} contacts`, slow['json-rules-engine'], slow['by hand']),
  ];
  const handStored = ofStored['by hand, stored'];
  const stored = [
    row('by hand', 'over attribute values', handStored, handStored),
    row('ours', 'the same compiled filter', ofStored['ours, stored'], handStored),
    row(
      'ours, whole contacts',
      `each item unmarshalled and parsed first; of ${FEW_PAGES * PAGE}`,
      slow['ours, whole contacts parsed'],
      slow['by hand'],
    ),
  ];

  return {
    title: 'A filter over a million contacts',
    text: `\`npm run bench -- filter\`: one question of eight claims in five groups (tags, a company that does not say "test", a state and a number of visits, or
a plan and a message within 90 days, an address) is put to ${digits(PEOPLE)} contacts, page by page of ${PAGE} as a preview reads them, and each page to all
contestants in turns. All must name the same ${digits(matched)} contacts, page by page, or the bench fails. Texts are compared without regard to case.
Nothing of ours makes source text: a filter becomes closures.

${tableOf(plain)}

On items as DynamoDB gives them, attribute values and all. Ours reads what a claim asks for, and no more; by hand likewise.

${tableOf(stored)}`,
    figures: [
      { what: 'sift ÷ ours', value: timesOf(times.sift, times.ours), unit: '×', atLeast: 10 },
      { what: 'ours ÷ by hand', value: timesOf(times.ours, hand), unit: '×', atMost: 2 },
      {
        what: 'ours ÷ by hand, on stored items',
        value: timesOf(ofStored['ours, stored'], handStored),
        unit: '×',
        atMost: 2,
      },
      { what: 'mingo ÷ ours', value: timesOf(times.mingo, times.ours), unit: '×' },
      { what: 'json-logic-engine ÷ ours', value: timesOf(times['json-logic-engine'], times.ours), unit: '×' },
      {
        what: 'whole contacts parsed ÷ ours, on stored items',
        value: timesOf(slow['ours, whole contacts parsed'], slow['ours, stored']),
        unit: '×',
      },
    ],
  };
};
